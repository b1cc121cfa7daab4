import Foundation
import Testing

@testable import Linkage

@Suite("Fields with several values, and places")
struct SeveralValuesTests {
  private func set(_ rows: [[String?]], _ fields: [LinkField]) throws -> RecordSet {
    var records = TestRecords(fields)
    records.add("a", rows)
    return try records.set()
  }

  private static let phones = LinkField("phones", .phone, separator: ";")

  @Test("Several values are cleaned one by one, in order, each once")
  func cleaned() throws {
    let records = try set(
      [
        ["1", "01524 100200; 07700 900123"], ["2", "[07700900123;+44 1524 100200;07700 900123]"],
        ["3", " ; "], ["4", nil], ["5", "07700 900999"],
      ], [Self.phones])
    #expect(records.code(0, 0) != 0)
    #expect(records.code(0, 0) == records.code(1, 0))
    #expect(records.code(2, 0) == 0)
    #expect(records.code(3, 0) == 0)
    #expect(records.code(4, 0) != records.code(0, 0))
  }

  @Test("How many they have in common is what sets say", arguments: 1...5)
  func overlap(seed: Int) throws {
    var random = SplitMix(UInt64(seed))
    let lists = (0..<60).map { _ in
      (0...random.below(4)).map { _ in "07700 9000\(10 + random.below(12))" }
    }
    let records = try set(
      lists.enumerated().map { ["\($0)", $1.joined(separator: ";")] }, [Self.phones])
    let part = records.parts[0]
    let features = PartFeatures(part, [.overlap])
    // Two lists that share anything meet in some drawing, the more they share the more often.
    let drawings = (1...64).map { band in
      KeyCodes.codes(KeyPart(kind: .drawn, field: "phones", count: 0, band: band), part)
    }
    for a in 0..<60 {
      for b in 0..<60 {
        let (x, y) = (Set(lists[a]), Set(lists[b]))
        let (i, j) = (records.code(a, 0), records.code(b, 0))
        let value = PairMeasures.value(.overlap, features.view, i, j, limit: .infinity)
        #expect(value == Double(x.intersection(y).count))
        let meetings = drawings.count { $0[Int(i)] == $0[Int(j)] }
        let jaccard = Double(x.intersection(y).count) / Double(x.union(y).count)
        // 64 drawings: five standard deviations are at most 0.32.
        #expect(abs(Double(meetings) / 64 - jaccard) < 0.32)
        if jaccard == 0 { #expect(meetings == 0) }
      }
    }
  }

  @Test("People who share one of several telephone numbers are found by it")
  func linked() throws {
    var records = TestRecords(
      [LinkField("surname", .surname), LinkField("birth", .dateOfBirth), Self.phones],
      scope: LinkScope(within: false, between: true, isOneToOne: true))
    let people = TestPeople(900, shared: 600, seed: 77)
    func rows(_ all: [[String?]], _ phones: (Int) -> String) -> [[String?]] {
      all.map { row in
        let number = Int(row[7] ?? "") ?? 0
        return [row[0], row[2], row[3], phones(number)]
      }
    }
    records.add("left", rows(people.left) { "0152\(4_000_000 + $0);0770\(0_900_000 + $0)" })
    records.add("right", rows(people.right) { "0770\(0_900_000 + $0); 0161\(5_000_000 + $0)" })
    let result = try LinkRun(records.model, records.builder()).run()
    let right = (0..<result.linkCount).map(result.link).count { link in
      result.name(of: link.left).id.dropFirst() == result.name(of: link.right).id.dropFirst()
    }
    #expect(right > 590)
    #expect(result.linkCount - right < 5)
  }

  @Test("Kilometres are those of the great circle; what is in no gazetteer is not known")
  func kilometres() throws {
    let gazetteer = Gazetteer()
    func add(_ postcode: String, _ latitude: Double, _ longitude: Double) {
      var postcode = postcode
      postcode.withUTF8 {
        gazetteer.add(UnsafeRawBufferPointer($0), latitude: latitude, longitude: longitude)
      }
    }
    add("ZZ1 1AA", 51.5007, -0.1246)
    add("zz11ab", 48.8584, 2.2945)
    add("ZZ1 1AC", 99.999999, 0)
    #expect(gazetteer.count == 2)
    func point(_ text: String) -> SIMD4<Double> { gazetteer.point(of: Array(text.utf8)) }
    // By the haversine formula, worked out elsewhere.
    let apart = Gazetteer.kilometres(point("ZZ11AA"), point("ZZ11AB"))
    #expect(abs(apart - 340.5) < 0.2)
    #expect(Gazetteer.kilometres(point("ZZ11AA"), point("ZZ11AA")) == 0)
    #expect(Gazetteer.kilometres(point("ZZ11AA"), point("ZZ11AC")).isNaN)
    // In a comparison, a distance that is not known makes no level hold.
    var records = TestRecords([LinkField("home", .postcode)])
    records.add("a", [["1", "ZZ1 1AA"], ["2", "ZZ1 1AB"], ["3", "ZZ8 9ZZ"]])
    let levels = [
      Comparison.Level(try Condition("exact")), Comparison.Level(try Condition("km <= 400")),
    ]
    let comparison = Comparison("home", field: "home", levels: levels)
    let builder = try records.builder()
    #expect(throws: LinkageError.self) {
      _ = try ComparisonPlan(comparison, try records.set())
    }
    builder.gazetteer = gazetteer
    let set = builder.finish()
    let plan = try ComparisonPlan(comparison, set)
    let comparer = PairComparer([plan], try PatternCode([comparison]), set)
    #expect(comparer.patterns([0, 0, 1], [1, 2, 2]) == [2, 3, 3])
  }
}
