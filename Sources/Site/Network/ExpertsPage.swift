import Definitions
import Governance
import Partnership

/// Who here knows about something, why one should think so, and who can introduce them.
struct ExpertsPage {
  let desk: Desk
  let request: PageRequest

  func page() throws -> Page {
    guard desk.visitor.account != nil else { throw PageError.signIn(desk.visitor, request) }
    let text = request["q"] ?? ""
    let question = ExpertiseQuestion(text, offers: request.all("offers"))
    let found = try desk.partnership.experts(question, for: desk.actor)
    let shown = Array(found.prefix(request["all"] == "yes" ? 200 : 12))
    let people = Dictionary(
      try desk.partnership.records(shown.map(\.person), for: desk.actor).map { ($0.number, $0) }
    ) { first, _ in first }
    let titles = try desk.partnership.titles(
      people.values.compactMap { $0.fields.record("organisation") }, for: desk.actor)
    let ties = try desk.partnership.relationships(for: desk.actor)
    let offers = Dictionary(uniqueKeysWithValues: RecordKind.offers.map { ($0.id, $0.title) })
    let values: [String: any Sendable] = [
      "query": text, "hasAsked": !text.isEmpty, "isEmpty": found.isEmpty,
      "isUnclear": !text.isEmpty && question.isEmpty,
      "offers": RecordKind.offers.map { offer -> [String: any Sendable] in
        [
          "id": offer.id, "title": offer.title, "isChosen": question.offers.contains(offer.id),
        ]
      },
      "understood":
        (question.topics.map { $0.title.lowercasedFirst } + question.words.map { "“\($0)”" })
        .inWords,
      "wanted": question.offers.compactMap { offers[$0]?.lowercasedFirst }.inWords,
      "count": found.count == 1 ? "1 person" : "\(found.count) people",
      "more": found.count > shown.count ? "These are the first \(shown.count)." : "",
      "all": found.count > shown.count && shown.count == 12
        ? "/experts?\(request.query)&all=yes" : "",
      "found": shown.compactMap { expert in
        people[expert.person].map { card(expert, $0, question, ties, titles, offers) }
      },
      "isStranger": desk.actor.person == nil,
    ]
    return Page(title: "Find expertise", template: "experts", section: .experts, values: values)
  }

  private func card(
    _ expert: Expert, _ person: Record, _ question: ExpertiseQuestion, _ ties: Relationships,
    _ titles: [RecordNumber: RecordTitle], _ offers: [String: String]
  ) -> [String: any Sendable] {
    var introducers: [Relationships.Someone] = []
    if let own = desk.actor.person.flatMap({ ties.index(of: $0) }),
      let other = ties.index(of: person.number)
    {
      introducers = ties.introducers(from: own, to: other).prefix(3).map { ties.people[$0] }
    }
    let missing = question.offers.filter { !expert.offers.contains($0) }
    var ask = "/introductions/add?f.to=\(person.number)"
    if let introducer = introducers.first, expert.steps != 1 {
      ask += "&f.through=\(introducer.number)"
    }
    ask += question.topics.map { "&f.topics=\($0.rawValue)" }.joined()
    return [
      "title": person.title, "path": person.path, "role": person.fields.text("role") ?? "",
      "organisation": person.fields.record("organisation").flatMap { titles[$0]?.title } ?? "",
      "says": person.fields.texts("knows").compactMap { Topic(rawValue: $0) }
        .filter(question.topics.contains).map { $0.title.lowercasedFirst }.inWords,
      "words": expert.words.map { "“\($0)”" }.inWords,
      "evidence": expert.evidence.prefix(4).map { one -> [String: any Sendable] in
        [
          "title": one.title,
          "path": "/\(RecordKind.named(one.kind)?.path ?? "")/\(one.number)",
          "kind": RecordKind.named(one.kind)?.singular ?? "", "how": Self.words(one.role),
          "day": one.day?.inWords ?? "",
        ]
      },
      "hasEvidence": !expert.evidence.isEmpty,
      "moreEvidence": expert.evidence.count > 4 ? "and \(expert.evidence.count - 4) more" : "",
      "offered": expert.offers.compactMap { offers[$0]?.lowercasedFirst }.inWords,
      "missing": missing.compactMap { offers[$0]?.lowercasedFirst }.inWords,
      "availability": person.fields.text("availability") ?? "",
      "near": Self.near(expert.steps, introducers.map(\.name)),
      "load": expert.asked >= 2 ? "Asked \(expert.asked) times in the last three months." : "",
      "ask": Access.allows(desk.actor, .add) && desk.actor.person != nil ? ask : "",
    ]
  }

  /// How near somebody is, in words.
  private static func near(_ steps: Int?, _ introducers: [String]) -> String {
    switch steps {
    case 1: return "You know each other."
    case .some(let steps) where steps > 1:
      return introducers.isEmpty
        ? "Reached over \(steps) ties." : "\(introducers.inWords) can introduce you."
    default: return ""
    }
  }

  /// What somebody was in something that they did, by the field that names them.
  private static func words(_ role: String) -> String {
    switch role {
    case "people": "was part of it"
    case "sponsor": "sponsors it"
    case "responsibilities.person": "leads on it"
    default: "is named in it"
    }
  }
}
