import Definitions

/// A rule that a record can break.
public enum IntakeRule: String, CaseIterable, Sendable {
  // Lines
  case invalidJSON = "invalid_json"
  case wrongEncoding = "wrong_encoding"
  case tooLong = "too_long"
  case repeatedKey = "repeated_key"
  case noResource = "no_resource"
  case wrongResourceType = "wrong_resource_type"
  case severalValues = "several_values"
  case notComputable = "not_computable"
  case tooFewFields = "too_few_fields"
  case tooManyFields = "too_many_fields"
  case unclosedQuote = "unclosed_quote"
  // Values
  case missing = "missing_value"
  case wrongType = "wrong_type"
  case impossibleDate = "impossible_date"
  case partialDate = "partial_date"
  case noZone = "no_zone"
  case futureDate = "future_date"
  case openEnd = "open_end"
  case unlikelyDate = "unlikely_date"
  case dateOrder = "date_order"
  case outOfRange = "out_of_range"
  case unknownValue = "unknown_value"
  case codeShape = "code_shape"
  case nhsNumberShape = "nhs_number_shape"
  case nhsNumberCheckDigit = "nhs_number_check_digit"
  case nhsNumberPlaceholder = "nhs_number_placeholder"
  case nhsNumberTestRange = "nhs_number_test_range"
  case postcodeShape = "postcode_shape"
  case postcodeUnknown = "postcode_unknown"
  case lsoaShape = "lsoa_shape"
  case odsShape = "ods_shape"
  case icd10Shape = "icd10_shape"
  case opcs4Shape = "opcs4_shape"
  case snomedIdentifier = "snomed_identifier"
  // Records set against others
  case unresolvedReference = "unresolved_reference"
  case beforeBirth = "before_birth"
  case afterDeath = "after_death"
}

extension IntakeRule {
  /// The rules whose breach leaves the value, or of a moment its day, where they only warn: what is doubtful is how it goes
  /// with something else, or its time.
  static let keeping: [IntakeRule] = [.postcodeUnknown, .dateOrder, .noZone]

  /// The rule's place among all.
  var position: Int { Self.positions[self] ?? 0 }

  private static let positions = Dictionary(
    uniqueKeysWithValues: allCases.enumerated().map { ($1, $0) })
}

/// What happens to a record that breaks a rule, and when a whole delivery is stopped.
public struct RulePolicy: Hashable, Sendable {
  public enum Action: String, CaseIterable, Sendable {
    /// The record lands, without the value, and the breach is counted.
    case warn
    /// The record is set aside.
    case quarantine
  }

  public let rule: IntakeRule
  /// The rule in plain English.
  public let title: String
  public let action: Action
  /// The share of a file's records, above which the delivery is stopped; nil for never.
  public let stopAbove: Double?
  public let owner: String
  public let reason: String
}

/// The policy of every rule.
public struct RulePolicies: Sendable {
  private let policies: [IntakeRule: RulePolicy]

  public subscript(rule: IntakeRule) -> RulePolicy {
    guard let policy = policies[rule] else {
      preconditionFailure("every rule has a policy: reading made sure")
    }
    return policy
  }

  /// The policies in the order of the rules.
  public var all: [RulePolicy] { IntakeRule.allCases.map { self[$0] } }

  /// Reads the policies that ship, and those of a place over them, rule by rule.
  ///
  /// - Parameter place: the text of the place's own file and its path, if it has one.
  /// - Throws: ``Definitions/Problems``.
  public init(place: (text: String, path: String)? = nil) throws {
    var policies: [IntakeRule: RulePolicy] = [:]
    let shipped = try MappingCatalogue.resource("intake-rules.yaml")
    for (text, path, isComplete) in [(shipped.text, shipped.path, true)]
      + (place.map { [($0.text, $0.path, false)] } ?? [])
    {
      let diagnostics = Diagnostics()
      if let root = YAMLValue.parse(text, file: path, diagnostics: diagnostics),
        let rules = root.section(["rules"])?.required("rules")
      {
        for policy in Self.read(rules) { policies[policy.rule] = policy }
        if isComplete {
          for rule in IntakeRule.allCases where policies[rule] == nil {
            rules.report("The rule '\(rule.rawValue)' has no policy.")
          }
        }
      }
      try diagnostics.throwIfAny()
    }
    self.policies = policies
  }

  private static func read(_ rules: YAMLValue) -> [RulePolicy] {
    rules.entries().compactMap { name, value in
      guard let rule = IntakeRule(rawValue: name) else {
        let names = IntakeRule.allCases.map(\.rawValue)
        value.report(
          "'\(name)' is not a rule.",
          hint: nearestName(to: name, among: names).map { "Did you mean '\($0)'?" })
        return nil
      }
      guard let section = value.section(["title", "action", "stop_above", "owner", "reason"]),
        let title = section.required("title")?.name(),
        let action = section.required("action")?.choice(RulePolicy.Action.self),
        let owner = section.required("owner")?.name(),
        let reason = section.required("reason")?.name()
      else { return nil }
      let stop = section["stop_above"].flatMap { $0.number() }
      if let stop, !(0...1).contains(stop) {
        section.at.report(
          "\(stop) is not a share of the records.", hint: "Write 0.05 for 5 percent.")
        return nil
      }
      return RulePolicy(
        rule: rule, title: title, action: action, stopAbove: stop, owner: owner, reason: reason)
    }
  }
}
