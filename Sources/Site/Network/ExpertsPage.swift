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
    let shown = found.prefix(12)
    let titles = try desk.partnership.titles(
      shown.flatMap { $0.introducers + [$0.person.organisation].compactMap { $0 } },
      for: desk.actor)
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
      "found": shown.map { card($0, question, titles, offers) },
      "isStranger": desk.actor.person == nil,
    ]
    return Page(title: "Find expertise", template: "experts", section: .experts, values: values)
  }

  private func card(
    _ expert: Expert, _ question: ExpertiseQuestion, _ titles: [RecordNumber: RecordTitle],
    _ offers: [String: String]
  ) -> [String: any Sendable] {
    let person = expert.person
    let missing = question.offers.filter { !expert.offers.contains($0) }
    let introducer = expert.introducers.first
    var ask = "/introductions/add?f.to=\(person.number)"
    if let introducer, expert.steps != 1 { ask += "&f.through=\(introducer)" }
    ask += question.topics.map { "&f.topics=\($0.rawValue)" }.joined()
    return [
      "title": person.title, "path": person.path, "role": person.fields.text("role") ?? "",
      "organisation": person.organisation.flatMap { titles[$0]?.title } ?? "",
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
      "near": near(expert, titles),
      "load": expert.asked >= 2 ? "Asked \(expert.asked) times in the last three months." : "",
      "ask": Access.allows(desk.actor, .add) ? ask : "",
    ]
  }

  /// How near somebody is, in words.
  private func near(_ expert: Expert, _ titles: [RecordNumber: RecordTitle]) -> String {
    switch expert.steps {
    case 1: return "You know each other."
    case .some(let steps) where steps > 1:
      let names = expert.introducers.compactMap { titles[$0]?.title }
      return names.isEmpty
        ? "Reached over \(steps) ties." : "\(names.inWords) can introduce you."
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
