import Definitions
import Foundation

/// Records of ours as Open Referral UK 3.0 has them.
struct OpenReferralWriting {
  /// The organisations of the records.
  let organisations: [RecordNumber: Record]
  /// The positions of the places of each record, by line.
  let positions: [RecordNumber: [Int: Position]]
  /// The organisation of what belongs to none: the partnership itself.
  let partnership: String

  /// What there is once of in a service, and its organisation.
  private func once(_ record: Record) -> [(String, JSONValue?)] {
    let fields = record.fields
    func text(_ name: String) -> JSONValue? { fields.text(name).map { .string($0) } }
    return [
      ("id", .string(record.id)), ("name", .string(record.title)),
      ("description", text("description")), ("url", text("website")), ("email", text("email")),
      ("status", .string(fields.text("status") ?? "active")),
      ("fees", text("fees") ?? fees(fields)), ("accreditations", text("accreditations")),
      ("minimum_age", fields.number("minimum_age").map { .number($0) }),
      ("maximum_age", fields.number("maximum_age").map { .number($0) }),
      (
        "assured_date",
        (record.assurance?.day.description ?? fields.text("publisher_checked")).map { .string($0) }
      ), ("alert", text("alert")), ("last_modified", .string(Moment.text(record.changed))),
      ("organization", organisation(record)),
    ]
  }

  func listed(_ record: Record) -> JSONValue { .object(of: once(record)) }

  func full(_ record: Record, withLocations: Bool = true) -> JSONValue {
    let fields = record.fields
    func id(_ name: String) -> JSONValue { .string(NameUUID.of(name, in: record.id)) }
    func list(_ items: [JSONValue]) -> JSONValue? { items.isEmpty ? nil : .array(items) }
    let schedules = fields.rows("hours").enumerated().map { index, row in
      JSONValue.object(of: [
        ("id", id("schedule \(index)")),
        // What is not known is not said.
        ("freq", row.text("every").map { .string($0 == "month" ? "MONTHLY" : "WEEKLY") }),
        ("interval", row.text("every").map { _ in 1 }),
        (
          "byday",
          row.texts("days").isEmpty ? nil : .string(row.texts("days").joined(separator: ","))
        ),
        ("opens_at", row.text("opens").map { .string($0 + ":00") }),
        ("closes_at", row.text("closes").map { .string($0 + ":00") }),
        ("valid_from", row.text("from").map { .string($0) }),
        ("valid_to", row.text("to").map { .string($0) }),
        ("notes", row.text("notes").map { .string($0) }),
      ])
    }
    let costs = fields.rows("costs").enumerated().map { index, row in
      JSONValue.object(of: [
        ("id", id("cost \(index)")), ("option", row.text("option").map { .string($0) }),
        ("amount", row.number("amount").map { .number($0) }),
        ("amount_description", row.text("detail").map { .string($0) }),
        ("valid_from", row.text("from").map { .string($0) }),
        ("valid_to", row.text("to").map { .string($0) }),
      ])
    }
    let contacts = fields.rows("contacts").enumerated().map { index, row in
      JSONValue.object(of: [
        ("id", id("contact \(index)")), ("name", row.text("name").map { .string($0) }),
        ("title", row.text("role").map { .string($0) }),
        (
          "phones",
          row.text("phone").map { [["id": id("contact \(index) phone"), "number": .string($0)]] }
        ),
      ])
    }
    func named(_ field: String, _ key: String) -> [JSONValue] {
      fields.texts(field).map { ["id": id("\(field) \($0)"), key: .string($0)] }
    }
    let more: [(String, JSONValue?)] = [
      ("schedules", list(schedules)), ("service_areas", list(named("areas", "name"))),
      ("languages", list(named("languages", "name"))),
      ("funding", list(named("funding", "source"))),
      ("cost_options", list(costs)), ("contacts", list(contacts)),
      ("phones", fields.text("phone").map { [["id": id("phone"), "number": .string($0)]] }),
      ("attributes", list(OpenReferralTerms.attributes(of: record))),
      (
        "service_at_locations",
        withLocations
          ? list(places(record).map { line, _ in location(record, line, isFull: true) }) : nil
      ),
    ]
    return .object(of: once(record) + more)
  }

  /// A service at one of its places.
  func serviceAtLocation(_ record: Record, line: Int, isFull: Bool) -> JSONValue {
    var pairs: [(String, JSONValue?)] = []
    if case .object(let location) = location(record, line, isFull: isFull) {
      pairs = location.map { ($0.key, $0.value) }
    }
    pairs.append(("service_id", .string(record.id)))
    pairs.append(("service", isFull ? full(record, withLocations: false) : listed(record)))
    return .object(of: pairs)
  }

  /// The places of a record, in the lines in which they are kept.
  private func places(_ record: Record) -> [(line: Int, fields: Fields)] {
    ([record.fields] + record.fields.rows("places")).filter {
      $0["postcode"] != nil || $0["latitude"] != nil
    }.enumerated().map { ($0.offset, $0.element) }
  }

  private func location(_ record: Record, _ line: Int, isFull: Bool) -> JSONValue {
    let places = places(record)
    let fields = line < places.count ? places[line].fields : Fields()
    let isOwn = fields == record.fields
    func id(_ name: String) -> JSONValue { .string(NameUUID.of("\(name) \(line)", in: record.id)) }
    // Only a point of one's own: the middle of an area is not where a door is.
    let position = positions[record.number]?[line].flatMap { $0.isRough ? nil : $0 }
    let address: JSONValue = .object(of: [
      ("id", id("address")),
      (
        "address_1",
        .string((isOwn ? nil : fields.text("address") ?? fields.text("name")) ?? record.title)
      ), ("city", .string(isOwn ? "" : fields.text("town") ?? "")), ("state_province", ""),
      ("postal_code", .string(fields.text("postcode") ?? "")), ("country", "GB"),
      ("address_type", "physical"),
    ])
    let access =
      record.fields.texts("access").map { feature in
        RecordKind.accessFeatures.first { $0.id == feature }?.title ?? feature
      } + [isOwn ? nil : fields.text("access_note")].compactMap { $0 }
    let accessibility = access.enumerated().map { index, text -> JSONValue in
      ["id": id("access \(index)"), "description": .string(text)]
    }
    let location: JSONValue = .object(of: [
      ("id", id("location")), ("location_type", "physical"),
      ("name", isOwn ? nil : fields.text("name").map { .string($0) }),
      ("latitude", position.map { .number($0.latitude) }),
      ("longitude", position.map { .number($0.longitude) }),
      ("addresses", isFull && fields["postcode"] != nil ? [address] : nil),
      ("accessibility", isFull && !accessibility.isEmpty ? .array(accessibility) : nil),
    ])
    return ["id": id("place"), "location": location]
  }

  private func organisation(_ record: Record) -> JSONValue {
    guard let organisation = record.organisation.flatMap({ organisations[$0] }) else {
      return [
        "id": .string(NameUUID.of("organisation \(partnership)", in: OpenReferralTerms.space)),
        "name": .string(partnership), "description": .string("The partners of \(partnership)."),
      ]
    }
    let fields = organisation.fields
    return .object(of: [
      ("id", .string(organisation.id)), ("name", .string(organisation.title)),
      ("description", .string(fields.text("description") ?? organisation.title)),
      ("email", fields.text("email").map { .string($0) }),
      ("website", fields.text("website").map { .string($0) }),
    ])
  }

  /// What it costs, in words, where nobody has put it into words.
  private func fees(_ fields: Fields) -> JSONValue? {
    switch fields.text("cost") {
    case "free": "Free"
    case "donation": "A donation"
    case "paid": "There is a charge"
    default: nil
    }
  }
}

/// The taxonomies that services are published with: our topics, groups of people and types, and labels of people's own.
enum OpenReferralTerms {
  /// A taxonomy, the field that it is of, and its terms.
  struct Taxonomy {
    let field: String
    let name: String
    let description: String
    let terms: [FieldType.Choice]

    var id: String { NameUUID.of("taxonomy \(field)", in: OpenReferralTerms.space) }

    func id(of term: FieldType.Choice) -> String { OpenReferralTerms.id(field, term.id) }

    var value: JSONValue {
      [
        "id": .string(id), "name": .string(name), "description": .string(description),
        "version": "1",
      ]
    }

    func value(of term: FieldType.Choice) -> JSONValue {
      [
        "id": .string(id(of: term)), "name": .string(term.title),
        "description": .string(term.title),
        "taxonomy": .string(name), "taxonomy_id": .string(id), "term": .string(term.id),
      ]
    }
  }

  /// A UUID of Kith's own, made at random once.
  fileprivate static let space = "5d3c1f86-6b1e-4c39-9f0c-2a7d4be0c8a1"

  fileprivate static func id(_ field: String, _ value: String) -> String {
    NameUUID.of("term \(field) \(value.lowercased())", in: space)
  }

  /// - Parameter labels: those that are in use.
  static func taxonomies(labels: [String]) -> [Taxonomy] {
    let asset = RecordKind.asset.fields
    func choices(_ field: String) -> [FieldType.Choice] {
      switch asset[field]?.type {
      case .choice(let choices)?, .choices(let choices)?: choices
      default: []
      }
    }
    return [
      Taxonomy(
        field: "topics", name: "Topics", description: "What services are about.",
        terms: choices("topics")),
      Taxonomy(
        field: "audience", name: "For whom", description: "Groups of people whom services are for.",
        terms: choices("audience")),
      Taxonomy(
        field: "type", name: "Type", description: "Services, groups and spaces.",
        terms: choices("type").filter { Partnership.publishedTypes.contains($0.id) }),
      Taxonomy(
        field: "labels", name: "Labels",
        description: "Words that those who run services have given them.",
        terms: labels.sorted().map { FieldType.Choice($0, $0) }),
    ]
  }

  /// The terms of a record, as attributes.
  static func attributes(of record: Record) -> [JSONValue] {
    taxonomies(labels: record.fields.texts("labels")).flatMap { taxonomy in
      record.fields.texts(taxonomy.field).compactMap { value in
        guard let term = taxonomy.terms.first(where: { $0.id == value }) else { return nil }
        return [
          "id": .string(NameUUID.of("attribute \(taxonomy.field) \(value)", in: record.id)),
          "link_id": .string(record.id), "link_type": "service",
          "taxonomy_term_id": .string(taxonomy.id(of: term)),
          "taxonomy_term": taxonomy.value(of: term),
        ]
      }
    }
  }
}
