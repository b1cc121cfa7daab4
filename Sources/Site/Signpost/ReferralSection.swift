import Partnership

/// What the page of a referral shows beside its fields.
struct ReferralSection {
  let values: [String: any Sendable]

  init(_ record: Record, _ desk: Desk) {
    let state = record.fields.text("state").flatMap(ReferralState.init) ?? .sent
    let isTheirs = record.organisation.map { Access.speaks(desk.actor, for: $0) } ?? false
    values = [
      "path": record.path, "token": desk.visitor.formToken, "number": "\(record.number)",
      "state": state.title, "mayAnswer": state == .sent && isTheirs && record.state == .active,
      "again": state == .declined
        ? "/signpost?" + record.fields.texts("topics").map { "need=\($0)" }.joined(separator: "&")
        : "",
    ]
  }
}
