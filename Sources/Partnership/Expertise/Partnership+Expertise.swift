import Foundation
import GRDB
import Statistics

extension Partnership {
  /// Those who may know, of those who agree to be found: who covers most of the question first, among them who offers
  /// what is asked for, then by ``Expert/score``.
  public func experts(_ question: ExpertiseQuestion, for actor: Actor) throws -> [Expert] {
    guard !question.isEmpty else { return [] }
    let today = Day.today
    let ties = actor.role == nil ? nil : try relationships(for: actor)
    let own = actor.person.flatMap { ties?.index(of: $0) }
    let steps = own.flatMap { ties?.network.steps(from: $0) }
    let asked = try read { try Self.askedLately($0, today) }
    let evidence = try evidence(of: question, for: actor)
    let experts = try findable(for: actor).compactMap { person -> Expert? in
      guard person.number != actor.person else { return nil }
      let known = Set(person.fields.texts("knows"))
      let did = (evidence[person.number.value] ?? []).sorted {
        ($1.day?.number ?? .max, $1.number) < ($0.day?.number ?? .max, $0.number)
      }
      let topics = question.topics.filter { topic in
        known.contains(topic.rawValue) || did.contains { $0.topics.contains(topic) }
      }
      let said = Self.words(of: person)
      let words = question.words.filter { word in said.contains { $0.hasPrefix(word) } }
      guard !topics.isEmpty || !words.isEmpty else { return nil }
      let index = ties?.index(of: person.number)
      let far = index.flatMap { steps?[$0] }
      let sum = did.reduce(0) {
        $0 + Expert.weight($1.role, age: $1.day.map { today.number - $0.number })
      }
      let times = asked[person.number.value] ?? 0
      let stated = question.topics.count { known.contains($0.rawValue) } + words.count
      return Expert(
        person: person, topics: topics, words: words, evidence: did,
        offers: question.offers.filter(person.fields.texts("offers").contains),
        steps: far, introducers: introducers(ties, own, index), asked: times,
        score: Expert.score(stated: Double(stated), evidence: sum, steps: far, asked: times))
    }
    return experts.sorted { one, other in
      let (mine, theirs) = (
        one.topics.count + one.words.count, other.topics.count + other.words.count
      )
      if mine != theirs { return mine > theirs }
      if one.offers.count != other.offers.count { return one.offers.count > other.offers.count }
      if one.score != other.score { return one.score > other.score }
      return one.person.number < other.person.number
    }
  }

  private func introducers(
    _ ties: Relationships?, _ own: Int?, _ other: Int?
  ) -> [RecordNumber] {
    guard let ties, let own, let other else { return [] }
    return ties.introducers(from: own, to: other).prefix(3).map { ties.people[$0].number }
  }

  /// Those who agree to be found, would be asked, and have not left.
  private func findable(for actor: Actor) throws -> [Record] {
    try read { db in
      // Who agrees is an index of its own, of a few among thousands.
      try Row.fetchAll(
        db,
        sql: """
          select r.* from facet f join record r on r.number = f.record
          where f.name = 'open_to' and f.value = 'found' and f.audience <= ? and r.kind = 'person' and r.state = 'active'
            and coalesce(json_extract(r.fields, '$.until'), '9999') >= ?
            and coalesce(json_extract(r.fields, '$.contact'), '') <> 'not'
          """, arguments: [actor.circle.rawValue, Day.today.description]
      ).compactMap { try Record(row: $0, for: actor) }
    }
  }

  /// What people did that was about a question's topics, by person.
  private func evidence(
    of question: ExpertiseQuestion, for actor: Actor
  ) throws -> [Int64: [Expert.Evidence]] {
    guard !question.topics.isEmpty else { return [:] }
    let marks = question.topics.map { _ in "?" }.joined(separator: ", ")
    let circle = actor.circle.rawValue
    return try read { db in
      var arguments = StatementArguments(question.topics.map(\.rawValue))
      arguments += [circle, circle, circle]
      let rows = try Row.fetchAll(
        db,
        sql: """
          select l.target, l.role, r.number, r.kind, r.title, group_concat(distinct f.value) as topics,
            coalesce(json_extract(r.fields, '$.day'), json_extract(r.fields, '$.answered_on')) as day
          from facet f join record r on r.number = f.record join link l on l.source = r.number
            join record p on p.number = l.target and p.kind = 'person'
          where f.name = 'topics' and f.value in (\(marks)) and f.audience <= ? and l.audience <= ?
            and r.audience <= ? and r.state = 'active' and r.kind <> 'introduction'
          group by l.target, l.role, r.number
          """, arguments: arguments)
      var found: [Int64: [Expert.Evidence]] = [:]
      for row in rows {
        let topics = (row["topics"] as String? ?? "").split(separator: ",")
          .compactMap { Topic(rawValue: String($0)) }
        found[row["target"], default: []].append(
          Expert.Evidence(
            kind: row["kind"], number: RecordNumber(row["number"]), title: row["title"],
            role: row["role"], topics: topics, day: (row["day"] as String?).flatMap { Day($0) }))
      }
      return found
    }
  }

  /// How often each person was asked for in the last three months.
  private static func askedLately(_ db: Database, _ today: Day) throws -> [Int64: Int] {
    let rows = try Row.fetchAll(
      db,
      sql: """
        select l.target, count(*) as times from record r join link l on l.source = r.number
        where r.kind = 'introduction' and r.state = 'active' and l.role in ('to', 'through')
          and json_extract(r.fields, '$.asked_on') >= ?
        group by l.target
        """, arguments: [Day(number: today.number - 91).description])
    return Dictionary(uniqueKeysWithValues: rows.map { ($0["target"], $0["times"]) })
  }

  /// The words that somebody says of themselves, as far as whoever asks may see them.
  private static func words(of person: Record) -> [String] {
    let fields = ["role", "skills", "passions", "languages", "lived_experience", "availability"]
    return fields.flatMap { name -> [String] in
      (person.fields.text(name).map { [$0] } ?? person.fields.texts(name)).flatMap {
        $0.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "-") }.map(String.init)
      }
    }
  }
}
