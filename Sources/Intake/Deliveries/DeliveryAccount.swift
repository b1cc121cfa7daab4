/// What became of every record of a delivery; kept beside the tables that it landed in.
public struct DeliveryAccount: Codable, Hashable, Sendable {
  public let source: String
  public let delivery: String
  /// The id and version of the mapping.
  public let mapping: String
  public let mappingVersion: Int
  /// What the result follows from; the same key means that nothing is to be done again.
  public let key: String
  public var files: [File]
  /// Files of the delivery that nothing reads.
  public let unknownFiles: [String]
  /// Why nothing of the delivery landed; empty where it did.
  public var stops: [String] = []

  public var isStopped: Bool { !stops.isEmpty }

  /// The account of one file.
  public struct File: Codable, Hashable, Sendable {
    public let file: String
    public let table: String
    /// The Parquet file that it landed in, beside the account.
    public let landedAs: String
    /// Records read; blank lines and the header are none.
    public var read = 0
    /// Records that landed, those that take others back among them.
    public var landed = 0
    public var quarantined = 0
    public var blank = 0
    /// Rows that the landed records gave: more where a record gives several.
    public var rows = 0
    /// How the columns differ from the mapping's, in words.
    public var drift: [String] = []
    /// Breaches that were counted and let pass, and those that set records aside.
    public var breaches: [Breach] = []

    /// Whether every record is accounted for.
    public var isReconciled: Bool { read == landed + quarantined }

    /// Why the file must be another than the mapping takes it for: none of its records landed, and there are many, or
    /// each is of another type; nil otherwise. A few records may all be wrong in a file that is right.
    var nothingLanded: String? {
      guard read > 0, quarantined == read else { return nil }
      let aside = breaches.filter(\.isQuarantined)
      let isOfOtherType = aside.allSatisfy { $0.rule == IntakeRule.wrongResourceType.rawValue }
      return read >= BreachTally.least || isOfOtherType ? reasons : nil
    }

    /// The rules that set most of the records aside, in words.
    var reasons: String {
      var counts: [String: Int] = [:]
      for breach in breaches where breach.isQuarantined {
        counts[breach.rule, default: 0] += breach.count
      }
      let rules = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(3)
        .map { "\($0.value) broke the rule '\($0.key)'" }
      return "none of its \(read) records landed; \(rules.joined(separator: ", "))."
    }
  }

  /// How often a rule was broken in a field.
  public struct Breach: Codable, Hashable, Sendable {
    public let rule: String
    public let field: String?
    public let isQuarantined: Bool
    public var count: Int
  }
}
