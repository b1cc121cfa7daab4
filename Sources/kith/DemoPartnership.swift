import Definitions
import Foundation
import Governance
import Indicators
import Partnership
import Places
import Statistics
import Synthetic

/// The partnership of the fictional place: everybody and everything in it is invented, and says so.
struct DemoPartnership {
  private let store: PlaceStore
  private let atlas: Atlas
  private let root: YAMLValue
  private let towns: [AtlasUnit]

  /// - Throws: ``Definitions/Problems`` where its file is wrong.
  init(_ store: PlaceStore, _ atlas: Atlas) throws {
    self.store = store
    self.atlas = atlas
    let diagnostics = Diagnostics()
    let (text, file) = try FictionalPlace.partnership()
    let root = YAMLValue.parse(text, file: file, diagnostics: diagnostics)
    try diagnostics.throwIfAny()
    guard let root else { throw Problem(file: file, "The file is empty.") }
    self.root = root
    towns = atlas.units(ofKind: "lad").filter(\.isInPlace)
  }

  /// Puts it into a place that has nobody yet. Does nothing twice, and nothing to a real place.
  static func fill(_ store: PlaceStore) async throws {
    let manifest = try store.currentManifest()
    guard manifest.pack.id.hasPrefix("fictional") else { return }
    let partnership = try await PlacePartnership.open(store)
    guard try partnership.remark("demo") == nil else { return }
    let demo = try DemoPartnership(store, try await Atlas.current(of: store))
    try demo.fill(partnership)
    try partnership.setRemark("demo", to: manifest.id)
  }

  private func fill(_ partnership: Partnership) throws {
    let actor = Actor.program("Kith's demo")
    var known: [String: RecordNumber] = [:]
    try FunctionCatalogue().refresh(in: partnership)
    for function in try partnership.records(of: .function, for: actor) {
      if let id = function.source?.id { known["function \(id)"] = function.number }
    }
    try partnership.batch(by: actor, action: "made the demo") { batch in
      try add(batch, .organisation, "organisations", "per_district", &known)
      try add(batch, .person, "people", "people_per_district", &known)
      try add(batch, .asset, "assets", "assets_per_district", &known)
      try add(batch, .priority, "priorities", "", &known)
      try add(batch, .voice, "voices", "voices_per_district", &known)
      try add(batch, .pathway, "pathways", "", &known)
      try add(batch, .meeting, "meetings", "meetings_per_district", &known)
      try add(batch, .introduction, "introductions", "", &known)
      try add(batch, .round, "rounds", "", &known)
      try add(batch, .term, "terms", "", &known)
      try add(batch, .request, "requests", "", &known)
      try add(batch, .referral, "referrals", "", &known)
    }
    try share(partnership, known)
    try score(partnership, known)
    try assess(partnership, known)
    try assure(partnership)
    let accounts = try AccountStore(at: store.accounts)
    for persona in entries("personas") {
      guard let id = persona["id"], let role = persona["role"].flatMap(Role.init) else { continue }
      let person = persona["person"].flatMap { known["person \($0)"] }
      let organisation = try person.flatMap {
        try partnership.record($0, for: actor).fields.record("organisation")
      }
      try accounts.add(
        id, name: persona["name"] ?? id, role: role, password: nil,
        person: person?.value, organisations: organisation.map { [$0.value] } ?? [],
        about: persona["about"] ?? "")
    }
  }

  // MARK: Records

  private func add(
    _ batch: BatchWriter, _ kind: RecordKind, _ list: String, _ perTown: String,
    _ known: inout [String: RecordNumber]
  ) throws {
    let section = root.mapping[list]?.items() ?? []
    for (index, item) in section.enumerated() {
      try add(batch, kind, item, town: nil, index, &known)
    }
    for (number, town) in towns.enumerated() {
      for (index, item) in (root.mapping[perTown]?.items() ?? []).enumerated() {
        try add(batch, kind, item, town: (number, town), index, &known)
      }
    }
  }

  private func add(
    _ batch: BatchWriter, _ kind: RecordKind, _ item: YAMLValue,
    town: (number: Int, unit: AtlasUnit)?, _ index: Int, _ known: inout [String: RecordNumber]
  ) throws {
    var fields = kind.defaults()
    var id: String?
    for (key, value) in item.mapping {
      if key == "id" { id = value.text() }
      guard let field = kind.fields[key] else { continue }
      fields[key] = self.value(value, field, town, index, known)
    }
    if kind.id == "asset", let place = place(town, index) { fields["places"] = .rows([place]) }
    if kind.id == "voice" { fields["postcode"] = postcode(town, index).map { .text($0) } }
    let number = try batch.add(
      kind, fields, consents: ["person", "voice"].contains(kind.id) ? Self.consents : [:])
    if let id {
      known["\(kind.id) \(id)"] = known["\(kind.id) \(id)"] ?? number
      known["\(kind.id) \(id) \(town?.number ?? 0)"] = number
    }
  }

  /// In a demo everybody may see who is who.
  private static let consents: [String: Audience] = [
    "text": .everyone,
    "name": .everyone, "organisation": .everyone, "role": .everyone, "knows": .everyone,
    "skills": .everyone, "offers": .everyone, "passions": .everyone, "languages": .everyone,
  ]

  private func value(
    _ value: YAMLValue, _ field: Field, _ town: (number: Int, unit: AtlasUnit)?, _ index: Int,
    _ known: [String: RecordNumber]
  ) -> FieldValue? {
    func record(_ kinds: [RecordKind.ID], _ id: String) -> RecordNumber? {
      kinds.lazy.compactMap { kind in
        known["\(kind) \(id) \(town?.number ?? 0)"] ?? known["\(kind) \(id)"]
      }.first
    }
    switch field.type {
    case .record(let kinds): return value.text().flatMap { record(kinds, $0) }?.asValue
    case .records(let kinds):
      return .numbers(value.texts().compactMap { record(kinds, $0) }.map { Double($0.value) })
    case .choices, .words, .listed: return .texts(value.texts())
    case .number: return value.text().flatMap { Double($0) }.map { .number($0) }
    case .flag: return value.flag().flatMap { $0 ? .flag(true) : nil }
    case .date: return value.text().flatMap(Self.day).map { .text($0.description) }
    case .rows(let inner, _):
      return .rows(
        value.items().map { row in
          var fields = Fields()
          for (key, value) in row.mapping {
            if let field = inner[key] {
              fields[key] = self.value(value, field, town, index, known)
            }
          }
          return fields
        })
    default: return value.text().map { .text(filled($0, town, index)) }
    }
  }

  /// A day written as so many days from today, `-30`: a demo is always of now.
  private static func day(_ text: String) -> Day? {
    Int(text).map { Day(number: Day.today.number + $0) }
  }

  /// Says who does what, and lets some agree to it.
  private func share(_ partnership: Partnership, _ known: [String: RecordNumber]) throws {
    let actor = Actor.program("Kith's demo")
    for item in root.mapping["parts"]?.items() ?? [] {
      guard let function = item.mapping["function"]?.text().flatMap({ known["function \($0)"] })
      else { continue }
      var line = Fields()
      for (key, value) in item.mapping {
        if let field = RecordKind.responsibility.fields[key] {
          line[key] = self.value(value, field, nil, 0, known)
        }
      }
      guard let part = Responsibility(line) else { continue }
      try partnership.assign(part, of: function, saying: item.mapping["said"]?.text(), by: actor)
    }
    for id in root.mapping["agreed"]?.texts() ?? [] {
      guard let function = known["function \(id)"] else { continue }
      let parties = RoleMap.Function(try partnership.record(function, for: actor)).parties
      for party in parties.sorted() {
        try partnership.answer(.agreed, for: party, to: function, by: actor)
      }
    }
  }

  /// Answers to the guided forms about some priorities.
  private func assess(_ partnership: Partnership, _ known: [String: RecordNumber]) throws {
    for item in root.mapping["assessments"]?.items() ?? [] {
      guard let priority = item.mapping["priority"]?.text().flatMap({ known["priority \($0)"] }),
        let form = try AssessmentForm.all().first(where: { $0.id == item.mapping["form"]?.text() })
      else { continue }
      var answers: [String: Assessment.Answer] = [:]
      for (question, answer) in item.mapping["answers"]?.mapping ?? [:] {
        guard let state = answer.mapping["state"]?.text().flatMap(Assessment.Answer.State.init)
        else { continue }
        answers[question] = Assessment.Answer(
          state, note: answer.mapping["note"]?.text(),
          due: answer.mapping["due"]?.text().flatMap(Self.day))
      }
      try partnership.answer(
        form, of: priority, from: [:], to: answers, by: Actor.program("Kith's demo"))
    }
  }

  /// Scores of invented people in a round whose first turn has ended, so that what came out is seen.
  private func score(_ partnership: Partnership, _ known: [String: RecordNumber]) throws {
    let runner = Actor.program("Kith's demo")
    var scored: Set<RecordNumber> = []
    for item in root.mapping["scores"]?.items() ?? [] {
      guard let round = item.mapping["round"]?.text().flatMap({ known["round \($0)"] }) else {
        continue
      }
      let rules = Prioritisation(try partnership.record(round, for: runner))
      if rules.stage == .preparing { try partnership.setStage(.scoring, of: round, by: runner) }
      let group = item.mapping["group"]?.text() ?? ""
      let people = item.mapping["people"]?.integer() ?? 1
      for (index, voter) in (item.mapping["voters"]?.items() ?? []).enumerated() {
        let actor = Actor(
          account: "demo-\(group)-\(index)", name: "Somebody (demo)",
          role: people > 1 ? .steward : .partner)
        // A row of scores for each candidate, in the round's order.
        for (candidate, row) in zip(rules.candidates, voter.texts()) {
          let values = row.compactMap(\.wholeNumberValue)
          try partnership.score(
            candidate, in: round,
            Dictionary(uniqueKeysWithValues: zip(rules.judged.map(\.name), values)), as: group,
            people: people, by: actor)
        }
      }
      scored.insert(round)
    }
    for round in scored { try partnership.setStage(.again, of: round, by: runner) }
  }

  /// A text with the names of the place, district and town put in.
  private func filled(
    _ text: String, _ town: (number: Int, unit: AtlasUnit)?, _ index: Int
  ) -> String {
    let place = atlas.manifest.place.name.replacing(#/^The /#, with: "")
    let firsts = [
      "Ren", "Ash", "Cleo", "Ivy", "Sol", "Mab", "Quill", "Teal", "Una", "Wilf", "Zia", "Odo",
    ]
    let first = firsts[((town?.number ?? 0) + index * 4) % firsts.count]
    return text.replacing("{place}", with: place)
      .replacing("{district}", with: town?.unit.shortTitle ?? place)
      .replacing("{town}", with: town?.unit.shortTitle ?? place).replacing("{first}", with: first)
  }

  /// A place in the town, or in any for what is of the whole place.
  private func place(_ town: (number: Int, unit: AtlasUnit)?, _ index: Int) -> Fields? {
    let number = town?.number ?? index
    guard !towns.isEmpty else { return nil }
    let unit = town?.unit ?? towns[number % towns.count]
    let areas = atlas.units(ofKind: "lsoa", in: unit)
    guard !areas.isEmpty else { return nil }
    let area = areas[(index * 7 + number * 3) % areas.count]
    guard let centre = atlas.outline(of: area)?.centre else { return nil }
    return [
      "name": .text("Near \(area.name)"), "town": .text(unit.shortTitle),
      "latitude": .number(centre.latitude.rounded(toDecimals: 5)),
      "longitude": .number(centre.longitude.rounded(toDecimals: 5)),
    ]
  }

  /// The postcode of a library or surgery in the middle of a town, or somewhere, where people were heard.
  private func postcode(_ town: (number: Int, unit: AtlasUnit)?, _ index: Int) -> String? {
    let known = atlas.points.compactMap { point -> (code: String, at: (Double, Double))? in
      guard let code = point.postcode, let latitude = point.latitude,
        let longitude = point.longitude
      else { return nil }
      return (code, (latitude, longitude))
    }
    guard let town else { return known.isEmpty ? nil : known[index * 5 % known.count].code }
    guard let centre = atlas.outline(of: town.unit)?.centre else { return nil }
    func distance(_ at: (Double, Double)) -> Double {
      let (up, across) = (at.0 - centre.latitude, (at.1 - centre.longitude) * 0.6)
      return up * up + across * across
    }
    return known.min { distance($0.at) < distance($1.at) }?.code
  }

  /// Some were checked lately, some long ago, some never: as in life.
  private func assure(_ partnership: Partnership) throws {
    var query = RecordQuery(["asset", "organisation"])
    query.perPage = 1_000
    let records = try partnership.list(query, for: .program("demo")).records
    let checkers = ["Tam Dunlin-Demo", "Greta Shore-Demo", "Edda Stonechat-Demo"]
    for (index, record) in records.enumerated() {
      let days = [10, 45, 95, 160, 240, 420]
      guard index % 3 != 2 else { continue }
      let ago = Double(days[index % days.count] + index % 9)
      try partnership.assure(
        record.number, by: Actor.program(checkers[index % checkers.count]),
        on: Date().addingTimeInterval(-ago * 86_400))
    }
  }

  private func entries(_ name: String) -> [[String: String]] {
    (root.mapping[name]?.items() ?? []).map { item in
      item.mapping.compactMapValues { $0.text() }
    }
  }
}

extension YAMLValue {
  /// The entries of a section by name; none of anything else.
  fileprivate var mapping: [String: YAMLValue] {
    isMapping ? Dictionary(entries().map { ($0.key, $0.value) }) { _, last in last } : [:]
  }
}

extension AtlasUnit {
  /// The name of a district without what it is.
  fileprivate var shortTitle: String { name.replacing(#/ (District|Borough)$/#, with: "") }
}
