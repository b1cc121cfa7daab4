import Foundation
import Hummingbird
import Partnership

extension SiteRoutes {
  /// Who does what, and what is asked of whom.
  func roles(_ router: Router<Context>) {
    desk(router, "roles") { desk, request in try RolesPage(desk: desk, request: request).page() }
    desk(router, "roles/to-settle") { desk, request in
      try RoleFindingsPage(desk: desk, request: request).page()
    }
    desk(router, "roles/compare") { desk, request in
      try RoleComparePage(desk: desk, request: request).page()
    }
    desk(router, "functions/:number/responsibilities/add") { desk, request in
      try AssignPage(desk: desk, request: request).page()
    }
    action(router, "functions/:number/responsibilities/add") { desk, request, form in
      try AssignPage(desk: desk, request: request).send(form)
    }
    action(router, "functions/:number/responsibilities/withdraw") { desk, request, form in
      let function = try desk.record(.function, request.part("number"))
      guard let organisation = form["organisation"].flatMap({ RecordNumber($0) }),
        let scale = form["scale"].flatMap(Scale.init),
        let involvement = form["involvement"].flatMap(Involvement.init)
      else { throw PageError.badRequest("The form does not say what to take back.") }
      try desk.partnership.withdraw(
        organisation, at: scale, involvement, of: function.number, by: desk.actor)
      return .redirect("\(function.path)?done=saved" + (try desk.lastChange(of: function)))
    }
    action(router, "functions/:number/answer") { desk, request, form in
      let function = try desk.record(.function, request.part("number"))
      guard let organisation = form["organisation"].flatMap({ RecordNumber($0) }) else {
        throw PageError.badRequest("The form does not say for which organisation.")
      }
      let answer: Partnership.SplitAnswer
      switch (form["answer"], form["said"]) {
      case ("agreed", _): answer = .agreed
      case ("objected", let text?): answer = .objected(text)
      case ("remarked", let text?): answer = .remarked(text)
      default: throw PageError.badRequest("Say in a sentence what you would want instead.")
      }
      try desk.partnership.answer(
        answer, for: organisation, to: function.number, by: desk.actor)
      return .redirect("\(function.path)?done=saved" + (try desk.lastChange(of: function)))
    }
    action(router, "requests/:number/answer") { desk, request, form in
      let record = try desk.record(.request, request.part("number"))
      guard let state = form["state"], ["accepted", "passed", "declined"].contains(state) else {
        throw PageError.badRequest("Accept, pass on or decline.")
      }
      try desk.partnership.answer(
        request: record.number, state, saying: form["text"], by: desk.actor)
      return .redirect("\(record.path)?done=saved" + (try desk.lastChange(of: record)))
    }
  }
}

extension Desk {
  /// The last change of a record as a part of an address, so that the next page can offer to undo it.
  func lastChange(of record: Record) throws -> String {
    try partnership.history(of: record.number, for: actor).first.map {
      "&change=\($0.batch.number)"
    } ?? ""
  }
}
