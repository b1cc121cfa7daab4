public import Intake

/// How good the landed data of a snapshot are, in memory.
public struct DataQuality: Sendable {
  public let sources: [Source]
  let shares: [Key: [Share]]
  /// Where rules were broken, gathered; the most frequent first.
  public let faults: [FaultGroup]

  /// A source with what is measured of it.
  public struct Source: Sendable, Identifiable {
    public let id: String
    public let title: String
    public let mapping: String
    /// The deliveries, the oldest first.
    public let deliveries: [DeliveryAccount]
    public let tables: [Table]
    public let outcomes: [Succession.Outcome]

    /// Records read and landed over all deliveries that were not stopped.
    public var read: Int { landedFiles.reduce(0) { $0 + $1.read } }
    public var landed: Int { landedFiles.reduce(0) { $0 + $1.landed } }
    private var landedFiles: [DeliveryAccount.File] {
      deliveries.filter { !$0.isStopped }.flatMap(\.files)
    }
  }

  public struct Table: Sendable {
    public let name: String
    public let fields: [Field]
  }

  public struct Field: Sendable {
    /// What it lands as, and what the sender calls it.
    public let name: String
    public let column: String
    public let type: String
    /// Whether it is landed, hashed or in the vault.
    public let keep: String
    public let isRequired: Bool
    public let unit: String
    /// What it says about the person, if anything.
    public let about: PersonField?
    /// What its values may be, in words; empty where nothing is laid down.
    public let allowed: String
    /// The FHIR element that it comes from; empty where it comes from a column.
    public let element: String

    /// What the sender knows it as: the element and what the view calls it, or the column.
    public var sent: String { element.isEmpty ? column : "\(element) (\(column))" }
  }

  /// What is measured; `QualityTables` says how.
  public enum Measure: String, CaseIterable, Sendable {
    case completeness, known, validity, landed, uniqueness, late, lag, freshness, agreement,
      coverage
    case linked, lifetime
    case oneRecord = "one_record"
  }

  public enum Group: String, CaseIterable, Sendable {
    case everybody = ""
    case deprivation, age, practice, source
    case ethnicGroup = "ethnic_group"
    case smallArea = "small_area"
  }

  struct Key: Hashable, Sendable {
    let source: String
    let table: String
    let field: String
    var measure: Measure
    /// Empty for all deliveries together.
    let delivery: String
    let group: Group
  }

  /// A measure of one group.
  public struct Share: Sendable {
    /// The group's id; empty for everybody.
    public let id: String
    /// What may be shown of the counts: of a group the denominator is rounded, and there is no numerator but of
    /// coverage; nil where it is suppressed.
    public let numerator: Int?
    public let denominator: Int?
    public let figure: Figure
    /// The figure's value; nil where it is suppressed or unknown. Stored rather than computed, since the
    /// optimiser of Swift 6.3 fails on the chain.
    public let value: Double?

    init(id: String, numerator: Int?, denominator: Int?, figure: Figure) {
      self.id = id
      self.numerator = numerator
      self.denominator = denominator
      self.figure = figure
      value = figure.value
    }
  }

  /// Records that break one rule in one field of one file.
  public struct FaultGroup: Sendable {
    public let source: String
    public let delivery: String
    public let file: String
    public let table: String
    /// What the sender calls the field; empty where the whole line is meant.
    public let field: String
    public let rule: String
    /// The field that it does not go with, where the rule is about two; empty otherwise.
    public let other: String
    public let outcome: Outcome
    /// Whether the records have come again right since, or no longer hold.
    public let isMended: Bool
    public let count: Int
    /// The first lines.
    public let lines: [Int]

    public enum Outcome: String, CaseIterable, Sendable {
      case stopped
      case setAside = "set_aside"
      case leftOut = "left_out"
      case inDoubt = "in_doubt"

      /// What became of the records.
      public var title: String {
        switch self {
        case .stopped: "the whole delivery was stopped"
        case .setAside: "set aside"
        case .leftOut: "landed without the value"
        case .inDoubt: "landed, and in doubt"
        }
      }
    }
  }

  /// How many lines of a fault are shown.
  public static let shownLines = 20

  public func source(_ id: String) -> Source? { sources.first { $0.id == id } }

  /// What a source's table is called, for its id `source.table`.
  public func title(ofTable id: String) -> String {
    guard let dot = id.firstIndex(of: "."), let source = source(String(id[..<dot])) else {
      return id
    }
    // A source with one table is known by its own title.
    let table = id[id.index(after: dot)...].replacing("_", with: " ")
    return source.tables.count == 1 ? source.title : "\(source.title), \(table)"
  }

  /// A measure of all records, in one delivery or in all together; nil where it is not measured.
  public func share(
    _ measure: Measure, source: String, table: String, field: String = "", delivery: String = ""
  ) -> Share? {
    shares[
      Key(
        source: source, table: table, field: field, measure: measure, delivery: delivery,
        group: .everybody)]?.first
  }

  /// The field that a table is measured by, such as the date for late records; nil where it is not.
  public func measuredField(_ measure: Measure, source: String, table: String) -> String? {
    self.source(source)?.tables.first { $0.name == table }?.fields.first {
      share(measure, source: source, table: table, field: $0.name) != nil
    }?.name
  }

  /// A measure by group, over all deliveries.
  public func shares(
    _ measure: Measure, source: String, table: String, field: String = "", by group: Group
  ) -> [Share] {
    shares[
      Key(
        source: source, table: table, field: field, measure: measure, delivery: "", group: group)]
      ?? []
  }

  /// How often a field says something: of one that has words for what is not known or not stated, without
  /// these, and of any other its completeness.
  public func measureOfValues(source: String, table: String, field: String) -> Measure {
    share(.known, source: source, table: table, field: field) == nil ? .completeness : .known
  }

  /// The largest difference in how often a field says something between groups that are large enough to tell.
  public func gap(source: String, table: String, field: String) -> Gap? {
    let about = self.source(source)?.tables.first { $0.name == table }?.fields
      .first { $0.name == field }?.about
    let groups = [Group.deprivation, .ethnicGroup, .age].filter { about != $0.madeOf }
    let measure = measureOfValues(source: source, table: table, field: field)
    return groups.compactMap { group -> Gap? in
      let known = shares(measure, source: source, table: table, field: field, by: group)
        .filter { ($0.denominator ?? 0) >= 50 && $0.value != nil }
      guard let least = known.min(by: { ($0.value ?? 0) < ($1.value ?? 0) }),
        let most = known.max(by: { ($0.value ?? 0) < ($1.value ?? 0) }), known.count > 1
      else { return nil }
      return Gap(group: group, least: least, most: most)
    }.max { $0.size < $1.size }
  }

  public struct Gap: Sendable {
    public let group: Group
    public let least: Share
    public let most: Share
    public var size: Double { (most.value ?? 0) - (least.value ?? 0) }

    /// The size that is there whatever chance did: less 2.576 standard errors of the difference of two
    /// independent proportions, so with 99% confidence. Of many groups, the two ends are far apart by
    /// chance alone.
    public var sureSize: Double {
      func variance(_ share: Share) -> Double {
        let (value, count) = (share.value ?? 0, Double(share.denominator ?? 0))
        return count > 0 ? value * (1 - value) / count : 0
      }
      return max(0, size - 2.576 * (variance(least) + variance(most)).squareRoot())
    }
  }
}

extension DataQuality.Group {
  /// The field that the groups are made of: in its own groups it is always there.
  public var madeOf: PersonField? {
    switch self {
    case .deprivation, .smallArea: .smallArea
    case .age: .birthYear
    case .ethnicGroup: .ethnicGroup
    case .practice: .practice
    case .everybody, .source: nil
    }
  }

  /// The kind of groups, in the middle of a sentence.
  public var title: String {
    switch self {
    case .everybody: "everybody"
    case .deprivation: "fifth of deprivation"
    case .age: "age"
    case .practice: "practice"
    case .source: "source"
    case .ethnicGroup: "ethnic group"
    case .smallArea: "small area"
    }
  }

  /// A group's name for its id.
  public func title(of id: String) -> String {
    switch self {
    case .deprivation:
      switch id {
      case "1": "1 (most deprived fifth)"
      case "5": "5 (least deprived fifth)"
      default: id
      }
    case .ethnicGroup:
      [
        "white": "White", "mixed": "Mixed or multiple", "asian": "Asian", "black": "Black",
        "other": "Other",
      ][id] ?? id
    default: id
    }
  }
}
