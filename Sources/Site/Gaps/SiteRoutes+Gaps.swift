import Foundation
import Hummingbird
import Partnership

extension SiteRoutes {
  /// Need against what there is, and the way from a need to help.
  func gaps(_ router: Router<Context>) {
    desk(router, "gaps") { desk, request in try GapsPage(desk: desk, request: request).page() }
    desk(router, "gaps/:topic") { desk, request in
      try GapPage(desk: desk, request: request).page()
    }
    desk(router, "signpost") { desk, request in
      try SignpostPage(desk: desk, request: request).page()
    }
    action(router, "referrals/:number/answer") { desk, request, form in
      let record = try desk.record(.referral, request.part("number"))
      guard let state = form["state"].flatMap(ReferralState.init),
        state == .accepted || state == .declined
      else { throw PageError.badRequest("Accept or decline.") }
      try desk.partnership.answer(
        referral: record.number, state, saying: form["text"], by: desk.actor)
      return .redirect("\(record.path)?done=saved" + (try desk.lastChange(of: record)))
    }
  }
}
