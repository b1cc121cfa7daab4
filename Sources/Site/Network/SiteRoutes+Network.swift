import Governance
import Hummingbird
import Partnership

extension SiteRoutes {
  /// Who knows whom, who knows about what, and bringing people together.
  func network(_ router: Router<Context>) {
    desk(router, "network") { desk, request in
      try NetworkPage(desk: desk, request: request).page()
    }
    desk(router, "experts") { desk, request in
      try ExpertsPage(desk: desk, request: request).page()
    }
    action(router, "introductions/:number/answer") { desk, request, form in
      let record = try desk.record(.introduction, request.part("number"))
      guard let state = form["state"].flatMap(IntroductionState.init), state != .asked else {
        throw PageError.badRequest("Say whether they are introduced now, or not.")
      }
      try desk.partnership.answer(
        introduction: record.number, state, saying: form["text"], by: desk.actor)
      return .redirect("\(record.path)?done=saved" + (try desk.lastChange(of: record)))
    }
    desk(router, "people/:number/handover") { desk, request in
      try HandoverPage(desk: desk, request: request).page()
    }
    action(router, "people/:number/handover") { desk, request, form in
      try HandoverPage(desk: desk, request: request).hand(over: form)
    }
    action(router, "people/:number/me") { desk, request, _ in
      let record = try desk.record(.person, request.part("number"))
      guard let account = desk.visitor.account else {
        throw PageError.signIn(desk.visitor, request)
      }
      guard try desk.mayBecome(record) else {
        throw PageError.forbidden(
          "Only a record that you have written yourself can be made yours here. For any other, ask whoever looks after Kith: kith user person."
        )
      }
      // Said in the record's own history, so that others see who it was that said so.
      try desk.partnership.assure(record.number, by: desk.actor, reason: "This is me")
      try desk.accounts.setPerson(record.number.value, of: account.id)
      return .redirect("\(record.path)?done=me")
    }
  }
}
