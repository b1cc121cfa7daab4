import Partnership

/// The description of the API of Open Referral UK, in OpenAPI 3.1.
enum OpenReferralDescription {
  static let value: JSONValue = [
    "openapi": "3.1.0",
    "info": [
      "title": "Open Referral UK 3.0", "version": "3.0",
      "description":
        "The services, groups and spaces of a place, for everybody, as Open Referral UK 3.0 (HSDS-UK 3.0) has them.",
    ],
    "servers": [["url": .string(OpenReferralAPI.path)]],
    "paths": .object(paths),
    "components": [
      "schemas": ["Page": page, "Error": error, "Record": record, "About": about]
    ],
  ]

  private static var paths: [String: JSONValue] {
    let paging = [
      parameter(
        "page", "The number of the page.", ["type": "integer", "minimum": 1, "maximum": 1_000_000]),
      parameter(
        "per_page", "How many records a page has.",
        ["type": "integer", "minimum": 1, "maximum": 500]),
    ]
    let narrowing =
      [
        parameter("search", "Words, all of which a service has.", ["type": "string"]),
        parameter("taxonomy_term_id", "A term that services have.", ["type": "string"]),
        parameter(
          "taxonomy_id", "A taxonomy, any term of which services have.", ["type": "string"]),
        parameter("minimum_age", "Services whose minimum age is at least this.", age),
        parameter("maximum_age", "Services whose maximum age is at most this.", age),
        parameter("start_time", "Services that open at this time or later.", time),
        parameter("end_time", "Services that close at this time or earlier.", time),
        parameter("day", "Services that are open on this day.", ["type": "string", "enum": days]),
      ] + paging
    let near = [
      parameter(
        "postcode", "Services near this postcode.",
        [
          "type": "string",
          "pattern": "^[A-Za-z]{1,2}[0-9][A-Za-z0-9]? ?[0-9][A-Za-z]{2}$",
        ]),
      parameter(
        "proximity",
        "Within so many metres of the postcode, 5,000 unless given; without a postcode it counts for nothing.",
        ["type": "number", "minimum": 0, "maximum": 1_000_000]),
    ]
    var paths: [String: JSONValue] = [
      "/": ["get": operation("About this API", [], "About", canMiss: false)],
      "/services": ["get": operation("Services", narrowing, "Page", canMiss: false)],
      "/service_at_locations": [
        "get": operation("Services at their places", narrowing + near, "Page", canMiss: true)
      ],
      "/taxonomies": ["get": operation("Taxonomies", paging, "Page", canMiss: false)],
      "/taxonomy_terms": ["get": operation("Terms of taxonomies", paging, "Page", canMiss: false)],
    ]
    for (path, title) in [
      ("services", "A service in full"), ("service_at_locations", "A service at a place, in full"),
      ("taxonomies", "A taxonomy"), ("taxonomy_terms", "A term of a taxonomy"),
    ] {
      let id: JSONValue = [
        "name": "id", "in": "path", "required": true, "description": "Its id.",
        "schema": ["type": "string"],
      ]
      paths["/\(path)/{id}"] = ["get": operation(title, [id], "Record", canMiss: true)]
    }
    return paths
  }

  private static let age: JSONValue = ["type": "number", "minimum": 0, "maximum": 1_000]
  private static let time: JSONValue = [
    "type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$",
  ]
  private static let days: JSONValue = .array(RecordKind.weekdays.map { .string($0.id) })

  private static func parameter(_ name: String, _ description: String, _ schema: JSONValue)
    -> JSONValue
  {
    [
      "name": .string(name), "in": "query", "required": false,
      "description": .string(description), "schema": schema,
    ]
  }

  private static func operation(
    _ summary: String, _ parameters: [JSONValue], _ schema: String, canMiss: Bool
  ) -> JSONValue {
    func answer(_ description: String, _ schema: String) -> JSONValue {
      [
        "description": .string(description),
        "content": [
          "application/json": ["schema": ["$ref": .string("#/components/schemas/\(schema)")]]
        ],
      ]
    }
    var responses: [String: JSONValue] = [
      "200": answer(summary, schema), "400": answer("A parameter is wrong.", "Error"),
    ]
    if canMiss {
      responses["404"] = answer(
        "There is none with this id, or the postcode is not known here.", "Error")
    }
    return [
      "summary": .string(summary), "parameters": .array(parameters),
      "responses": .object(responses),
    ]
  }

  private static let page: JSONValue = [
    "type": "object",
    "required": [
      "total_items", "total_pages", "page_number", "size", "first_page", "last_page", "empty",
      "contents",
    ],
    "properties": [
      "total_items": ["type": "integer"], "total_pages": ["type": "integer"],
      "page_number": ["type": "integer"], "size": ["type": "integer"],
      "first_page": ["type": "boolean"], "last_page": ["type": "boolean"],
      "empty": ["type": "boolean"],
      "contents": ["type": "array", "items": ["$ref": "#/components/schemas/Record"]],
    ],
  ]
  private static let error: JSONValue = [
    "type": "object", "required": ["error", "detail"],
    "properties": ["error": ["type": "string"], "detail": ["type": "string"]],
  ]
  private static let record: JSONValue = [
    "type": "object", "required": ["id"],
    "properties": ["id": ["type": "string", "format": "uuid"], "name": ["type": "string"]],
  ]
  private static let about: JSONValue = [
    "type": "object", "required": ["version", "profile", "openapi_url"],
    "properties": [
      "version": ["type": "string"], "profile": ["type": "string"],
      "openapi_url": ["type": "string"],
    ],
  ]
}
