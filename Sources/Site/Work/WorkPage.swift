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
    let own = referrals(try desk.partnership.referralsMade(by: desk.actor, limit: 10))
    let toScore = try desk.partnership.toScore(for: desk.actor).map { item in
      try scoring(item.round, left: item.left)
    }
    let values: [String: any Sendable] = [
      "referrals": waiting, "hasReferrals": !waiting.isEmpty,
      "ownReferrals": own, "hasOwnReferrals": !own.isEmpty,
      "toScore": toScore, "hasToScore": !toScore.isEmpty,
      "name": account.name, "token": desk.visitor.formToken, "done": Done(request, desk).values,
      "isSteward": account.role >= .steward,
      "organisations": organisations.values.map(\.title).sorted().joined(separator: ", "),
      "hasNone": organisations.isEmpty,
      "isClear": work.due.isEmpty && work.edits.isEmpty && work.corrections.isEmpty
        && toScore.isEmpty && waiting.isEmpty,
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
