import Decisions
import Foundation
import HTTPTypes
import Hummingbird
import Indicators
import NIOCore
import Partnership
import Places

/// The assets of a place as an API of Open Referral UK 3.0, for everybody.
struct OpenReferralAPI: Sendable {
  static let path = "/api/oruk/v3"

  let routes: SiteRoutes

  func add(to router: Router<SiteRoutes.Context>) {
    get(router, "") { published, _, context in Self.about(context) }
    get(router, "services") { published, query, _ in try published.services(query) }
    get(router, "services/:id") { published, _, id in try published.service(id) }
    get(router, "service_at_locations") { published, query, _ in
      try published.servicesAtLocations(query)
    }
    get(router, "service_at_locations/:id") { published, _, id in
      try published.serviceAtLocation(id)
    }
    get(router, "taxonomies") { published, query, _ in try published.taxonomies(query) }
    get(router, "taxonomies/:id") { published, _, id in try published.taxonomy(id) }
    get(router, "taxonomy_terms") { published, query, _ in try published.terms(query) }
    get(router, "taxonomy_terms/:id") { published, _, id in try published.term(id) }
    router.get(RouterPath("\(Self.path)/openapi.json")) { _, _ in
      try Self.response(OpenReferralDescription.value)
    }
  }

  /// What the API says of itself.
  private static func about(_ id: String) -> JSONValue {
    [
      "version": "HSDS-UK-3.0",
      "profile": "https://docs.openreferraluk.org/en/latest/",
      "openapi_url": .string("\(path)/openapi.json"),
    ]
  }

  private func get(
    _ router: Router<SiteRoutes.Context>, _ path: String,
    _ answer:
      @escaping @Sendable (Partnership.Published, Partnership.ServiceQuery, String) throws ->
      JSONValue?
  ) {
    let address = path.isEmpty ? Self.path : "\(Self.path)/\(path)"
    router.get(RouterPath(address)) { request, context in
      let edition = routes.library.current
      let page = PageRequest(request, context)
      let partnership = routes.store
      return try await routes.onPages {
        do {
          let query = try Self.query(page, edition)
          let published = partnership.published(as: edition.atlas.manifest.place.name)
          guard let value = try answer(published, query, page.part("id")) else {
            return try Self.failure(.notFound, "There is none with this id.")
          }
          return try Self.response(value)
        } catch let error as PageError {
          return try Self.failure(
            error.kind == .notFound ? .notFound : .badRequest, error.message)
        }
      }
    }
  }

  /// What the parameters of an address ask for.
  ///
  /// - Throws: ``PageError`` naming the parameter that is wrong and what it should be.
  private static func query(
    _ request: PageRequest, _ edition: AtlasLibrary.Edition
  ) throws -> Partnership.ServiceQuery {
    var query = Partnership.ServiceQuery()
    query.search = request["search"] ?? ""
    query.term = request["taxonomy_term_id"]
    query.taxonomy = request["taxonomy_id"]
    query.page = try whole("page", request, 1...1_000_000) ?? 1
    query.perPage = try whole("per_page", request, 1...500) ?? 50
    query.minimumAge = try number("minimum_age", request, 0...1_000)
    query.maximumAge = try number("maximum_age", request, 0...1_000)
    query.startTime = try time("start_time", request)
    query.endTime = try time("end_time", request)
    if let text = request.given("day") {
      let days = RecordKind.weekdays
      let day = days.first {
        $0.id == text.uppercased() || $0.title.lowercased() == text.lowercased()
      }
      guard let day else {
        throw PageError.badRequest(
          "day should be one of \(days.map(\.id).joined(separator: ", ")), or a day's name.")
      }
      query.day = day.id
    }
    if let text = request.given("postcode") {
      guard let postcode = Field.postcode(text) else {
        throw PageError.badRequest("postcode should be one such as BB1 1AA.")
      }
      guard let position = edition.postcodes.position(of: postcode) else {
        throw PageError.notFound("The postcode \(postcode) is not known here.")
      }
      query.near = position
      // In metres; five kilometres where only a postcode is given.
      query.withinKilometres = (try number("proximity", request, 0...1_000_000) ?? 5_000) / 1_000
    } else {
      // Without a postcode it has nothing to be measured from; it should be a number all the same.
      _ = try number("proximity", request, 0...1_000_000)
    }
    return query
  }

  private static func whole(
    _ name: String, _ request: PageRequest, _ range: ClosedRange<Int>
  ) throws -> Int? {
    guard let text = request.given(name) else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw PageError.badRequest(
        "\(name) should be a whole number from \(range.lowerBound) to \(range.upperBound).")
    }
    return number
  }

  private static func number(
    _ name: String, _ request: PageRequest, _ range: ClosedRange<Double>
  ) throws -> Double? {
    guard let text = request.given(name) else { return nil }
    guard let number = Double(text), range.contains(number) else {
      throw PageError.badRequest(
        "\(name) should be a number from \(Int(range.lowerBound)) to \(Int(range.upperBound)).")
    }
    return number
  }

  private static func time(_ name: String, _ request: PageRequest) throws -> String? {
    guard let text = request.given(name) else { return nil }
    guard text.wholeMatch(of: /([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?/) != nil else {
      throw PageError.badRequest("\(name) should be a time such as 09:30.")
    }
    return String(text.prefix(5))
  }

  static func failure(_ status: HTTPResponse.Status, _ detail: String) throws -> Response {
    var response = try response(["error": .string(status.reasonPhrase), "detail": .string(detail)])
    response.status = status
    return response
  }

  private static func response(_ value: JSONValue) throws -> Response {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var response = Response(
      status: .ok, headers: [.contentType: "application/json"],
      body: .init(byteBuffer: ByteBuffer(bytes: try encoder.encode(value))))
    // Open data: a page of any site may read it.
    response.headers[.accessControlAllowOrigin] = "*"
    return response
  }
}

/// Says that the API is read and nothing else, whatever method a request has.
struct ReadOnlyAPI<Context: RequestContext>: RouterMiddleware {
  func handle(
    _ request: Request, context: Context,
    next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    guard request.uri.path.hasPrefix(OpenReferralAPI.path), request.method != .get,
      request.method != .head
    else { return try await next(request, context) }
    var response = try OpenReferralAPI.failure(.methodNotAllowed, "This API is read with GET.")
    response.headers[.allow] = "GET, HEAD"
    return response
  }
}
