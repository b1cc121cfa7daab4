import Foundation
import Hummingbird
import Partnership

extension SiteRoutes {
  /// Hearing what matters, and choosing together.
  func priorities(_ router: Router<Context>) {
    desk(router, "framework") { desk, request in
      try FrameworkPage(desk: desk, request: request).page()
    }
    desk(router, "strategy") { desk, request in
      try StrategyPage(desk: desk, request: request).page()
    }
    desk(router, "priorities/:number/who-else") { desk, request in
      try WhoElsePage(desk: desk, request: request).page()
    }
    desk(router, "voices/heard") { desk, request in
      try HeardPage(desk: desk, request: request).page()
    }
    desk(router, "voices/you-said") { desk, request in
      try YouSaidPage(desk: desk, request: request).page()
    }
    desk(router, "rounds/:number/score/:candidate") { desk, request in
      try ScorePage(desk: desk, request: request).page()
    }
    action(router, "rounds/:number/score/:candidate") { desk, request, form in
      try ScorePage(desk: desk, request: request).send(form)
    }
    action(router, "rounds/:number/stage") { desk, request, form in
      let record = try desk.record(.round, request.part("number"))
      guard let stage = form["stage"].flatMap(Prioritisation.Stage.init), stage != .decided else {
        throw PageError.badRequest("The form does not say which stage comes next.")
      }
      try desk.partnership.setStage(stage, of: record.number, by: desk.actor)
      return .redirect("\(record.path)?done=saved" + (try desk.lastChange(of: record)))
    }
    action(router, "rounds/:number/decide") { desk, request, form in
      let record = try desk.record(.round, request.part("number"))
      do {
        try desk.partnership.decide(
          record.number, choosing: Set(form.all("chosen").compactMap { RecordNumber($0) }),
          because: form["reason"] ?? "", reviewOn: form["review_on"].flatMap { Day($0) },
          by: desk.actor)
      } catch let error as PartnershipError {
        // Where its page has the form no more, what was typed is on the page of the error.
        guard case .invalid(let problems) = error.reason, Prioritisation(record).stage == .closed
        else { throw error }
        let page = RecordViewPage(.round, desk, request, ReturnedForm(form, problems))
        return .page(try page.page(), status: .unprocessableContent)
      }
      return .redirect("\(record.path)?done=saved" + (try desk.lastChange(of: record)))
    }
    action(router, "rounds/:number/dissent") { desk, request, form in
      let record = try desk.record(.round, request.part("number"))
      guard let text = form["text"] else {
        throw PageError.badRequest("Say in a sentence what should be on record.")
      }
      try desk.partnership.dissent(
        from: record.number, text, isNamed: form["named"] == "yes", by: desk.actor)
      return .redirect("\(record.path)?done=saved")
    }
  }
}
