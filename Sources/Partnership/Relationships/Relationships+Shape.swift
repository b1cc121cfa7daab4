import Statistics
import Synchronization

extension Relationships {
  /// What the ties make as a whole. Worked out when it is first asked for, which takes seconds with thousands of people,
  /// and then kept.
  public var structure: Structure { shape.structure(of: self) }

  /// Keeps the structure once it is worked out.
  final class Shape: Sendable {
    private let held = Mutex<Structure?>(nil)

    func structure(of relationships: Relationships) -> Structure {
      held.withLock { held in
        if let held { return held }
        let made = Structure(relationships)
        held = made
        return made
      }
    }
  }

  public struct Structure: Sendable {
    /// How many people are tied to anybody.
    public let tied: Int
    /// Into how many parts without a tie between them those fall.
    public let parts: Int
    /// How many shortest ways between others each person is on.
    public let betweenness: [Double]
    /// Those without whom a part falls apart.
    public let weakPoints: [Int]
    /// Those who bridge sectors: on ways between others, and tied to two other sectors or more; the most first.
    public let brokers: [Int]
    /// Each pair of sectors that has people in the directory, also those without any tie between them.
    public let mixing: [Mixing]
    /// Of ties between people whose sectors are known: how far they keep to a sector, and the balance of ties across and
    /// within; nil where there is nothing to tell.
    public let assortativity: Double?
    public let externalInternal: Double?

    init(_ all: Relationships) {
      let network = all.network
      let degrees = network.degrees
      let components = network.components
      let tied = all.people.indices.filter { degrees[$0] > 0 }
      self.tied = tied.count
      parts = Set(tied.map { components[$0] }).count
      let betweenness = network.betweenness
      self.betweenness = betweenness
      weakPoints = network.weakPoints.nodes
      brokers = tied.filter { index in
        betweenness[index] > 0
          && Set(all.neighbours(of: index).compactMap { all.people[$0.person].sector })
            .subtracting([all.people[index].sector].compactMap { $0 }).count >= 2
      }.sorted { (betweenness[$1], $0) < (betweenness[$0], $1) }
      mixing = Mixing.all(all)
      let known = all.ties.filter {
        all.people[$0.one].sector != nil && all.people[$0.other].sector != nil
      }
      let sectors = Dictionary(uniqueKeysWithValues: Sector.allCases.enumerated().map { ($1, $0) })
      let told = Network(
        count: all.people.count,
        ties: known.map { Network.Tie($0.one, $0.other, strength: $0.strength) })
      let groups = all.people.map { person in person.sector.flatMap { sectors[$0] } ?? 0 }
      assortativity = told.assortativity(groups: groups)
      externalInternal = told.externalInternal(groups: groups)
    }
  }

  /// How strongly two sectors are tied, and by how many ties.
  public struct Mixing: Sendable {
    public let one: Sector
    public let other: Sector
    public let count: Int
    public let strength: Double

    static func all(_ all: Relationships) -> [Mixing] {
      let found = Set(all.people.compactMap(\.sector))
      let present = Sector.allCases.filter(found.contains)
      var counts: [Set<Sector>: (Int, Double)] = [:]
      for tie in all.ties {
        guard let one = all.people[tie.one].sector, let other = all.people[tie.other].sector else {
          continue
        }
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
  }
}
