import Testing

@testable import Linkage

@Suite("Blocking finds the pairs that have a key in common, each once")
struct BlocksTests {
  private func blocks(_ records: RecordSet, _ rules: [String], scope: LinkScope, largest: Int)
    throws -> Blocks
  {
    let rules = try rules.map { try BlockingRule($0) }
    let splits = try BlockingRule("birth and sex and forename").parts
    let keys = try RecordKeys(rules.flatMap(\.parts) + splits, records, threads: 2)
    return Blocks(
      rules, keys, records, scope: scope, splits: splits, largestBlock: largest, threads: 2)
  }

  /// The pairs that the blocks give, those of earlier rules taken out.
  private func pairs(_ blocks: Blocks) -> [String] {
    var found: [String] = []
    for stretch in blocks.stretches(pairs: 100) {
      var (left, right): ([UInt32], [UInt32]) = ([], [])
      blocks.forEachPair(stretch) { one, other in
        left.append(one)
        right.append(other)
      }
      var rules = [UInt32](repeating: 0, count: left.count)
      let count = left.count
      let kept = left.withUnsafeMutableBufferPointer { left in
        right.withUnsafeMutableBufferPointer { right in
          rules.withUnsafeMutableBufferPointer { rules in
            guard let l = left.baseAddress, let r = right.baseAddress, let f = rules.baseAddress
            else { return 0 }
            return blocks.keepOwn(stretch.rule, l, r, f, count)
          }
        }
      }
      for pair in 0..<kept { found.append("\(left[pair]) \(right[pair])") }
    }
    return found.sorted()
  }

  @Test(
    "All pairs of a key, in scope, for random records",
    arguments: [
      LinkScope(), LinkScope(within: false, between: true), LinkScope(within: true, between: false),
    ])
  func all(scope: LinkScope) throws {
    let rules = ["soundex(surname)", "year(birth) and sex", "forename and surname"]
    let records = try TestPeople(150, shared: 90, seed: 21).records(scope).set()
    let keys = try RecordKeys(
      rules.flatMap { try BlockingRule($0).parts }, records, threads: 1)
    let universe = PairUniverse(records, scope)
    var expected: [String] = []
    for one in 0..<records.count {
      for other in (one + 1)..<max(one + 1, records.count) where universe.isInScope(one, other) {
        let isFound = try rules.contains { text in
          let key = keys.key(try BlockingRule(text))
          return key.hash(one) != 0 && key.hash(one) == key.hash(other)
        }
        if isFound { expected.append("\(one) \(other)") }
      }
    }
    #expect(expected.count > 100)
    let blocks = try blocks(records, rules, scope: scope, largest: 1_000_000)
    #expect(pairs(blocks) == expected.sorted())
    #expect(blocks.rules.allSatisfy { $0.pairsLeftOut == 0 })
  }

  @Test("A key with too many pairs is split, not dropped, and what that leaves out is counted")
  func split() throws {
    let scope = LinkScope()
    let records = try TestPeople(400, shared: 300, seed: 22).records(scope).set()
    let whole = try blocks(records, ["sex"], scope: scope, largest: 1_000_000)
    let split = try blocks(records, ["sex"], scope: scope, largest: 50)
    #expect(split.rules[0].pairCount + split.rules[0].pairsLeftOut == whole.rules[0].pairCount)
    #expect(split.rules[0].pairsLeftOut > 0)
    let some = pairs(split)
    #expect(some.count == split.rules[0].pairCount)
    #expect(Set(some).isSubset(of: pairs(whole)))
    // Records that share what blocks are split by stay together.
    var kept = 0
    for pair in pairs(whole) {
      let ends = pair.split(separator: " ").compactMap { Int($0) }
      let birth = try #require(records.part("birth"))
      let code = records.code(ends[0], birth)
      guard code != 0, code == records.code(ends[1], birth) else { continue }
      #expect(some.contains(pair))
      kept += 1
    }
    #expect(kept > 50)
  }
}
