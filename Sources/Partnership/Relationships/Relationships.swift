import Foundation
public import Statistics
import Synchronization

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
    /// Their organisation and its sector, where partners may see it.
    public let organisation: RecordNumber?
    public let sector: Sector?
    /// Whether they agree to be named among those who connect others.
    public let isNamed: Bool
    /// Whether they agree to be asked to introduce people.
    public let introduces: Bool
    /// Their organisation, whoever may see it.
    let employer: RecordNumber?
    /// Whether they agree to be found by those who look for somebody who knows, and would be asked.
    let isFound: Bool
    let knows: [Topic]
    let offers: [String]
    /// The words that they say of themselves, in small letters.
    let words: [String]
  }

  public struct Tie: Sendable {
    public let one: Int
    public let other: Int
    public let strength: Double
    /// When it was last told of.
    public let last: Day
    public let sources: Set<Source>
  }

  /// A meeting, for what it says of those who were there.
  struct Gathering: Sendable {
    let number: RecordNumber
    let title: String
    let day: Day
    let topics: [Topic]
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
  let shape = Shape()
  let gatherings: [Gathering]
  /// The meetings that each person was at, by their places in ``gatherings``.
  let attended: [[Int]]
  private let indexes: [RecordNumber: Int]
  private let neighbours: [[(person: Int, tie: Int)]]

  /// - Parameters:
  ///   - people: records of people, as partners may see them.
  ///   - sectors: the sectors of organisations.
  ///   - meetings: records of meetings.
  ///   - introductions: records of introductions; those that were made count.
  ///   - refusing: those who would rather not be asked now.
  public init(
    people records: [Record], sectors: [RecordNumber: Sector], meetings: [Record],
    introductions: [Record], refusing: Set<RecordNumber> = [], today: Day = .today
  ) {
    let people = records.sorted { $0.number < $1.number }.map { record in
      let openness = record.fields.texts("open_to")
      let organisation = record.fields.record("organisation")
      return Someone(
        number: record.number, name: record.title, role: record.fields.text("role") ?? "",
        organisation: organisation, sector: organisation.flatMap { sectors[$0] },
        isNamed: openness.contains("named"), introduces: openness.contains("introduce"),
        employer: record.organisation,
        isFound: openness.contains("found") && !refusing.contains(record.number),
        knows: record.fields.texts("knows").compactMap { Topic(rawValue: $0) },
        offers: record.fields.texts("offers"), words: Self.words(of: record))
    }
    let indexes = Dictionary(uniqueKeysWithValues: people.enumerated().map { ($1.number, $0) })
    var sums = Sums(today: today)
    var gatherings: [Gathering] = []
    var attended: [[Int]] = Array(repeating: [], count: people.count)
    for meeting in meetings {
      guard let day = meeting.fields.text("day").flatMap({ Day($0) }) else { continue }
      let there = Set(meeting.fields.records("people").compactMap { indexes[$0] }).sorted()
      for person in there { attended[person].append(gatherings.count) }
      gatherings.append(
        Gathering(
          number: meeting.number, title: meeting.title, day: day,
          topics: meeting.fields.texts("topics").compactMap { Topic(rawValue: $0) }))
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
      for tie in record.fields.rows("ties") {
        // Somebody's word is as old as what it says, or as the last time when it was found to hold.
        let said = tie.text("since").flatMap { Day($0) } ?? Day(record.created)
        let day = max(said, record.assurance?.day ?? said)
        guard let other = tie.record("person").flatMap({ indexes[$0] }), other != one else {
          continue
        }
        // A pair alone is worth 1; one side of it half.
        sums.add([min(one, other), max(one, other)], of: 3, on: day, .stated)
      }
    }
    self.gatherings = gatherings
    self.attended = attended
    let ties = sums.ties
    self.people = people
    self.indexes = indexes
    self.ties = ties
    let network = Network(
      count: people.count, ties: ties.map { Network.Tie($0.one, $0.other, strength: $0.strength) })
    self.network = network
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

  /// The words that somebody says of themselves.
  private static func words(of person: Record) -> [String] {
    let fields = ["role", "skills", "passions", "languages", "lived_experience", "availability"]
    return fields.flatMap { name -> [String] in
      (person.fields.text(name).map { [$0] } ?? person.fields.texts(name)).flatMap {
        $0.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "-") }.map(String.init)
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

  /// Those who agree to introduce, are tied to somebody of an organisation, and are of one of others or tied to somebody
  /// there: the best first, by their strongest tie to the organisation.
  public func introducers(
    to organisation: RecordNumber, from others: Set<RecordNumber>
  ) -> [Someone] {
    func isOf(_ person: Int, _ wanted: Set<RecordNumber>) -> Bool {
      people[person].organisation.map(wanted.contains) ?? false
    }
    return people.indices.compactMap { index -> (Int, Double)? in
      guard people[index].introduces, !isOf(index, [organisation]) else { return nil }
      let near = neighbours[index]
      let there = near.filter { isOf($0.person, [organisation]) }.map { ties[$0.tie].strength }
      guard let best = there.max(),
        isOf(index, others) || near.contains(where: { isOf($0.person, others) })
      else { return nil }
      return (index, best)
    }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }.map { people[$0.0] }
  }

  /// Those of somebody's ties that nobody else of their organisation has: what goes when they go.
  public func onlyTheirs(_ person: Int) -> [(person: Int, tie: Tie)] {
    let employer = people[person].employer
    return neighbours(of: person).filter { other, _ in
      guard employer != nil, people[other].employer != employer else { return employer == nil }
      return !neighbours[other].contains {
        $0.person != person && people[$0.person].employer == employer
      }
    }
  }
}
