import Decisions
import HTTPTypes
import Partnership

/// The form in which somebody scores a priority of a round.
struct ScorePage {
  let desk: Desk
  let request: PageRequest

  func page(_ problems: [FieldProblem] = [], _ form: Form? = nil) throws -> Page {
    guard Access.allows(desk.actor, .add) else { throw PageError.signIn(desk.visitor, request) }
    let (record, rules, candidate) = try subject()
    guard let turn = rules.turn else {
      throw PageError.badRequest("Scores are not taken now. \(RoundSection.words(rules.stage))")
    }
    let own = try desk.partnership.ownScores(in: record, turn: turn, of: desk.actor)
    let others =
      rules.stage == .again
      ? try desk.partnership.publishableScores(of: record, upTo: rules.turns.first) : nil
    let earlier =
      rules.stage == .again
      ? try desk.partnership.ownScores(in: record, turn: rules.turns.first, of: desk.actor).values
      : [:]
    let group = try form?["group"] ?? own.group ?? guessedGroup(rules)
    let evidence = PriorityEvidence(candidate, desk.edition.atlas)
    let values: [String: any Sendable] = [
      "done": Done(request, desk).values, "round": record.title, "roundPath": record.path,
      "title": candidate.title,
      "description": candidate.fields.text("description") ?? "",
      "path": "\(record.path)/score/\(candidate.number)", "token": desk.visitor.formToken,
      "problems": problems.map { problem -> [String: any Sendable] in
        [
          "text": problem.message,
          "id": rules.judged.firstIndex { $0.name == problem.field }.map { "c-\($0)" }
            ?? problem.field,
        ]
      },
      "hasProblems": !problems.isEmpty,
      "evidence": evidence.sentences,
      "voices": try voices(candidate.number),
      "criteria": rules.judged.enumerated().map { index, criterion -> [String: any Sendable] in
        let given =
          form?["score.\(index)"].flatMap { Int($0) } ?? own.values[candidate.number]?[
            criterion.name]
          ?? earlier[candidate.number]?[criterion.name]
        let quartiles = others.map { $0.of(candidate.number, by: criterion.name) }
          .flatMap { scores in
            scores.reduce(0) { $0 + $1.people } >= Scores.fewestForQuartiles
              ? Scores.quartiles(scores) : nil
          }
        return [
          "id": "c-\(index)", "name": criterion.name, "meaning": criterion.meaning,
          "field": "score.\(index)",
          "others": quartiles.map {
            "Last time the median score was \($0.median), with quartiles \($0.lower) and \($0.upper)."
          } ?? "",
          "choices": (1...5).map { value -> [String: any Sendable] in
            [
              "id": "c-\(index)-\(value)", "value": "\(value)", "isChosen": value == given,
              "label": value == 1 ? "1, hardly" : value == 5 ? "5, very much" : "\(value)",
            ]
          },
        ]
      },
      "groups": rules.groups.map { one -> [String: any Sendable] in
        ["name": one.name, "isChosen": one.name == group]
      },
      "hasGroups": rules.groups.count > 0,
      "mayPanel": rules.isRun(by: desk.actor), "people": form?["people"] ?? "\(own.people)",
      "isPanel": own.people > 1,
    ]
    return Page(
      title: problems.isEmpty ? "Score: \(candidate.title)" : "Error: Score \(candidate.title)",
      template: "score", section: .priorities, values: values)
  }

  func send(_ form: Form) throws -> Answer {
    let (record, rules, candidate) = try subject()
    var values: [String: Int] = [:]
    for (index, criterion) in rules.judged.enumerated() {
      values[criterion.name] = form["score.\(index)"].flatMap { Int($0) }
    }
    guard let people = Int(form["people"] ?? "1") else {
      return .page(
        try page([FieldProblem("people", "How many people: give a number.")], form),
        status: .unprocessableContent)
    }
    do {
      try desk.partnership.score(
        candidate.number, in: record.number, values, as: form["group"] ?? "", people: people,
        by: desk.actor)
    } catch let error as PartnershipError {
      guard case .invalid(let problems) = error.reason else { throw error }
      return .page(try page(problems, form), status: .unprocessableContent)
    }
    // On to the next that they have not scored.
    let own = try desk.partnership.ownScores(
      in: record, turn: rules.turn ?? rules.turns.first, of: desk.actor
    ).values
    let next = rules.unscored(own).first
    return .redirect(
      next.map { "\(record.path)/score/\($0)?done=saved" } ?? "\(record.path)?done=scored")
  }

  private func subject() throws -> (Record, Prioritisation, Record) {
    let record = try desk.record(.round, request.part("number"))
    let candidate = try desk.record(.priority, request.part("candidate"))
    return (record, Prioritisation(record), candidate)
  }

  /// What was heard that is taken up in a priority.
  private func voices(_ priority: RecordNumber) throws -> [[String: any Sendable]] {
    try desk.partnership.references(to: priority, for: desk.actor, limit: 200)
      .filter { $0.record.kind == RecordKind.voice.id }.prefix(5)
      .map { ["title": $0.record.title, "path": $0.record.path] }
  }

  /// The group that somebody belongs to by the sector of their organisation, where a group's name says so.
  private func guessedGroup(_ rules: Prioritisation) throws -> String? {
    if rules.groups.count == 1 { return rules.groups.first?.name }
    let sectors = try desk.partnership.records(desk.actor.organisations.sorted(), for: desk.actor)
      .compactMap { $0.fields.text("sector").flatMap(Sector.init) }
    let voluntary: Set<Sector> = [.voluntary, .faith]
    let outside: Set<Sector> = [.voluntary, .faith, .employer, .other]
    func named(_ word: String) -> String? {
      rules.groups.first { $0.name.lowercased().contains(word) }?.name
    }
    if sectors.contains(where: voluntary.contains) { return named("volunt") }
    if sectors.contains(where: { !outside.contains($0) }) { return named("public bod") }
    return nil
  }
}
