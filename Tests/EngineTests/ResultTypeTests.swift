import Columns
import Engine
import Testing

@Suite("Every type that an engine returns is read")
struct ResultTypeTests {
  @Test("Integers of every width, floats and truth values", arguments: TestEngine.all)
  func numbers(on engine: TestEngine) async throws {
    let table = try await engine.open().query(
      """
      select cast(-7 as tinyint) as a, cast(-300 as smallint) as b, cast(-70000 as int) as c,
        cast(-5000000000 as bigint) as d, cast(1.5 as float) as e, cast(2.25 as double) as f,
        true as g, false as h, cast(null as int) as i
      """)
    #expect(
      table.rows == [
        [
          .int(-7), .int(-300), .int(-70_000), .int(-5_000_000_000), .double(1.5), .double(2.25),
          .bool(true), .bool(false), .null,
        ]
      ])
  }

  @Test("Unsigned integers up to the largest")
  func unsigned() async throws {
    let table = try await TestEngine.duckdb.open().query(
      """
      select 255::utinyint, 65535::usmallint, 4294967295::uinteger, 18446744073709551615::ubigint
      """)
    #expect(
      table.rows == [[.int(255), .int(65_535), .int(4_294_967_295), .uint(.max)]])
  }

  @Test("Decimals keep every digit", arguments: TestEngine.all)
  func decimals(on engine: TestEngine) async throws {
    let table = try await engine.open().query(
      """
      select cast('12345678901234567890.1234' as decimal(38, 4)) as a,
        cast('-0.05' as decimal(10, 2)) as b, cast(7 as decimal(9, 0)) as c
      """)
    let row = try #require(table.rows.first)
    let texts = row.map { value -> String in
      if case .decimal(let decimal) = value { decimal.description } else { "\(value)" }
    }
    #expect(texts == ["12345678901234567890.1234", "-0.05", "7"])
  }

  @Test("A sum of big integers comes back as a decimal and can be read as a number")
  func hugeint() async throws {
    let table = try await TestEngine.duckdb.open().query(
      "select sum(i)::decimal(38, 0) as s from (values (9000000000000000000), (9000000000000000000)) t(i)"
    )
    #expect(table.batches[0].columns[0].double(0) == 1.8e19)
  }

  @Test(
    "Text of every length, binary values, and text that is not ASCII", arguments: TestEngine.all)
  func text(on engine: TestEngine) async throws {
    let binary = engine == .duckdb ? "'ab'::blob" : "cast('ab' as binary)"
    let table = try await engine.open().query(
      "select '' as a, 'Llŷn – 東京' as b, repeat('x', 40) as c, \(binary) as d")
    #expect(
      table.rows == [
        [
          .string(""), .string("Llŷn – 東京"), .string(String(repeating: "x", count: 40)),
          .binary([0x61, 0x62]),
        ]
      ])
  }

  @Test("String views, short ones in place and long ones in a buffer")
  func stringViews() async throws {
    let engine = try await TestEngine.duckdb.open()
    let table = try await engine.withConnection { connection in
      try connection.execute("set produce_arrow_string_view = true")
      try connection.execute("set arrow_output_version = '1.4'")
      return try connection.query(
        """
        select t, encode(t) as b from (values ('short'), (null), (''), ('twelve bytes'),
          ('a text of more than twelve bytes')) v(t)
        """)
    }
    #expect(table.fields[0].type == .utf8View)
    #expect(
      table.rows.map(\.[0]) == [
        .string("short"), .null, .string(""), .string("twelve bytes"),
        .string("a text of more than twelve bytes"),
      ])
    #expect(table.rows.last?[1] == .binary(Array("a text of more than twelve bytes".utf8)))
  }

  @Test("Large offsets")
  func largeOffsets() async throws {
    let engine = try await TestEngine.duckdb.open()
    let table = try await engine.withConnection { connection in
      try connection.execute("set arrow_large_buffer_size = true")
      return try connection.query("select 'text' as t, 'ab'::blob as b, [1, 2] as l")
    }
    #expect(table.fields[0].type == .largeUTF8)
    #expect(
      table.rows == [[.string("text"), .binary([0x61, 0x62]), .list([.int(1), .int(2)])]])
  }

  @Test("Dates, and moments with and without a zone", arguments: TestEngine.all)
  func times(on engine: TestEngine) async throws {
    let plain = engine == .duckdb ? "timestamp" : "timestamp_ntz"
    let table = try await engine.open().query(
      """
      select date '1969-12-31' as a, date '2026-11-21' as b,
        \(plain) '1970-01-01 00:00:01' as c
      """)
    let row = try #require(table.rows.first)
    #expect(row[0] == .date(-1))
    #expect(row[1] == .date(20_778))
    #expect(row[2] == .timestamp(1_000_000, .microsecond, zone: nil))
  }

  @Test("A moment with a zone is UTC", arguments: TestEngine.all)
  func zoned(on engine: TestEngine) async throws {
    let sql =
      engine == .duckdb
      ? "select timestamptz '1970-01-01 01:00:00+01' as a"
      : "select timestamp '1970-01-01 01:00:00+01:00' as a"
    let value = try await engine.open().query(sql).scalar
    guard case .timestamp(let count, let unit, let zone) = value else {
      Issue.record("not a moment: \(value)")
      return
    }
    #expect(count == 0)
    #expect(unit == .microsecond)
    #expect(zone != nil)
  }

  @Test("Times of day, moments to the second and nanosecond, intervals, identifiers")
  func duckDBTimes() async throws {
    let table = try await TestEngine.duckdb.open().query(
      """
      select time '00:00:01' as a, '1970-01-01 00:00:02'::timestamp_s as b,
        '1970-01-01 00:00:03'::timestamp_ms as c, '1970-01-01 00:00:04'::timestamp_ns as d,
        interval '14 months 3 days 2 seconds' as e
      """)
    #expect(
      table.rows == [
        [
          .time(1_000_000, .microsecond), .timestamp(2, .second, zone: nil),
          .timestamp(3_000, .millisecond, zone: nil),
          .timestamp(4_000_000_000, .nanosecond, zone: nil),
          .interval(months: 14, days: 3, nanoseconds: 2_000_000_000),
        ]
      ])
  }

  @Test("Lists, structures and maps, nested, with nulls inside", arguments: TestEngine.all)
  func nested(on engine: TestEngine) async throws {
    let sql =
      engine == .duckdb
      ? """
      select [1, null, 3] as a, []::int[] as b, null::int[] as c, {'x': 1, 'y': ['p', null]} as d,
        map {'k': 1, 'l': 2} as e, [[1], [], null, [2, 3]] as f
      """
      : """
      select array(1, cast(null as int), 3) as a, cast(array() as array<int>) as b,
        cast(null as array<int>) as c, named_struct('x', 1, 'y', array('p', null)) as d,
        map('k', 1, 'l', 2) as e, array(array(1), cast(array() as array<int>), null, array(2, 3)) as f
      """
    let table = try await engine.open().query(sql)
    #expect(
      table.rows == [
        [
          .list([.int(1), .null, .int(3)]), .list([]), .null,
          .structure(["x": .int(1), "y": .list([.string("p"), .null])]),
          .map([.string("k"): .int(1), .string("l"): .int(2)]),
          .list([.list([.int(1)]), .list([]), .null, .list([.int(2), .int(3)])]),
        ]
      ])
  }

  @Test("Lists in many rows begin where the row before ended")
  func listOffsets() async throws {
    let table = try await TestEngine.duckdb.open().query(
      "select range(i) as l, {'s': i} as s from range(5000) r(i) order by i")
    var row = 0
    for batch in table.batches {
      for index in 0..<batch.rowCount {
        let items = try #require(batch.columns[0].items(index))
        #expect(items.count == row)
        if row > 0 { #expect(items.int64(row - 1) == Int64(row - 1)) }
        #expect(batch.columns[1].members[0].int64(index) == Int64(row))
        row += 1
      }
    }
    #expect(row == 5_000)
  }

  @Test("Fixed-size lists")
  func fixedLists() async throws {
    let table = try await TestEngine.duckdb.open().query(
      "select [i, i * 2]::bigint[2] as a from range(3) r(i) order by i")
    #expect(
      table.rows == [
        [.list([.int(0), .int(0)])], [.list([.int(1), .int(2)])], [.list([.int(2), .int(4)])],
      ])
  }

  @Test("Dictionaries are read through to their values")
  func dictionaries() async throws {
    let table = try await TestEngine.duckdb.open().query(
      """
      select x::enum('low', 'high') as level
      from (values ('high'), (null), ('low'), ('high')) v(x)
      """)
    guard case .dictionary = table.fields[0].type else {
      Issue.record("not a dictionary: \(table.fields[0].type)")
      return
    }
    #expect(
      table.rows.map(\.[0]) == [.string("high"), .null, .string("low"), .string("high")])
    #expect(table.batches[0].columns[0].nullCount == 1)
    #expect(table.batches[0].columns[0].string(0) == "high")
  }

  @Test("A column of nulls alone", arguments: TestEngine.all)
  func nulls(on engine: TestEngine) async throws {
    let table = try await engine.open().query("select null as a, 1 as b union all select null, 2")
    #expect(table.rows.map(\.[0]) == [.null, .null])
    #expect(table.batches.reduce(0) { $0 + $1.columns[0].nullCount } == 2)
  }

  @Test("Nulls are counted, and null where they stand")
  func nullCount() async throws {
    let table = try await TestEngine.duckdb.open().query(
      "select case when i % 3 = 0 then null else i end as a from range(10000) r(i) order by i")
    #expect(table.batches.reduce(0) { $0 + $1.columns[0].nullCount } == 3_334)
    #expect(table.batches[0].columns[0].isNull(0))
    #expect(!table.batches[0].columns[0].isNull(1))
  }

  @Test("A span has every value, and its type is checked")
  func spans() async throws {
    let table = try await TestEngine.duckdb.open().query(
      "select i from range(5000) r(i) order by i")
    var sum = 0
    for batch in table.batches {
      sum += try batch.columns[0].withValues(of: Int64.self) { values in
        var sum = 0
        for index in values.indices { sum += Int(values[index]) }
        return sum
      }
    }
    #expect(sum == 4_999 * 5_000 / 2)
    #expect(throws: ColumnsError.self) {
      try table.batches[0].columns[0].withValues(of: Double.self) { $0.count }
    }
  }
}
