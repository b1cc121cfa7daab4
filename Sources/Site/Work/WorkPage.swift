import Charts
import Governance
import Partnership

/// What waits for whoever has signed in.
struct WorkPage {
  let desk: Desk
  let request: PageRequest

  func page() throws -> Page {
    guard let account = desk.visitor.account else { throw PageError.signIn(desk.visitor, request) }
    let work = try desk.partnership.work(for: desk.actor)
    let organisations = try desk.partnership.titles(desk.actor.organisations, for: desk.actor)
    let waiting = referrals(try desk.partnership.referralsToAnswer(for: desk.actor))
    let requests = try desk.partnership.requestsToAnswer(for: desk.actor)
    let own = referrals(try desk.partnership.referralsMade(by: desk.actor, limit: 10))
    let toScore = try desk.partnership.toScore(for: desk.actor).map { item in
      try scoring(item.round, left: item.left)
    }
    let introductions = try desk.partnership.introductions(for: desk.actor)
    let handovers = try desk.partnership.leaving(for: desk.actor).filter { $0.left > 0 }
    let assessments = try self.assessments()
    let pathways = try desk.partnership.pathwaysDue(for: desk.actor)
    let values: [String: any Sendable] = [
      "introductions": try self.introductions(introductions.toAnswer),
      "hasIntroductions": !introductions.toAnswer.isEmpty,
      "ownIntroductions": try self.introductions(Array(introductions.others.prefix(10))),
      "hasOwnIntroductions": !introductions.others.isEmpty,
      "handovers": handovers.map { one -> [String: any Sendable] in
        [
          "title": one.person.title, "path": "\(one.person.path)/handover",
          "leaves": one.leaves?.inWords ?? "", "left": "\(one.left) left",
        ]
      },
      "hasHandovers": !handovers.isEmpty,
      "pathways": pathways.map { one -> [String: any Sendable] in
        [
          "title": one.title, "path": one.path,
          "due": one.fields.text("review_on").flatMap { Day($0) }?.inWords ?? "",
        ]
      },
      "hasPathways": !pathways.isEmpty,
      "assessments": assessments, "hasAssessments": !assessments.isEmpty,
      "requests": requests.map { one -> [String: any Sendable] in
        [
          "title": one.title, "path": one.path,
          "asked": one.fields.text("asked_on").flatMap { Day($0) }?.inWords ?? "",
        ]
      },
      "hasRequests": !requests.isEmpty,
      "referrals": waiting, "hasReferrals": !waiting.isEmpty,
      "ownReferrals": own, "hasOwnReferrals": !own.isEmpty,
      "toScore": toScore, "hasToScore": !toScore.isEmpty,
      "name": account.name, "token": desk.visitor.formToken, "done": Done(request, desk).values,
      "isSteward": account.role >= .steward,
      "organisations": organisations.values.map(\.title).sorted().joined(separator: ", "),
      "hasNone": organisations.isEmpty,
      "isClear": work.due.isEmpty && work.edits.isEmpty && work.corrections.isEmpty
        && toScore.isEmpty && waiting.isEmpty && requests.isEmpty && introductions.toAnswer.isEmpty
        && handovers.isEmpty && pathways.isEmpty && assessments.isEmpty,
      "dueCount": numberText(Double(work.dueCount), decimals: 0), "hasDue": !work.due.isEmpty,
      "due": work.due.map { record -> [String: any Sendable] in
        var values = RecordCard(record, RecordKind.named(record.kind)).values
        values["assure"] = "\(record.path)/assure"
        return values
      },
      "hasEdits": !work.edits.isEmpty,
      "edits": work.edits.map { item -> [String: any Sendable] in
        [
          "title": item.record.title, "name": item.name,
          "path": "\(item.record.path)/waiting/\(item.edit)",
        ]
      },
      "hasCorrections": !work.corrections.isEmpty,
      "corrections": work.corrections.map { one -> [String: any Sendable] in
        let path = "/\(RecordKind.named(one.recordKind)?.path ?? "")/\(one.record)"
        return [
          "title": one.recordTitle, "path": path, "text": one.text, "contact": one.contact ?? "",
          "at": one.at.inWords, "settle": "/corrections/\(one.number)", "edit": "\(path)/edit",
        ]
      },
    ]
    return Page(title: "My work", template: "work", section: .work, values: values)
  }

  /// A round in which they have priorities left to score, with the next of them.
  private func scoring(
    _ round: Record, left: [RecordNumber]
  ) throws -> [String: any Sendable] {
    let titles = try desk.partnership.titles(left.prefix(1), for: desk.actor)
    return [
      "round": round.title, "left": "\(left.count) left",
      "title": left.first.flatMap { titles[$0]?.title } ?? "",
      "path": left.first.map { "\(round.path)/score/\($0)" } ?? round.path,
    ]
  }

  /// The assessments in which somebody has said that something is not in place yet, with what is due first.
  private func assessments() throws -> [[String: any Sendable]] {
    try desk.partnership.assessments(for: desk.actor).compactMap { record, priority in
      guard
        let form = try AssessmentForm.all().first(where: { $0.id == record.fields.text("form") })
      else { return nil }
      let answers = Assessment.answers(record.fields)
      let open = Assessment(form, answers: answers, facts: [:]).tasks.filter { $0.answer != nil }
      guard let first = open.first else { return nil }
      return [
        "title": record.title, "path": "\(priority.path)/assessments/\(form.id)",
        "left": "\(open.count) not in place yet", "next": first.question.text,
        "by": first.answer?.due?.inWords ?? "",
      ]
    }
  }

  private func introductions(_ records: [Record]) throws -> [[String: any Sendable]] {
    let people = records.flatMap { record in
      ["from", "to"].compactMap { record.fields.record($0) }
    }
    let titles = try desk.partnership.titles(people, for: desk.actor)
    func name(_ record: Record, _ field: String) -> String {
      record.fields.record(field).flatMap { titles[$0]?.title } ?? "somebody"
    }
    return records.map { record in
      [
        "title": record.title, "path": record.path,
        "from": name(record, "from"), "to": name(record, "to"),
        "state": IntroductionState(rawValue: record.fields.text("state") ?? "")?.title ?? "",
        "asked": record.fields.text("asked_on").flatMap { Day($0) }?.inWords ?? "",
      ]
    }
  }

  private func referrals(_ records: [Record]) -> [[String: any Sendable]] {
    records.map { record in
      [
        "title": record.title, "path": record.path,
        "state": ReferralState(rawValue: record.fields.text("state") ?? "")?.title ?? "",
        "sent": record.fields.text("sent_on").flatMap { Day($0) }?.inWords ?? "",
      ]
    }
  }
}
