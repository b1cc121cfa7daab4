import Partnership

/// What the page of an introduction shows beside its fields.
struct IntroductionSection {
  let values: [String: any Sendable]

  init(_ record: Record, _ desk: Desk) {
    let state = record.fields.text("state").flatMap(IntroductionState.init) ?? .asked
    let isTheirs =
      desk.actor.person != nil && Partnership.answers(record) == desk.actor.person
      && Access.allows(desk.actor, .assure)
      || Access.allows(desk.actor, .moderate)
    values = [
      "path": record.path, "token": desk.visitor.formToken, "state": state.title,
      "mayAnswer": state == .asked && isTheirs && record.state == .active,
      "isThrough": record.fields.record("through") != nil,
    ]
  }
}
