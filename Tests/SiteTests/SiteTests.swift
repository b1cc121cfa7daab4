import Foundation
import Hummingbird
import HummingbirdTesting
import Indicators
import Linkage
import Logging
import NIOCore
import NIOPosix
import Places
import Population
import TestPlaces
import Testing

@testable import Site

@Suite("Pages answer, say what is known, and give their tables as CSV")
struct SiteTests {
  /// Runs `body` against the site of a place.
  private func withSite(
    _ store: PlaceStore, _ body: @escaping @Sendable (any TestClientProtocol) async throws -> Void
  ) async throws {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let application = try await SiteServer(store: store, port: 0, logger: logger).application()
    try await application.test(.router) { client in try await body(client) }
  }

  private func get(
    _ client: any TestClientProtocol, _ uri: String
  ) async throws -> (status: HTTPResponse.Status, text: String, headers: HTTPFields) {
    try await client.execute(uri: uri, method: .get) { response in
      (response.status, String(buffer: response.body), response.headers)
    }
  }

  @Test("Every kind of page answers on the fictional place")
  func pages() async throws {
    try await withSite(try await TestPlaces.fictional()) { client in
      for uri in [
        "/", "/find", "/find?q=a", "/areas/ics/Z54000001", "/areas/lad/Z07000001",
        "/areas/ward/Z05000001", "/areas/lsoa/Z01000001", "/areas/practice/Z00001",
        "/areas/pcn/U90001", "/areas/imd2019_decile/1", "/compare",
        "/compare?unit=lad:Z07000001&unit=lad:Z07000002", "/compare?unit=lad:Z07000001&add=a",
        "/map", "/map?kind=ward&measure=core20", "/measures", "/measures?q=depriv",
        "/measures/core20",
        "/measures/age_sex?kind=ward", "/measures/qof.af", "/about",
        "/standing-out", "/standing-out?show=all&all=1", "/indicators",
        "/indicators?q=house&sort=comparison", "/indicators?pillar=behaviours",
        "/indicators/life_expectancy", "/indicators/life_expectancy?area=lad:Z07000001&kind=ward",
        "/indicators/ae_over_4_hours", "/indicators/diabetes", "/indicators/deprivation_score",
        "/indicators/emergency_admissions_copd", "/indicators/health_index?area=lad:Z07000002",
        "/inequalities",
        "/inequalities?area=lad:Z07000001&indicator=mortality_all_causes&sort=people",
      ] {
        let page = try await get(client, uri)
        #expect(page.status == .ok, "\(uri)")
        #expect(page.text.contains("<main"), "\(uri)")
        #expect(page.text.contains("fictional"), "\(uri)")
        #expect(!page.text.contains("Optional("), "\(uri)")
        #expect(!page.text.contains("{{"), "\(uri)")
        #expect(!page.text.contains(/\bnan\b/), "\(uri)")
      }
    }
  }

  @Test(
    "Figures of indicators are the same on the page, in its table and in the CSV of all of them")
  func indicatorFigures() async throws {
    let store = try await TestPlaces.fictional()
    let atlas = try await Atlas.current(of: store)
    try await withSite(store) { client in
      for (id, text) in [
        ("overcrowded_households", "%"), ("life_expectancy", " years"),
        ("mortality_under_75", " per 100,000 a year"),
      ] {
        let slice = try #require(atlas.indicators.slice(of: id))
        let place = try #require(atlas.place)
        let reading = try #require(atlas.indicators.reading(slice, place.id))
        let value = try #require(reading.value)
        let page = try await get(client, "/indicators/\(id)")
        let shown = String(format: "%.1f", value) + text
        #expect(page.text.contains("<dd>\(shown)</dd>"), "\(id) \(shown)")
        let csv = try await get(client, "/indicators/\(id)/figures.csv")
        let row = try #require(
          csv.text.split(separator: "\n").first {
            $0.contains(",\(slice.period),ics,Z54000001,") && $0.contains(",,,")
          })
        #expect(row.contains(",\(value),"), "\(row)")
        #expect(csv.headers[.contentType] == "text/csv; charset=utf-8")
        let fingertips = try await get(client, "/indicators/\(id)/fingertips.csv")
        #expect(fingertips.text.contains("Lower CI 99.8 limit"))
        let areas = try await get(client, "/indicators/\(id)/tables/areas.csv")
        #expect(areas.text.contains("Z07000001"))
      }
    }
  }

  @Test("An indicator, area, kind or period that is not there is told as such")
  func missingIndicators() async throws {
    try await withSite(try await TestPlaces.fictional()) { client in
      for (uri, status) in [
        ("/indicators/nothing", HTTPResponse.Status.notFound),
        ("/indicators/life_expectancy?area=nowhere", .badRequest),
        ("/indicators/life_expectancy?kind=practice", .badRequest),
        ("/indicators/life_expectancy?period=1066", .badRequest),
        ("/inequalities?area=lad:X", .badRequest), ("/inequalities?indicator=x", .badRequest),
        ("/indicators/nothing/figures.csv", .notFound),
      ] {
        let page = try await get(client, uri)
        #expect(page.status == status, "\(uri)")
        #expect(page.text.contains("<main"), "\(uri)")
      }
    }
  }

  @Test("The quality of every source and field has a page, tables as CSV, and a summary to send")
  func quality() async throws {
    let store = try await TestPlaces.synthetic()
    let atlas = try await Atlas.current(of: store)
    try await withSite(store) { client in
      var uris = ["/quality"]
      for source in atlas.quality.sources {
        uris += [source.path, "\(source.path)/summary"]
        for table in source.tables {
          uris += table.fields.map { $0.path(source.id, table.name) }
        }
      }
      #expect(uris.count > 250)
      for uri in uris {
        let page = try await get(client, uri)
        #expect(page.status == .ok, "\(uri)")
        for bad in ["Optional(", "{{", ">nan", "inf<"] {
          #expect(!page.text.contains(bad), "\(uri) has \(bad)")
        }
      }
      for uri in [
        "/quality/tables/sources.csv", "/quality/tables/uses.csv", "/quality/tables/faults.csv",
        "/quality/gp/tables/fields-patient.csv", "/quality/gp/tables/coverage-areas-patient.csv",
        "/quality/gp/tables/agreement.csv", "/quality/gp/tables/timeliness.csv",
        "/quality/apc/fields/episode/nhs_number/tables/by-age.csv",
        "/quality/apc/fields/episode/nhs_number/tables/by-practice.csv",
      ] {
        let file = try await get(client, uri)
        #expect(file.status == .ok, "\(uri)")
        #expect(file.text.split(separator: "\r\n").count > 1, "\(uri)")
      }
      let text = try await get(client, "/quality/apc/summary.txt")
      #expect(text.headers[.contentType] == "text/plain; charset=utf-8")
      #expect(text.text.contains("Admitted patient care (source apc)"))
      #expect(text.text.contains("What to fix first"))
      #expect(text.text.split(separator: "\n").allSatisfy { $0.count <= 88 })
      for uri in [
        "/quality/none", "/quality/none/summary", "/quality/none/summary.txt",
        "/quality/gp/fields/patient/none",
      ] {
        #expect(try await get(client, uri).status == .notFound, "\(uri)")
      }
    }
  }

  @Test(
    "How well records are linked has a page, for all sources and each, and says what it does to figures"
  )
  func linkage() async throws {
    let store = try await TestPlaces.synthetic()
    let atlas = try await Atlas.current(of: store)
    try await withSite(store) { client in
      let all = try await get(client, "/linkage")
      #expect(all.status == .ok)
      #expect(all.text.contains("By ethnic group") && all.text.contains("By fifth of deprivation"))
      #expect(all.text.contains("Choose a source above"))
      for source in atlas.quality.sources {
        let page = try await get(client, "/linkage?source=\(source.id)")
        #expect(page.status == .ok, "\(source.id)")
        for bad in ["Optional(", "{{", ">nan", "inf<"] {
          #expect(!page.text.contains(bad), "\(source.id) has \(bad)")
        }
      }
      let apc = try await get(client, "/linkage?source=apc")
      #expect(apc.text.contains("With a record") && apc.text.contains("percentage points"))
      for uri in [
        "/linkage/tables/sources.csv", "/linkage/tables/by-ethnic-group.csv",
        "/linkage/tables/by-area.csv?source=gp", "/linkage/tables/reach-deprivation.csv?source=apc",
      ] {
        let file = try await get(client, uri)
        #expect(file.status == .ok, "\(uri)")
        #expect(file.text.split(separator: "\r\n").count > 2, "\(uri)")
      }
      #expect(try await get(client, "/linkage?source=none").status == .badRequest)
      #expect(try await get(client, "/quality").text.contains("href=\"/linkage\""))
      // No group that is too small has a figure, in the page or its tables.
      let linkage = atlas.linkage
      for source in atlas.quality.sources {
        for kind in ["deprivation", "ethnic_group", "age", "sex", "area"] {
          let cells = linkage.cells(.linked, source: source.id, kind: kind)
          #expect(
            cells.allSatisfy {
              $0.isHidden
                || $0.row.denominator >= 10
                  && $0.row.denominator.truncatingRemainder(dividingBy: 10) == 0
            })
        }
      }
    }
    try await withSite(try await TestPlaces.fictional()) { client in
      let page = try await get(client, "/linkage")
      #expect(page.status == .ok && page.text.contains("No records of this place have been linked"))
    }
  }

  @Test("A place without sources says what its page on data quality would show")
  func noQuality() async throws {
    try await withSite(try await TestPlaces.fictional()) { client in
      let page = try await get(client, "/quality")
      #expect(page.status == .ok && page.text.contains("no records from partners yet"))
    }
  }

  @Test("Every profile of the fictional place answers, whatever kind it is")
  func everyProfile() async throws {
    let store = try await TestPlaces.fictional()
    let atlas = try await Atlas.current(of: store)
    try await withSite(store) { client in
      for unit in atlas.units where unit.id % 5 == 0 || unit.kind == "lad" {
        let page = try await get(client, unit.path)
        #expect(page.status == .ok, "\(unit.path)")
        #expect(page.text.utf8.count < 300_000, "\(unit.path)")
      }
    }
  }

  @Test(
    "What does not exist is told so, with a way on",
    arguments: [
      "/areas/ward/none", "/areas/none/Z05000001", "/measures/none", "/nothing/here",
      "/areas/ward/Z05000001/tables/none.csv", "/static/none.css", "/quality/none/none/none",
    ])
  func notFound(uri: String) async throws {
    try await withSite(try await TestPlaces.fictional()) { client in
      let page = try await get(client, uri)
      #expect(page.status == .notFound)
      #expect(page.text.contains("/find"))
    }
  }

  @Test(
    "What is asked wrongly is told so",
    arguments: [
      "/compare?unit=lad:none", "/compare?unit=nonsense", "/map?kind=none", "/map?measure=none",
      "/compare?unit=lsoa:Z01000001&unit=lsoa:Z01000002&unit=lsoa:Z01000003&unit=lsoa:Z01000004"
        + "&unit=lsoa:Z01000005&unit=lsoa:Z01000006&unit=lsoa:Z01000007",
    ])
  func badRequest(uri: String) async throws {
    try await withSite(try await TestPlaces.fictional()) { client in
      let page = try await get(client, uri)
      #expect(page.status == .badRequest)
    }
  }

  @Test("What people type is shown as text, never as markup")
  func escaping() async throws {
    try await withSite(try await TestPlaces.fictional()) { client in
      let attack = "%3Cscript%3Ealert(1)%3C/script%3E%22%3E"
      for uri in ["/find?q=\(attack)", "/measures?q=\(attack)", "/compare?add=\(attack)"] {
        let page = try await get(client, uri)
        #expect(page.status == .ok)
        #expect(!page.text.contains("<script>alert"), "\(uri)")
      }
    }
  }

  @Test("Nothing is loaded from elsewhere, and the headers say so")
  func headers() async throws {
    try await withSite(try await TestPlaces.fictional()) { client in
      let page = try await get(client, "/")
      #expect(page.headers[.contentSecurityPolicy]?.contains("default-src 'none'") == true)
      #expect(page.headers[.xContentTypeOptions] == "nosniff")
      for match in page.text.matches(of: /(?:src|href)="(https?:[^"]*)"/) {
        Issue.record("a page names \(match.1)")
      }
      let styles = try await get(client, "/static/nhsuk.css")
      #expect(!styles.text.contains("@font-face"))
      #expect(!styles.text.contains("https://assets.nhs.uk"))
    }
  }

  @Test("A page that was seen before is not sent again")
  func notModified() async throws {
    try await withSite(try await TestPlaces.fictional()) { client in
      let tag = try #require(try await get(client, "/about").headers[.eTag])
      let again = try await client.execute(
        uri: "/about", method: .get, headers: [.ifNoneMatch: tag]
      ) { $0.status }
      #expect(again == .notModified)
    }
  }

  @Test(
    "A connection that says nothing is closed, also halfway through a request",
    .timeLimit(.minutes(10)),
    arguments: [
      "", "GET / HTTP/1.1\r\nHost: x\r\n",
      "POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\na",
      "GET /health HTTP/1.1\r\nHost: x\r\n\r\n",
    ])
  func silence(start: String) async throws {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    var server = SiteServer(store: try await TestPlaces.fictional(), port: 0, logger: logger)
    server.patience = 1
    let application = try await server.application()
    try await application.test(.live) { client in
      let port = try #require(client.port)
      let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .connect(host: "localhost", port: port)
        .flatMap { channel in
          // At once, on the channel's own thread: the server does not wait for a busy test.
          start.isEmpty
            ? channel.eventLoop.makeSucceededFuture(channel)
            : channel.writeAndFlush(ByteBuffer(string: start)).map { channel }
        }.get()
      // It hangs here, to the time limit, where nobody closes.
      try await channel.closeFuture.get()
    }
  }

  @Test("HEAD answers what GET does, without a body; nothing is kept that does not say so")
  func headAndCache() async throws {
    try await withSite(try await TestPlaces.fictional()) { client in
      for uri in [
        "/", "/find?q=a", "/find/hits?q=a", "/assets", "/assets.csv", "/sign-in", "/health",
        "/nothing", "/measures/nothing", "/api/oruk/v3/services", "/static/kith.css", "/account",
        "/agree/names", "/indicators/life_expectancy/figures.csv",
      ] {
        let page = try await get(client, uri)
        try await client.execute(uri: uri, method: .head) { response in
          #expect(response.status == page.status, "\(uri)")
          #expect(response.body.readableBytes == 0, "\(uri)")
        }
        #expect(page.headers[.cacheControl] != nil, "\(uri)")
      }
      let tag = try #require(try await get(client, "/").headers[.eTag])
      try await client.execute(uri: "/", method: .get, headers: [.ifNoneMatch: tag]) { response in
        #expect(response.status == .notModified)
        #expect(response.headers[.cacheControl] == "private, no-cache")
      }
    }
  }

  @Test("Every table that a page links to is there as CSV, with as many rows")
  func tables() async throws {
    try await withSite(try await TestPlaces.fictional()) { client in
      for uri in [
        "/", "/areas/lad/Z07000001", "/areas/lsoa/Z01000001", "/map", "/measures", "/about",
        "/measures/core20", "/compare?unit=lad:Z07000001&unit=lad:Z07000002", "/find?q=a",
      ] {
        let page = try await get(client, uri)
        let links = page.text.matches(of: /href="([^"]*\.csv[^"]*)"/).map {
          String($0.1).replacingOccurrences(of: "&amp;", with: "&")
        }
        #expect(!links.isEmpty, "\(uri)")
        for link in links {
          let csv = try await get(client, link)
          #expect(csv.status == .ok, "\(link)")
          #expect(csv.headers[.contentType]?.hasPrefix("text/csv") == true, "\(link)")
          let lines = csv.text.split(whereSeparator: \.isNewline)
          #expect(lines.count >= 2, "\(link)")
        }
      }
    }
  }

  @Test("A new snapshot is shown without a restart")
  func newSnapshot() async throws {
    let place = try TestPlaces.makeFictional()
    defer { try? FileManager.default.removeItem(at: place) }
    _ = try await PlaceRun(place: place).run()
    let store = PlaceStore(place: place)
    let first = try #require(try store.currentID())
    try await withSite(store) { client in
      let before = try await get(client, "/about")
      #expect(before.text.contains(first))
      _ = try await PlaceRun(place: place, isForced: true).run()
      let second = try #require(try store.currentID())
      // The server looks once a second.
      let until = ContinuousClock.now + .seconds(20)
      var after = try await get(client, "/about")
      while ContinuousClock.now < until, !after.text.contains(second) {
        await Task.yield()
        after = try await get(client, "/about")
      }
      #expect(after.text.contains(second))
    }
  }

  @Test(
    "The profile of Lancashire and South Cumbria weighs less than 300 kB, and shows its figures",
    .enabled(if: TestPlaces.england != nil, Comment(rawValue: TestPlaces.skipped)))
  func lancashire() async throws {
    try await withSite(try await TestPlaces.lancashire()) { client in
      var heaviest = 0
      for uri in [
        "/areas/icb24/E54000048", "/areas/lad24/E06000008", "/areas/ward24/E05011508",
        "/areas/lsoa21/E01012571", "/areas/practice/P81771", "/areas/sicbl24/E38000014",
        "/areas/country/E92000001", "/areas/lad24/E06000064", "/areas/utla23/E10000017",
      ] {
        let page = try await get(client, uri)
        #expect(page.status == .ok, "\(uri)")
        heaviest = max(heaviest, page.text.utf8.count)
      }
      var assets = 0
      for name in ["nhsuk.css", "kith.css"] {
        assets += try await get(client, "/static/\(name)").text.utf8.count
      }
      #expect(heaviest + assets < 300_000, "\(heaviest) bytes of page and \(assets) of styles")
      let board = try await get(client, "/areas/icb24/E54000048").text
      for text in ["1,717,533", "1,740,663", "is not made of whole ones"] {
        #expect(board.contains(text), "\(text)")
      }
      let ward = try await get(client, "/areas/ward24/E05011508").text
      #expect(ward.contains("Audley &amp; Queen&#39;s Park"))
      #expect(ward.contains("These figures are of the integrated care board"))
      let furness = try await get(client, "/areas/lad24/E06000064").text
      #expect(
        furness.contains("Only 106 of its 142 small areas are in Lancashire and South Cumbria"))
    }
  }
}

@Suite("Tables tell zero, suppressed and unknown apart")
struct DataTableTests {
  private let table = DataTable(
    id: "t", caption: "Test & more",
    columns: [DataTable.Column("Area"), DataTable.Column("Value", isNumeric: true)],
    rows: [
      [.text("A, \"quoted\""), .figure(.known(.init(value: 0, isSum: false)), decimals: 1)],
      [.text("B"), .figure(.suppressed("small numbers"), decimals: 1)],
      [.text("=C"), .figure(.unknown("not published"), decimals: 1)],
    ])

  @Test("In HTML")
  func html() {
    let html = table.html(csv: nil)
    #expect(html.contains(">0.0<"))
    #expect(html.contains("title=\"small numbers\">suppressed<"))
    #expect(html.contains("title=\"not published\">not known<"))
    #expect(html.contains("Test &amp; more"))
  }

  @Test("In CSV, where a spreadsheet runs nothing")
  func csv() {
    let lines = [
      "Area,Value,Value (status)", "\"A, \"\"quoted\"\"\",0,known",
      "B,,suppressed: small numbers", "'=C,,unknown: not published",
    ]
    #expect(table.csv == lines.joined(separator: "\r\n") + "\r\n")
  }

  @Test("Texts that a spreadsheet would run are defused; numbers are left as they are")
  func formulas() {
    let signs = [
      "=", "+", "-", "@", "\t", "\r", "\n", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}",
      "\u{2212}",
    ]
    for sign in signs {
      for before in ["", " ", "\u{200B}", "\u{FEFF}"] {
        for after in ["1+1", "\u{301}1", "0x1p3", "inf", "nan", "cmd|' /C calc'!A0", ""] {
          let text = before + sign + after
          let table = DataTable(
            id: "t", caption: "t", columns: [.init(text)],
            rows: [[.text(text)], [.link(text, to: "/")]])
          let scalars = table.csv.unicodeScalars.filter { $0 != "\"" }
          #expect(scalars.first == "'", "\(text.debugDescription)")
          // The header and both cells.
          let defused = Array(("'" + text).unicodeScalars)
          let count = scalars.indices.count {
            scalars[$0] == "'" && scalars[$0...].starts(with: defused)
          }
          #expect(count == 3, "\(text.debugDescription)")
        }
      }
    }
    let numbers = DataTable(
      id: "t", caption: "t", columns: [.init("n", isNumeric: true)],
      rows: [[.number(-2.5, decimals: 1)], [.number(-3, decimals: 0)]])
    #expect(numbers.csv == "n\r\n-2.5\r\n-3\r\n")
  }
}
