import Testing

@testable import Linkage

@Suite("Comparisons that go together")
struct DependenceTests {
  private func link(_ people: TestPeople, sexOf: ((String) -> String)?) throws -> LinkResult {
    let scope = LinkScope(within: false, between: true, isOneToOne: true)
    var records = TestRecords(TestPeople.fields, scope: scope)
    for (name, rows) in [("left", people.left), ("right", people.right)] {
      records.add(
        name,
        rows.map { row in
          guard let sexOf, let forename = row[1] else { return row }
          var row = row
          // Slips in the second file leave the first letter as it is.
          row[4] = sexOf(forename)
          return row
        })
    }
    return try LinkRun(records.model, records.builder(truth: true)).run()
  }

  private func dependence(_ result: LinkResult) -> Dependence? {
    result.report?.dependences.first { Set([$0.one, $0.other]) == ["forename", "sex"] }
  }

  @Test("Where a forename tells the sex, the two are not two proofs")
  func forenameAndSex() throws {
    let people = TestPeople(3_000, shared: 2_000, seed: 61)
    let result = try link(people) { ($0.utf8.first ?? 0) % 2 == 0 ? "F" : "M" }
    let found = try #require(dependence(result))
    // Of unrelated pairs half are of one sex, and all of those with one forename.
    #expect(abs(found.random[1][1] - 1) < 0.1)
    #expect(found.random[1][2] < -3)
    #expect(found.bits > 0.5)
    let truth = try #require(TruthEvaluation(result))
    #expect(truth.links.f1 > 0.975)
    let example = try #require(result.examples().first)
    let together = example.parts.first { $0.comparison == "forename and sex" }
    #expect(try #require(together).weight < -0.5)
    let sum =
      example.prior + example.home + example.parts.reduce(0) { $0 + $1.weight }
      + example.rarities.reduce(0) { $0 + $1.weight }
    #expect(abs(sum - example.total) < 0.001)
  }

  @Test("Where it does not, nothing is allowed for")
  func independent() throws {
    let result = try link(TestPeople(3_000, shared: 2_000, seed: 62), sexOf: nil)
    #expect(dependence(result) == nil)
  }
}
