/// What priorities are judged by.
public struct Criterion: Sendable, Hashable {
  public let name: String
  public let meaning: String
  /// A share of the sum of all weights.
  public let weight: Double
  public let source: Source

  /// Where its values come from.
  public enum Source: String, CaseIterable, Sendable {
    /// People score it.
    case judged
    /// How much worse the priority's indicators are here than their benchmarks.
    case need
    /// How much the priority's indicators differ by deprivation.
    case inequality

    public var title: String {
      switch self {
      case .judged: "People score it from 1 to 5"
      case .need: "From indicators: how much worse than the benchmark"
      case .inequality: "From indicators: how unequal by deprivation"
      }
    }

    static var choices: [FieldType.Choice] { allCases.map { .init($0.rawValue, $0.title) } }
  }
}

/// A round of choosing between priorities, as its record says.
public struct Prioritisation: Sendable {
  public let number: RecordNumber
  public let criteria: [Criterion]
  /// Whose scores count how much: shares of their sum.
  public let groups: [(name: String, share: Double)]
  public let candidates: [RecordNumber]
  public let stage: Stage
  /// The last day on which scores are taken; nil for no end.
  public let closesOn: Day?
  /// How many times it went from agreeing on rules to scoring: scores under other rules do not count.
  let take: Int
  /// Who runs it: the organisation that it names, else whoever began it.
  private let organisation: RecordNumber?
  private let createdBy: String

  public enum Stage: String, Sendable {
    case preparing, scoring, again, closed, decided

    /// Whether scores are taken.
    public var isScored: Bool { self == .scoring || self == .again }

    /// The stages that may come next by themselves; it is decided with its reasons.
    var next: Set<Stage> {
      switch self {
      case .preparing: [.scoring]
      case .scoring: [.closed, .again, .preparing]
      case .again: [.closed, .preparing]
      case .closed, .decided: [.again, .preparing]
      }
    }
  }

  /// The turns of scoring under the rules as they are: the first, by oneself, and the second, knowing where others stand.
  public var turns: (first: Int, second: Int) { (2 * take - 1, 2 * take) }

  /// The turn in which scores are given now; nil where none are.
  public var turn: Int? {
    switch stage {
    case .scoring: turns.first
    case .again: turns.second
    case .preparing, .closed, .decided: nil
    }
  }

  /// Whether somebody runs it: moves it on, enters what a panel scored, decides.
  public func isRun(by actor: Actor) -> Bool {
    guard Access.allows(actor, .add) else { return false }
    return actor.isSteward || createdBy == actor.account
      || (organisation.map { Access.speaks(actor, for: $0) } ?? false)
  }

  public init(_ record: Record) {
    number = record.number
    criteria = record.fields.rows("criteria").compactMap { line in
      guard let name = line.text("name") else { return nil }
      return Criterion(
        name: name, meaning: line.text("meaning") ?? "", weight: line.number("weight") ?? 0,
        source: line.text("source").flatMap(Criterion.Source.init) ?? .judged)
    }
    groups = record.fields.rows("groups").compactMap { line in
      line.text("name").map { ($0, line.number("share") ?? 0) }
    }
    candidates = record.fields.records("priorities")
    stage = record.fields.text("stage").flatMap(Stage.init) ?? .preparing
    take = max(1, Int(record.fields.number("take") ?? 1))
    organisation = record.organisation
    createdBy = record.createdBy
    closesOn = record.fields.text("closes_on").flatMap { Day($0) }
  }

  /// The candidates of which somebody has not scored all, by what they have scored.
  public func unscored(_ own: [RecordNumber: [String: Int]]) -> [RecordNumber] {
    candidates.filter { (own[$0]?.count ?? 0) < judged.count }
  }

  /// The criteria that people score.
  public var judged: [Criterion] { criteria.filter { $0.source == .judged } }
}

/// The scores of a round in one turn, without who gave them.
public struct Scores: Sendable {
  /// A score, of one person or of a panel that agreed on it.
  public struct Score: Sendable, Hashable {
    public let candidate: RecordNumber
    public let criterion: String
    public let group: String
    public let people: Int
    /// From 1 to 5.
    public let value: Int

    /// Whether it is of a panel, in which nobody's own score is to be seen.
    var isPanel: Bool { people >= Scores.fewest }

    public init(
      candidate: RecordNumber, criterion: String, group: String, people: Int, value: Int
    ) {
      self.candidate = candidate
      self.criterion = criterion
      self.group = group
      self.people = people
      self.value = value
    }
  }

  /// In an order that does not tell who gave them.
  public let all: [Score]
  /// How many people have scored, those of panels included.
  public let people: Int

  public init(all: [Score], people: Int) {
    self.all = all.sorted {
      ($0.candidate, $0.criterion, $0.value, $0.group, $0.people)
        < ($1.candidate, $1.criterion, $1.value, $1.group, $1.people)
    }
    self.people = people
  }

  /// The scores of a candidate by a criterion.
  public func of(_ candidate: RecordNumber, by criterion: String) -> [Score] {
    all.filter { $0.candidate == candidate && $0.criterion == criterion }
  }

  /// Scores of fewer people than this, of a group for a candidate by a criterion, are not shown, nor is anything that
  /// follows from them.
  public static let fewest = 3
  /// Quartiles of fewer people than this would be their scores.
  public static let fewestForQuartiles = 5

  /// What is shown by itself.
  private struct Key: Hashable {
    let candidate: RecordNumber
    let criterion: String
    let group: String

    init(_ score: Score) {
      (candidate, criterion, group) = (score.candidate, score.criterion, score.group)
    }
  }

  /// The scores that may be shown: of each group, candidate and criterion those of panels, and those of others where they
  /// are at least ``fewest``. Panels are not counted among those: whoever runs the round enters them, and could tell what
  /// one more person gave.
  ///
  /// - Parameters:
  ///   - earlier: what has been shown before, the oldest first. Where fewer than ``fewest`` people have changed theirs since
  ///     any of it, what was shown last is shown again: the difference would be what they gave.
  ///   - others: what was shown under other rules; the same holds, but none of it is shown again.
  public func publishable(after earlier: [Scores] = [], and others: [Scores] = []) -> Scores {
    func ownScores(_ scores: Scores) -> [Key: [Score]] {
      Dictionary(grouping: scores.all.filter { !$0.isPanel }, by: { Key($0) })
    }
    let before = earlier.map(ownScores)
    let looks = before + others.map(ownScores)
    let now = ownScores(self)
    let keys = before.reduce(into: Set(now.keys)) { $0.formUnion($1.keys) }
    let shown = keys.flatMap { key -> [Score] in
      let new = now[key] ?? []
      let isApart = looks.allSatisfy { look in
        guard let old = look[key] else { return true }
        let changed = Self.changed(old, new)
        return changed == 0 || changed >= Self.fewest
      }
      return isApart && new.count >= Self.fewest ? new : before.last?[key] ?? []
    }
    return Scores(all: all.filter(\.isPanel) + shown, people: people)
  }

  /// How many people, at least, gave other scores.
  private static func changed(_ old: [Score], _ new: [Score]) -> Int {
    var balance: [Int: Int] = [:]
    for score in old { balance[score.value, default: 0] -= 1 }
    for score in new { balance[score.value, default: 0] += 1 }
    let gained = balance.values.reduce(0) { $0 + max(0, $1) }
    let lost = balance.values.reduce(0) { $0 + max(0, -$1) }
    return max(gained, lost)
  }

  /// The quartiles of scores, each counted as often as people gave it; nil for none.
  public static func quartiles(_ scores: [Score]) -> (lower: Int, median: Int, upper: Int)? {
    let sorted = scores.sorted { $0.value < $1.value }
    let total = sorted.reduce(0) { $0 + $1.people }
    guard total > 0 else { return nil }
    func at(_ share: Double) -> Int {
      var passed = 0
      for score in sorted {
        passed += score.people
        if Double(passed) >= share * Double(total) { return score.value }
      }
      return sorted.last?.value ?? 0
    }
    return (at(0.25), at(0.5), at(0.75))
  }

  /// The value of a candidate by a criterion, 0 to 100: the mean score of each group, each by the group's share; groups
  /// that have not scored are left out. Nil where nobody has scored.
  public static func value(
    _ scores: [Score], groups: [(name: String, share: Double)]
  ) -> Double? {
    var sum = 0.0
    var shares = 0.0
    let named = groups.isEmpty ? [("", 1.0)] : groups.map { ($0.name, $0.share) }
    for (name, share) in named {
      let own = groups.isEmpty ? scores : scores.filter { $0.group == name }
      let people = own.reduce(0) { $0 + $1.people }
      guard people > 0, share > 0 else { continue }
      let mean = own.reduce(0.0) { $0 + Double($1.value * $1.people) } / Double(people)
      sum += share * (mean - 1) / 4 * 100
      shares += share
    }
    return shares > 0 ? sum / shares : nil
  }
}
