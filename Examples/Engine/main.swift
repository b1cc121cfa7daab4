import Engine

// Any DuckDB library of version 2 will do: see DriverSearch for where it is looked for.
let engine = try Engine.duckDB()
let table = try await engine.query(
  "select practice, sum(patients)::bigint as patients from (values ('A', 4), ('B', 7), ('A', 5)) as t(practice, patients) "
    + "where patients > ? group by practice order by practice", [.int(3)])
precondition(table.rows == [[.string("A"), .int(9)], [.string("B"), .int(7)]])
for row in table.rows { print(row) }
