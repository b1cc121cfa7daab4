import Foundation
import Governance
import HTTPTypes
import Hummingbird
import Logging
import Partnership

extension SiteRoutes {
  /// The pages that are of the partnership rather than of the snapshot, and what can be sent to them.
  func partnership(_ router: Router<Context>) {
    desk(router, "agree") { desk, request in try AgreePage(desk: desk, request: request).page() }
    desk(router, "changes") { desk, request in try ChangesPage(desk: desk, request: request).page()
    }
    action(router, "changes/:change/undo") { desk, request, _ in
      guard let change = Int64(request.part("change")) else {
        throw PageError.notFound("There is no such change.")
      }
      let undoing = try desk.partnership.undo(change, by: desk.actor)
      let records = try desk.partnership.records(of: undoing, for: desk.actor)
      guard records.count == 1, let one = records.first, one.state != .removed else {
        return .redirect("/changes?done=undone&change=\(undoing)")
      }
      return .redirect("\(one.path)?done=undone")
    }
    desk(router, "work") { desk, request in try WorkPage(desk: desk, request: request).page() }
    for outcome in [Correction.Outcome.taken, .declined] {
      action(router, "corrections/:correction/\(outcome.rawValue)") { desk, request, form in
        try desk.partnership.settle(
          correction: Int64(request.part("correction")) ?? 0, outcome, answer: form["answer"],
          by: desk.actor)
        return .redirect("/work?done=corrected")
      }
    }
    router.get("agree/names") { request, context in
      let desk = try desk(of: request)
      let text = try await onPages {
        try AgreePage(desk: desk, request: PageRequest(request, context)).names()
      }
      return Response(html: text)
    }
    for kind in RecordKind.all { records(router, kind) }
    roles(router)
    priorities(router)
    gaps(router)
    network(router)
    assessments(router)
    photographs(router)
    duplicates(router)
    imports(router)
    accounts(router)
    OpenReferralAPI(routes: self).add(to: router)
  }

  /// The pages of the records of a kind.
  private func records(_ router: Router<Context>, _ kind: RecordKind) {
    let path = kind.path
    desk(router, path) { desk, request in try RecordListPage(kind, desk, request).page() }
    router.get(RouterPath("\(path).csv")) { request, context in
      try await answering(request) { desk in
        let text = try RecordListPage(kind, desk, PageRequest(request, context)).csv()
        var response = Response(text: "\u{FEFF}" + text, type: "text/csv; charset=utf-8")
        response.headers[.contentDisposition] = "attachment; filename=\"\(path).csv\""
        return response
      }
    }
    if kind.fields.contains(where: { $0.name == "postcode" }) {
      desk(router, "\(path)/map") { desk, request in try RecordMapPage(kind, desk, request).page() }
    }
    desk(router, "\(path)/add") { desk, request in
      try RecordEditPage(kind: kind, desk: desk, request: request).adding()
    }
    action(router, "\(path)/add") { desk, request, form in
      try RecordEditPage(kind: kind, desk: desk, request: request).add(form)
    }
    let one = "\(path)/:number"
    desk(router, "\(one)/correct", takesForm: true) { desk, request in
      try CorrectionPage(kind: kind, desk: desk, request: request).page()
    }
    action(router, "\(one)/correct", isOpen: true, limit: 100_000) { desk, request, form in
      try CorrectionPage(kind: kind, desk: desk, request: request).send(form)
    }
    desk(router, one) { desk, request in try RecordViewPage(kind, desk, request).page() }
    desk(router, "\(one)/history") { desk, request in
      try RecordHistoryPage(kind: kind, desk: desk, request: request).page()
    }
    desk(router, "\(one)/edit") { desk, request in
      try RecordEditPage(kind: kind, desk: desk, request: request).editing()
    }
    action(router, "\(one)/edit") { desk, request, form in
      try RecordEditPage(kind: kind, desk: desk, request: request).edit(form)
    }
    desk(router, "\(one)/waiting/:edit") { desk, request in
      let record = try desk.record(kind, request.part("number"))
      guard
        let edit = try desk.partnership.waitingEdits(of: record.number, for: desk.actor)
          .first(where: { "\($0.number)" == request.part("edit") })
      else { throw PageError.notFound("That edit no longer waits.") }
      return try ConflictPage(record: record, desk: desk).page(waiting: edit)
    }
    act(router, "\(one)/waiting/:edit/discard", kind) { desk, record, request, _ in
      try desk.partnership.discard(
        waitingEdit: Int64(request.part("edit")) ?? 0, of: record.number, by: desk.actor)
      return "discarded"
    }
    desk(router, "\(one)/merge") { desk, request in
      try MergePage(kind: kind, desk: desk, request: request).page()
    }
    action(router, "\(one)/merge") { desk, request, form in
      try MergePage(kind: kind, desk: desk, request: request).merge(form)
    }
    act(router, "\(one)/assure", kind) { desk, record, _, form in
      try desk.partnership.assure(record.number, by: desk.actor, reason: form["reason"])
      return "assured"
    }
    act(router, "\(one)/withdraw", kind) { desk, record, _, _ in
      try desk.partnership.withdrawAssurance(record.number, by: desk.actor)
      return "withdrawn"
    }
    act(router, "\(one)/archive", kind) { desk, record, _, form in
      try desk.partnership.setArchived(true, record.number, by: desk.actor, reason: form["reason"])
      return "archived"
    }
    act(router, "\(one)/restore", kind) { desk, record, _, _ in
      try desk.partnership.setArchived(false, record.number, by: desk.actor)
      return "restored"
    }
    if kind.id == RecordKind.person.id {
      act(router, "\(one)/forget", kind) { desk, record, _, form in
        guard form["sure"] == "yes" else {
          throw PageError.badRequest("Tick the box to say that you are sure, then try again.")
        }
        try desk.partnership.forget(record.number, by: desk.actor)
        for account in try desk.accounts.accounts() {
          guard let person = account.person,
            try desk.partnership.standing([RecordNumber(person)]).contains(record.number)
          else { continue }
          try desk.accounts.setPerson(nil, of: account.id)
        }
        return "forgotten"
      }
    }
  }

  /// Adds something that is done to a record, after which its page is shown and says so.
  private func act(
    _ router: Router<Context>, _ path: String, _ kind: RecordKind,
    _ body: @escaping @Sendable (Desk, Record, PageRequest, Form) throws -> String
  ) {
    action(router, path) { desk, request, form in
      let record = try desk.record(kind, request.part("number"))
      let done = try body(desk, record, request, form)
      // Of somebody who is forgotten there is no page left for everybody.
      let next =
        done == "forgotten"
        ? "/\(kind.path)" : request["next"].map { SignInPage.safe($0) } ?? record.path
      return .redirect("\(next)?done=\(done)")
    }
  }

  /// Signing in and out, and one's own account.
  private func accounts(_ router: Router<Context>) {
    desk(router, "sign-in", takesForm: true) { desk, request in
      try SignInPage(desk: desk, request: request).page()
    }
    asynchronous(router, "sign-in", isOpen: true, limit: Self.mostOfShortForms) {
      desk, request, form in
      var page = SignInPage(desk: desk, request: request)
      page.email = form["email"] ?? ""
      guard let email = form["email"], let password = form["password"] else {
        page.problem = "Give your email address and your password."
        return .page(try page.page(), status: .unprocessableContent)
      }
      let outcome = try await desk.accounts.signIn(email, password: password)
      if case .signedIn(let cookie) = outcome {
        return .session(cookie: cookie, redirect: SignInPage.safe(request["next"]))
      }
      page.problem = SignInPage.words(for: outcome) ?? ""
      return .page(try page.page(), status: .unprocessableContent)
    }
    action(router, "sign-in/persona", isOpen: true, limit: Self.mostOfShortForms) {
      desk, request, form in
      guard desk.visitor.isLocal,
        let cookie = try desk.accounts.take(persona: form["persona"] ?? "")
      else {
        throw PageError.forbidden(
          "Such roles are there in a fictional place only, on its own machine.")
      }
      return .session(cookie: cookie, redirect: SignInPage.safe(request["next"]))
    }
    action(router, "sign-out", isOpen: true, limit: Self.mostOfShortForms) { desk, _, _ in
      if let cookie = desk.visitor.cookie {
        do {
          try desk.accounts.signOut(cookie: cookie)
        } catch {
          // Whoever leaves a shared machine is signed out of it, also where the disk is full.
          logger.error("A session could not be ended on the server: \(error)")
        }
      }
      return .session(cookie: nil, redirect: "/")
    }
    desk(router, "account") { desk, request in
      try AccountPage(desk: desk, request: request).page()
    }
    asynchronous(router, "account/password", limit: Self.mostOfShortForms) { desk, request, form in
      guard let account = desk.visitor.account else {
        throw PageError.signIn(desk.visitor, request)
      }
      var page = AccountPage(desk: desk, request: request)
      do {
        let outcome = try await desk.accounts.changePassword(
          of: account.id, from: form["old"] ?? "", to: form["new"] ?? "")
        switch outcome {
        case .signedIn(let cookie):
          return .session(cookie: cookie, redirect: "/account?done=password")
        case .refused: page.problem = "The password that you have now is not right."
        case .busy, .locked: page.problem = SignInPage.words(for: outcome) ?? ""
        }
      } catch let error as GovernanceError where error.isInput {
        page.problem = error.message
      }
      return .page(try page.page(), status: .unprocessableContent)
    }
  }

  // MARK: Adding pages and forms

  /// Adds a page that is made from the partnership, for whoever asks.
  func desk(
    _ router: Router<Context>, _ path: String, takesForm: Bool = false,
    _ make: @escaping @Sendable (Desk, PageRequest) throws -> Page
  ) {
    router.get(RouterPath(path)) { request, context in
      try await answering(request, takesForm: takesForm) { desk in
        let page = try make(desk, PageRequest(request, context))
        return Response(
          html: try templates.render(page, atlas: desk.edition.atlas, visitor: desk.visitor))
      }
    }
    router.get(RouterPath("\(path)/tables/:table")) { request, context in
      try await answering(request) { desk in
        try csv(make(desk, PageRequest(request, context)), context)
      }
    }
  }

  /// Adds what a form is sent to.
  ///
  /// - Parameters:
  ///   - isOpen: whether somebody may send it who has not signed in.
  ///   - limit: the most bytes that are read of it.
  ///   - needs: what whoever sends it must be allowed, before any of it is read.
  func action(
    _ router: Router<Context>, _ path: String, isOpen: Bool = false, limit: Int = 2_000_000,
    needs: Access.Action? = nil,
    _ body: @escaping @Sendable (Desk, PageRequest, Form) throws -> Answer
  ) {
    asynchronous(router, path, isOpen: isOpen, limit: limit, needs: needs) { desk, request, form in
      if case .taking = job.state, !isOpen {
        // It would wait for minutes, and whoever sent it would not know for what.
        throw PageError.badRequest(
          "Another directory is being taken in, and nothing else can be written until that is done. Go back, where what you typed still stands, and try again in a minute."
        )
      }
      // Writing blocks, now and then for long.
      return try await onPages { try body(desk, request, form) }
    }
  }

  /// The most that is read of a form with a few short fields, in bytes.
  private static let mostOfShortForms = 10_000

  /// The most that is read of a form of somebody who is not signed in, in bytes.
  private static let mostOfStrangers = 200_000

  /// The same for what has to wait for something else than the partnership.
  private func asynchronous(
    _ router: Router<Context>, _ path: String, isOpen: Bool = false, limit: Int = 2_000_000,
    needs: Access.Action? = nil,
    _ body: @escaping @Sendable (Desk, PageRequest, Form) async throws -> Answer
  ) {
    router.post(RouterPath(path)) { request, context in
      let desk = try desk(of: request)
      let page = PageRequest(request, context)
      let back = Reception.cameFrom(request)
      var form: Form?
      do {
        guard isOpen || desk.visitor.account != nil else {
          // Somebody may have typed for an hour and been signed out meanwhile.
          if back != nil, let sent = try? await Form(request, limit: Self.mostOfStrangers),
            !sent.fields.isEmpty, !sent.hasFiles
          {
            return try failure(
              .signedOut, visitor: desk.visitor, back: back,
              sent: SentForm(path: page.path, form: sent, isStale: true))
          }
          // Back to the page that the form stood on, not to where it was sent.
          throw PageError.signIn(
            next: back ?? page.path.split(separator: "/").dropLast().map { "/\($0)" }.joined())
        }
        if let needs, !Access.allows(desk.actor, needs) {
          throw PageError.forbidden(
            "Your account may not do that. Whoever looks after Kith here can change it.")
        }
        // Whoever has not signed in is read no more of than a stranger's form can have.
        let most = desk.visitor.account == nil ? min(limit, Self.mostOfStrangers) : limit
        let sent = try await Form(request, limit: most)
        form = sent
        guard Reception.isOwnForm(request), let cookie = desk.visitor.cookie,
          desk.accounts.isFormToken(sent["_token"] ?? "", for: cookie)
        else {
          if back != nil, Reception.isOwnForm(request), desk.visitor.account != nil, !isOpen,
            !sent.hasFiles
          {
            return try failure(
              .stale, visitor: desk.visitor, back: back,
              sent: SentForm(path: page.path, form: sent, isStale: true))
          }
          throw PageError.forbidden(
            "The form was not sent from a page of Kith's, or you were signed out meanwhile. Go back, open the page anew and send it again."
          )
        }
        return try respond(to: try await body(desk, page, sent), desk, request)
      } catch {
        return try failure(
          error, desk, back: back,
          sent: form.map { SentForm(path: page.path, form: $0, isStale: false) })
      }
    }
  }

  private func respond(to answer: Answer, _ desk: Desk, _ request: Request) throws -> Response {
    switch answer {
    case .page(let page, let status):
      var response = Response(
        html: try templates.render(page, atlas: desk.edition.atlas, visitor: desk.visitor))
      response.status = status
      response.headers[.cacheControl] = "no-store"
      return response
    case .redirect(let path):
      return Response(status: .seeOther, headers: [.location: path])
    case .session(let cookie, let path):
      var response = Response(status: .seeOther, headers: [.location: path])
      response.setCookie(
        Reception.cookie(
          Reception.sessionCookie, cookie ?? "", isSecure: Reception.isSecure(request),
          maxAge: cookie == nil ? 0 : Int(AccountStore.longestSeconds)))
      return response
    }
  }

  func desk(of request: Request) throws -> Desk {
    Desk(
      edition: library.current, partnership: store, accounts: reception.accounts,
      visitor: try reception.visitor(of: request))
  }

  /// Answers a request from the partnership: reading blocks, so it is done on threads of its own.
  private func answering(
    _ request: Request, takesForm: Bool = false,
    _ body: @escaping @Sendable (Desk) throws -> Response
  ) async throws -> Response {
    var found = try desk(of: request)
    var newCookie: String?
    if takesForm, found.visitor.cookie == nil {
      // A form needs somebody to be of.
      let cookie = reception.accounts.browserCookie()
      newCookie = cookie
      found = Desk(
        edition: found.edition, partnership: found.partnership, accounts: found.accounts,
        visitor: Visitor(
          account: nil, actor: .anybody, cookie: cookie,
          formToken: reception.accounts.formToken(for: cookie), isLocal: found.visitor.isLocal))
    }
    let desk = found
    var response: Response
    do {
      response = try await onPages { try body(desk) }
    } catch {
      response = try failure(error, desk, back: Reception.cameFrom(request))
    }
    response.headers[.cacheControl] = "no-store"
    if let newCookie {
      response.setCookie(
        Reception.cookie(
          Reception.browserCookie, newCookie, isSecure: Reception.isSecure(request)))
    }
    return response
  }

  /// Does something that blocks on one of the threads for it.
  func onPages<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
      pages.async { continuation.resume(with: Result { try body() }) }
    }
  }

  /// The page that says what went wrong, with what was typed; what nobody expected is in the log.
  private func failure(
    _ error: any Error, _ desk: Desk, back: String? = nil, sent: SentForm? = nil
  ) throws -> Response {
    switch error {
    case let error as PageError:
      return try failure(error, visitor: desk.visitor, back: back, sent: sent)
    case let error as PartnershipError:
      let kind: PageError.Kind
      let title: String
      switch error.reason {
      case .missing: (kind, title) = (.notFound, "Page not found")
      case .notAllowed: (kind, title) = (.forbidden, "That is not open to you")
      case .overtaken: (kind, title) = (.badRequest, "Somebody was quicker")
      case .invalid, .input: (kind, title) = (.badRequest, "That did not work")
      case .file:
        logger.error("A page could not be made: \(error)")
        return try failure(.unavailable, visitor: desk.visitor, back: back, sent: sent)
      }
      return try failure(
        PageError(kind: kind, title: title, message: error.description), visitor: desk.visitor,
        back: back, sent: sent)
    case is CancellationError: throw error
    default:
      logger.error("A page could not be made: \(error)")
      return try failure(.unavailable, visitor: desk.visitor, back: back, sent: sent)
    }
  }
}
