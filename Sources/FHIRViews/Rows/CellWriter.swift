public import Columns

/// Writes the items of one column's cells.
final class CellWriter {
  let column: ViewColumn
  let writer: ColumnWriter
  private let kind: ViewColumn.Kind
  private let isCollection: Bool
  /// Where single values go: the column, or the items of its lists.
  private let values: ColumnWriter

  init(_ column: ViewColumn) throws {
    self.column = column
    kind = column.kind
    isCollection = column.isCollection
    writer = try ColumnWriter(column.field)
    values = writer.items ?? writer
  }

  /// Writes the `count` items from `start` on the evaluator's stack.
  func write(_ evaluator: Evaluator, _ start: Int, _ count: Int) throws(RecordFailure) {
    if isCollection {
      for index in start..<start + count { try write(evaluator.item(index), evaluator) }
      writer.endList()
    } else if count == 1 {
      try write(evaluator.item(start), evaluator)
    } else if count == 0 {
      writer.appendNull()
    } else {
      throw RecordFailure(
        .severalValues, field: column.name,
        "Column '\(column.name)' would have \(count) values; it has one at most.")
    }
  }

  @inline(__always)
  private func write(_ item: Item, _ evaluator: Evaluator) throws(RecordFailure) {
    switch kind {
    case .text(let isStrict):
      if item.isText {
        values.append(text: item.bytes)
      } else {
        try writeAsText(item, evaluator, isStrict)
      }
    case .boolean:
      guard item.kind == .boolean else { throw wrong(item) }
      values.append(item.flag)
    case .integer:
      guard item.kind == .integer, let narrow = Int32(exactly: item.integer) else {
        throw wrong(item)
      }
      values.append(narrow)
    case .integer64:
      guard item.kind == .integer else { throw wrong(item) }
      values.append(item.integer)
    case .decimal:
      guard let number = item.number else { throw wrong(item) }
      values.append(number)
    case .date:
      guard item.isText, let day = Temporal(item.string)?.dayNumber else { throw wrong(item) }
      values.append(Int32(day))
    case .timestamp:
      guard item.isText, let instant = Temporal(item.string)?.instant else { throw wrong(item) }
      values.append(Int64(instant))
    }
  }

  private func writeAsText(
    _ item: Item, _ evaluator: Evaluator, _ isStrict: Bool
  ) throws(RecordFailure) {
    guard !isStrict, item.kind != .object else { throw wrong(item) }
    values.append(text: evaluator.description(of: item))
  }

  private func wrong(_ item: Item) -> RecordFailure {
    let found =
      switch item.kind {
      case .none: "nothing"
      case .object: "an element with elements of its own"
      case .boolean: "true or false"
      case .integer, .decimal: "a number"
      default: "a text"
      }
    return RecordFailure(
      .wrongType, field: column.name,
      "Column '\(column.name)' is to be \(column.kind.title); the record has \(found) that is not.")
  }
}

extension ViewColumn {
  /// The column as Arrow keeps it.
  public var field: Field {
    let type = kind.type
    return Field(name, isCollection ? .list(Field("item", type)) : type)
  }
}

extension ViewColumn.Kind {
  var type: ColumnType {
    switch self {
    case .boolean: .bool
    case .integer: .int32
    case .integer64: .int64
    case .decimal: .float64
    case .text: .utf8
    case .date: .date32
    case .timestamp: .timestamp(.millisecond, zone: "UTC")
    }
  }

  /// What a value of the kind is, for messages.
  var title: String {
    switch self {
    case .boolean: "true or false"
    case .integer: "a whole number of 32 bits"
    case .integer64: "a whole number of 64 bits"
    case .decimal: "a number"
    case .text: "a text"
    case .date: "a whole date"
    case .timestamp: "a moment with its time zone"
    }
  }
}
