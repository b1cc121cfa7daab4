/// What the values of a field are, and so which checks they must pass.
public enum FieldType: String, CaseIterable, Sendable {
  case text
  /// A whole number.
  case integer
  case number
  case date
  /// A time of day, HH:mm or HH:mm:ss.
  case time
  /// A moment as FHIR writes it, to at least the day.
  case moment
  /// Yes or no.
  case flag
  /// NHS number: ten digits, the last a check digit modulus 11 (NHS Data Dictionary, NHS NUMBER).
  case nhsNumber = "nhs_number"
  /// Postcode: outward and inward code (BS 7666).
  case postcode
  /// Lower layer Super Output Area: a letter, 01 and six digits (ONS, GSS coding).
  case lsoa
  /// Organisation or site: letters and digits (NHS Organisation Data Service).
  case ods
  /// ICD-10 without the dot: I64X, E119 (NHS Data Dictionary, ICD-10 CODE).
  case icd10
  /// OPCS-4 without the dot: W371 (NHS Data Dictionary, OPCS-4 CODE).
  case opcs4
  /// SNOMED CT or dm+d identifier: up to 18 digits, the last a check digit by Verhoeff's method
  /// (SNOMED CT Release File Specifications, 5.5).
  case snomed
}

extension FieldType {
  /// Whether its values land as texts.
  var isText: Bool {
    switch self {
    case .integer, .number, .date, .moment, .flag: false
    default: true
    }
  }
}

/// What becomes of a field's value.
public enum FieldHandling: Hashable, Sendable {
  /// It is kept as it is.
  case land
  /// It identifies somebody: its keyed hash is kept in its place, so that records can be put
  /// together, and the value goes to the vault only.
  case hash
  /// It is a sender's own reference of a record: its keyed hash is kept in its place, so that what has the same
  /// reference can be put together, and the value is kept nowhere.
  case reference
  /// It identifies somebody and goes to the vault only; of a date of birth the year and month
  /// are kept, and of a postcode its small area where the mapping says so.
  case vault
  /// It is never kept: nobody has a purpose for it.
  case drop
  /// Words that somebody wrote, which may say anything: it goes to the vault where an agreement of the
  /// place names it, and is not kept otherwise.
  case freeText
}

/// A pattern for codes: 9 stands for a digit, A for a capital letter, N for either, and any other
/// letter for itself.
public struct CodeShape: Hashable, Sendable {
  public let text: String
  let letters: [UInt8]

  public init(_ text: String) {
    self.text = text
    letters = Array(text.utf8)
  }

  /// Whether `bytes` are a code of this shape.
  func matches(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.count == letters.count && letters.withUnsafeBufferPointer { Self.matches(bytes, $0) }
  }

  /// Whether each of `bytes` is what the shape's letter stands for; both have one length.
  static func matches(
    _ bytes: UnsafeRawBufferPointer, _ letters: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    for index in letters.indices {
      let isMatch =
        switch letters[index] {
        case UInt8(ascii: "9"): bytes[index].isDigit
        case UInt8(ascii: "A"): bytes[index].isCapital
        case UInt8(ascii: "N"): bytes[index].isDigit || bytes[index].isCapital
        default: bytes[index] == letters[index]
        }
      guard isMatch else { return false }
    }
    return true
  }
}

extension UInt8 {
  var isDigit: Bool { self &- 0x30 < 10 }
  var isCapital: Bool { self &- 0x41 < 26 }
}
