import HTTPTypes
import Hummingbird
import Partnership

extension SiteRoutes {
  /// Taking in the file of another directory. An API is read at the command line only, so that no page makes the server
  /// ask addresses that somebody else chose.
  func imports(_ router: Router<Context>) {
    desk(router, "imports") { desk, request in
      try ImportPage(desk: desk, request: request, state: job.state).page()
    }
    router.get("imports/state") { request, context in
      let desk = try desk(of: request)
      guard Access.allows(desk.actor, .importing) else { return Response(status: .forbidden) }
      let page = ImportPage(
        desk: desk, request: PageRequest(request, context), state: job.state)
      var response = Response(html: page.stateHTML())
      // Once it is done, the whole page has more to say than how far it is.
      if !page.isAtWork, let refresh = HTTPField.Name("HX-Refresh") {
        response.headers[refresh] = "true"
      }
      return response
    }
    action(router, "imports", limit: 70_000_000, needs: .importing) { desk, _, form in
      guard let typed = form["name"] else {
        throw PageError.badRequest(
          "Say what the directory is called: its services are known again by this name.")
      }
      // However it is typed, it is the one that is known already.
      let plain = typed.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      guard Partnership.isSourceName(plain) else {
        throw PageError.badRequest("The name has characters that nobody sees. Type it again.")
      }
      let name =
        try desk.partnership.sources().first { $0.lowercased() == plain.lowercased() } ?? plain
      guard !form.isEmptyFile("feed") else {
        throw PageError.badRequest("The file that you chose has nothing in it.")
      }
      guard let file = form.file("feed") else { throw PageError.badRequest("Choose a file first.") }
      guard
        job.begin(
          file.data, named: String(file.name.prefix(100)), as: String(name.prefix(200)),
          into: store, by: desk.actor)
      else {
        throw PageError.badRequest("Another directory is being taken in. Wait until it is done.")
      }
      return .redirect("/imports")
    }
  }
}
