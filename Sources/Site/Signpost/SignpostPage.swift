import Charts
import Decisions
import Foundation
import Indicators
import Partnership
import Places

/// From a need, a place and a person's circumstances to what is near, open, for them and in their language.
struct SignpostPage {
  let desk: Desk
  let request: PageRequest

  func page() throws -> Page {
    let topics = request.all("need").compactMap { Topic(rawValue: $0) }
    var found: [[String: any Sendable]] = []
    var total = 0
    let near = try position()
    if !topics.isEmpty {
      let suited = try suited(topics, near)
      total = suited.count
      found = suited.prefix(12).map { card($0) }
    }
    let kept = request.query
    let values: [String: any Sendable] = [
      "needs": Topic.allCases.sorted { $0.title < $1.title }.map { one -> [String: any Sendable] in
        ["id": one.rawValue, "title": one.title, "isChosen": topics.contains(one)]
      },
      "near": request["near"] ?? "", "age": request["age"] ?? "",
      "language": request["language"] ?? "", "isFree": request["cost"] == "free",
      "isStepFree": request["access"] == "step_free",
      "days": RecordKind.weekdays.map { day -> [String: any Sendable] in
        ["id": day.id, "title": day.title, "isChosen": day.id == request["day"]]
      },
      "isMissing": topics.isEmpty && request.given("need") != nil,
      "hasAsked": !topics.isEmpty, "found": found, "isEmpty": found.isEmpty,
      "count": total == 1 ? "1 found" : "\(total) found",
      "more": total > 12 ? "These are the nearest 12 of \(total)." : "",
      "asked": topics.map(\.title).joined(separator: ", "),
      "printed": Day.today.inWords, "place": desk.edition.atlas.manifest.place.name,
      "mayRefer": Access.allows(desk.actor, .add), "token": desk.visitor.formToken,
      "unmet": topics.isEmpty ? "" : "/referrals/add?\(referralQuery(topics, nil))",
      "signIn": desk.visitor.account == nil && !topics.isEmpty
        ? "/sign-in?next=/signpost%3F\(kept.encodedInQuery)" : "",
    ]
    return Page(title: "Find help", template: "signpost", section: .signpost, values: values)
  }

  /// What suits, with what should be asked before going there.
  private struct Suited {
    let record: Record
    let summary: RecordSummary
    let topics: [Topic]
    let doubts: [String]
  }

  private func position() throws -> Position? {
    guard let near = request["near"] else { return nil }
    guard
      let position = desk.edition.postcodes.position(of: Field.postcode(near) ?? near)
    else {
      throw PageError.badRequest(
        "'\(near.prefix(20))' is not a postcode that this place knows. Check it, or leave it out.")
    }
    return position
  }

  /// Everything that is open to them, the nearest first. What an asset does not say is a doubt, not a no.
  private func suited(_ topics: [Topic], _ near: Position?) throws -> [Suited] {
    var query = RecordQuery([RecordKind.asset.id])
    query.facets["topics"] = topics.map(\.rawValue)
    query.facets["type"] = [AssetType.service, .group, .space].map(\.rawValue)
    query.near = near
    query.perPage = 400
    if let text = request["age"] {
      guard let age = Double(text), (0...130).contains(age) else {
        throw PageError.badRequest("'\(text.prefix(20))' is not an age.")
      }
      query.age = age
    }
    if request["cost"] == "free" { query.facets["cost"] = ["free"] }
    if request["access"] == "step_free" {
      query.facets["access"] = ["step_free", "online", "home_visits"]
    }
    let list = try desk.partnership.list(query, for: desk.actor).records
    let records = Dictionary(
      try desk.partnership.records(list.map(\.number), for: desk.actor).map { ($0.number, $0) }
    ) { first, _ in first }
    let language = request["language"]?.lowercased()
    let day = request["day"].flatMap { day in RecordKind.weekdays.first { $0.id == day } }
    return list.compactMap { summary in
      guard let record = records[summary.number] else { return nil }
      let fields = record.fields
      if RecordKind.notRunning.contains(fields.text("status") ?? "") {
        return nil
      }
      var doubts: [String] = []
      if let language {
        let spoken = fields.texts("languages").map { $0.lowercased() }
        if spoken.isEmpty {
          doubts.append("it does not say which languages are spoken")
        } else if !spoken.contains(language) {
          return nil
        }
      }
      if let day {
        let hours = fields.rows("hours")
        if hours.isEmpty {
          doubts.append("it does not say when it is open")
        } else if !hours.contains(where: { $0.texts("days").contains(day.id) }) {
          return nil
        }
      }
      if fields.text("eligibility") != nil {
        doubts.append("it has rules of who may come: see below")
      }
      if summary.assured == nil { doubts.append("nobody has checked yet that it is still so") }
      return Suited(
        record: record, summary: summary,
        topics: topics.filter { fields.texts("topics").contains($0.rawValue) }, doubts: doubts)
    }
  }

  private func card(_ one: Suited) -> [String: any Sendable] {
    let fields = one.record.fields
    let words = ValueWords(titles: [:])
    func html(_ name: String) -> String {
      guard let field = one.record.kind.fields[name], let value = fields[name] else { return "" }
      return words.html(value, field)
    }
    let place = fields.rows("places").first
    let address = [
      place?.text("name"), place?.text("address"), place?.text("town"),
      place?.text("postcode") ?? fields.text("postcode"),
    ].compactMap { $0 }.joined(separator: ", ")
    var card = RecordCard(one.summary, one.record.kind).values
    card["descriptionHTML"] = html("description")
    card["hoursHTML"] = html("hours")
    card["address"] = address
    card["phoneHTML"] = html("phone")
    card["emailHTML"] = html("email")
    card["websiteHTML"] = html("website")
    card["cost"] = fields.text("cost").map { FieldType.title(of: $0, in: "cost") } ?? ""
    card["how"] = fields.text("referral").map { FieldType.title(of: $0, in: "referral") } ?? ""
    card["languages"] = fields.texts("languages").joined(separator: ", ")
    card["eligibility"] = fields.text("eligibility") ?? ""
    card["doubts"] = one.doubts.isEmpty ? "" : "Ask first: \(one.doubts.joined(separator: "; "))."
    card["refer"] =
      Access.allows(desk.actor, .add)
      ? "/referrals/add?\(referralQuery(one.topics, one.record.number))" : ""
    return card
  }

  /// What is known already, for the form of a referral.
  private func referralQuery(_ topics: [Topic], _ asset: RecordNumber?) -> String {
    var parts = topics.map { "f.topics=\($0.rawValue)" }
    if let asset { parts.append("f.asset=\(asset)") }
    if let own = desk.actor.organisations.first, desk.actor.organisations.count == 1 {
      parts.append("f.referrer=\(own)")
    }
    if let near = request["near"].flatMap({ Field.postcode($0) }) {
      parts.append("f.district=\(near.split(separator: " ").first ?? "")")
    }
    if let language = request["language"] { parts.append("f.language=\(language.encodedInQuery)") }
    if let age = request["age"].flatMap({ Double($0) }) {
      let band = ["0-14", "15-24", "25-44", "45-64", "65-79", "80+"]
      let ends = [15.0, 25, 45, 65, 80]
      parts.append("f.ages=\(band[ends.count { age >= $0 }].encodedInQuery)")
    }
    return parts.joined(separator: "&")
  }
}

extension FieldType {
  /// What a choice of an asset's field is called.
  fileprivate static func title(of id: String, in name: String) -> String {
    RecordKind.asset.fields[name]?.type.title(of: id) ?? id
  }
}

extension String {
  /// The text as part of a query.
  var encodedInQuery: String {
    addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
  }
}
