import GRDB

/// What lists, filters, counts and maps ask of all records, held in memory: a filter's value is a set of bits, so that
/// counting every value of every filter is a few thousand words of memory and not a scan of tables.
///
/// A write makes the next reader make another, from this one and the records that were touched. The same answers by SQL are the oracle of its tests.
struct RecordIndex: Sendable {
  /// What of a record is asked for.
  struct Entry: Sendable {
    let number: Int64
    let kind: RecordKind.ID
    let state: Record.State
    let audience: Int
    let organisation: Int64?
    let shownOrganisation: Int64?
    let title: String
    /// The name by which it is sorted.
    let sortName: String
    /// When it was changed last, as it is kept: such texts sort by time.
    let changed: String
    let assured: Day?
    let due: Day?
    let minimumAge: Double?
    let maximumAge: Double?
    var hours: [Opening] = []
    var places: [Place] = []
    var facets: [Facet] = []
  }

  struct Opening: Sendable {
    let days: [Substring]
    let opens: String?
    let closes: String?
  }

  struct Place: Sendable {
    let line: Int
    /// Nil where its postcode is not known.
    let position: Position?
  }

  struct Facet: Sendable {
    let name: String
    let value: String
    let audience: Int
  }

  /// The records that have a value, by who may see that they have it.
  struct FacetValue: Sendable {
    /// As it is written, of several spellings the one with capitals.
    var title: String
    var sets: [OrdinalSet] = Array(repeating: OrdinalSet(), count: Audience.allCases.count)

    func seen(by circle: Int) -> OrdinalSet {
      sets.prefix(circle + 1).reduce(into: OrdinalSet()) { $0.formUnion($1) }
    }
  }

  /// The number of the last write that it knows of.
  private(set) var pulse: Int64
  private(set) var entries: [Entry] = []
  /// Where each record stands.
  private(set) var ordinals: [Int64: Int] = [:]
  /// Where records stand, by their names.
  private(set) var byName: [Int] = []
  private(set) var kinds: [RecordKind.ID: OrdinalSet] = [:]
  private(set) var states: [Record.State: OrdinalSet] = [:]
  /// By the audience of records' names.
  private(set) var audiences = Array(
    repeating: OrdinalSet(), count: Audience.allCases.count)
  /// By the name of the field, then by the value in small letters.
  private(set) var facets: [String: [String: FacetValue]] = [:]

  /// The index of all records.
  init(_ db: Database, pulse: Int64) throws {
    self.pulse = pulse
    for entry in try Self.read(db, nil) { add(entry) }
    byName = entries.indices.sorted { isBefore($0, $1) }
  }

  /// The index after further writes.
  func updated(_ db: Database, pulse: Int64) throws -> RecordIndex {
    let touched = try Int64.fetchAll(
      db, sql: "select record from touched where at > ?", arguments: [self.pulse])
    guard touched.count <= 500 else { return try RecordIndex(db, pulse: pulse) }
    var index = self
    index.pulse = pulse
    for entry in try Self.read(db, touched) { index.replace(entry) }
    return index
  }

  // MARK: Making

  /// Adds a record, without its place among the names.
  private mutating func add(_ entry: Entry) {
    let ordinal = entries.count
    ordinals[entry.number] = ordinal
    entries.append(entry)
    mark(entry, ordinal)
  }

  private mutating func replace(_ entry: Entry) {
    guard let ordinal = ordinals[entry.number] else {
      add(entry)
      byName.insert(entries.count - 1, at: position(of: entries.count - 1))
      return
    }
    byName.removeAll { $0 == ordinal }
    unmark(entries[ordinal], ordinal)
    entries[ordinal] = entry
    mark(entry, ordinal)
    byName.insert(ordinal, at: position(of: ordinal))
  }

  private func isBefore(_ one: Int, _ other: Int) -> Bool {
    let (first, second) = (entries[one], entries[other])
    return (first.sortName, first.number) < (second.sortName, second.number)
  }

  /// Where a record belongs among the names.
  private func position(of ordinal: Int) -> Int {
    var (low, high) = (0, byName.count)
    while low < high {
      let middle = (low + high) / 2
      if isBefore(byName[middle], ordinal) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private mutating func mark(_ entry: Entry, _ ordinal: Int) {
    kinds[entry.kind, default: OrdinalSet()].insert(ordinal)
    states[entry.state, default: OrdinalSet()].insert(ordinal)
    audiences[entry.audience].insert(ordinal)
    for facet in entry.facets {
      let key = facet.value.lowercased()
      var value = facets[facet.name]?[key] ?? FacetValue(title: facet.value)
      facets[facet.name]?[key] = nil
      value.title = min(value.title, facet.value)
      value.sets[facet.audience].insert(ordinal)
      facets[facet.name, default: [:]][key] = value
    }
  }

  private mutating func unmark(_ entry: Entry, _ ordinal: Int) {
    kinds[entry.kind]?.remove(ordinal)
    states[entry.state]?.remove(ordinal)
    audiences[entry.audience].remove(ordinal)
    for facet in entry.facets {
      facets[facet.name]?[facet.value.lowercased()]?.sets[facet.audience].remove(ordinal)
    }
  }

  /// Reads what is asked for of some records, or of all.
  private static func read(_ db: Database, _ numbers: [Int64]?) throws -> [Entry] {
    func only(_ column: String) -> String {
      numbers.map { list in "\(column) in (\(list.map(String.init).joined(separator: ",")))" }
        ?? "true"
    }
    var entries: [Entry] = []
    var places: [Int64: Int] = [:]
    let rows = try Row.fetchCursor(
      db,
      sql: """
        select number, kind, state, audience, organisation, shown_organisation, title, changed_at, assured_at, review_due,
          json_extract(fields, '$.minimum_age') as minimum, json_extract(fields, '$.maximum_age') as maximum
        from record where \(only("number")) order by number
        """)
    while let row = try rows.next() {
      let title: String = row["title"]
      places[row["number"]] = entries.count
      entries.append(
        Entry(
          number: row["number"], kind: row["kind"],
          state: Record.State(rawValue: row["state"]) ?? .active, audience: row["audience"],
          organisation: row["organisation"], shownOrganisation: row["shown_organisation"],
          title: title, sortName: title.lowercased(), changed: row["changed_at"],
          assured: (row["assured_at"] as String?).flatMap(Day.init),
          due: (row["review_due"] as String?).flatMap(Day.init),
          minimumAge: row["minimum"], maximumAge: row["maximum"]))
    }
    let facets = try Row.fetchCursor(
      db, sql: "select record, name, value, audience from facet where \(only("record"))")
    while let row = try facets.next() {
      guard let entry = places[row["record"]] else { continue }
      entries[entry].facets.append(
        Facet(name: row["name"], value: row["value"], audience: row["audience"]))
    }
    let spots = try Row.fetchCursor(
      db,
      sql: """
        select record, line, latitude, longitude, is_rough from place where \(only("record")) order by record, line
        """)
    while let row = try spots.next() {
      guard let entry = places[row["record"]] else { continue }
      var position: Position?
      if let latitude: Double = row["latitude"], let longitude: Double = row["longitude"] {
        position = Position(latitude: latitude, longitude: longitude, isRough: row["is_rough"])
      }
      entries[entry].places.append(Place(line: row["line"], position: position))
    }
    let hours = try Row.fetchCursor(
      db,
      sql: """
        select r.number, json_extract(h.value, '$.days') as days, json_extract(h.value, '$.opens') as opens,
          json_extract(h.value, '$.closes') as closes
        from record r, json_each(r.fields, '$.hours') h where \(only("r.number"))
        """)
    while let row = try hours.next() {
      guard let entry = places[row["number"]] else { continue }
      let days: String = row["days"] ?? ""
      entries[entry].hours.append(
        Opening(
          days: days.split { !$0.isLetter }, opens: row["opens"], closes: row["closes"]))
    }
    return entries
  }
}
