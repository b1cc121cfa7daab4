import Foundation
import GRDB
import Statistics
import Synchronization

extension Partnership {
  /// Those who may know, of those who agree to be found: who covers most of the question first, among them who offers
  /// what is asked for, then by ``Expert/score``. What they say of themselves counts as far as partners may see it.
  ///
  /// - Throws: ``PartnershipError`` for somebody who has not signed in.
  public func experts(_ question: ExpertiseQuestion, for actor: Actor) throws -> [Expert] {
    let all = try relationships(for: actor)
    guard !question.isEmpty else { return [] }
    let today = Day.today
    let own = actor.person.flatMap { all.index(of: $0) }
    let steps = own.map { all.network.steps(from: $0) }
    let asked = try read { try Self.askedLately($0, today) }
    let work = try work()
    let experts = all.people.enumerated().compactMap { index, person -> Expert? in
      guard person.isFound, index != own else { return nil }
      let did = Self.evidence(of: question, all, index, work[person.number.value] ?? [])
      let topics = question.topics.filter { topic in
        person.knows.contains(topic) || did.contains { $0.topics.contains(topic) }
      }
      let words = question.words.filter { word in person.words.contains { $0.hasPrefix(word) } }
      let isAboutNothing = question.topics.isEmpty && question.words.isEmpty
      guard
        isAboutNothing
          ? question.offers.contains(where: person.offers.contains)
          : !topics.isEmpty || !words.isEmpty
      else { return nil }
      let sum = did.reduce(0) {
        $0 + Expert.weight($1.role, age: $1.day.map { today.number - $0.number })
      }
      let times = asked[person.number.value] ?? 0
      let stated = question.topics.count(where: person.knows.contains) + words.count
      return Expert(
        person: person.number, topics: topics, words: words, evidence: did,
        offers: question.offers.filter(person.offers.contains), steps: steps?[index], asked: times,
        score: Expert.score(
          stated: Double(stated), evidence: sum, steps: steps?[index], asked: times))
    }
    return experts.sorted { one, other in
      let (mine, theirs) = (
        one.topics.count + one.words.count, other.topics.count + other.words.count
      )
      if mine != theirs { return mine > theirs }
      if one.offers.count != other.offers.count { return one.offers.count > other.offers.count }
      if one.score != other.score { return one.score > other.score }
      return one.person < other.person
    }
  }

  /// What somebody did that was about a question's topics, the latest first.
  private static func evidence(
    of question: ExpertiseQuestion, _ all: Relationships, _ person: Int, _ work: [Expert.Evidence]
  ) -> [Expert.Evidence] {
    func isAsked(_ topics: [Topic]) -> Bool { topics.contains(where: question.topics.contains) }
    var found = work.filter { isAsked($0.topics) }
    for place in all.attended[person] where isAsked(all.gatherings[place].topics) {
      let meeting = all.gatherings[place]
      found.append(
        Expert.Evidence(
          kind: RecordKind.meeting.id, number: meeting.number, title: meeting.title,
          role: "people", topics: meeting.topics, day: meeting.day))
    }
    return found.sorted {
      ($1.day?.number ?? .max, $1.number) < ($0.day?.number ?? .max, $0.number)
    }
  }

  /// What names people besides meetings and is about a topic, by person, as partners may see it.
  private func work() throws -> [Int64: [Expert.Evidence]] {
    try heldWork.withLock { held in
      try read { db in
        let pulse = try Int64.fetchOne(db, sql: "select number from pulse") ?? 0
        if let held, held.pulse == pulse { return held.work }
        let rows = try Row.fetchAll(
          db,
          sql: """
            select l.target, l.role, r.number, r.kind, r.title,
              (select group_concat(f.value) from facet f where f.record = r.number and f.name = 'topics') as topics
            from record p join link l on l.target = p.number join record r on r.number = l.source
            where p.kind = 'person' and p.state = 'active' and r.state = 'active'
              and r.kind in ('asset', 'function', 'pathway', 'priority')
              and l.audience <= :partners and r.audience <= :partners
            """, arguments: ["partners": Audience.partners.rawValue])
        var found: [Int64: [Expert.Evidence]] = [:]
        for row in rows {
          let topics = (row["topics"] as String? ?? "").split(separator: ",")
            .compactMap { Topic(rawValue: String($0)) }
          found[row["target"], default: []].append(
            Expert.Evidence(
              kind: row["kind"], number: RecordNumber(row["number"]), title: row["title"],
              role: row["role"], topics: topics, day: nil))
        }
        held = HeldWork(pulse: pulse, work: found)
        return found
      }
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
          and json_extract(r.fields, '$.for_handover') is null
        group by l.target
        """, arguments: [Day(number: today.number - 91).description])
    return Dictionary(uniqueKeysWithValues: rows.map { ($0["target"], $0["times"]) })
  }
}

/// What people did, as it was last read.
struct HeldWork {
  let pulse: Int64
  let work: [Int64: [Expert.Evidence]]
}
