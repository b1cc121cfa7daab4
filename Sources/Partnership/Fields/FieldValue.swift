/// What a field of a record holds. A field that holds nothing has no value at all: there are no empty ones.
public enum FieldValue: Hashable, Sendable {
  case text(String)
  /// A number, or the number of another record.
  case number(Double)
  case flag(Bool)
  /// Several texts: what is chosen of a list, or words of one's own.
  case texts([String])
  /// The numbers of several other records.
  case numbers([Double])
  /// Lines of fields, such as the hours of each day.
  case rows([Fields])

  /// Whether it says nothing.
  var isEmpty: Bool {
    switch self {
    case .text(let text): text.isEmpty
    case .texts(let texts): texts.isEmpty
    case .numbers(let numbers): numbers.isEmpty
    case .rows(let rows): rows.isEmpty
    case .number, .flag: false
    }
  }
}

extension FieldValue: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    // The most frequent first: a failed attempt costs a little.
    if let text = try? container.decode(String.self) {
      self = .text(text)
    } else if let texts = try? container.decode([String].self) {
      self = .texts(texts)
    } else if let flag = try? container.decode(Bool.self) {
      self = .flag(flag)
    } else if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else if let numbers = try? container.decode([Double].self) {
      self = .numbers(numbers)
    } else {
      self = .rows(try container.decode([Fields].self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .text(let text): try container.encode(text)
    case .number(let number): try container.encode(number)
    case .flag(let flag): try container.encode(flag)
    case .texts(let texts): try container.encode(texts)
    case .numbers(let numbers): try container.encode(numbers)
    case .rows(let rows): try container.encode(rows)
    }
  }
}

/// The fields of a record, or of a line of it, by name.
public struct Fields: Hashable, Sendable {
  public private(set) var values: [String: FieldValue]

  public init(_ values: [String: FieldValue] = [:]) {
    self.values = values.filter { !$0.value.isEmpty }
  }

  /// A field's value; nil where it holds nothing. What is set to an empty value is taken away.
  public subscript(name: String) -> FieldValue? {
    get { values[name] }
    set { values[name] = newValue.flatMap { $0.isEmpty ? nil : $0 } }
  }

  public var isEmpty: Bool { values.isEmpty }

  /// A field's text; nil where it has none.
  public func text(_ name: String) -> String? {
    if case .text(let text)? = values[name] { text } else { nil }
  }

  /// A field's texts; none where it has none.
  public func texts(_ name: String) -> [String] {
    switch values[name] {
    case .texts(let texts)?: texts
    case .text(let text)?: [text]
    default: []
    }
  }

  public func number(_ name: String) -> Double? {
    if case .number(let number)? = values[name] { number } else { nil }
  }

  public func flag(_ name: String) -> Bool {
    if case .flag(let flag)? = values[name] { flag } else { false }
  }

  public func rows(_ name: String) -> [Fields] {
    if case .rows(let rows)? = values[name] { rows } else { [] }
  }

  /// The record that a field points at.
  public func record(_ name: String) -> RecordNumber? {
    number(name).flatMap { RecordNumber(exactly: $0) }
  }

  /// The records that a field points at, one or several.
  public func records(_ name: String) -> [RecordNumber] {
    switch values[name] {
    case .numbers(let numbers)?: numbers.compactMap { RecordNumber(exactly: $0) }
    case .number(let number)?: [RecordNumber(exactly: number)].compactMap { $0 }
    default: []
    }
  }
}

extension Fields: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (String, FieldValue)...) {
    self.init(Dictionary(elements) { _, last in last })
  }
}

extension Fields: Codable {
  public init(from decoder: any Decoder) throws {
    self.init(try decoder.singleValueContainer().decode([String: FieldValue].self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(values)
  }
}

/// The number of a record: unique in its partnership, and never used again.
public struct RecordNumber: Hashable, Sendable, Comparable, CustomStringConvertible {
  public let value: Int64

  public init(_ value: Int64) { self.value = value }

  public init?(_ text: some StringProtocol) {
    // Up to what a field's number holds exactly.
    guard let value = Int64(text), (1...(1 << 53)).contains(value) else { return nil }
    self.value = value
  }

  /// The number that the value of a field is; nil for what is none.
  public init?(exactly number: Double) {
    guard let value = Int64(exactly: number), value > 0 else { return nil }
    self.value = value
  }

  public var description: String { "\(value)" }

  /// The number as the value of a field that points at the record.
  public var asValue: FieldValue { .number(Double(value)) }

  public static func < (one: Self, other: Self) -> Bool { one.value < other.value }
}
