import Foundation
import GRDB

extension Partnership {
  /// The types of assets that are services to Open Referral: what people can go to.
  static let publishedTypes = ["service", "group", "space"]

  /// What a list of the API is narrowed by.
  public struct ServiceQuery: Sendable {
    public var search = ""
    public var term: String?
    public var taxonomy: String?
    public var minimumAge: Double?
    public var maximumAge: Double?
    public var startTime: String?
    public var endTime: String?
    /// By its code in RFC 5545.
    public var day: String?
    public var near: Position?
    public var withinKilometres: Double?
    /// From 1.
    public var page = 1
    public var perPage = 50

    public init() {}
  }

  /// Pages and records of Open Referral UK 3.0, of what everybody may see.
  public struct Published: Sendable {
    let partnership: Partnership
    /// What the partnership is called, for services that belong to no organisation.
    let name: String

    /// A page of services.
    public func services(_ query: ServiceQuery) throws -> JSONValue {
      guard let records = try recordQuery(query) else { return Self.page([], 0, query) }
      let found = try partnership.list(records, for: .anybody)
      let items = try partnership.records(found.records.map(\.number), for: .anybody)
      let writing = try writing(items)
      return Self.page(items.map { writing.listed($0) }, found.total, query)
    }

    /// A service in full; nil where there is none.
    public func service(_ id: String) throws -> JSONValue? {
      guard let record = try record(id) else { return nil }
      return try writing([record]).full(record)
    }

    /// A page of services at their places.
    public func servicesAtLocations(_ query: ServiceQuery) throws -> JSONValue {
      guard let records = try recordQuery(query) else { return Self.page([], 0, query) }
      var found = try partnership.readIndexed { db, index in
        let hits = try Partnership.hits(SearchWords(records.text), for: .anybody, db)
        let set = index.select(records, for: .anybody, hits: hits)
        var places: [(record: RecordNumber, line: Int, position: Position?)] = []
        for ordinal in index.byName where set.contains(ordinal) {
          let entry = index.entries[ordinal]
          for place in entry.places {
            places.append((RecordNumber(entry.number), place.line, place.position))
          }
        }
        return places
      }
      if let near = query.near, let limit = query.withinKilometres {
        found = found.filter { $0.position.map { near.kilometres(to: $0) <= limit } ?? false }
      }
      let page = found.dropFirst((query.page - 1) * query.perPage).prefix(query.perPage)
      let items = Dictionary(
        try partnership.records(page.map(\.record), for: .anybody).map { ($0.number, $0) }
      ) { one, _ in one }
      let writing = try writing(Array(items.values))
      return Self.page(
        page.compactMap { place in
          items[place.record].map {
            writing.serviceAtLocation($0, line: place.line, isFull: false)
          }
        }, found.count, query)
    }

    public func serviceAtLocation(_ id: String) throws -> JSONValue? {
      let place = try partnership.read { db in
        try Row.fetchOne(
          db,
          sql: """
            select r.id, p.line from place p join record r on r.number = p.record where p.id = ?
            """, arguments: [id.lowercased()])
      }
      guard let place, let record = try record(place["id"]) else { return nil }
      return try writing([record]).serviceAtLocation(record, line: place["line"], isFull: true)
    }

    public func taxonomies(_ query: ServiceQuery) throws -> JSONValue {
      let all = try allTaxonomies()
      return Self.page(Self.slice(all, query).map(\.value), all.count, query)
    }

    public func taxonomy(_ id: String) throws -> JSONValue? {
      guard let taxonomy = try allTaxonomies().first(where: { $0.id == id.lowercased() }),
        case .object(var object) = taxonomy.value
      else { return nil }
      object["taxonomy_terms"] = .array(taxonomy.terms.map { taxonomy.value(of: $0) })
      return .object(object)
    }

    public func terms(_ query: ServiceQuery) throws -> JSONValue {
      let all = try allTaxonomies().flatMap { taxonomy in
        taxonomy.terms.map { taxonomy.value(of: $0) }
      }
      return Self.page(Self.slice(all, query), all.count, query)
    }

    public func term(_ id: String) throws -> JSONValue? {
      for taxonomy in try allTaxonomies() {
        if let term = taxonomy.terms.first(where: { taxonomy.id(of: $0) == id.lowercased() }) {
          return taxonomy.value(of: term)
        }
      }
      return nil
    }

    // MARK: Pieces

    /// The query of records that a query of services is; nil where nothing can answer to it.
    private func recordQuery(_ query: ServiceQuery) throws -> RecordQuery? {
      var records = RecordQuery([RecordKind.asset.id])
      records.facets["type"] = Partnership.publishedTypes
      records.text = query.search
      records.minimumAge = query.minimumAge
      records.maximumAge = query.maximumAge
      records.opensFrom = query.startTime
      records.closesBy = query.endTime
      records.day = query.day
      records.page = query.page
      records.perPage = query.perPage
      if let id = query.term?.lowercased() {
        let found = try allTaxonomies().lazy.compactMap { taxonomy in
          taxonomy.terms.first { taxonomy.id(of: $0) == id }.map { (taxonomy.field, $0.id) }
        }.first
        guard let found else { return nil }
        records.facets[found.0] = [found.1]
      }
      if let id = query.taxonomy?.lowercased() {
        guard let taxonomy = try allTaxonomies().first(where: { $0.id == id }) else { return nil }
        guard !taxonomy.terms.isEmpty else { return nil }
        if records.facets[taxonomy.field] == nil || taxonomy.field == "type" {
          records.facets[taxonomy.field] =
            records.facets[taxonomy.field] ?? taxonomy.terms.map(\.id)
        }
      }
      return records
    }

    private func allTaxonomies() throws -> [OpenReferralTerms.Taxonomy] {
      let labels = try partnership.readIndexed { _, index in
        var published = RecordQuery([RecordKind.asset.id])
        published.facets["type"] = Partnership.publishedTypes
        let set = index.select(published, for: .anybody, hits: nil)
        return (index.facets["labels"] ?? [:]).values
          .filter { $0.sets[0].countShared(with: set) > 0 }.map(\.title)
          .sorted()
      }
      return OpenReferralTerms.taxonomies(labels: labels)
    }

    /// A record that is published, by its id.
    private func record(_ id: String) throws -> Record? {
      try partnership.read { db in
        guard
          let row = try Row.fetchOne(
            db, sql: "select * from record where id = ? and kind = 'asset' and state = 'active'",
            arguments: [id.lowercased()]),
          let record = try Record(row: row, for: .anybody),
          Partnership.publishedTypes.contains(record.fields.text("type") ?? "")
        else { return nil }
        return record
      }
    }

    private func writing(_ records: [Record]) throws -> OpenReferralWriting {
      let organisations = try partnership.records(
        Array(Set(records.compactMap(\.organisation))), for: .anybody)
      let list = records.map { "\($0.number)" }.joined(separator: ",")
      let rows = try partnership.read { db in
        try Row.fetchAll(
          db,
          sql: """
            select record, line, latitude, longitude, is_rough from place
            where record in (\(list)) and latitude is not null
            """)
      }
      var positions: [RecordNumber: [Int: Position]] = [:]
      for row in rows {
        positions[RecordNumber(row["record"]), default: [:]][row["line"]] = Position(
          latitude: row["latitude"], longitude: row["longitude"], isRough: row["is_rough"])
      }
      return OpenReferralWriting(
        organisations: Dictionary(uniqueKeysWithValues: organisations.map { ($0.number, $0) }),
        positions: positions, partnership: name)
    }

    private static func slice<T>(_ all: [T], _ query: ServiceQuery) -> [T] {
      Array(all.dropFirst((query.page - 1) * query.perPage).prefix(query.perPage))
    }

    private static func page(_ contents: [JSONValue], _ total: Int, _ query: ServiceQuery)
      -> JSONValue
    {
      let pages = max(1, (total + query.perPage - 1) / query.perPage)
      return [
        "total_items": .number(Double(total)), "total_pages": .number(Double(pages)),
        "page_number": .number(Double(query.page)), "size": .number(Double(contents.count)),
        "first_page": .bool(query.page == 1), "last_page": .bool(query.page >= pages),
        "empty": .bool(contents.isEmpty), "contents": .array(contents),
      ]
    }
  }

  /// What is published of the partnership.
  public func published(as name: String) -> Published { Published(partnership: self, name: name) }
}
