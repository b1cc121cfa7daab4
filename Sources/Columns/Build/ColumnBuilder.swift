/// A column being written, value by value, to be handed to an engine.
///
/// Kith writes few types, each the plainest of its family: engines convert where they must.
public struct ColumnBuilder: Sendable {
  public let field: Field
  public private(set) var count = 0
  private(set) var nullCount = 0
  /// One bit a row, the least significant first; 1 where the value is present.
  private(set) var validity: [UInt8] = []
  private(set) var storage: Storage

  enum Storage: Sendable {
    case bits([UInt8])
    case int32([Int32])
    case int64([Int64])
    case float64([Double])
    case utf8(offsets: [Int32], bytes: [UInt8])
  }

  /// Starts an empty column.
  ///
  /// - Throws: ``ColumnsError`` for a type that Kith does not write.
  public init(_ field: Field) throws {
    self.field = field
    switch field.type {
    case .bool: storage = .bits([])
    case .int32, .date32: storage = .int32([])
    case .int64, .timestamp: storage = .int64([])
    case .float64: storage = .float64([])
    case .utf8: storage = .utf8(offsets: [0], bytes: [])
    default:
      throw ColumnsError(
        "Kith does not write columns of type \(field.type) ('\(field.name)').",
        hint: "Write bool, int32, int64, float64, utf8, date32 or timestamp, and cast in SQL.")
    }
  }

  /// Adds one value, which must be null or of the column's type.
  public mutating func append(_ value: Value) throws {
    switch (storage, value) {
    case (.utf8(let offsets, _), .string(let text)):
      guard Int(offsets[count]) + text.utf8.count <= Int(Int32.max) else {
        throw ColumnsError(
          "Column '\(field.name)' has over 2 GiB of text in one batch.",
          hint: "Write smaller batches.")
      }
      appendText(text)
      markValid(true)
    case (_, .null): appendNull()
    case (.bits, .bool(let flag)): appendBit(flag)
    case (.int32, .int(let number)):
      guard let narrow = Int32(exactly: number) else {
        throw ColumnsError("\(number) does not fit column '\(field.name)', which has 32 bits.")
      }
      appendInt32(narrow)
    case (.int32, .date(let days)): appendInt32(Int32(clamping: days))
    case (.int64, .int(let number)): appendInt64(number)
    case (.int64, .timestamp(let count, _, _)): appendInt64(count)
    case (.float64, .double(let number)): appendDouble(number)
    case (.float64, .int(let number)): appendDouble(Double(number))
    default:
      throw ColumnsError("A value of another type was written to column '\(field.name)'.")
    }
  }

  private mutating func appendNull() {
    switch storage {
    case .bits: appendBit(false, valid: false)
    case .int32: appendInt32(0, valid: false)
    case .int64: appendInt64(0, valid: false)
    case .float64: appendDouble(0, valid: false)
    case .utf8:
      appendText("")
      markValid(false)
    }
  }

  private mutating func appendBit(_ flag: Bool, valid: Bool = true) {
    guard case .bits(var bits) = storage else { return }
    storage = .bits([])
    if count & 7 == 0 { bits.append(0) }
    if flag { bits[count >> 3] |= 1 << UInt8(count & 7) }
    storage = .bits(bits)
    markValid(valid)
  }

  private mutating func appendInt32(_ value: Int32, valid: Bool = true) {
    guard case .int32(var values) = storage else { return }
    // Let go of the old storage first, so that the append is in place.
    storage = .int32([])
    values.append(value)
    storage = .int32(values)
    markValid(valid)
  }

  private mutating func appendInt64(_ value: Int64, valid: Bool = true) {
    guard case .int64(var values) = storage else { return }
    storage = .int64([])
    values.append(value)
    storage = .int64(values)
    markValid(valid)
  }

  private mutating func appendDouble(_ value: Double, valid: Bool = true) {
    guard case .float64(var values) = storage else { return }
    storage = .float64([])
    values.append(value)
    storage = .float64(values)
    markValid(valid)
  }

  private mutating func appendText(_ text: String) {
    guard case .utf8(var offsets, var bytes) = storage else { return }
    storage = .utf8(offsets: [], bytes: [])
    bytes.append(contentsOf: text.utf8)
    offsets.append(Int32(bytes.count))
    storage = .utf8(offsets: offsets, bytes: bytes)
  }

  private mutating func markValid(_ valid: Bool) {
    if count & 7 == 0 { validity.append(0) }
    if valid { validity[count >> 3] |= 1 << UInt8(count & 7) } else { nullCount += 1 }
    count += 1
  }
}
