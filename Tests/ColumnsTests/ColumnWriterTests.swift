import Columns
import TestRandom
import Testing

@Suite("Columns written fast")
struct ColumnWriterTests {
  private static let types: [ColumnType] = [
    .bool, .int32, .int64, .float64, .utf8, .date32, .timestamp(.millisecond, zone: "UTC"),
  ]

  @Test("A column is read back as it was written, whatever is null", arguments: types, 0..<20)
  func roundTrip(type: ColumnType, seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let values = (0..<Int.random(in: 0...200, using: &random)).map { _ in
      Self.value(of: type, &random)
    }
    #expect(try readBack(type, values) == values)
  }

  @Test(
    "Forgetting the last rows leaves the column as if they had not been written", arguments: types,
    0..<20)
  func truncated(type: ColumnType, seed: UInt64) throws {
    var random = SeededRandom(seed: seed &+ 1_000)
    let kept = (0..<Int.random(in: 0...70, using: &random)).map { _ in Self.value(of: type, &random)
    }
    let forgotten = (0..<Int.random(in: 0...70, using: &random)).map { _ in
      Self.value(of: type, &random)
    }
    let after = (0..<Int.random(in: 0...70, using: &random)).map { _ in
      Self.value(of: type, &random)
    }
    for column in [Field("c", type), Field("c", .list(Field("item", type)))] {
      let writer = try ColumnWriter(column)
      write(kept, to: writer)
      let count = writer.count
      write(forgotten, to: writer)
      writer.truncate(to: count)
      write(after, to: writer)
      let batch = try Batch(taking: FinishedBatch([writer]).take(), fields: [column])
      let read = (0..<batch.rowCount).map { batch.columns[0].value($0) }
      #expect(read == (writer.items == nil ? kept + after : lists(kept) + lists(after)))
    }
  }

  @Test("A writer is empty again after its batch, and can be used on")
  func reused() throws {
    let field = Field("c", .utf8)
    let writer = try ColumnWriter(field)
    for text in ["one", "two"] {
      writer.append(text: text)
      writer.appendNull()
      let batch = try Batch(taking: FinishedBatch([writer]).take(), fields: [field])
      #expect((0..<batch.rowCount).map { batch.columns[0].value($0) } == [.string(text), .null])
    }
  }

  @Test("A batch that nobody takes frees its memory")
  func untaken() throws {
    let writer = try ColumnWriter(Field("c", .utf8))
    writer.append(text: "left behind")
    _ = FinishedBatch([writer])
    #expect(writer.count == 0)
  }

  // MARK: Help

  private func readBack(_ type: ColumnType, _ values: [Value]) throws -> [Value] {
    let field = Field("c", type)
    let writer = try ColumnWriter(field)
    write(values, to: writer)
    let batch = try Batch(taking: FinishedBatch([writer]).take(), fields: [field])
    return (0..<batch.rowCount).map { batch.columns[0].value($0) }
  }

  /// Writes values, or lists of one, two or no values each.
  private func write(_ values: [Value], to writer: ColumnWriter) {
    guard let items = writer.items else {
      for value in values { append(value, to: writer) }
      return
    }
    for list in lists(values) {
      guard case .list(let members) = list else {
        Issue.record("\(list)")
        continue
      }
      for member in members { append(member, to: items) }
      writer.endList()
    }
  }

  private func lists(_ values: [Value]) -> [Value] {
    var (lists, rest): ([Value], ArraySlice<Value>) = ([], values[...])
    while !rest.isEmpty {
      let size = min(rest.count, lists.count % 3)
      lists.append(.list(Array(rest.prefix(size))))
      rest = rest.dropFirst(max(1, size))
    }
    return lists
  }

  private func append(_ value: Value, to writer: ColumnWriter) {
    switch value {
    case .bool(let flag): writer.append(flag)
    case .int(let number):
      if writer.field.type == .int32 { writer.append(Int32(number)) } else { writer.append(number) }
    case .double(let number): writer.append(number)
    case .string(let text): writer.append(text: text)
    case .date(let day): writer.append(Int32(day))
    case .timestamp(let moment, _, _): writer.append(moment)
    default: writer.appendNull()
    }
  }

  private static func value(of type: ColumnType, _ random: inout SeededRandom) -> Value {
    guard Int.random(in: 0..<5, using: &random) > 0 else { return .null }
    switch type {
    case .bool: return .bool(Bool.random(using: &random))
    case .int32: return .int(Int64(Int32.random(in: .min ... .max, using: &random)))
    case .int64: return .int(Int64.random(in: .min ... .max, using: &random))
    case .float64: return .double(Double.random(in: -1e9...1e9, using: &random))
    case .date32: return .date(Int.random(in: -100_000...100_000, using: &random))
    case .utf8:
      return .string(String(repeating: "é1", count: Int.random(in: 0...9, using: &random)))
    default:
      return .timestamp(Int64.random(in: 0...1 << 40, using: &random), .millisecond, zone: "UTC")
    }
  }
}
