import Hummingbird
import Partnership

extension SiteRoutes {
  /// Looking for records of the same thing.
  func duplicates(_ router: Router<Context>) {
    desk(router, "duplicates") { desk, request in
      try DuplicatesPage(desk: desk, request: request).page()
    }
    action(router, "duplicates/look") { desk, _, form in
      let kind = try DuplicatesPage.kind(form["kind"])
      try desk.partnership.findDuplicates(among: kind, by: desk.actor)
      return .redirect("\(DuplicatesPage.path)?kind=\(kind.id)")
    }
    action(router, "duplicates/apart") { desk, _, form in
      let kind = try DuplicatesPage.kind(form["kind"])
      guard let one = form["one"].flatMap({ RecordNumber($0) }),
        let other = form["other"].flatMap({ RecordNumber($0) }), one != other
      else { throw PageError.badRequest("The form does not name two records.") }
      if form.has("no_more") {
        try desk.partnership.keepApartNoMore(one, other, by: desk.actor)
        return .redirect("\(DuplicatesPage.path)?kind=\(kind.id)&done=together")
      }
      try desk.partnership.keepApart(one, other, by: desk.actor)
      return .redirect("\(DuplicatesPage.path)?kind=\(kind.id)&done=apart")
    }
  }
}
