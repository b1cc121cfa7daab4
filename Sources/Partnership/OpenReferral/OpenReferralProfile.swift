/// What Open Referral UK 3.0, the profile of the Human Services Data Specification (HSDS) 3.0 for the United Kingdom, says
/// of its tables: their properties, which are required, and what each may hold.
///
/// Source: Open Referral UK, "UK profile" 3.0, October 2024 (CC BY-SA 4.0): the facts of its JSON Schemas, written anew.
/// A test holds them against the schemas.
enum OpenReferralProfile {
  struct Property: Sendable {
    let name: String
    let type: PropertyType
    var isRequired = false
  }

  indirect enum PropertyType: Sendable, Equatable {
    case text, number, uuid, email, uri, moment
    case choice([String])
    /// Another table, once or several times.
    case one(String)
    case many(String)
  }

  static let tables: [String: [Property]] = [
    "service": [
      id, .init(name: "name", type: .text, isRequired: true),
      .init(
        name: "status", type: .choice(["active", "inactive", "defunct", "temporarily closed"]),
        isRequired: true),
      .init(name: "organization_id", type: .uuid), .init(name: "email", type: .email),
      .init(name: "assurer_email", type: .email), .init(name: "url", type: .uri),
      .init(name: "last_modified", type: .moment), .init(name: "minimum_age", type: .number),
      .init(name: "maximum_age", type: .number), .init(name: "schedules", type: .many("schedule")),
      .init(name: "service_areas", type: .many("service_area")),
      .init(name: "service_at_locations", type: .many("service_at_location")),
      .init(name: "languages", type: .many("language")),
      .init(name: "organization", type: .one("organization")),
      .init(name: "funding", type: .many("funding")),
      .init(name: "cost_options", type: .many("cost_option")),
      .init(name: "contacts", type: .many("contact")),
      .init(name: "attributes", type: .many("attribute")),
    ] + texts("description", "fees", "accreditations", "assured_date", "alert"),
    "organization": [
      id, .init(name: "name", type: .text, isRequired: true),
      .init(name: "description", type: .text, isRequired: true),
      .init(name: "email", type: .email), .init(name: "website", type: .uri),
      .init(name: "uri", type: .uri), .init(name: "parent_organization_id", type: .uuid),
      .init(name: "organization_identifiers", type: .many("organization_identifier")),
      .init(name: "attributes", type: .many("attribute")),
    ] + texts("logo"),
    "organization_identifier": [
      id, .init(name: "identifier_type", type: .text, isRequired: true),
      .init(name: "identifier", type: .text, isRequired: true),
      .init(name: "organization_id", type: .uuid),
      .init(name: "attributes", type: .many("attribute")),
    ] + texts("identifier_scheme"),
    "service_at_location": [
      id, .init(name: "service_id", type: .uuid), .init(name: "location_id", type: .uuid),
      .init(name: "location", type: .one("location")),
      .init(name: "service", type: .one("service")),
    ],
    "location": [
      id,
      .init(
        name: "location_type", type: .choice(["physical", "postal", "virtual"]), isRequired: true),
      .init(name: "latitude", type: .number), .init(name: "longitude", type: .number),
      .init(name: "addresses", type: .many("address")),
      .init(name: "accessibility", type: .many("accessibility")),
      .init(name: "attributes", type: .many("attribute")),
    ] + texts("name", "description", "external_identifier", "external_identifier_type"),
    "address": [
      id, .init(name: "address_1", type: .text, isRequired: true),
      .init(name: "city", type: .text, isRequired: true),
      .init(name: "state_province", type: .text, isRequired: true),
      .init(name: "postal_code", type: .text, isRequired: true),
      .init(name: "country", type: .text, isRequired: true),
      .init(
        name: "address_type", type: .choice(["physical", "postal", "virtual"]), isRequired: true),
      .init(name: "location_id", type: .uuid), .init(name: "attributes", type: .many("attribute")),
    ] + texts("attention", "region"),
    "accessibility": [
      id, .init(name: "location_id", type: .uuid), .init(name: "url", type: .uri),
      .init(name: "attributes", type: .many("attribute")),
    ] + texts("description", "details", "accessibility"),
    "schedule": [
      id, .init(name: "service_id", type: .uuid),
      .init(name: "service_at_location_id", type: .uuid),
      .init(name: "freq", type: .choice(["WEEKLY", "MONTHLY"])),
      .init(name: "interval", type: .number),
      .init(name: "schedule_link", type: .uri),
    ]
      + texts(
        "valid_from", "valid_to", "dtstart", "byday", "bymonthday", "description", "opens_at",
        "closes_at", "attending_type", "notes"),
    "service_area": [id, .init(name: "service_id", type: .uuid)]
      + texts("name", "extent", "extent_type", "uri", "service_area"),
    "language": [
      id, .init(name: "service_id", type: .uuid), .init(name: "phone_id", type: .uuid),
    ],
    "funding": [id, .init(name: "service_id", type: .uuid)] + texts("source"),
    "cost_option": [
      id, .init(name: "service_id", type: .uuid), .init(name: "amount", type: .number),
    ]
      + texts("valid_from", "valid_to", "option", "amount_description"),
    "contact": [
      id, .init(name: "service_id", type: .uuid),
      .init(name: "attributes", type: .many("attribute")),
    ] + texts("name", "title"),
    "phone": [
      id, .init(name: "number", type: .text, isRequired: true),
      .init(name: "contact_id", type: .uuid),
      .init(name: "languages", type: .many("language")),
    ] + texts("description"),
    "attribute": [
      id, .init(name: "link_id", type: .uuid), .init(name: "taxonomy_term_id", type: .uuid),
      .init(name: "taxonomy_term", type: .one("taxonomy_term")),
    ] + texts("link_type"),
    "taxonomy": [
      id, .init(name: "name", type: .text, isRequired: true),
      .init(name: "description", type: .text, isRequired: true), .init(name: "uri", type: .uri),
      .init(name: "taxonomy_terms", type: .many("taxonomy_term")),
    ] + texts("version"),
    "taxonomy_term": [
      id, .init(name: "name", type: .text, isRequired: true),
      .init(name: "description", type: .text, isRequired: true),
      .init(name: "parent_id", type: .uuid), .init(name: "taxonomy_id", type: .uuid),
      .init(name: "term_uri", type: .uri),
    ] + texts("taxonomy", "term"),
  ]

  private static let id = Property(name: "id", type: .uuid, isRequired: true)

  private static func texts(_ names: String...) -> [Property] {
    names.map { Property(name: $0, type: .text) }
  }
}
