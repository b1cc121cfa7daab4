/// Records as what their encodings are made of: the tokens of their clean values.
public final class EncodableRecords {
  private let records: RecordSet
  private let birth: Int?

  /// A field's part, and how many bits each of its tokens sets: the more, the more the field tells who somebody is.
  public struct Part: Sendable {
    public let name: String
    public let kind: FieldKind
    public let hashes: Int
  }

  public let parts: [Part]
  public var count: Int { records.count }

  /// What was assumed of the columns, and which values were not understood, in sentences.
  public let notes: [String]

  /// - Parameter notUnderstood: the share of a column's values that may not be understood.
  /// - Throws: ``LinkageError`` where more are not.
  public init(
    _ builder: RecordSetBuilder, notUnderstood: Double? = nil
  ) throws(LinkageError) {
    let records = builder.finish()
    try records.checkUnderstood(share: notUnderstood ?? LinkModel.usualNotUnderstood)
    notes = records.notes + records.readingNotes + records.notUnderstoodNotes
    self.records = records
    birth = records.parts.firstIndex { $0.kind == .dateOfBirth }
    parts = records.parts.map { Part(name: $0.name, kind: $0.kind, hashes: Self.hashes($0.kind)) }
  }

  /// Whether the records say when people were born.
  public var hasBirth: Bool { birth != nil }

  /// What a record is called.
  public func id(of record: Int) -> [UInt8] { records.ids.withText(record) { Array($0) } }

  /// The number of a record's value of a part; 0 where it has none.
  public func value(_ part: Int, of record: Int) -> Int { Int(records.code(record, part)) }

  /// The year in which a record says that somebody was born; empty where it does not.
  public func birthYear(of record: Int) -> [UInt8] {
    guard let birth else { return [] }
    let code = records.code(record, birth)
    guard code != 0 else { return [] }
    let digits = records.parts[birth].table.text(code).bytes
    return digits.count == 8 ? Array(digits.prefix(4)) : []
  }

  /// An encoding as files of it have it, and as a field of the kind `encoding` is read.
  public static func text(_ bits: [UInt64], scheme: String) -> String {
    EncodedBits.text(bits, scheme: scheme)
  }

  /// The tokens of a value of a part.
  public func tokens(_ part: Int, value: Int) -> [[UInt8]] {
    Self.tokens(Array(records.parts[part].table.text(UInt32(value)).bytes), parts[part].kind)
  }

  /// A usual surname or forename sets about 80 bits of 1,024, a date of birth 130, an address 90: all together leave
  /// some two in three unset.
  private static func hashes(_ kind: FieldKind) -> Int {
    switch kind {
    case .forename, .surname: 12
    case .fullName: 10
    case .dateOfBirth: 13
    case .sex: 10
    case .postcode: 8
    case .address, .text, .email: 4
    case .phone: 6
    case .nhsNumber, .code, .localNumber, .number: 8
    case .encoding: 0
    }
  }

  /// The tokens of a value, or of each of several.
  static func tokens(_ value: [UInt8], _ kind: FieldKind) -> [[UInt8]] {
    value.split(separator: Cleaning.unit).flatMap { tokensOfOne(Array($0), kind) }
  }

  private static func tokensOfOne(_ value: [UInt8], _ kind: FieldKind) -> [[UInt8]] {
    switch kind {
    case .sex: [value]
    case .dateOfBirth: dateTokens(value)
    case .postcode, .phone, .nhsNumber, .code, .localNumber, .number: placed(value)
    case .forename, .surname, .fullName, .address, .email, .text: bigrams(value)
    case .encoding: []
    }
  }

  /// The digits with where they stand, and month and day as a whole.
  private static func dateTokens(_ digits: [UInt8]) -> [[UInt8]] {
    guard digits.count == 8 else { return [] }
    return digits.enumerated().map { [UInt8($0), $1] } + [
      [UInt8(ascii: "M")] + digits[4..<6], [UInt8(ascii: "D")] + digits[6...],
    ]
  }

  /// Neighbouring characters with where they stand.
  private static func placed(_ value: [UInt8]) -> [[UInt8]] {
    guard value.count > 1 else { return value.isEmpty ? [] : [[0] + value] }
    return (1..<value.count).map { [UInt8(clamping: $0), value[$0 - 1], value[$0]] }
  }

  /// The pairs of neighbouring letters of each word with a blank before and after it; one that comes again is numbered.
  private static func bigrams(_ value: [UInt8]) -> [[UInt8]] {
    var seen: [[UInt8]: UInt8] = [:]
    return value.split(separator: 0x20).flatMap { word -> [[UInt8]] in
      let padded = [0x20] + Array(word) + [0x20]
      return (1..<padded.count).map { [padded[$0 - 1], padded[$0]] }
    }.map { pair in
      let number = seen[pair, default: 0]
      seen[pair] = number &+ 1
      return pair + [number]
    }
  }
}
