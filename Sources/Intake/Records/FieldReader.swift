import Columns
import FHIRViews

/// How one field is read and where it goes: a column's mapping, laid out for speed.
final class FieldReader {
  let mapping: ColumnMapping
  let name: String
  let type: FieldType
  private let date: DateReader?
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
  let spelling: Spelling
  /// Whether a comma in a number may part thousands.
  let commasPartThousands: Bool
  /// Words for nothing other than the empty one, which nearly no mapping has.
  private let nulls: CodeTable?
  private let values: CodeTable?
  private let shapes: CodeShapes?
  /// What a flag is sent as.
  let yes: CodeTable
  let no: CodeTable
  /// The same once more, for use on every value.
  let fastWriter: Uncounted<ColumnWriter>?
  let fastMonthWriter: Uncounted<ColumnWriter>?
  let fastDate: Uncounted<DateReader>?
  private let fastNulls: Uncounted<CodeTable>?
  private let fastValues: Uncounted<CodeTable>?
  private let fastShapes: Uncounted<CodeShapes>?

  /// Whether any word stands for nothing.
  var mayBeNull: Bool { fastNulls != nil }

  /// Whether only some values, or shapes of values, may occur.
  var isCoded: Bool { fastValues != nil || fastShapes != nil }

  /// What the number of a date or moment is to be multiplied by to be milliseconds.
  var millisecondsPerNumber: Int64 { type == .moment ? 1 : 86_400_000 }

  /// What is written of a value.
  enum Layout { case text, translated, birth, area, int32, int64, double, flag }

  init(
    _ mapping: ColumnMapping, domain: Int, postcodes: PostcodeDirectory?,
    commasPartThousands: Bool = true
  ) throws {
    self.mapping = mapping
    self.commasPartThousands = commasPartThousands
    spelling = Self.spelling(of: mapping)
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
    isHashed = mapping.isHashed
    isBirthDate = mapping.isBirthDate
    let words = mapping.nulls.filter { !$0.isEmpty }
    nulls = words.isEmpty ? nil : CodeTable(words)
    values = mapping.values.map { CodeTable($0.keys) }
    yes = Self.flag(["Y", "y", "Yes", "YES", "yes", "true", "TRUE", "True", "1"], mapping)
    no = Self.flag(["N", "n", "No", "NO", "no", "false", "FALSE", "False", "0"], mapping)
    shapes = mapping.shapes.isEmpty ? nil : CodeShapes(mapping.shapes)
    fastWriter = writer.map { Uncounted($0) }
    fastMonthWriter = monthWriter.map { Uncounted($0) }
    fastDate = date.map { Uncounted($0) }
    fastNulls = nulls.map { Uncounted($0) }
    fastValues = values.map { Uncounted($0) }
    fastShapes = shapes.map { Uncounted($0) }
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

  /// The values that mean one of some words: by the mapping, or else as they are.
  private static func flag(_ words: [String], _ mapping: ColumnMapping) -> CodeTable {
    let values = mapping.values ?? [:]
    return CodeTable(
      words.filter { values[$0] == nil } + values.filter { words.contains($0.value) }.map(\.key))
  }

  func isNull(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.isEmpty || fastNulls.map { nulls in nulls.use { $0.contains(bytes) } } ?? false
  }

  /// Whether the value is among those that may occur; true where any may.
  func knows(_ bytes: UnsafeRawBufferPointer) -> Bool {
    fastValues.map { values in values.use { $0.contains(bytes) } } ?? true
  }

  /// Whether the value has a shape that it may have; true where it may have any.
  func hasShape(_ bytes: UnsafeRawBufferPointer) -> Bool {
    fastShapes.map { shapes in shapes.use { $0.match(bytes) } } ?? true
  }

  /// What a value lands as, where the mapping says.
  func landed(_ item: Item) -> String? { mapping.values?[item.string] }
}

/// A closed list of codes, to be searched without making text of a value.
final class CodeTable {
  /// Codes of up to eight bytes, as numbers, in order.
  private let short: UnsafeMutableBufferPointer<UInt64>
  private let long: Set<String>
  /// A bit for each length that a short code has.
  private let lengths: UInt16

  init(_ codes: some Collection<String>) {
    let packed = codes.compactMap { Array($0.utf8).withUnsafeBytes(Self.packed) }.sorted()
    short = .allocate(capacity: packed.count)
    _ = short.initialize(from: packed)
    lengths = codes.reduce(0) { $0 | ($1.utf8.count <= 8 ? 1 << $1.utf8.count : 0) }
    long = Set(codes.filter { $0.utf8.count > 8 })
  }

  deinit { short.deallocate() }

  func contains(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count <= 8 else {
      return !long.isEmpty && long.contains(String(decoding: bytes, as: UTF8.self))
    }
    guard lengths & (1 << bytes.count) != 0, let code = Self.packed(bytes) else { return false }
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

/// The shapes that a code may have, one after the other in memory.
final class CodeShapes {
  private let letters: UnsafeMutableBufferPointer<UInt8>
  private let ends: UnsafeMutableBufferPointer<Int>

  init(_ shapes: [CodeShape]) {
    let all = shapes.flatMap(\.letters)
    letters = .allocate(capacity: all.count)
    _ = letters.initialize(from: all)
    ends = .allocate(capacity: shapes.count)
    var end = 0
    for (index, shape) in shapes.enumerated() {
      end += shape.letters.count
      ends.initializeElement(at: index, to: end)
    }
  }

  deinit {
    letters.deallocate()
    ends.deallocate()
  }

  /// Whether `bytes` are a code of one of the shapes.
  func match(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var start = 0
    for end in ends {
      if end - start == bytes.count,
        CodeShape.matches(bytes, UnsafeBufferPointer(rebasing: letters[start..<end]))
      {
        return true
      }
      start = end
    }
    return false
  }
}
