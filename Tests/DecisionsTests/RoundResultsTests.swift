import Definitions
import Foundation
import Governance
import Partnership
import Statistics
import Testing

@testable import Decisions

@Suite("What a round came to")
struct RoundResultsTests {
  private let steward = Actor(account: "steward", name: "A steward", role: .steward)

  /// A round of some priorities by two criteria, with two groups whose scores count alike.
  private func round(
    _ count: Int, weights: (Double, Double) = (60, 40), groups: [String] = ["Panel", "Bodies"]
  ) throws -> Prioritisation {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "kith-round-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let partnership = try Partnership(
      at: folder.appendingPathComponent("partnership.sqlite"), locator: NoPostcodes())
    let priorities = try (0..<count).map {
      try partnership.add(
        .priority, ["name": .text("Priority \($0)"), "status": .text("candidate")], by: steward)
    }
    let number = try partnership.add(
      .round,
      [
        "name": .text("First"),
        "priorities": .numbers(priorities.map { Double($0.value) }),
        "criteria": .rows([
          ["name": .text("Matters"), "weight": .number(weights.0)],
          ["name": .text("Feasible"), "weight": .number(weights.1)],
        ]),
        "groups": .rows(groups.map { ["name": .text($0), "share": .number(50)] }),
      ], by: steward)
    return Prioritisation(try partnership.record(number, for: steward))
  }

  private func scores(
    _ rules: Prioritisation, _ values: [(matters: [Int], feasible: [Int])], group: String = "Panel"
  ) -> Scores {
    Scores(
      all: zip(rules.candidates, values).flatMap { candidate, own in
        [("Matters", own.matters), ("Feasible", own.feasible)].flatMap { criterion, all in
          all.map {
            Scores.Score(
              candidate: candidate, criterion: criterion, group: group, people: 1, value: $0)
          }
        }
      }, people: 4)
  }

  @Test("Totals are weighted means of values from 0 to 100, and the best is first")
  func totals() throws {
    let rules = try round(2)
    // Means of 4.5 and 2 are 87.5 and 25 of 100; of 2 and 5 they are 25 and 100.
    let results = try #require(
      RoundResults(
        rules, scores(rules, [([4, 5], [2, 2]), ([2, 2], [5, 5])]), evidence: [:]))
    #expect(results.values == [[87.5, 25], [25, 100]])
    #expect(abs(results.model.totals[0] - (0.6 * 87.5 + 0.4 * 25)) < 1e-9)
    #expect(abs(results.model.totals[1] - (0.6 * 25 + 0.4 * 100)) < 1e-9)
    #expect(results.order == [0, 1])
    #expect(results.first == rules.candidates[0])
    #expect(!results.isUneven)
    // The first stays first while 87.5w + 25(1 - w) ≥ 25w + 100(1 - w): from a weight of 75 ÷ 137.5 on.
    let matters = try #require(results.stability.first { $0.criterion == "Matters" })
    #expect(abs(matters.range.lowerBound - 75 / 137.5) < 1e-6)
    #expect(matters.range.upperBound == 1 && !matters.isAny)
    #expect(abs(matters.weight - 0.6) < 1e-12)
  }

  @Test(
    "Where one is better by every criterion, no weight decides; where two are alike, none is first")
  func dominance() throws {
    let rules = try round(2)
    let better = try #require(
      RoundResults(rules, scores(rules, [([5, 5], [4, 4]), ([2, 2], [1, 1])]), evidence: [:]))
    #expect(better.stability.count == 2 && better.stability.allSatisfy(\.isAny))
    let alike = try #require(
      RoundResults(rules, scores(rules, [([3, 3], [3, 3]), ([3, 3], [3, 3])]), evidence: [:]))
    #expect(alike.first == nil && alike.stability.isEmpty)
    #expect(RoundResults(try round(1), Scores(all: [], people: 0), evidence: [:]) == nil)
  }

  @Test("The same round gives the same draws, and shares of ranks add up to all of them")
  func draws() throws {
    let rules = try round(4)
    let own = scores(
      rules, [([4, 5], [2, 3]), ([3, 4], [3, 3]), ([1, 2], [5, 5]), ([2, 4], [2, 5])])
    let one = try #require(RoundResults(rules, own, evidence: [:]))
    let two = try #require(RoundResults(rules, own, evidence: [:]))
    #expect(one.acceptability.shares == two.acceptability.shares)
    for shares in one.acceptability.shares + one.anyWeights.shares {
      #expect(abs(shares.reduce(0, +) - 1) < 1e-9)
    }
  }

  @Test("The standard error of a value follows from how the scores lie apart, group by group")
  func errors() {
    func score(_ value: Int, _ group: String = "Panel", people: Int = 1) -> Scores.Score {
      Scores.Score(
        candidate: RecordNumber(1), criterion: "Matters", group: group, people: people,
        value: value)
    }
    // Mean 4, Σ(x − 4)² = 2, n = 3: √(3) ÷ 3 points, 25 of 100 each.
    #expect(
      abs(
        RoundResults.error([score(3), score(4), score(5)], [("Panel", 50)])
          - 3.0.squareRoot() / 3 * 25) < 1e-9)
    // A panel of 12 that agreed is one score.
    #expect(
      RoundResults.error([score(4, people: 12)], [("Panel", 50)])
        == RoundResults.error([score(4)], [("Panel", 50)]))
    // Of two groups with half of the say each: √(¼a² + ¼b²).
    let (a, b) = (3.0.squareRoot() / 3, 1.0)
    #expect(
      abs(
        RoundResults.error(
          [score(3), score(4), score(5), score(2, "Bodies")], [("Panel", 50), ("Bodies", 50)])
          - ((a * a + b * b) / 4).squareRoot() * 25) < 1e-9)
    // Who has not scored does not count.
    #expect(
      RoundResults.error([score(2)], [("Panel", 50), ("Bodies", 50)])
        == RoundResults.error([score(2)], [("Panel", 50)]))
  }

  @Test("Disagreements are told where half of at least four lie more than a point apart")
  func disagreements() throws {
    let rules = try round(2)
    let results = try #require(
      RoundResults(
        rules, scores(rules, [([1, 1, 5, 5, 5, 1], [3, 3, 3, 3, 3, 3]), ([2, 2], [5, 1])]),
        evidence: [:]))
    #expect(results.disagreements.map(\.criterion) == ["Matters"])
    #expect(results.disagreements.map(\.candidate) == [rules.candidates[0]])
    let other = scores(rules, [([4], [4]), ([4], [4])], group: "Bodies").all
      .filter { $0.candidate == rules.candidates[0] }
    let uneven = try #require(
      RoundResults(
        rules,
        Scores(all: scores(rules, [([4], [4]), ([3], [3])]).all + other, people: 2), evidence: [:]))
    #expect(uneven.isUneven)
  }
}
