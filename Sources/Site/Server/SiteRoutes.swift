import Charts
import Definitions
import Dispatch
import Foundation
import Governance
import HTTPTypes
import Hummingbird
import Indicators
import Logging
import NIOCore
import Partnership
import TableFiles

/// Which page answers which address.
struct SiteRoutes: Sendable {
  let library: AtlasLibrary
  let templates: TemplateLibrary
  let assets: Assets
  let store: Partnership
  let reception: Reception
  let logger: Logger
  /// The directory that is being taken in.
  let job = ImportJob()
  /// Where pages are made that read the partnership.
  let pages = DispatchQueue(label: "kith.pages", attributes: .concurrent)

  typealias Context = BasicRequestContext

  func router() -> Router<Context> {
    let router = Router(context: Context.self, options: [.autoGenerateHeadEndpoints])
    router.add(middleware: SecurityHeaders())
    router.add(middleware: ReadOnlyAPI())
    router.add(
      middleware: FailedPages(
        missing: { request in
          try failure(
            .notFound("Check the address."), visitor: try reception.visitor(of: request))
        },
        failed: { error in
          logger.error("A page could not be made: \(error)")
          return try failure(.unavailable)
        }))
    page(router, "") { edition, _ in HomePage(edition).page() }
    page(router, "find") { edition, request in FindPage(edition, request).page() }
    page(router, "areas/:kind/:code") { edition, request in
      try ProfilePage(edition.atlas, request).page()
    }
    page(router, "compare") { edition, request in try ComparePage(edition, request).page() }
    page(router, "map") { edition, request in try MapPage(edition.atlas, request).page() }
    page(router, "measures") { edition, request in
      MeasuresPage(edition.atlas, request).page()
    }
    page(router, "measures/:measure") { edition, request in
      try MeasurePage(edition.atlas, request).page()
    }
    indicators(router)
    partnership(router)
    page(router, "quality") { edition, request in QualityPage(edition, request).page() }
    page(router, "linkage") { edition, request in try LinkagePage(edition, request).page() }
    page(router, "quality/:source") { edition, request in
      try SourceQualityPage(edition, request).page()
    }
    page(router, "quality/:source/fields/:landed/:field") { edition, request in
      try FieldQualityPage(edition, request).page()
    }
    page(router, "quality/:source/summary") { edition, request in
      try SummaryPage(edition, request).page()
    }
    router.get("quality/:source/summary.txt") { request, context in
      do {
        let summary = try SummaryPage(library.current, PageRequest(request, context)).summary
        return Response(text: summary.text, type: "text/plain; charset=utf-8")
      } catch let error as PageError {
        return try failure(error)
      }
    }
    page(router, "about") { edition, _ in AboutPage(edition.atlas).page() }
    router.get("find/hits") { request, context in
      let query = PageRequest(request, context)
      let hits = FindPage(library.current, query).hitsHTML()
      return Response(html: hits)
    }
    router.get("static/:name") { request, context in
      guard let name = context.parameters.get("name"), let asset = assets[name] else {
        return try failure(.notFound("There is no such file."))
      }
      var response = Response(status: .ok, body: .init(byteBuffer: asset.bytes))
      response.headers[.contentType] = asset.type
      response.headers[.cacheControl] = "max-age=3600"
      return response
    }
    router.get("health") { _, _ in Response(text: "ok\n", type: "text/plain; charset=utf-8") }
    return router
  }

  /// The pages of indicators, and their figures for other programs.
  private func indicators(_ router: Router<Context>) {
    page(router, "standing-out") { edition, request in FindingsPage(edition, request).page() }
    page(router, "inequalities") { edition, request in
      try InequalitiesPage(edition.atlas, request).page()
    }
    page(router, "indicators") { edition, request in
      IndicatorsPage(edition.atlas, request).page()
    }
    page(router, "indicators/:indicator") { edition, request in
      try IndicatorPage(edition.atlas, request).page()
    }
    export(router, "figures") { $0.table([$1]) }
    export(router, "fingertips") { $0.fingertips([$1]) }
  }

  /// Adds `indicators/<id>/<name>.csv`: every figure of an indicator.
  private func export(
    _ router: Router<Context>, _ name: String,
    _ table: @escaping @Sendable (IndicatorExport, Indicator) -> ResultTable
  ) {
    router.get(RouterPath("indicators/:indicator/\(name).csv")) { request, context in
      let atlas = library.current.atlas
      guard let indicator = atlas.indicators[context.parameters.get("indicator") ?? ""] else {
        return try failure(.notFound("There is no such indicator. The catalogue lists them all."))
      }
      let text = table(IndicatorExport(atlas), indicator).spreadsheet
      var response = Response(text: "\u{FEFF}" + text, type: "text/csv; charset=utf-8")
      response.headers[.contentDisposition] =
        "attachment; filename=\"\(indicator.id)-\(name).csv\""
      return response
    }
  }

  /// Adds a page, and `<page>/tables/<id>.csv` for each of its tables.
  private func page(
    _ router: Router<Context>, _ path: String,
    _ make: @escaping @Sendable (AtlasLibrary.Edition, PageRequest) throws -> Page
  ) {
    router.get(RouterPath(path)) { request, context in
      let edition = library.current
      let visitor = try reception.visitor(of: request)
      // A page depends on its address, the edition and the session alone: its forms carry the session's token.
      let tag =
        visitor.account == nil
        ? edition.tag : "\(edition.tag.dropLast())-\(visitor.formToken.prefix(12))\""
      let headers: HTTPFields = [
        .eTag: tag, .cacheControl: "private, no-cache", .vary: "Cookie",
      ]
      if request.headers[.ifNoneMatch] == tag {
        return Response(status: .notModified, headers: headers)
      }
      do {
        let page = try make(edition, PageRequest(request, context))
        var response = Response(
          html: try templates.render(page, atlas: edition.atlas, visitor: visitor))
        for field in headers { response.headers[field.name] = field.value }
        return response
      } catch let error as PageError {
        return try failure(error, visitor: visitor)
      }
    }
    let tables = path.isEmpty ? "tables/:table" : "\(path)/tables/:table"
    router.get(RouterPath(tables)) { request, context in
      do {
        return try csv(make(library.current, PageRequest(request, context)), context)
      } catch let error as PageError {
        return try failure(error)
      }
    }
  }

  /// The table of a page that an address names, as CSV.
  func csv(_ page: Page, _ context: Context) throws -> Response {
    let file = context.parameters.get("table") ?? ""
    guard file.hasSuffix(".csv"),
      let table = page.tables.first(where: { $0.id == file.dropLast(4) })
    else { throw PageError.notFound("This page has no such table.") }
    // The byte-order mark is what makes Excel read UTF-8.
    var response = Response(text: "\u{FEFF}" + table.csv, type: "text/csv; charset=utf-8")
    response.headers[.contentDisposition] = "attachment; filename=\"\(table.id).csv\""
    return response
  }

  /// The page that says what went wrong.
  ///
  /// - Parameters:
  ///   - back: the page that whoever asked came from.
  ///   - sent: what they had typed, so that it is not lost.
  func failure(
    _ error: PageError, visitor: Visitor = .anybody, back: String? = nil, sent: SentForm? = nil
  ) throws -> Response {
    if case .signIn(let next) = error.kind {
      return Response(
        status: .seeOther, headers: [.location: "/sign-in?next=\(next.queryEncoded)"])
    }
    let page = Page(
      title: error.title, template: "error", section: .find,
      values: [
        "title": error.title, "message": error.message, "back": back ?? "",
        "typed": sent?.typed ?? [], "hasTyped": !(sent?.typed ?? []).isEmpty,
        "canSendAgain": sent?.isStale ?? false,
        "again": sent.map { $0.isStale ? $0.again(visitor) : [:] } ?? [:],
      ])
    var response = Response(
      html: try templates.render(page, atlas: library.current.atlas, visitor: visitor))
    response.status =
      switch error.kind {
      case .notFound: .notFound
      case .forbidden: .forbidden
      case .conflict: .conflict
      case .tooLarge: .contentTooLarge
      case .unavailable: .serviceUnavailable
      case .badRequest, .signIn: .badRequest
      }
    return response
  }
}

/// A form that was not taken, and what was in it.
struct SentForm {
  let path: String
  let form: Form
  /// Whether nothing is wrong with it but who sent it: whoever did may sign in, and send it again.
  let isStale: Bool

  /// What people wrote themselves, and not what the page put beside it.
  var typed: [String] {
    form.fields.filter { name, _ in
      !name.hasPrefix("_") && !name.hasPrefix("was.") && !name.hasSuffix(".was")
        && !name.contains(".asked.")
    }.flatMap(\.texts).filter { $0.count > 20 || $0.contains(" ") }
  }

  /// A form that sends all of it again.
  func again(_ visitor: Visitor) -> [String: any Sendable] {
    let inputs = form.fields.flatMap { name, texts in
      texts.map {
        "<input type=\"hidden\" name=\"\(name.xmlEscaped)\" value=\"\($0.xmlEscaped)\">"
      }
    }
    return [
      "path": path, "token": visitor.formToken, "inputsHTML": inputs.joined(),
      "name": visitor.account?.name ?? "",
    ]
  }
}

/// What a page needs of a request: the parts of its path and its query.
struct PageRequest: Sendable {
  let path: String
  let query: String
  private let parameters: Parameters
  private let items: [(name: String, value: String)]

  /// The most bytes of what is searched for, and of any other value of an address.
  private static let longestSearch = 300
  private static let longestValue = 4_000

  init(_ request: Request, _ context: some RequestContext) {
    path = request.uri.path
    query = request.uri.query ?? ""
    parameters = context.parameters
    // Of more fields than any address here has, the first are taken, and of longer texts their beginning: what is
    // searched for is brought into one form of letters, which takes long for thousands of marks on one letter.
    items = EncodedFields.items(in: Array(query.utf8), most: 1_000).map { name, value in
      let most = name == "q" ? Self.longestSearch : Self.longestValue
      return value.utf8.count <= most
        ? (name, value) : (name, String(decoding: value.utf8.prefix(most), as: UTF8.self))
    }
  }

  /// A part of the path.
  func part(_ name: String) -> String { parameters.get(name) ?? "" }

  /// A value of the query; nil where it is missing or empty.
  subscript(name: String) -> String? {
    items.first { $0.name == name }.flatMap { $0.value.isEmpty ? nil : $0.value }
  }

  /// A value of the query, which may be empty; nil where the query does not have it.
  func given(_ name: String) -> String? { items.first { $0.name == name }?.value }

  /// Every value of the query with this name.
  func all(_ name: String) -> [String] {
    items.filter { $0.name == name && !$0.value.isEmpty }.map(\.value)
  }

  /// The value of the first item of the query whose name begins so.
  func first(withPrefix prefix: String) -> String? {
    items.first { $0.name.hasPrefix(prefix) && !$0.value.isEmpty }?.value
  }

  /// The address of the CSV of a table of this page.
  func csv(_ table: DataTable) -> String {
    let base = path == "/" ? "" : path
    return "\(base)/tables/\(table.id).csv" + (query.isEmpty ? "" : "?\(query)")
  }
}

extension Response {
  init(html: String) { self.init(text: html, type: "text/html; charset=utf-8") }

  init(text: String, type: String) {
    self.init(
      status: .ok, headers: [.contentType: type],
      body: .init(byteBuffer: ByteBuffer(string: text)))
  }
}

/// Says in a page that there is none at an address, or that it could not be made.
struct FailedPages<Context: RequestContext>: RouterMiddleware {
  let missing: @Sendable (Request) throws -> Response
  let failed: @Sendable (any Error) throws -> Response

  func handle(
    _ request: Request, context: Context,
    next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    do {
      do {
        return try await next(request, context)
      } catch let error as HTTPError where error.status == .notFound {
        return try missing(request)
      }
    } catch let error as any HTTPResponseError {
      throw error
    } catch is CancellationError {
      throw CancellationError()
    } catch {
      return try failed(error)
    }
  }
}

/// Headers that keep pages to themselves: nothing is loaded from elsewhere, nothing frames them, no
/// address leaves in a referrer, and nothing is kept that does not say that it may be.
struct SecurityHeaders<Context: RequestContext>: RouterMiddleware {
  func handle(
    _ request: Request, context: Context,
    next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    var response = try await next(request, context)
    response.headers[.contentSecurityPolicy] =
      "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
      + "img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    response.headers[.xContentTypeOptions] = "nosniff"
    if let referrerPolicy = HTTPField.Name("Referrer-Policy") {
      // Not `no-referrer`: browsers would then send forms from "null".
      response.headers[referrerPolicy] = "same-origin"
    }
    if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
    // Also of pages that are not there.
    return request.method == .head ? response.createHeadResponse() : response
  }
}
