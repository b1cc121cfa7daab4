import Foundation
import GRDB

extension Partnership {
  /// Keeps how somebody scores a candidate; what they gave it before in the same turn, for the same group, no longer counts.
  ///
  /// - Parameters:
  ///   - values: from 1 to 5, by the names of criteria.
  ///   - group: one of the round's; empty where it has none.
  ///   - people: 1, or how many have agreed on it as a panel.
  public func score(
    _ candidate: RecordNumber, in round: RecordNumber, _ values: [String: Int],
    as group: String, people: Int = 1, by actor: Actor
  ) throws {
    try write { db in
      let (record, _) = try Self.changeable(round, .assure, by: actor, db)
      let rules = Prioritisation(record)
      guard record.kind.id == RecordKind.round.id, let turn = rules.turn,
        rules.closesOn.map({ $0 >= .today }) ?? true
      else {
        throw PartnershipError(
          .overtaken, "Scores of \(record.title) are not taken now.",
          hint: "Look at its page for the stage that it is in.")
      }
      let problems = Self.problems(candidate, values, group, people, rules, actor)
      try Self.refuse(problems)
      for criterion in rules.judged {
        guard let value = values[criterion.name] else { continue }
        try db.execute(
          sql: """
            insert into score (round, turn, candidate, criterion, team, people, account, value, at)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
          arguments: [
            round.value, turn, candidate.value, criterion.name, group, people, actor.account, value,
            Moment.text(Date()),
          ])
      }
    }
  }

  /// What is wrong with scores.
  private static func problems(
    _ candidate: RecordNumber, _ values: [String: Int], _ group: String, _ people: Int,
    _ rules: Prioritisation, _ actor: Actor
  ) -> [FieldProblem] {
    var problems: [FieldProblem] = []
    if !rules.candidates.contains(candidate) {
      problems.append(FieldProblem("candidate", "That priority is not in this round."))
    }
    if rules.groups.isEmpty ? !group.isEmpty : !rules.groups.contains(where: { $0.name == group }) {
      problems.append(FieldProblem("group", "Choose the group that you score for."))
    }
    if !(1...10_000).contains(people) {
      problems.append(FieldProblem("people", "How many people: \(people) is not from 1 to 10,000."))
    } else if people > 1, people < Scores.fewest {
      problems.append(
        FieldProblem(
          "people",
          "What \(people) people agreed on is theirs alone: let each score, or enter a panel of \(Scores.fewest) or more."
        ))
    } else if people > 1, !rules.isRun(by: actor) {
      problems.append(
        FieldProblem("people", "What a panel scored is entered by whoever runs the round."))
    }
    for criterion in rules.judged {
      guard let value = values[criterion.name] else {
        problems.append(FieldProblem(criterion.name, "\(criterion.name) has no score yet."))
        continue
      }
      if !(1...5).contains(value) {
        problems.append(
          FieldProblem(criterion.name, "\(criterion.name): \(value) is not from 1 to 5."))
      }
    }
    return problems
  }

  /// A score as it was given.
  private struct Given {
    let voter: String
    let turn: Int
    let candidate: RecordNumber
    let criterion: String
    let group: String
    let people: Int
    let value: Int

    init(_ row: Row) {
      turn = row["turn"]
      candidate = RecordNumber(row["candidate"])
      criterion = row["criterion"]
      group = row["team"]
      people = row["people"]
      value = row["value"]
      // Somebody counts once, for the group that they named last; each group's panel counts beside them.
      let account: String = row["account"]
      voter = people > 1 ? "\(account)\n\(group)" : account
    }
  }

  /// The scores of the turns of a round under its present rules, up to one, in the order in which they were given. What
  /// was given to a priority that was merged into another counts for that one.
  private static func given(
    _ rules: Prioritisation, upTo turn: Int, account: String? = nil, _ db: Database
  ) throws -> [Given] {
    try Row.fetchAll(
      db,
      sql: """
        select s.turn, coalesce(r.merged_into, s.candidate) as candidate, s.criterion, s.team, s.people, s.account, s.value
        from score s left join record r on r.number = s.candidate and r.state = 'merged'
        where s.round = ? and s.turn between ? and ? and (? is null or s.account = ?) order by s.number
        """,
      arguments: [rules.number.value, rules.turns.first, turn, account, account]
    ).map { Given($0) }
  }

  /// The scores of a round up to a turn, without who gave them: of each voter the last of each; who has not scored again
  /// in the second turn keeps those of the first.
  public func scores(of round: Record, upTo turn: Int) throws -> Scores {
    let rules = Prioritisation(round)
    return Self.scores(try read { db in try Self.given(rules, upTo: turn, db) }, rules)
  }

  private static func scores(_ given: [Given], _ rules: Prioritisation) -> Scores {
    var groups: [String: String] = [:]
    var people: [String: Int] = [:]
    var last: [String: [RecordNumber: [String: Int]]] = [:]
    for score in given {
      groups[score.voter] = score.group
      people[score.voter] = score.people
      last[score.voter, default: [:]][score.candidate, default: [:]][score.criterion] = score.value
    }
    var scores: [Scores.Score] = []
    for (voter, candidates) in last.sorted(by: { $0.key < $1.key }) {
      for candidate in rules.candidates {
        for criterion in rules.judged {
          guard let value = candidates[candidate]?[criterion.name] else { continue }
          scores.append(
            Scores.Score(
              candidate: candidate, criterion: criterion.name, group: groups[voter] ?? "",
              people: people[voter] ?? 1, value: value))
        }
      }
    }
    return Scores(all: scores, people: people.values.reduce(0, +))
  }

  /// The scores of a round up to a turn as far as they may be shown, to anybody: what was kept when that turn, or an
  /// earlier one, ended last. What was shown of a priority that was merged into another counts for that one.
  public func publishableScores(of round: Record, upTo turn: Int) throws -> Scores {
    let rules = Prioritisation(round)
    return try read { db in try Self.looks(rules, rules.turns.first...turn, db).last }
      ?? Scores(all: [], people: 0)
  }

  /// What has been shown each time that one of some turns of a round ended, the oldest first.
  private static func looks(
    _ rules: Prioritisation, _ turns: ClosedRange<Int>, _ db: Database
  ) throws -> [Scores] {
    let ends = try Int64.fetchAll(
      db,
      sql: "select number from turn_end where round = ? and turn between ? and ? order by number",
      arguments: [rules.number.value, turns.lowerBound, turns.upperBound])
    return try ends.map { end in
      let scores = try Row.fetchAll(
        db,
        sql: """
          select coalesce(r.merged_into, s.candidate) as candidate, s.criterion, s.team, s.people, s.value
          from shown_score s left join record r on r.number = s.candidate and r.state = 'merged'
          where s.turn_end = ?
          """, arguments: [end]
      ).map { row in
        Scores.Score(
          candidate: RecordNumber(row["candidate"]), criterion: row["criterion"],
          group: row["team"],
          people: row["people"], value: row["value"])
      }
      return Scores(all: scores, people: scores.reduce(0) { $0 + $1.people })
    }
  }

  /// Ends a turn: what may be shown of it is kept.
  private static func end(_ turn: Int, _ rules: Prioritisation, _ db: Database) throws {
    let shown = scores(try given(rules, upTo: turn, db), rules).publishable(
      after: try looks(rules, rules.turns.first...rules.turns.second, db),
      and: try looks(rules, 0...rules.turns.first - 1, db))
    try db.execute(
      sql: "insert into turn_end (round, turn) values (?, ?)",
      arguments: [rules.number.value, turn])
    let end = db.lastInsertedRowID
    for score in shown.all {
      try db.execute(
        sql: "insert into shown_score values (?, ?, ?, ?, ?, ?)",
        arguments: [
          end, score.candidate.value, score.criterion, score.group, score.people, score.value,
        ])
    }
  }

  /// Keeps what is shown of turns that had ended before that was kept.
  static func endTurnsOfBefore(_ db: Database) throws {
    for number in try Int64.fetchAll(db, sql: "select distinct round from score") {
      guard let row = try row(RecordNumber(number), db),
        let record = try Record(row: row, for: .program("Kith"))
      else { continue }
      let rules = Prioritisation(record)
      if rules.stage == .again || rules.stage == .decided { try end(rules.turns.first, rules, db) }
      if rules.stage == .decided { try end(rules.turns.second, rules, db) }
    }
  }

  /// What somebody has scored themselves in a turn, by candidate and criterion, and for which group last.
  public func ownScores(
    in round: Record, turn: Int, of actor: Actor
  ) throws -> (values: [RecordNumber: [String: Int]], group: String?, people: Int) {
    let rules = Prioritisation(round)
    let given = try read { db in
      try Self.given(rules, upTo: turn, account: actor.account, db)
    }.filter { $0.turn == turn }
    var values: [RecordNumber: [String: Int]] = [:]
    for score in given where rules.judged.contains(where: { $0.name == score.criterion }) {
      values[score.candidate, default: [:]][score.criterion] = score.value
    }
    return (values, given.last?.group, given.last?.people ?? 1)
  }

  /// Moves a round on, or back.
  ///
  /// - Throws: ``PartnershipError`` where it is not ready for it.
  public func setStage(
    _ stage: Prioritisation.Stage, of round: RecordNumber, by actor: Actor
  ) throws {
    try write { db in
      let (record, row) = try Self.changeable(round, .assure, by: actor, db)
      let rules = Prioritisation(record)
      guard record.kind.id == RecordKind.round.id, rules.isRun(by: actor) else {
        throw PartnershipError.notAllowed("move on a round that you do not run")
      }
      guard record.state == .active, rules.stage != stage else { return }
      guard rules.stage.next.contains(stage) else {
        throw PartnershipError(
          .overtaken, "\(record.title) cannot be moved on so from the stage that it is in.",
          hint: "Open its page again.")
      }
      var content = try Content(row: row)
      if rules.stage == .preparing {
        guard rules.candidates.count > 1, !rules.criteria.isEmpty else {
          throw PartnershipError(
            .overtaken, "A round needs two priorities and a criterion before it is scored.",
            hint: "Change the round, and add them.")
        }
        // Scores under other rules do not count, also where a beginning was undone.
        let used =
          try Int.fetchOne(
            db, sql: "select max(turn) from score where round = ?", arguments: [round.value]) ?? 0
        let take = max(Int(record.fields.number("take") ?? 0), (used + 1) / 2) + 1
        content.fields["take"] = .number(Double(take))
      }
      if let turn = rules.turn { try Self.end(turn, rules, db) }
      content.fields["stage"] = .text(stage.rawValue)
      let writer = try BatchWriter(db, actor, action: "moved on", locator: locator)
      try writer.check(content, .round, round.value)
      try writer.revise(round.value, .round, from: record.version, to: content)
    }
  }

  /// Keeps what was decided: which priorities were chosen, why, and when to look again; in the round and in each priority.
  ///
  /// - Throws: ``PartnershipError`` with the problems of the fields `chosen`, `reason` and `review_on`: nothing chosen, no
  ///   reason, no day or one that has come.
  public func decide(
    _ round: RecordNumber, choosing chosen: Set<RecordNumber>, because reason: String,
    reviewOn: Day?, by actor: Actor
  ) throws {
    try write { db in
      let (record, row) = try Self.changeable(round, .assure, by: actor, db)
      let rules = Prioritisation(record)
      guard record.kind.id == RecordKind.round.id, record.state == .active, rules.isRun(by: actor)
      else { throw PartnershipError.notAllowed("decide a round that you do not run") }
      guard rules.stage.isScored || rules.stage == .closed, chosen.isSubset(of: rules.candidates)
      else {
        throw PartnershipError(
          .overtaken,
          "\(record.title) can be decided once it is scored, among its own priorities.",
          hint: "Open its page again.")
      }
      let problems = Self.problems(choosing: chosen, because: reason, reviewOn: reviewOn)
      guard let reviewOn, problems.isEmpty else { return try Self.refuse(problems) }
      let writer = try BatchWriter(db, actor, action: "decided", locator: locator)
      var content = try Content(row: row)
      if let turn = rules.turn { try Self.end(turn, rules, db) }
      content.fields["stage"] = .text(Prioritisation.Stage.decided.rawValue)
      content.fields["decision"] = .text(reason)
      content.fields["decided_on"] = .text(Day.today.description)
      content.fields["review_on"] = .text(reviewOn.description)
      try writer.check(content, .round, round.value)
      try writer.revise(round.value, .round, from: record.version, to: content)
      for number in rules.candidates {
        guard let row = try Self.row(number, db), row["state"] == "active",
          let priority = try Record(row: row, for: actor)
        else { continue }
        var content = try Content(row: row)
        guard content.fields.text("status") != "closed" else { continue }
        guard priority.allows(actor, .edit) else {
          throw PartnershipError(
            .notAllowed, "You may not decide on \(priority.title): it is another organisation's.",
            hint: "Ask a steward to decide the round.")
        }
        content.fields["round"] = round.asValue
        let isChosen = chosen.contains(number)
        content.fields["status"] = .text(isChosen ? "chosen" : "not_now")
        content.fields["reason"] = .text(reason)
        content.fields["decided_on"] = .text(Day.today.description)
        content.fields["review_on"] = .text(reviewOn.description)
        try writer.revise(number.value, .priority, from: row["version"], to: content)
      }
    }
  }

  /// What a decision lacks.
  private static func problems(
    choosing chosen: Set<RecordNumber>, because reason: String, reviewOn: Day?
  ) -> [FieldProblem] {
    var problems: [FieldProblem] = []
    if chosen.isEmpty {
      problems.append(FieldProblem("chosen", "Tick at least one priority that comes first."))
    }
    if reason.allSatisfy(\.isWhitespace) {
      problems.append(FieldProblem("reason", "Say why, so that everybody can follow the decision."))
    }
    if reviewOn.map({ $0 <= .today }) ?? true {
      problems.append(
        FieldProblem(
          "review_on",
          "Say on which day after today to look again, such as \(Day.today.adding(months: 12))."))
    }
    return problems
  }

  /// Keeps that somebody sees a round's decision otherwise; anybody who may score may.
  public func dissent(
    from round: RecordNumber, _ text: String, isNamed: Bool, by actor: Actor
  ) throws {
    var author = actor
    if !isNamed {
      // History must not tell what they did not want told.
      author = Actor(
        account: "", name: "Somebody", role: actor.role, organisations: actor.organisations)
    }
    try revise(round, .round, action: "saw it otherwise in", .assure, by: author) { fields in
      var line: Fields = ["text": .text(text)]
      if isNamed { line["name"] = .text(actor.name) }
      fields["dissent"] = .rows(fields.rows("dissent") + [line])
    }
  }

  /// The rounds in which somebody has priorities left to score, with those.
  public func toScore(for actor: Actor) throws -> [(round: Record, left: [RecordNumber])] {
    guard Access.allows(actor, .add) else { return [] }
    return try records(of: .round, for: actor).compactMap { record in
      let rules = Prioritisation(record)
      guard let turn = rules.turn, rules.closesOn.map({ $0 >= .today }) ?? true else { return nil }
      let own = try ownScores(in: record, turn: turn, of: actor).values
      let left = rules.unscored(own)
      return left.isEmpty ? nil : (record, left)
    }
  }
}
