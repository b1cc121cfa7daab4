import Columns

/// How the extracts of one kind of source are read: its files, their columns, and what must hold.
public struct SourceMapping: Sendable {
  public let id: String
  public let version: Int
  public let title: String
  public let description: String?
  /// The specification that it follows.
  public let source: String
  public let owner: String
  public let files: [FileMapping]
}

/// How one file of a delivery is read.
public struct FileMapping: Sendable {
  /// What the file is called, without what says how it is packed; one `*` stands for anything.
  public let name: String
  /// The table that its records land in.
  public let table: String
  public let format: Format
  /// Whether each delivery has every record there is, so that those missing in it are gone.
  public let isWhole: Bool
  /// Whether a delivery may come without the file.
  public let isOptional: Bool
  /// The landed columns that together name a record, over deliveries.
  public let key: [String]
  /// How a record says that it takes back one of an earlier delivery.
  public let deletion: Deletion?
  public let columns: [ColumnMapping]
  public let orders: [DateOrder]
  /// What its quality is measured by.
  public let quality: QualityMapping
  /// Which columns say who a record is about; nil where none do.
  public let identity: IdentityMapping?

  public enum Format: Hashable, Sendable {
    /// Text with a separator, its columns named in the first line; the same table as Parquet will do.
    case csv(separator: UInt8)
    case parquet
    /// FHIR resources, one a line, through the view of this name.
    case fhir(view: String)
    /// A FHIR bulk export's list of what was deleted: Bundles with DELETE requests.
    case fhirDeletions

    /// Whether a comma in a number may part thousands. Between semicolons it may as well be a decimal comma.
    var commasPartThousands: Bool { self != .csv(separator: UInt8(ascii: ";")) }
  }

  public struct Deletion: Hashable, Sendable {
    /// The column in the file.
    public let column: String
    /// Its values that take a record back.
    public let values: Set<String>
  }

  /// The columns of which something is landed, in order, as ``RecordLander`` writes them.
  public var landed: [ColumnMapping] { columns.filter { !$0.landedFields.isEmpty } }

  /// The columns that say who a record is about, whose values go to the vault together; none where the
  /// records identify nobody but by the keys of other tables.
  public var identifying: [ColumnMapping] {
    let identifies = columns.contains {
      $0.handling == .vault || ($0.handling == .hash && $0.type == .nhsNumber)
    }
    return identifies ? columns.filter { $0.handling == .vault || $0.handling == .hash } : []
  }
}

/// How one column is read.
public struct ColumnMapping: Sendable {
  /// What the file calls it.
  public let name: String
  /// What it is called where it lands.
  public let landed: String
  public let type: FieldType
  public let handling: FieldHandling
  public let isRequired: Bool
  /// Texts that mean that there is no value.
  public let nulls: Set<String>
  /// What says that a value is not known or was not stated; as sent.
  public let unknowns: Set<String>
  /// The form of a date.
  let date: DateReader?
  /// What each value that may occur lands as; nil where any may.
  public let values: [String: String]?
  /// The shapes that a code may have; none where any is fine.
  public let shapes: [CodeShape]
  public let range: ClosedRange<Double>?
  /// The unit that the values of a number are in.
  public let unit: String?
  /// What the small area of a postcode lands as; nil where it does not.
  public let area: String?

  /// Whether the keyed hash of its value lands in its place.
  var isHashed: Bool { handling == .hash || handling == .reference }

  /// Whether it is a date of birth, of which the year and month are landed.
  public var isBirthDate: Bool { (type == .date || type == .moment) && handling == .vault }
}

/// Two dates of a record, the first of which is not after the second.
public struct DateOrder: Hashable, Sendable {
  public let earlier: String
  public let later: String
}

extension ColumnMapping {
  /// What says that a value is not known, as it lands.
  var landedUnknowns: [String] { Set(unknowns.map { values?[$0] ?? $0 }).sorted() }

  /// What its values may be, in words; empty where nothing is laid down beyond their type.
  var allowed: String {
    var words: [String] = []
    if let values {
      let names = values.keys.sorted()
      words.append(
        names.prefix(30).joined(separator: ", ")
          + (names.count > 30 ? " and \(names.count - 30) more" : ""))
    }
    if !shapes.isEmpty {
      words.append(
        "the form \(shapes.map(\.text).joined(separator: " or ")) (9 a digit, A a letter)")
    }
    if let range { words.append("\(range.lowerBound) to \(range.upperBound)") }
    if let date { words.append("the form \(date.pattern)") }
    return words.joined(separator: "; ")
  }

  /// The columns that it lands in: one as a rule; of a date of birth its year and month; none where it
  /// does not land.
  var landedFields: [Field] {
    switch handling {
    case .land, .hash, .reference: return [Field(landed, landedType)]
    case .vault where isBirthDate:
      return [Field(landed, .int32), Field(birthMonthName, .int32)]
    case .vault: return area.map { [Field($0, .utf8)] } ?? []
    case .drop, .freeText: return []
    }
  }

  /// What the month of a date of birth lands as: `birth_month` beside `birth_year`.
  private var birthMonthName: String {
    landed.hasSuffix("_year") ? landed.dropLast(4) + "month" : landed + "_month"
  }

  /// How the column's own value lands.
  private var landedType: ColumnType {
    if isHashed { return .int64 }
    switch type {
    case .integer: return .int32
    case .number: return .float64
    case .date: return .date32
    case .moment: return .timestamp(.millisecond, zone: "UTC")
    case .flag: return .bool
    default: return .utf8
    }
  }
}
