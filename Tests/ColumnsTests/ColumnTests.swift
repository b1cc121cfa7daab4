import CADBC
import Columns
import Testing

@Suite("Columns read Arrow memory, offsets and all")
struct ColumnTests {
  /// A batch of one text and one number column, made by the builder and read back.
  private func batch(_ rows: [[Value]], offset: Int64 = 0, length: Int64? = nil) throws -> Batch {
    let fields = [Field("text", .utf8), Field("number", .int64), Field("flag", .bool)]
    var builder = try BatchBuilder(fields)
    for row in rows { try builder.append(row) }
    var array = builder.exportArray()
    array.offset = offset
    array.length = length ?? Int64(rows.count)
    return try Batch(taking: array, fields: fields)
  }

  private let rows: [[Value]] = (0..<20).map { (index: Int) -> [Value] in
    if index % 4 == 3 { return [.null, .null, .null] }
    return [.string("row \(index)"), .int(Int64(index)), .bool(index % 2 == 0)]
  }

  @Test("What is written is read back")
  func roundTrip() throws {
    let batch = try batch(rows)
    for (index, row) in rows.enumerated() {
      #expect(batch.columns.map { $0.value(index) } == row)
    }
    #expect(batch.columns.map(\.nullCount) == [5, 5, 5])
  }

  @Test("A slice begins at its offset, in values and in nulls", arguments: [1, 3, 8, 13])
  func slices(offset: Int) throws {
    let count = 20 - offset
    let batch = try batch(rows, offset: Int64(offset), length: Int64(count))
    for index in 0..<count {
      #expect(batch.columns.map { $0.value(index) } == rows[index + offset])
    }
    let nulls = rows[offset...].count { $0[0] == .null }
    #expect(batch.columns[1].nullCount == nulls)
    let numbers = try batch.columns[1].withValues(of: Int64.self) { values in
      values.indices.map { values[$0] }
    }
    #expect(numbers.count == count)
    #expect(numbers.first == (offset % 4 == 3 ? 0 : Int64(offset)))
  }

  @Test("An empty batch has no rows and no nulls")
  func empty() throws {
    let batch = try batch([])
    #expect(batch.rowCount == 0)
    #expect(batch.columns.map(\.nullCount) == [0, 0, 0])
    #expect(try batch.columns[1].withValues(of: Int64.self) { $0.count } == 0)
  }

  @Test("A column that is not there is an error that names those that are")
  func missingColumn() throws {
    let error = #expect(throws: ColumnsError.self) { try batch([]).column("nmber") }
    #expect(error?.description.contains("text, number, flag") == true)
  }

  @Test("A type that Kith does not read is refused by name")
  func unknownFormat() throws {
    var builder = try BatchBuilder([Field("odd", .int64)])
    try builder.append([.int(1)])
    let schema = builder.exportSchema()
    let child = try #require(schema.children[0])
    let format = "+r".utf8CString
    let error = format.withUnsafeBufferPointer { format -> ColumnsError? in
      var copy = child.pointee
      copy.format = format.baseAddress
      return #expect(throws: ColumnsError.self) { try Field(reading: copy) }
    }
    #expect(error?.description.contains("'+r'") == true)
    #expect(error?.description.contains("'odd'") == true)
    var done = schema
    done.release(&done)
  }

  @Test("Values of another type are refused when written")
  func wrongType() throws {
    var builder = try BatchBuilder([Field("n", .int32)])
    #expect(throws: ColumnsError.self) { try builder.append([.string("7")]) }
    #expect(throws: ColumnsError.self) { try builder.append([.int(1 << 40)]) }
  }

  @Test(
    "Decimals are written with every digit",
    arguments: [
      (12_345, 2, "123.45"), (-5, 2, "-0.05"), (0, 3, "0.000"), (7, 0, "7"), (7, -2, "700"),
    ])
  func decimals(unscaled: Int, scale: Int, text: String) {
    #expect(Decimal128(unscaled: Int128(unscaled), scale: scale).description == text)
  }

  @Test("The largest decimal becomes the nearest floating-point number")
  func largestDecimal() {
    let decimal = Decimal128(unscaled: Int128.max, scale: 38)
    #expect(decimal.doubleValue == 1.7014118346046923)
  }
}
