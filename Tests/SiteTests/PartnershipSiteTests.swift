import Foundation
import GRDB
import Governance
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Places
import Population
import TestPlaces
import Testing

@testable import Site

@Suite("The partnership's pages: who may do what, and nothing is lost on the way")
struct PartnershipSiteTests {
  private static let password = "correct horse battery"

  /// Somebody with a browser: keeps cookies and sends forms as a browser would.
  final class Somebody {
    let client: any TestClientProtocol
    private var cookies: [String: String] = [:]

    init(_ client: any TestClientProtocol) { self.client = client }

    struct Reply {
      let status: HTTPResponse.Status
      let text: String
      let headers: HTTPFields
      var location: String { headers[.location] ?? "" }
    }

    func get(_ uri: String, headers: HTTPFields = [:]) async throws -> Reply {
      try await send(uri, .get, headers, nil)
    }

    /// Sends a form with the token of the page that it stands on.
    func post(
      _ uri: String, from page: String? = nil, _ fields: [(String, String)] = [],
      headers: HTTPFields = [:]
    ) async throws -> Reply {
      var fields = fields
      if let page {
        let text = try await get(page).text
        let token = text.firstMatch(of: /name="_token" value="([^"]+)"/)?.output.1 ?? ""
        fields.append(("_token", String(token)))
      }
      var headers = headers
      headers[.contentType] = "application/x-www-form-urlencoded"
      let body = fields.map { "\($0.0.queryEncoded)=\($0.1.queryEncoded)" }.joined(separator: "&")
      return try await send(uri, .post, headers, body)
    }

    private func send(
      _ uri: String, _ method: HTTPRequest.Method, _ headers: HTTPFields, _ body: String?
    ) async throws -> Reply {
      var headers = headers
      if !cookies.isEmpty {
        headers[.cookie] = cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
      }
      let reply = try await client.execute(
        uri: uri, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) }
      ) { response in
        Reply(
          status: response.status, text: String(buffer: response.body), headers: response.headers)
      }
      for cookie in reply.headers[values: .setCookie] {
        let pair = cookie.split(separator: ";")[0].split(
          separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        cookies[String(pair[0])] = pair[1].isEmpty ? nil : String(pair[1])
      }
      return reply
    }

    func signIn(_ email: String, _ password: String = PartnershipSiteTests.password) async throws
      -> Reply
    {
      try await post("/sign-in", from: "/sign-in", [("email", email), ("password", password)])
    }
  }

  /// Runs `body` against the site of a place of its own, with three accounts.
  private func withSite(
    _ body: @escaping @Sendable (any TestClientProtocol, PlaceStore) async throws -> Void
  ) async throws {
    let store = try await TestPlaces.ownFictional()
    let accounts = try AccountStore(at: store.accounts, cost: .little)
    for (name, role) in [("steward", Role.steward), ("partner", .partner), ("other", .partner)] {
      try accounts.add(
        "\(name)@example.org", name: "The \(name)", role: role, password: Self.password)
    }
    try accounts.add(
      "gp.demo@example.org", name: "GP", role: .partner, password: nil, about: "A GP of the demo")
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let application = try await SiteServer(
      store: store, port: 0, logger: logger, offersPersonas: true
    ).application()
    try await application.test(.router) { client in try await body(client, store) }
  }

  @Test("Several names go in at once; of names that several have, each is asked for")
  func severalNames() async throws {
    try await withSite { client, _ in
      let steward = Somebody(client)
      _ = try await steward.signIn("steward@example.org")
      for name in ["Ann Example", "Bob Example", "Cy Example", "Cy Example"] {
        let added = try await steward.post(
          "/people/add", from: "/people/add", [("f.name", name)])
        #expect(added.status == .seeOther, "\(name)")
      }
      let fields = [("f.name", "A walk"), ("f.day", "2026-01-05")]
      let more = try await steward.post(
        "/meetings/add", from: "/meetings/add",
        fields + [("f.people", "Ann Example"), ("_more", "people")])
      #expect(more.text.matches(of: /name="f.people"/).count == 3)
      #expect(more.text.contains("checked><label for=\"f-people-"))
      let asked = try await steward.post(
        "/meetings/add", from: "/meetings/add",
        fields + [("f.people", "Ann Example; Cy Example"), ("f.people", "Bob Example")])
      #expect(asked.status == .unprocessableContent)
      #expect(asked.text.contains("choose which person you mean by &#39;Cy Example&#39;"))
      let choices = asked.text.matches(of: /name="f.people.pick.0" value="(\d+)"/).map(\.output.1)
      #expect(choices.count == 2)
      let kept = asked.text.matches(of: /name="f.people.keep" value="(\d+)"/).map(\.output.1)
      #expect(kept.count == 2)
      let added = try await steward.post(
        "/meetings/add", from: "/meetings/add",
        fields + kept.map { ("f.people.keep", String($0)) } + [
          ("f.people", "Cy Example"), ("f.people.asked.0", "Cy Example"),
          ("f.people.pick.0", String(choices[1])),
        ])
      #expect(added.status == .seeOther)
      // A name that nobody has does not keep the next from being chosen.
      let mixed = try await steward.post(
        "/meetings/add", from: "/meetings/add",
        fields + [
          ("f.people", "Nobody Example"), ("f.people", "Cy Example"),
          ("f.people.asked.1", "Cy Example"), ("f.people.pick.1", String(choices[0])),
        ])
      #expect(mixed.status == .unprocessableContent)
      #expect(mixed.text.contains("no person is called &#39;Nobody Example&#39;"))
      #expect(!mixed.text.contains("choose which person"))
      let page = try await steward.get(added.location)
      #expect(page.text.matches(of: /href="\/people\/\d+">(Ann|Bob|Cy) Example</).count == 3)
      // What is told of one page stands in none of another: the cards of what points at a person have no state of trust.
      let person = try await steward.get("/people/\(kept[0])")
      #expect(person.text.contains("A walk") && !person.text.contains("&quot;title&quot;"))
    }
  }

  @Test("What somebody typed while they were signed out elsewhere is sent again")
  func signedOut() async throws {
    try await withSite { client, _ in
      let partner = Somebody(client)
      _ = try await partner.signIn("partner@example.org")
      let token =
        try await partner.get("/assets/add").text
        .firstMatch(of: /name="_token" value="([^"]+)"/)?.output.1 ?? ""
      let fields = [("f.name", "Seed library <b>"), ("f.type", "group")]
      _ = try await partner.post("/sign-out", from: "/account")
      var headers: HTTPFields = [:]
      headers[try #require(HTTPField.Name("Referer"))] = "http://localhost/assets/add"
      let lost = try await partner.post(
        "/assets/add", fields + [("_token", String(token))], headers: headers)
      #expect(lost.status == .conflict)
      #expect(lost.text.contains("You are not signed in any more"))
      #expect(lost.text.contains("value=\"Seed library &lt;b&gt;\""))
      #expect(!lost.text.contains("Seed library <b>"))
      _ = try await partner.signIn("partner@example.org")
      // The form is of before they signed in: it comes back once more, with the token of now.
      let stale = try await partner.post(
        "/assets/add", fields + [("_token", String(token))], headers: headers)
      #expect(stale.status == .conflict && stale.text.contains("Send it again"))
      let now = stale.text.firstMatch(
        of: /action="\/assets\/add"><input type="hidden" name="_token" value="([^"]+)"/)
      let sent = try await partner.post(
        "/assets/add", fields + [("_token", String(try #require(now).output.1))], headers: headers)
      #expect(sent.status == .seeOther)
      // A form of another site's is not offered back.
      headers[.origin] = "https://evil.example"
      let foreign = try await partner.post("/assets/add", fields, headers: headers)
      #expect(foreign.status == .forbidden && !foreign.text.contains("Send it again"))
      let strange = Somebody(client)
      headers[try #require(HTTPField.Name("Referer"))] = "https://evil.example/assets/add"
      #expect(try await strange.post("/assets/add", fields, headers: headers).status == .seeOther)
    }
  }

  @Test("Lines of a form end as lines do here")
  func lines() {
    #expect(Form(["text": ["one\r\ntwo"]])["text"] == "one\ntwo")
  }

  @Test("A form that is refused gives back what was typed, and the way back")
  func refused() async throws {
    try await withSite { client, _ in
      let steward = Somebody(client)
      _ = try await steward.signIn("steward@example.org")
      let added = try await steward.post(
        "/assets/add", from: "/assets/add", [("f.name", "Seed library"), ("f.type", "group")])
      let path = String(added.location.split(separator: "?")[0])
      var headers: HTTPFields = [:]
      headers[try #require(HTTPField.Name("Referer"))] = "http://localhost\(path)?x=1"
      let reply = try await steward.post(
        "/rounds/99999/dissent", from: path, [("text", "I would have begun with the cold homes")],
        headers: headers)
      #expect(reply.status == .notFound)
      #expect(reply.text.contains("I would have begun with the cold homes"))
      #expect(reply.text.contains("href=\"\(path)?x=1\">Back to the page"))
    }
  }

  @Test(
    "Where nothing can be written, the form comes back with what was typed, and pages can be read")
  func nothingWritable() async throws {
    try await withSite { client, store in
      let partner = Somebody(client)
      _ = try await partner.signIn("partner@example.org")
      // A full disk, and a program that keeps the file for writing, do the same; this fails at once.
      let other = try DatabaseQueue(path: store.partnership.path)
      try await other.write { try $0.execute(sql: "alter table batch rename to batch_gone") }
      let reply = try await partner.post(
        "/assets/add", from: "/assets/add",
        [("f.name", "A lunch club by the river"), ("f.type", "group")])
      #expect(reply.status == .serviceUnavailable)
      #expect(reply.text.contains("A lunch club by the river"))
      #expect(!reply.text.contains("batch"))
      #expect(try await partner.get("/assets").status == .ok)
    }
  }

  @Test("Open pages need no account; what changes anything does")
  func open() async throws {
    try await withSite { client, _ in
      let anybody = Somebody(client)
      for uri in [
        "/", "/agree", "/assets", "/partners", "/people", "/teams", "/changes", "/sign-in",
      ] {
        let reply = try await anybody.get(uri)
        #expect(reply.status == .ok, "\(uri)")
        #expect(!reply.text.contains("{{") && !reply.text.contains("Optional("), "\(uri)")
      }
      #expect(try await anybody.get("/assets/add").location == "/sign-in?next=%2Fassets%2Fadd")
      #expect(try await anybody.get("/account").status == .seeOther)
      #expect(try await anybody.get("/assets/999999").status == .notFound)
      #expect(try await anybody.get("/assets/x").status == .notFound)
      #expect(try await anybody.get("/assets?page=0").status == .badRequest)
      #expect(try await anybody.get("/assets?near=nowhere").status == .badRequest)
      // Whoever has not signed in is asked to, before what they send is read; a form without a token is not taken.
      #expect(
        try await anybody.post("/assets/add", [("f.name", "A")]).location.hasPrefix("/sign-in"))
      #expect(try await anybody.post("/sign-in", [("email", "a@b.example")]).status == .forbidden)
      let partner = Somebody(client)
      _ = try await partner.signIn("partner@example.org")
      #expect(try await partner.post("/assets/add", [("f.name", "A")]).status == .forbidden)
      #expect(
        try await anybody.post("/assets/add", from: "/sign-in", [("f.name", "A")]).location
          .hasPrefix("/sign-in"))
    }
  }

  @Test("Signing in, where one wanted to go, and out again")
  func signIn() async throws {
    try await withSite { client, _ in
      let partner = Somebody(client)
      let wrong = try await partner.signIn("partner@example.org", "wrong horse battery")
      #expect(wrong.status == .unprocessableContent)
      #expect(wrong.text.contains("is not right"))
      let right = try await partner.signIn("Partner@example.org")
      #expect(right.status == .seeOther)
      let cookie = right.headers[values: .setCookie].first { $0.hasPrefix("kith_session=") } ?? ""
      #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"))
      #expect(try await partner.get("/account").text.contains("The partner"))
      #expect(try await partner.get("/").text.contains("Sign out"))
      _ = try await partner.post("/sign-out", from: "/account")
      #expect(try await partner.get("/account").status == .seeOther)
      for (next, to) in [
        ("/assets", "/assets"), ("//evil.example", "/"), ("https://evil.example", "/"),
        ("/\\evil.example", "/"),
      ] {
        let reply = try await partner.post(
          "/sign-in?next=\(next.queryEncoded)", from: "/sign-in",
          [("email", "partner@example.org"), ("password", Self.password)])
        #expect(reply.location == to, "\(next)")
      }
      // From another site the form is not taken, nor from nowhere.
      for origin in ["https://evil.example", "null"] {
        let reply = try await partner.post(
          "/assets/add", from: "/account", [("f.name", "A"), ("f.type", "group")],
          headers: [.origin: origin])
        #expect(reply.status == .forbidden)
      }
    }
  }

  @Test("Personas are for the machine itself, past no proxy")
  func personas() async throws {
    try await withSite { client, _ in
      let here = Somebody(client)
      let page = try await here.get("/sign-in")
      #expect(page.text.contains("A GP of the demo"))
      let proxied: HTTPFields = [HTTPField.Name("X-Forwarded-For")!: "192.0.2.1"]
      #expect(!(try await here.get("/sign-in", headers: proxied)).text.contains("A GP of the demo"))
      let persona = [("persona", "gp.demo@example.org")]
      #expect(
        try await here.post("/sign-in/persona", from: "/sign-in", persona, headers: proxied).status
          == .forbidden)
      #expect(
        try await here.post(
          "/sign-in/persona", from: "/sign-in", [("persona", "steward@example.org")]
        )
        .status == .forbidden)
      #expect(
        try await here.post("/sign-in/persona", from: "/sign-in", persona).status == .seeOther)
      #expect(try await here.get("/account").text.contains("gp.demo@example.org"))
    }
  }

  @Test("A record is added, found, changed, assured, undone; others may not change it")
  func records() async throws {
    try await withSite { client, _ in
      let partner = Somebody(client)
      _ = try await partner.signIn("partner@example.org")
      let bad = try await partner.post("/assets/add", from: "/assets/add", [("f.name", " ")])
      #expect(bad.status == .unprocessableContent)
      #expect(bad.text.contains("Name is missing.") && bad.text.contains("href=\"#f-name\""))
      let added = try await partner.post(
        "/assets/add", from: "/assets/add",
        [
          ("f.name", "<script>alert(1)</script> & co"), ("f.type", "group"),
          ("f.topics", "food"), ("f.topics", "loneliness"), ("f.languages", "Urdu\r\nPolish\r\n"),
          ("f.hours.0.days", "MO"), ("f.hours.0.days", "WE"), ("f.hours.0.opens", "9:30"),
          ("f.hours.0.closes", "12:00"), ("f.costs.0.amount", "£1,000.50"),
        ])
      #expect(added.status == .seeOther)
      let path = String(added.location.split(separator: "?")[0])
      let page = try await partner.get(added.location)
      #expect(page.text.contains("Added. Thank you."))
      #expect(!page.text.contains("<script>alert"))
      #expect(page.text.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; co"))
      #expect(page.text.contains("Monday and Wednesday, 09:30 to") && page.text.contains("09:30"))
      #expect(page.text.contains("1000.5"))
      for uri in [
        "/assets?q=alert", "/assets?topics=food&languages=urdu", "/agree?q=co",
        "/assets?sort=changed",
      ] {
        #expect(try await partner.get(uri).text.contains(path), "\(uri)")
      }
      #expect(!(try await partner.get("/assets?topics=housing").text.contains(path)))
      #expect(try await partner.get("/assets.csv").text.contains("Food; Loneliness and company"))

      let other = Somebody(client)
      _ = try await other.signIn("other@example.org")
      #expect(try await other.get("\(path)/edit").status == .ok, "it belongs to nobody")
      let organisation = try await partner.post(
        "/partners/add", from: "/partners/add",
        [("f.name", "Example Trust"), ("f.sector", "voluntary")])
      let organisationPath = String(organisation.location.split(separator: "?")[0])
      #expect(try await other.get("\(organisationPath)/edit").status == .forbidden)
      #expect(
        try await other.post("\(organisationPath)/archive", from: "/account").status == .forbidden)
      let assured = try await other.post("\(organisationPath)/assure", from: "/account")
      #expect(assured.location == "\(organisationPath)?done=assured")
      #expect(try await partner.get(organisationPath).text.contains("The other checked on"))

      let edited = try await partner.post(
        "\(path)/edit", from: "\(path)/edit",
        [
          ("version", "1"), ("f.name", "Lunch club"), ("f.type", "group"),
          ("reason", "A better name"),
        ])
      #expect(edited.location.hasPrefix("\(path)?done=saved&change="))
      let history = try await other.get("\(path)/history")
      #expect(history.text.contains("A better name") && history.text.contains("Lunch club"))
      let change = edited.location.split(separator: "=").last ?? ""
      #expect(
        try await partner.post("/changes/\(change)/undo", from: path).location
          == "\(path)?done=undone")
      #expect(try await partner.get(path).text.contains("&lt;script&gt;"))
      #expect(try await partner.get("/changes").text.contains("undid a change"))
    }
  }

  @Test("Two people change the same: the second is shown both, and either settles it")
  func conflict() async throws {
    try await withSite { client, _ in
      let partner = Somebody(client)
      let steward = Somebody(client)
      _ = try await partner.signIn("partner@example.org")
      _ = try await steward.signIn("steward@example.org")
      let added = try await partner.post(
        "/assets/add", from: "/assets/add", [("f.name", "Lunch club"), ("f.type", "group")])
      let path = String(added.location.split(separator: "?")[0])
      _ = try await steward.post(
        "\(path)/edit", from: path,
        [("version", "1"), ("f.name", "Community lunch"), ("f.type", "group")])
      let refused = try await partner.post(
        "\(path)/edit", from: path,
        [
          ("version", "1"), ("f.name", "Friday lunch"), ("f.type", "group"),
          ("f.phone", "01632 960001"),
        ])
      #expect(refused.status == .conflict)
      #expect(refused.text.contains("Community lunch") && refused.text.contains("Friday lunch"))
      #expect(try await partner.get(path).text.contains("Settle it"))
      let waiting = refused.text.firstMatch(of: /name="settling" value="([0-9]+)"/)?.output.1 ?? ""
      #expect(try await partner.get("\(path)/waiting/\(waiting)").text.contains("Friday lunch"))
      let settled = try await partner.post(
        "\(path)/edit", from: path,
        [
          ("version", "2"), ("settling", String(waiting)), ("f.name", "Friday lunch"),
          ("f.type", "group"), ("f.phone", "01632 960001"),
        ])
      #expect(settled.location.hasPrefix("\(path)?done=settled"))
      #expect(!(try await partner.get(path).text.contains("Settle it")))
    }
  }

  @Test("People are seen by whom they chose, on every page")
  func privacy() async throws {
    try await withSite { client, _ in
      let steward = Somebody(client)
      _ = try await steward.signIn("steward@example.org")
      let added = try await steward.post(
        "/people/add", from: "/people/add",
        [
          ("f.name", "Person Example"), ("f.email", "person@example.org"), ("who.email", "3"),
          ("f.skills", "Juggling"), ("who.name", "1"), ("who.skills", "0"),
        ])
      let path = String(added.location.split(separator: "?")[0])
      let anybody = Somebody(client)
      let partner = Somebody(client)
      _ = try await partner.signIn("partner@example.org")
      for uri in [
        path, "\(path)/history", "/people", "/people.csv", "/agree?q=juggling", "/changes",
      ] {
        #expect(!(try await anybody.get(uri).text.contains("Person Example")), "\(uri)")
        let seen = try await partner.get(uri)
        #expect(seen.text.contains("Person Example"), "\(uri)")
        #expect(!seen.text.contains("person@example.org"), "\(uri)")
      }
      #expect(try await anybody.get(path).status == .notFound)
      #expect(try await partner.get(path).text.contains("More is kept than is open to you."))
      #expect(try await steward.get(path).text.contains("person@example.org"))
      #expect(try await steward.post("\(path)/forget", from: path).status == .badRequest)
      _ = try await steward.post("\(path)/forget", from: path, [("sure", "yes")])
      #expect(!(try await steward.get("\(path)/history").text.contains("Juggling")))
    }
  }

  @Test("Forms of any kind are read, and broken ones refused")
  func forms() async throws {
    let boundary = "----x"
    let body = [
      "------x", "Content-Disposition: form-data; name=\"a\"", "", "one\r\ntwo", "------x",
      "Content-Disposition: form-data; name=\"file\"; filename=\"p.csv\"", "Content-Type: text/csv",
      "",
      "x,y", "------x--", "",
    ].joined(separator: "\r\n")
    let parsed = try #require(
      MultipartBody(Data(body.utf8), type: "multipart/form-data; boundary=\(boundary)"))
    #expect(parsed.values == ["a": ["one\r\ntwo"]])
    #expect(parsed.files["file"]?.data == Data("x,y".utf8))
    for cut in [10, 40, 90, body.utf8.count - 10] {
      #expect(
        MultipartBody(
          Data(body.utf8.prefix(cut)), type: "multipart/form-data; boundary=\(boundary)") == nil)
    }
    #expect(MultipartBody(Data(body.utf8), type: "multipart/form-data") == nil)
  }

  @Test("A form of very many parts is read in one pass, or refused", .timeLimit(.minutes(10)))
  func manyParts() throws {
    let type = "multipart/form-data; boundary=b"
    func body(_ count: Int, _ text: String) -> Data {
      let part = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\(text)\r\n"
      return Data((String(repeating: part, count: count) + "--b--\r\n").utf8)
    }
    let read = try #require(
      MultipartBody(body(19_000, String(repeating: "x", count: 1_000)), type: type))
    #expect(read.values["a"]?.count == 19_000)
    #expect(MultipartBody(body(30_000, ""), type: type) == nil)
    // A head without an end, and near misses of the boundary.
    let head = "--b\r\n" + String(repeating: "x", count: 10_000)
    #expect(MultipartBody(Data((head + "\r\n\r\n\r\n--b--").utf8), type: type) == nil)
    let near = MultipartBody(
      Data(
        ("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n"
          + "\r\n\r\r\n-\r\n--\r\n--b--").utf8),
      type: type)
    #expect(near?.values["a"] == ["\r\n\r\r\n-\r\n--"])
    let empty = MultipartBody(
      Data("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n--b--".utf8), type: type)
    #expect(empty?.values["a"] == [""])
  }

  @Test("Fields are read as browsers encode them")
  func encodedFields() {
    func read(_ text: String, most: Int = 100) -> [String] {
      EncodedFields.items(in: Array(text.utf8), most: most).map { "\($0.name)→\($0.value)" }
    }
    #expect(read("a=1+2&b&c=%41%zz%&=x&&d=e=f%3D") == ["a→1 2", "b→", "c→A%zz%", "→x", "d→e=f="])
    #expect(read("a=%C3%A9&b=%E9") == ["a→é", "b→\u{FFFD}"])
    #expect(read("") == [])
    #expect(read(String(repeating: "a&", count: 50), most: 10).count == 11)
    let signs = String(repeating: "%", count: 200_000)
    #expect(EncodedFields.items(in: Array(signs.utf8), most: 1).first?.name.utf8.count == 200_000)
  }

  @Test("A form that is too long is refused, with the most that is taken")
  func tooLong() async throws {
    try await withSite { client, _ in
      let anybody = Somebody(client)
      let long = String(repeating: "x", count: 20_000)
      let reply = try await anybody.post(
        "/sign-in", from: "/sign-in", [("email", long), ("password", "x")])
      #expect(reply.status == .contentTooLarge)
      #expect(reply.text.contains("larger than 10 kB"))
    }
  }

  @Test("A quotation mark with an accent ends no attribute, and a plus sign is a space")
  func oddQueries() async throws {
    try await withSite { client, _ in
      let anybody = Somebody(client)
      for uri in ["/find", "/assets", "/agree"] {
        let page = try await anybody.get("\(uri)?q=x%22%CC%81%20autofocus")
        let scalars = Array(page.text.unicodeScalars)
        for index in scalars.indices.dropLast() where scalars[index] == "\"" {
          #expect(scalars[index + 1] != "\u{301}", "\(uri)")
        }
      }
      #expect(try await anybody.get("/assets?q=one+two").text.contains("value=\"one two\""))
      let steward = Somebody(client)
      _ = try await steward.signIn("steward@example.org")
      // Somebody else's change is not offered to be undone by a link.
      #expect(
        !(try await steward.get("/assets/1?done=saved&change=1")).text.contains("/changes/1/undo"))
      let bad = try await steward.post(
        "/assets/add", from: "/assets/add",
        [("f.name", "A"), ("f.type", "group"), ("f.organisation.pick", "9223372036854775807")])
      #expect(bad.status == .seeOther || bad.status == .unprocessableContent)
      #expect(
        try await steward.post(
          "/sign-in?next=/%09/evil.example", from: "/sign-in",
          [("email", "steward@example.org"), ("password", Self.password)]
        ).location == "/")
    }
  }
}
