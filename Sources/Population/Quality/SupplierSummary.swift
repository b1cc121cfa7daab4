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
    public let rule: String
    public let outcome: DataQuality.FaultGroup.Outcome
    public let count: Int
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

      /// The lines in words: "lines 3, 7, 9 and 12 more".
      public var linesText: String {
        let shown = lines.prefix(12)
        let more = count > shown.count ? " and \((count - shown.count).grouped) more" : ""
        return (count == 1 ? "line " : "lines ")
          + shown.map(String.init).joined(separator: ", ") + more
      }
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
      let outcome: DataQuality.FaultGroup.Outcome
    }
    let own = quality.faults.filter { $0.source == source.id }
    let kinds = Dictionary(grouping: own) {
      Kind(table: $0.table, field: $0.field, rule: $0.rule, outcome: $0.outcome)
    }
    return kinds.map { kind, groups in
      let policy = IntakeRule(rawValue: kind.rule).map { rules[$0] }
      return Fix(
        table: kind.table, field: kind.field, rule: kind.rule, outcome: kind.outcome,
        count: groups.reduce(0) { $0 + $1.count }, ruleTitle: policy?.title ?? kind.rule,
        reason: policy?.reason ?? "",
        places: groups.sorted { ($1.delivery, $0.file) < ($0.delivery, $1.file) }.map {
          Fix.Place(delivery: $0.delivery, file: $0.file, count: $0.count, lines: $0.lines)
        })
    }.sorted {
      (order($0.outcome), -$0.count, $0.table, $0.field, $0.rule)
        < (order($1.outcome), -$1.count, $1.table, $1.field, $1.rule)
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
        column: fields.first { $0.name == asked.field }?.column ?? asked.field,
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
    var sentences = [
      "\(counted.count) deliveries, \(counted.first?.delivery ?? "none") to "
        + "\(counted.last?.delivery ?? "none"): \(source.read.grouped) records came, "
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
    if fixes.isEmpty { lines.append("Nothing: no record broke a rule.") }
    for (number, fix) in fixes.prefix(Self.shown).enumerated() {
      lines += "\(number + 1). \(fix.sentence)".wrapped(indent: "   ")
      if let newest = fix.places.first {
        lines += "   \(newest.delivery)/\(newest.file), \(newest.linesText)".wrapped(indent: "   ")
      }
      lines += "   Why: \(fix.reason)".wrapped(indent: "   ")
    }
    if fixes.count > Self.shown {
      lines.append("And \(fixes.count - Self.shown) more kinds of faults, which are rarer.")
    }
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
      "", "Lines are counted from 1, the header included. Please send the records that were set",
      "aside again with the next delivery, under the same keys. This summary holds no data",
      "about people.", "",
    ]
    return lines.joined(separator: "\n")
  }
}

extension SupplierSummary.Fix {
  /// What is wrong and what became of it.
  public var sentence: String {
    let what = field.isEmpty ? "whole lines" : field
    return "\(what) (\(table)): \(count.grouped) \(count == 1 ? "record" : "records") "
      + "\(count == 1 ? "breaks" : "break") the rule “\(ruleTitle)” (\(rule)); "
      + "\(count == 1 ? "it was" : "they were") \(outcome.past)."
  }
}

extension DataQuality.FaultGroup.Outcome {
  /// What became of the records, after "they were".
  fileprivate var past: String {
    switch self {
    case .setAside: "set aside"
    case .leftOut: "landed without the value"
    case .inDoubt: "landed, and are in doubt"
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
