public import Intake

/// What a supplier of data is asked to mend, on a page: how much landed, what was set aside and where,
/// which fields are wanting and for what. It names lines and fields, never what is in them.
public struct SupplierSummary: Sendable {
  public let source: DataQuality.Source
  public let place: String
  public let snapshot: String
  public let fixes: [Fix]
  public let wants: [Want]

  /// Records to be sent again, with what is wrong with them.
  public struct Fix: Sendable {
    public let table: String
    /// What the sender calls the field; empty where the whole line is meant.
    public let field: String
    /// The same with the FHIR element that it comes from, if it does.
    public let sent: String
    public let rule: String
    public let outcome: DataQuality.FaultGroup.Outcome
    public let count: Int
    /// The field that it does not go with, where the rule is about two.
    public let other: String
    /// What the field's values may be, in words; empty where nothing is laid down.
    public let allowed: String
    /// The rule in plain English, and why it is there.
    public let ruleTitle: String
    public let reason: String
    /// The newest deliveries first: the file, how many there, and the first lines.
    public let places: [Place]

    public struct Place: Sendable {
      public let delivery: String
      public let file: String
      public let count: Int
      public let lines: [Int]
    }
  }

  /// A field that uses need more of than there is.
  public struct Want: Sendable {
    public let table: String
    public let column: String
    public let sentence: String
    public let verdict: Fitness.Verdict
    public let uses: [String]
  }

  public init(
    _ source: DataQuality.Source, _ quality: DataQuality, uses: [DataUse], rules: RulePolicies,
    place: String, snapshot: String
  ) {
    self.source = source
    self.place = place
    self.snapshot = snapshot
    fixes = Self.fixes(source, quality, rules)
    wants = Self.wants(source, quality, uses)
  }

  private static func fixes(
    _ source: DataQuality.Source, _ quality: DataQuality, _ rules: RulePolicies
  ) -> [Fix] {
    struct Kind: Hashable {
      let table: String
      let field: String
      let rule: String
      let other: String
      let outcome: DataQuality.FaultGroup.Outcome
    }
    // What has been mended is not asked for again.
    let own = quality.faults.filter { $0.source == source.id && !$0.isMended }
    let kinds = Dictionary(grouping: own) {
      Kind(
        table: $0.table, field: $0.field, rule: $0.rule, other: $0.other,
        outcome: $0.outcome)
    }
    return kinds.map { kind, groups in
      let policy = IntakeRule(rawValue: kind.rule).map { rules[$0] }
      let field = source.tables.first { $0.name == kind.table }?.fields
        .first { $0.column == kind.field }
      return Fix(
        table: kind.table, field: kind.field, sent: field?.sent ?? kind.field, rule: kind.rule,
        outcome: kind.outcome,
        count: groups.reduce(0) { $0 + $1.count }, other: kind.other,
        allowed: Self.asksForValues(kind.rule) ? field?.allowed ?? "" : "",
        ruleTitle: policy?.title ?? kind.rule,
        reason: policy?.reason ?? "",
        places: groups.sorted { ($1.delivery, $0.file) < ($0.delivery, $1.file) }.map {
          Fix.Place(delivery: $0.delivery, file: $0.file, count: $0.count, lines: $0.lines)
        })
    }.sorted {
      (order($0.outcome), -$0.count, $0.table, $0.field, $0.rule)
        < (order($1.outcome), -$1.count, $1.table, $1.field, $1.rule)
    }
  }

  /// Whether a sender needs to know what a field's values may be to mend a breach.
  private static func asksForValues(_ rule: String) -> Bool {
    [IntakeRule.unknownValue, .codeShape, .outOfRange, .wrongType].contains {
      $0.rawValue == rule
    }
  }

  private static func order(_ outcome: DataQuality.FaultGroup.Outcome) -> Int {
    DataQuality.FaultGroup.Outcome.allCases.firstIndex(of: outcome) ?? 0
  }

  private static func wants(
    _ source: DataQuality.Source, _ quality: DataQuality, _ uses: [DataUse]
  ) -> [Want] {
    struct Asked: Hashable {
      let table: String
      let field: String
      let sentence: String
    }
    var verdicts: [Asked: Fitness.Verdict] = [:]
    var titles: [Asked: [String]] = [:]
    for use in uses {
      for finding in Fitness(use, quality).findings
      where finding.source == source.id && !finding.field.isEmpty
        && [.withCare, .notFit].contains(finding.verdict)
      {
        let asked = Asked(
          table: finding.table, field: finding.field, sentence: finding.sentence)
        verdicts[asked] = max(verdicts[asked] ?? .fit, finding.verdict)
        if !titles[asked, default: []].contains(use.title) {
          titles[asked, default: []].append(use.title)
        }
      }
    }
    return verdicts.map { asked, verdict in
      let fields = source.tables.first { $0.name == asked.table }?.fields ?? []
      return Want(
        table: asked.table,
        column: fields.first { $0.name == asked.field }?.sent ?? asked.field,
        sentence: asked.sentence, verdict: verdict, uses: titles[asked] ?? [])
    }.sorted {
      (-$0.verdict.rawValue, $0.table, $0.column, $0.sentence)
        < (-$1.verdict.rawValue, $1.table, $1.column, $1.sentence)
    }
  }

  // MARK: Sentences

  /// What came and what became of it.
  public var opening: [String] {
    let counted = source.deliveries.filter { !$0.isStopped }
    let span = Set([counted.first, counted.last].compactMap { $0?.delivery }).sorted()
    var sentences =
      counted.isEmpty
      ? ["No delivery of this source has landed."]
      : [
        "\(counted.count) \(counted.count == 1 ? "delivery" : "deliveries"), "
          + "\(span.joined(separator: " to ")): \(source.read.grouped) records came, "
          + "\(source.landed.grouped) landed (\(share(source.landed, source.read))) and "
          + "\((source.read - source.landed).grouped) "
          + "\(source.read - source.landed == 1 ? "was" : "were") set aside."
      ]
    for stopped in source.deliveries where stopped.isStopped {
      sentences.append(
        "The delivery \(stopped.delivery) was stopped, and nothing of it landed: "
          + stopped.stops.joined(separator: " "))
    }
    for delivery in counted.suffix(1) {
      for file in delivery.files where !file.drift.isEmpty {
        sentences.append(
          "\(file.file) of \(delivery.delivery): \(file.drift.joined(separator: " "))")
      }
    }
    return sentences
  }

  private func share(_ part: Int, _ all: Int) -> String {
    all == 0 ? "none to count" : (Double(part) / Double(all)).percent
  }

  /// What is said where there is nothing to fix.
  public var nothingToFix: String {
    if source.deliveries.isEmpty { return "Nothing has come yet." }
    return source.deliveries.contains(where: \.isStopped)
      ? "What stopped the delivery, as said above. No line of it is listed beyond that."
      : "Nothing: no record breaks a rule that has not been mended since."
  }

  /// The fixes that there is no room for, each in a few words; nil for none.
  public var rest: String? {
    let rest = fixes.dropFirst(Self.shown)
    guard !rest.isEmpty else { return nil }
    let shown = rest.prefix(12).map {
      "\($0.field.isEmpty ? "whole lines" : $0.field) (\($0.rule)): \($0.count.grouped)"
    }
    let more = rest.count > shown.count ? "; and \(rest.count - shown.count) more kinds" : ""
    return "Also: " + shown.joined(separator: "; ") + more + "."
  }

  /// How many fixes and wants a page has room for.
  public static let shown = 6

  /// The summary as plain text, for an email.
  public var text: String {
    var lines = [
      "Data quality: \(source.title) (source \(source.id))",
      "For the sender, from \(place). Snapshot \(snapshot).", "",
    ]
    lines += opening.flatMap { $0.wrapped() }
    lines += ["", "What to fix first", ""]
    if fixes.isEmpty { lines.append(nothingToFix) }
    for (number, fix) in fixes.prefix(Self.shown).enumerated() {
      lines += "\(number + 1). \(fix.sentence)".wrapped(indent: "   ")
      lines += "   \(fix.whereabouts)".wrapped(indent: "   ")
      lines += "   Why: \(fix.reason)".wrapped(indent: "   ")
    }
    if let rest { lines += rest.wrapped() }
    lines += ["", "Fields that are wanting", ""]
    if wants.isEmpty { lines.append("None: every field is good enough for what it is used for.") }
    for want in wants.prefix(Self.shown) {
      lines += "- \(want.column) (\(want.table)): \(want.sentence)".wrapped(indent: "  ")
      lines += "  Needed for: \(want.uses.joined(separator: "; "))".wrapped(indent: "  ")
    }
    if wants.count > Self.shown {
      lines.append("And \(wants.count - Self.shown) more.")
    }
    lines += [
      "",
      "Lines are counted from 1; of a CSV file the header is line 1. `kith quality lines` lists",
      "all of them. Please send the records that were set aside again with the next delivery,",
      "under the same keys. This summary holds no data about people.", "",
    ]
    return lines.joined(separator: "\n")
  }
}

extension SupplierSummary.Fix {
  /// What is wrong and what became of it.
  public var sentence: String {
    let what = field.isEmpty ? "whole lines" : sent
    let pair = other.isEmpty ? "" : " \(other) is after \(field)."
    let values = allowed.isEmpty ? "" : " It may be: \(allowed)."
    return "\(what) (\(table)): \(count.grouped) \(count == 1 ? "record" : "records") "
      + "\(count == 1 ? "breaks" : "break") the rule “\(ruleTitle)” (\(rule)); "
      + "\(outcome.past(count == 1)).\(pair)\(values)"
  }

  /// How many there are in each delivery, and the first lines, the newest delivery first.
  public var whereabouts: String {
    var room = 12
    let shown = places.prefix(6).map { place -> String in
      let lines = place.lines.prefix(max(1, room))
      room -= lines.count
      let more = place.count > lines.count ? " and \((place.count - lines.count).grouped) more" : ""
      return "\(place.delivery)/\(place.file) \(place.count == 1 ? "line" : "lines") "
        + lines.map(String.init).joined(separator: ", ") + more
    }
    let rest = places.dropFirst(6).reduce(0) { $0 + $1.count }
    return shown.joined(separator: "; ") + (rest > 0 ? "; \(rest.grouped) in older ones" : "")
  }
}

extension DataQuality.FaultGroup.Outcome {
  /// What became of one record or several, as a clause.
  fileprivate func past(_ isOne: Bool) -> String {
    let they = isOne ? "it" : "they"
    return switch self {
    case .stopped: "the whole delivery was stopped"
    case .setAside: "\(they) \(isOne ? "was" : "were") set aside"
    case .leftOut: "\(they) landed without the value"
    case .inDoubt: "\(they) landed, and \(isOne ? "is" : "are") in doubt"
    }
  }
}

extension Int {
  /// The number with commas between thousands.
  var grouped: String {
    var digits = String(magnitude)
    var groups: [Substring] = []
    while digits.count > 3 {
      groups.insert(digits.suffix(3)[...], at: 0)
      digits.removeLast(3)
    }
    let text = ([digits[...]] + groups).joined(separator: ",")
    return self < 0 ? "−" + text : text
  }
}

extension String {
  /// Lines of at most 88 letters, cut between words; those after the first begin with `indent`.
  fileprivate func wrapped(indent: String = "") -> [String] {
    var lines: [String] = []
    var line = String(prefix { $0 == " " })
    var isFirst = true
    for word in split(separator: " ") {
      if !isFirst, line.count + 1 + word.count > 88 {
        lines.append(line)
        line = indent
        isFirst = true
      }
      line += (isFirst ? "" : " ") + word
      isFirst = false
    }
    return lines + [line]
  }
}
