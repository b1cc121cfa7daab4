import Testing

@testable import Linkage

@Suite("People keep their ids")
struct PersonIDTests {
  private func ids(_ clusters: [Int], _ earlier: [Int64?]) -> PersonIDs {
    var next: Int64 = 100
    return PersonIDs(clusters: clusters, earlier: earlier) { _ in
      next += 1
      return next
    }
  }

  @Test("Where nothing changed nothing happens, and who is new gets a new id")
  func same() {
    let made = ids([0, 0, 2, 3], [5, 5, 9, nil])
    #expect(made.ids == [5, 5, 9, 101])
    #expect(made.events.isEmpty)
  }

  @Test("Two people who turn out to be one have the id of the one with more records")
  func merge() {
    let made = ids([0, 0, 0, 0], [7, 5, 5, nil])
    #expect(made.ids == [5, 5, 5, 5])
    #expect(made.events == [PersonEvent(kind: .merged, from: 7, to: 5, records: [0])])
  }

  @Test("One who turns out to be two keeps the id where most records are")
  func split() {
    let made = ids([0, 1, 1], [5, 5, 5])
    #expect(made.ids == [101, 5, 5])
    #expect(made.events == [PersonEvent(kind: .split, from: 5, to: 101, records: [0])])
  }

  @Test("Of as many records, who can have no other id keeps it")
  func ties() {
    let made = ids([0, 0, 2], [9, 5, 5])
    #expect(made.ids == [9, 9, 5])
    #expect(ids([0, 0, 0, 0, 4, 4, 4], [9, 5, 5, 5, 5, 5, 5]).ids == [9, 9, 9, 9, 5, 5, 5])
  }

  @Test("A record that goes to another person is told of, and both keep their ids")
  func move() {
    let made = ids([0, 0, 2, 2, 2], [5, 5, 5, 8, 8])
    #expect(made.ids == [5, 5, 8, 8, 8])
    #expect(made.events == [PersonEvent(kind: .moved, from: 5, to: 8, records: [2])])
  }

  @Test("Events undone give the ids from before", arguments: [1, 2, 3, 4, 5] as [UInt64])
  func undoing(seed: UInt64) {
    var random = SplitMix(seed)
    let count = 400
    func clusters() -> [Int] {
      var lowest: [Int: Int] = [:]
      return (0..<count).map { record in
        let group = random.below(150)
        lowest[group] = lowest[group] ?? record
        return lowest[group] ?? record
      }
    }
    let earlier = ids(clusters(), [Int64?](repeating: nil, count: count)).ids
    let next = clusters()
    var fresh: Int64 = 1_000
    let made = PersonIDs(clusters: next, earlier: earlier) { _ in
      fresh += 1
      return fresh
    }
    // One id a cluster, and one cluster an id.
    #expect(Set(zip(next, made.ids).map { "\($0) \($1)" }).count == Set(next).count)
    #expect(Set(made.ids).count == Set(next).count)
    var undone = made.ids
    for event in made.events {
      for record in event.records {
        #expect(undone[record] == event.to)
        undone[record] = event.from
      }
    }
    #expect(undone == earlier)
  }
}
