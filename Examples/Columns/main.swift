import Columns

// Columns in Arrow's memory, written value by value and read in place.
let fields = [Field("practice", .utf8), Field("patients", .int64)]
let writers = try fields.map { try ColumnWriter($0) }
for (practice, patients) in [("A81001", 4_102), ("A81002", nil)] as [(String, Int64?)] {
  writers[0].append(text: practice)
  if let patients { writers[1].append(patients) } else { writers[1].appendNull() }
}
let batch = try Batch(taking: FinishedBatch(writers).take(), fields: fields)
let patients = try batch.column("patients")
precondition(batch.rowCount == 2 && patients.nullCount == 1)
precondition(patients.int64(0) == 4_102 && patients.int64(1) == nil)
for row in 0..<batch.rowCount {
  print(batch.columns[0].string(row) ?? "", patients.int64(row).map(String.init) ?? "not known")
}
