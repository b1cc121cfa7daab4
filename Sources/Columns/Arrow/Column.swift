import CADBC

/// A column of typed values, each present or null, read in place from Arrow memory.
///
/// Row numbers start at 0 and already include every offset of the array and of its parents.
public struct Column: @unchecked Sendable {
  // Sendable because the memory is immutable and `owner` keeps it alive.
  public let field: Field
  public let count: Int
  let owner: ArrowOwner
  let array: UnsafePointer<ArrowArray>
  /// The physical position of row 0 in the buffers.
  let start: Int

  init(
    field: Field, owner: ArrowOwner, array: UnsafePointer<ArrowArray>, start: Int, count: Int
  ) throws {
    self.field = field
    self.owner = owner
    self.array = array
    self.start = start + Int(array.pointee.offset)
    self.count = count
    let needed = field.type.bufferCount
    guard Int(array.pointee.n_buffers) >= needed else {
      throw ColumnsError(
        "Column '\(field.name)' came with \(array.pointee.n_buffers) buffers; \(needed) needed.")
    }
  }

  /// Whether the value in `row` is null.
  public func isNull(_ row: Int) -> Bool {
    precondition(row >= 0 && row < count, "row out of bounds")
    if case .null = field.type { return true }
    // Engines may send a validity buffer even where nothing is null, so trust null_count first.
    if array.pointee.null_count == 0 { return isNullInDictionary(row) }
    guard let bits = array.pointee.buffers?[0]?.assumingMemoryBound(to: UInt8.self) else {
      return isNullInDictionary(row)
    }
    let position = start + row
    if bits[position >> 3] & (1 << UInt8(position & 7)) == 0 { return true }
    return isNullInDictionary(row)
  }

  /// How many values are null.
  public var nullCount: Int {
    (0..<count).reduce(0) { $0 + (isNull($1) ? 1 : 0) }
  }

  /// A valid index may point at a null among the distinct values.
  private func isNullInDictionary(_ row: Int) -> Bool {
    guard case .dictionary = field.type, let values = dictionaryValues, let key = dictionaryKey(row)
    else { return false }
    return values.isNull(key)
  }

  /// Buffer `index` as elements of `type`, not yet moved to `start`.
  func buffer<Element>(_ index: Int, of type: Element.Type) -> UnsafePointer<Element>? {
    array.pointee.buffers?[index]?.assumingMemoryBound(to: type)
  }

  // MARK: Nested values

  /// The members of a structure, each as long as this column.
  public var members: [Column] {
    guard case .structure(let fields) = field.type else { return [] }
    return fields.indices.compactMap { child($0, fields[$0], start: start, count: count) }
  }

  /// The items of the list in `row`; nil where the list is null or this is not a list.
  public func items(_ row: Int) -> Column? {
    guard !isNull(row) else { return nil }
    let position = start + row
    switch field.type {
    case .list(let item), .map(let item):
      guard let offsets = buffer(1, of: Int32.self) else { return nil }
      let from = Int(offsets[position])
      return child(0, item, start: from, count: Int(offsets[position + 1]) - from)
    case .largeList(let item):
      guard let offsets = buffer(1, of: Int64.self) else { return nil }
      let from = Int(offsets[position])
      return child(0, item, start: from, count: Int(offsets[position + 1]) - from)
    case .fixedSizeList(let item, let size):
      return child(0, item, start: position * size, count: size)
    default: return nil
    }
  }

  private func child(_ index: Int, _ field: Field, start: Int, count: Int) -> Column? {
    guard let child = array.pointee.children?[index] else { return nil }
    return try? Column(field: field, owner: owner, array: child, start: start, count: count)
  }

  // MARK: Dictionaries

  /// The distinct values that a dictionary column points into.
  var dictionaryValues: Column? {
    guard case .dictionary(_, let values) = field.type, let array = array.pointee.dictionary else {
      return nil
    }
    return try? Column(
      field: Field(field.name, values), owner: owner, array: array, start: 0,
      count: Int(array.pointee.length))
  }

  /// The position in the distinct values that `row` points at.
  func dictionaryKey(_ row: Int) -> Int? {
    guard case .dictionary(let index, _) = field.type else { return nil }
    return integer(at: row, type: index).flatMap { Int(exactly: $0) }
  }
}

extension ColumnType {
  /// The least number of buffers an array of this type has.
  var bufferCount: Int {
    switch self {
    case .null: 0
    case .structure, .fixedSizeList: 1
    case .utf8, .largeUTF8, .binary, .largeBinary, .utf8View, .binaryView: 2
    case .dictionary(let index, _): index.bufferCount
    default: 2
    }
  }
}
