import Columns
import FHIRViews

/// How one field is read and where it goes: a column's mapping, laid out for speed.
final class FieldReader {
  let mapping: ColumnMapping
  let name: String
  let type: FieldType
  let date: DateReader?
  let range: ClosedRange<Double>?
  let isRequired: Bool
  let isHashed: Bool
  let isBirthDate: Bool
  /// The column of its value, of a date of birth its year, or of a postcode its small area.
  let writer: ColumnWriter?
  /// The column of a date of birth's month.
  let monthWriter: ColumnWriter?
  /// What places a postcode.
  let postcodes: PostcodeDirectory?
  /// The domain of its keyed hash.
  let domain: Int
  let layout: Layout
  /// Words for nothing other than the empty one, which nearly no mapping has.
  private let nulls: CodeTable?
  private let values: CodeTable?
  private let shapes: [CodeShape]

  /// What is written of a value.
  enum Layout { case text, translated, birth, area, int32, int64, double, flag }

  init(_ mapping: ColumnMapping, domain: Int, postcodes: PostcodeDirectory?) throws {
    self.mapping = mapping
    let fields = mapping.landedFields
    writer = try fields.first.map { try ColumnWriter($0) }
    monthWriter = try fields.dropFirst().first.map { try ColumnWriter($0) }
    self.postcodes = mapping.area == nil ? nil : postcodes
    self.domain = domain
    name = mapping.name
    type = mapping.type
    date = mapping.date
    range = mapping.range
    isRequired = mapping.isRequired
    isHashed = mapping.handling == .hash
    isBirthDate = mapping.isBirthDate
    let words = mapping.nulls.filter { !$0.isEmpty }
    nulls = words.isEmpty ? nil : CodeTable(words)
    values = mapping.values.map { CodeTable($0.keys) }
    shapes = mapping.shapes
    let isTranslated = mapping.values?.contains { $0.key != $0.value } ?? false
    layout =
      switch fields.first?.type ?? .utf8 {
      case .int32 where mapping.isBirthDate: .birth
      case .utf8 where mapping.area != nil: .area
      case .int32, .date32: .int32
      case .int64, .timestamp: .int64
      case .float64: .double
      case .bool: .flag
      default: isTranslated ? .translated : .text
      }
  }

  func isNull(_ item: Item) -> Bool {
    item.count == 0 || nulls?.contains(item.bytes) ?? false
  }

  /// Whether the value is among those that may occur; true where any may.
  func knows(_ item: Item) -> Bool { values?.contains(item.bytes) ?? true }

  /// Whether the value has a shape that it may have; true where it may have any.
  func hasShape(_ item: Item) -> Bool {
    shapes.isEmpty || shapes.contains { $0.matches(item.bytes) }
  }

  /// What a value lands as, where the mapping says.
  func landed(_ item: Item) -> String? { mapping.values?[item.string] }
}

/// A closed list of codes, to be searched without making text of a value.
struct CodeTable {
  /// Codes of up to eight bytes, as numbers, in order.
  private let short: [UInt64]
  private let long: Set<String>

  init(_ codes: some Collection<String>) {
    short = codes.compactMap { Array($0.utf8).withUnsafeBytes(Self.packed) }.sorted()
    long = Set(codes.filter { $0.utf8.count > 8 })
  }

  func contains(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let code = Self.packed(bytes) else {
      return !long.isEmpty && long.contains(String(decoding: bytes, as: UTF8.self))
    }
    var (low, high) = (0, short.count)
    while low < high {
      let middle = (low + high) / 2
      if short[middle] < code { low = middle + 1 } else { high = middle }
    }
    return low < short.count && short[low] == code
  }

  /// The bytes as a number; nil for more than eight. No code has a zero byte, so lengths differ too.
  private static func packed(_ bytes: UnsafeRawBufferPointer) -> UInt64? {
    guard bytes.count <= 8 else { return nil }
    var code: UInt64 = 0
    for byte in bytes { code = code << 8 | UInt64(byte) }
    return code
  }
}
