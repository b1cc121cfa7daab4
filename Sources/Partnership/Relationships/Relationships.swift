import Foundation
public import Statistics

/// Who is connected with whom, as far as it is recorded: ties from meetings and introductions, and those that people state.
///
/// A meeting of k people gives each pair of them 1/(k − 1), so that each person gains 1 by it (Newman, Scientific
/// collaboration networks II, Physical Review E 64, 2001, 016132); an introduction is a meeting of three. Somebody who
/// states a tie gives it 1/2. All of it halves with every twelve months that pass, and what is fainter than
/// ``faintest`` is no tie: to have sat in one room with eleven others once makes nobody acquainted. Both figures are
/// conventions of Kith's.
public struct Relationships: Sendable {
  /// In how many days a tie is worth half.
  public static let halfLife = 365.0
  /// What is less than this is no tie.
  public static let faintest = 0.1

  public struct Someone: Sendable {
    public let number: RecordNumber
    public let name: String
    public let role: String
    public let organisation: RecordNumber?
    public let sector: Sector?
    /// Whether they agree to be named among those who connect others.
    public let isNamed: Bool
    /// Whether they agree to be asked to introduce people.
    public let introduces: Bool
  }

  public struct Tie: Sendable {
    public let one: Int
    public let other: Int
    public let strength: Double
    /// When it was last told of.
    public let last: Day
    public let sources: Set<Source>
  }

  public enum Source: String, CaseIterable, Sendable, Comparable {
    case met, introduced, stated

    public var title: String {
      switch self {
      case .met: "met"
      case .introduced: "introduced"
      case .stated: "know each other"
      }
    }

    public static func < (one: Self, other: Self) -> Bool { one.title < other.title }
  }

  /// Everybody in the directory who has not left, by their records' numbers.
  public let people: [Someone]
  /// One for each pair that is tied, by the places of the two in ``people``.
  public let ties: [Tie]
  public let network: Network
  /// How many shortest ways between others each person is on.
  public let betweenness: [Double]
  /// Those without whom a part falls apart, and the ties without which one does.
  public let weakPoints: (nodes: [Int], ties: [Network.Tie])
  private let indexes: [RecordNumber: Int]
  private let neighbours: [[(person: Int, tie: Int)]]

  /// - Parameters:
  ///   - people: records of people, as partners may see them.
  ///   - sectors: the sectors of organisations.
  ///   - meetings: records of meetings.
  ///   - introductions: records of introductions; those that were made count.
  public init(
    people records: [Record], sectors: [RecordNumber: Sector], meetings: [Record],
    introductions: [Record], today: Day = .today
  ) {
    let people = records.sorted { $0.number < $1.number }.map { record in
      let openness = record.fields.texts("open_to")
      return Someone(
        number: record.number, name: record.title, role: record.fields.text("role") ?? "",
        organisation: record.organisation, sector: record.organisation.flatMap { sectors[$0] },
        isNamed: openness.contains("named"), introduces: openness.contains("introduce"))
    }
    let indexes = Dictionary(uniqueKeysWithValues: people.enumerated().map { ($1.number, $0) })
    var sums = Sums(today: today)
    for meeting in meetings {
      guard let day = meeting.fields.text("day").flatMap({ Day($0) }) else { continue }
      let there = Set(meeting.fields.records("people").compactMap { indexes[$0] }).sorted()
      let size = there.count + Int(meeting.fields.number("others") ?? 0)
      sums.add(there, of: size, on: day, .met)
    }
    for introduction in introductions
    where introduction.fields.text("state") == IntroductionState.made.rawValue {
      guard let day = introduction.fields.text("answered_on").flatMap({ Day($0) }) else { continue }
      let there = Set(
        ["from", "to", "through"].compactMap { introduction.fields.record($0) }.compactMap {
          indexes[$0]
        }
      ).sorted()
      sums.add(there, of: 3, on: day, .introduced)
    }
    for record in records {
      guard let one = indexes[record.number] else { continue }
      // Somebody's word is as old as the last time when they looked at it.
      let day = max(Day(record.changed), record.assurance?.day ?? Day(record.changed))
      for tie in record.fields.rows("ties") {
        guard let other = tie.record("person").flatMap({ indexes[$0] }), other != one else {
          continue
        }
        // A pair alone is worth 1; one side of it half.
        sums.add([min(one, other), max(one, other)], of: 3, on: day, .stated)
      }
    }
    let ties = sums.ties
    self.people = people
    self.indexes = indexes
    self.ties = ties
    let network = Network(
      count: people.count, ties: ties.map { Network.Tie($0.one, $0.other, strength: $0.strength) })
    self.network = network
    betweenness = network.betweenness
    weakPoints = network.weakPoints
    var neighbours: [[(person: Int, tie: Int)]] = Array(repeating: [], count: people.count)
    for (index, tie) in ties.enumerated() {
      neighbours[tie.one].append((tie.other, index))
      neighbours[tie.other].append((tie.one, index))
    }
    self.neighbours = neighbours
  }

  /// What is known of each pair so far.
  private struct Sums {
    struct Pair: Hashable { let one: Int, other: Int }
    let today: Day
    var strengths: [Pair: (strength: Double, last: Day, sources: Set<Source>)] = [:]

    init(today: Day) { self.today = today }

    mutating func add(_ people: [Int], of size: Int, on day: Day, _ source: Source) {
      guard people.count > 1, day <= today else { return }
      let strength =
        exp2(-Double(today.number - day.number) / halfLife) / Double(max(1, size - 1))
      for (place, one) in people.enumerated() {
        for other in people[(place + 1)...] {
          var sum = strengths[Pair(one: one, other: other)] ?? (0, day, [])
          sum.strength += strength
          sum.last = max(sum.last, day)
          sum.sources.insert(source)
          strengths[Pair(one: one, other: other)] = sum
        }
      }
    }

    var ties: [Tie] {
      strengths.filter { $0.value.strength >= faintest }
        .sorted { ($0.key.one, $0.key.other) < ($1.key.one, $1.key.other) }
        .map {
          Tie(
            one: $0.key.one, other: $0.key.other, strength: $0.value.strength, last: $0.value.last,
            sources: $0.value.sources)
        }
    }
  }

  // MARK: Asking

  /// Where somebody stands in ``people``; nil where they are not there.
  public func index(of person: RecordNumber) -> Int? { indexes[person] }

  /// Whom somebody is tied to, the strongest tie first.
  public func neighbours(of person: Int) -> [(person: Int, tie: Tie)] {
    neighbours[person].map { ($0.person, ties[$0.tie]) }
      .sorted { ($1.tie.strength, $0.person) < ($0.tie.strength, $1.person) }
  }

  /// Those who are tied to two people both and agree to introduce: the best first, by the weaker of their two ties.
  public func introducers(from one: Int, to other: Int) -> [Int] {
    let own = Dictionary(uniqueKeysWithValues: neighbours(of: one).map { ($0.person, $0.tie) })
    return neighbours(of: other).compactMap { between, tie -> (Int, Double)? in
      guard let first = own[between], people[between].introduces else { return nil }
      return (between, min(first.strength, tie.strength))
    }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }.map(\.0)
  }

  /// Those of somebody's ties that nobody else of their organisation has: what goes when they go.
  public func onlyTheirs(_ person: Int) -> [(person: Int, tie: Tie)] {
    let organisation = people[person].organisation
    return neighbours(of: person).filter { other, _ in
      guard organisation != nil, people[other].organisation != organisation else {
        return organisation == nil
      }
      return !neighbours[other].contains {
        $0.person != person && people[$0.person].organisation == organisation
      }
    }
  }

  /// How strongly two sectors are tied, and by how many ties.
  public struct Mixing: Sendable {
    public let one: Sector
    public let other: Sector
    public let count: Int
    public let strength: Double
  }

  /// Each pair of sectors that has people in the directory, also those without any tie between them.
  public var mixing: [Mixing] {
    let present = Sector.allCases.filter { sector in people.contains { $0.sector == sector } }
    var counts: [Set<Sector>: (Int, Double)] = [:]
    for tie in ties {
      guard let one = people[tie.one].sector, let other = people[tie.other].sector else { continue }
      let (count, strength) = counts[[one, other]] ?? (0, 0)
      counts[[one, other]] = (count + 1, strength + tie.strength)
    }
    return present.enumerated().flatMap { place, one in
      present[place...].map { other in
        let (count, strength) = counts[[one, other]] ?? (0, 0)
        return Mixing(one: one, other: other, count: count, strength: strength)
      }
    }
  }

  /// The network of those whose sector is known and who are tied to anybody, with their sectors as numbers.
  public var bySector: (network: Network, groups: [Int]) {
    let kept = people.indices.filter { people[$0].sector != nil }
    let places = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, $0) })
    let sectors = Dictionary(uniqueKeysWithValues: Sector.allCases.enumerated().map { ($1, $0) })
    let ties = self.ties.compactMap { tie -> Network.Tie? in
      guard let one = places[tie.one], let other = places[tie.other] else { return nil }
      return Network.Tie(one, other, strength: tie.strength)
    }
    return (
      Network(count: kept.count, ties: ties),
      kept.map { people[$0].sector.flatMap { sectors[$0] } ?? 0 }
    )
  }

  /// Those who bridge sectors: on ways between others, and tied to two other sectors or more; the most first.
  public var brokers: [Int] {
    people.indices.filter { index in
      betweenness[index] > 0
        && Set(neighbours[index].compactMap { people[$0.person].sector })
          .subtracting([people[index].sector].compactMap { $0 }).count >= 2
    }.sorted { (betweenness[$1], $0) < (betweenness[$0], $1) }
  }
}
