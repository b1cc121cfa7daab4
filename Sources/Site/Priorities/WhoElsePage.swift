import Definitions
import Partnership

/// Who else must be involved in a priority: the sectors that are missing, whom to ask there, and who is already close.
struct WhoElsePage {
  let desk: Desk
  let request: PageRequest

  func page() throws -> Page {
    let record = try desk.record(.priority, request.part("number"))
    let named = Set(record.fields.texts("changes") + record.fields.texts("topics"))
    let topics = Topic.allCases.filter { named.contains($0.rawValue) }
    let involved = Set(
      record.fields.records("partners") + [record.organisation].compactMap { $0 })
    let organisations = try desk.partnership.records(of: .organisation, for: desk.actor)
    let people = try desk.partnership.records(of: .person, for: desk.actor)
    func sector(_ record: Record) -> Sector? {
      record.fields.text("sector").flatMap(Sector.init)
    }
    let present = Set(organisations.filter { involved.contains($0.number) }.compactMap(sector))
    let found = MissingSectors(topics: topics, present: present)
    let wanted = Set(topics.map(\.rawValue))
    let ties =
      desk.visitor.account == nil ? nil : try desk.partnership.relationships(for: desk.actor)
    // Nobody knows whether somebody was heard whose voice they may not see.
    let voices = try desk.partnership.references(to: record.number, for: desk.actor)
      .filter { $0.record.kind == RecordKind.voice.id }
    let missing = found.missing.map { one -> [String: any Sendable] in
      let there = organisations.filter { organisation in
        sector(organisation).map { MissingSectors.sectors(of: $0).contains(one.sector) } ?? false
      }
      let numbers = Set(there.map(\.number))
      let knowing = people.filter { person in
        (person.organisation.map(numbers.contains) ?? false)
          && !wanted.isDisjoint(with: person.fields.texts("knows"))
          && person.fields.text("contact") != "not"
      }
      return [
        "sector": one.sector.title,
        "because": one.because.map { $0.title.lowercasedFirst }.inWords,
        "organisations": there.prefix(5).map { organisation -> [String: any Sendable] in
          [
            "title": organisation.title, "path": organisation.path,
            "introducers": introducers(to: organisation.number, from: involved, people, ties),
          ]
        },
        "more": there.count > 5 ? "and \(there.count - 5) more" : "",
        "isEmpty": there.isEmpty,
        "people": knowing.prefix(5).map { person -> [String: any Sendable] in
          [
            "title": person.title, "path": person.path,
            "role": person.fields.text("role") ?? "",
            "knows": person.fields.texts("knows").filter(wanted.contains)
              .compactMap { Topic(rawValue: $0)?.title.lowercasedFirst }.inWords,
            "asks": person.fields.text("contact") == "introduction"
              ? "would rather be introduced" : "",
          ]
        },
        "hasPeople": !knowing.isEmpty,
      ]
    }
    let values: [String: any Sendable] = [
      "title": record.title, "path": record.path,
      "topics": topics.map { $0.title.lowercasedFirst }.inWords, "hasTopics": !topics.isEmpty,
      "present": found.present.map(\.title).sorted().inWords,
      "missing": missing, "isComplete": missing.isEmpty && !topics.isEmpty,
      "isUnheard": voices.isEmpty, "isSignedIn": desk.visitor.account != nil,
      "accountable": try accountable(wanted, involved),
      "mayEdit": record.allows(desk.actor, .edit) ? "\(record.path)/edit" : "",
    ]
    return Page(
      title: "Who else: \(record.title)", template: "who_else", section: .priorities,
      values: values)
  }

  /// People who also work where one would like to ask, and belong to somebody who is involved already; and those who
  /// agreed to introduce, and are tied to somebody there and to somebody who is involved, the best tied first.
  private func introducers(
    to organisation: RecordNumber, from involved: Set<RecordNumber>, _ people: [Record],
    _ ties: Relationships?
  ) -> String {
    let close = people.filter { person in
      let places =
        [person.organisation].compactMap { $0 }
        + person.fields.rows("also").compactMap { $0.record("organisation") }
      return places.contains(organisation) && !involved.isDisjoint(with: places)
    }
    let tied = ties?.introducers(to: organisation, from: involved).map { $0.name } ?? []
    var names: [String] = []
    for name in close.map(\.title) + tied where !names.contains(name) { names.append(name) }
    return names.prefix(3).map { $0 }.inWords
  }

  /// Who answers for functions that are about the same, and is not involved.
  private func accountable(
    _ topics: Set<String>, _ involved: Set<RecordNumber>
  ) throws -> [[String: any Sendable]] {
    let names = try RoleNames(desk)
    let about = try desk.partnership.records(of: .function, for: desk.actor).filter {
      !topics.isDisjoint(with: $0.fields.texts("topics"))
    }
    return about.flatMap { record -> [[String: any Sendable]] in
      let function = RoleMap.Function(record)
      let missing = Set(
        function.responsibilities.filter { $0.involvement == .accountable }.map(\.organisation)
      ).subtracting(involved)
      return missing.sorted().map {
        [
          "organisation": names.title($0), "path": "/partners/\($0)", "function": function.title,
          "functionPath": record.path,
        ]
      }
    }
  }
}
