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
    guard Access.allows(actor, .add) else { throw PartnershipError.notAllowed("score") }
    let record = try self.record(round, for: actor)
    let rules = Prioritisation(record)
    guard let turn = rules.stage.turn else {
      throw PartnershipError(
        .overtaken, "Scores of \(record.title) are not taken now.",
        hint: "Look at its page for the stage that it is in.")
    }
    var problems: [FieldProblem] = []
    if !rules.candidates.contains(candidate) {
      problems.append(FieldProblem("candidate", "That priority is not in this round."))
    }
    if !rules.groups.isEmpty, !rules.groups.contains(where: { $0.name == group }) {
      problems.append(FieldProblem("group", "Choose the group that you score for."))
    }
    if !(1...100_000).contains(people) {
      problems.append(
        FieldProblem("people", "How many people: \(people) is not from 1 to 100,000."))
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
    guard problems.isEmpty else {
      throw PartnershipError(.invalid(problems), problems.map(\.message).joined(separator: " "))
    }
    try write { db in
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

  /// The scores of a round in a turn, without who gave them.
  public func scores(of round: RecordNumber, turn: Int, for actor: Actor) throws -> Scores {
    _ = try record(round, for: actor)
    return try read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          select candidate, criterion, team, people, account, value from score s
          where round = ? and turn = ? and number = (
            select max(number) from score l where l.round = s.round and l.turn = s.turn and l.candidate = s.candidate
              and l.criterion = s.criterion and l.account = s.account and l.team = s.team)
          order by candidate, criterion, value
          """, arguments: [round.value, turn])
      var voters: [String: Int] = [:]
      let scores = rows.map { row -> Scores.Score in
        voters["\(row["account"] as String)\n\(row["team"] as String)"] = row["people"]
        return Scores.Score(
          candidate: RecordNumber(row["candidate"]), criterion: row["criterion"],
          group: row["team"], people: row["people"], value: row["value"])
      }
      return Scores(all: scores, people: voters.values.reduce(0, +))
    }
  }

  /// What somebody has scored themselves in a turn, by candidate and criterion, and for which group last.
  public func ownScores(
    in round: RecordNumber, turn: Int, of actor: Actor
  ) throws -> (values: [RecordNumber: [String: Int]], group: String?, people: Int) {
    try read { db in
      let rows = try Row.fetchAll(
        db,
        sql:
          "select candidate, criterion, team, people, value from score where round = ? and turn = ? and account = ? order by number",
        arguments: [round.value, turn, actor.account])
      var values: [RecordNumber: [String: Int]] = [:]
      for row in rows {
        values[RecordNumber(row["candidate"]), default: [:]][row["criterion"]] = row["value"]
      }
      return (values, rows.last?["team"], rows.last?["people"] ?? 1)
    }
  }

  /// Moves a round on, or back.
  ///
  /// - Throws: ``PartnershipError`` where it is not ready for it.
  public func setStage(
    _ stage: Prioritisation.Stage, of round: RecordNumber, by actor: Actor
  ) throws {
    try revise(round, .round, action: "moved on", by: actor) { fields in
      let criteria = fields.rows("criteria")
      if stage == .scoring || stage == .again {
        guard fields.records("priorities").count > 1, !criteria.isEmpty else {
          throw PartnershipError(
            .overtaken, "A round needs two priorities and a criterion before it is scored.",
            hint: "Change the round, and add them.")
        }
      }
      fields["stage"] = .text(stage.rawValue)
    }
  }

  /// Keeps what was decided: which priorities were chosen, why, and when to look again; in the round and in each priority.
  public func decide(
    _ round: RecordNumber, choosing chosen: Set<RecordNumber>, because reason: String,
    reviewOn: Day, by actor: Actor
  ) throws {
    try write { db in
      let (record, row) = try Self.changeable(round, .edit, by: actor, db)
      guard record.kind.id == RecordKind.round.id, record.state == .active else {
        throw PartnershipError.missing(round)
      }
      let writer = try BatchWriter(db, actor, action: "decided", locator: locator)
      var content = try Content(row: row)
      content.fields["stage"] = .text(Prioritisation.Stage.decided.rawValue)
      content.fields["decision"] = .text(reason)
      content.fields["decided_on"] = .text(Day.today.description)
      content.fields["review_on"] = .text(reviewOn.description)
      try writer.check(content, .round, round.value)
      try writer.revise(round.value, .round, from: record.version, to: content)
      for number in Prioritisation(record).candidates {
        guard let row = try Self.row(number, db), row["state"] == "active" else { continue }
        var content = try Content(row: row)
        let isChosen = chosen.contains(number)
        content.fields["status"] = .text(isChosen ? "chosen" : "not_now")
        content.fields["reason"] = .text(reason)
        content.fields["decided_on"] = .text(Day.today.description)
        content.fields["review_on"] = .text(reviewOn.description)
        try writer.revise(number.value, .priority, from: row["version"], to: content)
      }
    }
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

  /// The rounds in which somebody has priorities left to score, with how many.
  public func toScore(for actor: Actor) throws -> [(round: Record, left: Int)] {
    guard Access.allows(actor, .add) else { return [] }
    return try records(of: .round, for: actor).compactMap { record in
      let rules = Prioritisation(record)
      guard let turn = rules.stage.turn else { return nil }
      let own = try ownScores(in: record.number, turn: turn, of: actor).values
      let left = rules.candidates.count { (own[$0]?.count ?? 0) < rules.judged.count }
      return left > 0 ? (record, left) : nil
    }
  }
}
