import Testing

@testable import Linkage

@Suite("What people decided of pairs holds")
struct PairDecisionTests {
  private let twoFiles = LinkScope(within: false, between: true, isOneToOne: true)

  private func link(
    _ people: TestPeople, _ scope: LinkScope, _ decisions: [PairDecision] = []
  ) throws -> LinkResult {
    let records = people.records(scope)
    var settings = LinkRun.Settings()
    settings.threads = 2
    return try LinkRun(
      records.model, records.builder(truth: true), settings, decisions: decisions
    ).run()
  }

  private func name(_ result: LinkResult, _ record: Int) -> PairDecision.Record {
    PairDecision.Record(source: result.source(of: record), id: result.records.ids.string(record))
  }

  private func areOne(_ result: LinkResult, _ decision: PairDecision) throws -> Bool {
    let decided = try DecidedPairs([decision], result.records)
    let key = try #require(decided.same.first ?? decided.different.first)
    return result.root(of: Int(key >> 32)) == result.root(of: Int(key & 0xFFFF_FFFF))
  }

  @Test(
    "Records that are one person's are together, those of two apart, in any scope",
    arguments: [LinkScope(), LinkScope(within: false, between: true, isOneToOne: true)])
  func respected(scope: LinkScope) throws {
    let people = TestPeople(800, shared: 500, seed: 21)
    let first = try link(people, scope)
    var decisions: [PairDecision] = []
    for index in stride(from: 0, to: 60, by: 3) {
      let link = first.link(index)
      decisions.append(PairDecision(name(first, link.left), name(first, link.right), .different))
    }
    // Two that have nothing in common.
    let alone = (0..<first.recordCount).filter { first.cluster(of: $0).size == 1 }
    let (one, other) = (try #require(alone.first), try #require(alone.last))
    decisions.append(PairDecision(name(first, one), name(first, other), .same))
    let second = try link(people, scope, decisions)
    for decision in decisions {
      #expect(try areOne(second, decision) == (decision.verdict == .same))
      #expect(try areOne(first, decision) == (decision.verdict == .different))
    }
    #expect(second.linkCount > 400)
  }

  @Test("Decisions that contradict each other are refused, those about others wait")
  func contradictions() throws {
    let people = TestPeople(300, shared: 200, seed: 22)
    func record(_ source: String, _ id: String) -> PairDecision.Record {
      PairDecision.Record(source: source, id: id)
    }
    let (a, b, c) = (record("left", "L1"), record("left", "L2"), record("left", "L3"))
    #expect(throws: LinkageError.self) {
      try link(people, LinkScope(), [PairDecision(a, b, .same), PairDecision(b, a, .different)])
    }
    #expect(throws: LinkageError.self) {
      try link(
        people, LinkScope(),
        [PairDecision(a, b, .same), PairDecision(b, c, .same), PairDecision(c, a, .different)])
    }
    let set = try people.records(LinkScope()).set()
    let decided = try DecidedPairs(
      [PairDecision(a, record("right", "nobody"), .same), PairDecision(a, b, .same)], set)
    #expect(decided.strangers == 1)
    #expect(decided.same.count == 1)
  }

  @Test("Labels teach what patterns alone do not tell")
  func labels() throws {
    // Matches agree on the forename and differ in the birth's last digit as often as not; others too: nothing
    // but labels can say which pairs with these levels are matches.
    let people = TestPeople(2_500, shared: 1_200, seed: 23)
    let plain = try link(people, twoFiles)
    let truth = try #require(TruthEvaluation(plain))
    // Decisions on pairs in doubt, as the truth has them.
    let doubtful = plain.scored.weights.indices.filter { abs(plain.scored.weights[$0]) < 6 }
    let known = try #require(plain.records.truth)
    let decisions = doubtful.map { place -> PairDecision in
      let (one, other) = (Int(plain.scored.left[place]), Int(plain.scored.right[place]))
      return PairDecision(
        name(plain, one), name(plain, other),
        known[one] == known[other] ? .same : .different)
    }
    #expect(decisions.count > 20)
    let taught = try link(people, twoFiles, decisions)
    let after = try #require(TruthEvaluation(taught))
    #expect(after.links.f1 > truth.links.f1)
    // The estimates follow: what is expected among the pairs is nearer to what there is.
    let (before, now) = (
      try #require(plain.report?.expectedMatches), try #require(taught.report?.expectedMatches)
    )
    #expect(abs(now - 1_200) <= abs(before - 1_200) + 5)
  }

  @Test("What is known of a pattern's pairs is learnt from")
  func fixedClasses() throws {
    // One comparison of two levels, found by no rule of its own: all pairs agree on it half of the time.
    let comparisons = try [
      Comparison("a", field: "a", levels: [.init(Condition("exact"))]),
      Comparison("b", field: "b", levels: [.init(Condition("exact"))]),
    ]
    let code = try PatternCode(comparisons)
    func pattern(_ a: UInt32, _ b: UInt32) -> UInt32 { a * code.steps[0] + b * code.steps[1] }
    var counts = CountTable()
    for (a, b) in [(1, 1), (1, 2), (2, 1), (2, 2)] as [(UInt32, UInt32)] {
      counts.add(1 << 32 | UInt64(pattern(a, b)), 1_000)
    }
    let rule = try BlockingRule("c")
    let start = ClassLevels(
      comparisons, kinds: [.code, .code], random: [[0, 0.5, 0.5], [0, 0.5, 0.5]])
    let labels = [(1, 1), (1, 2)].flatMap { a, b in
      (0..<800).map { _ in
        PatternData.Label(pattern: pattern(a, b), rules: 1, isMatch: b == 1)
      }
    }
    let data = PatternData(counts, code, [rule], labels: labels)
    #expect(data.pairCount == 4_000)
    let fit = MixtureFit(data, comparisons, start)
    // All pairs that are known to match agree on b.
    #expect(fit.levels[0][1][1] > 0.9)
  }
}
