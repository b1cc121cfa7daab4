import Synchronization
import Testing

@testable import Linkage

@Suite("Records that cannot be linked are told of before the long work")
struct InputCheckTests {
  private let fields = [
    LinkField("forename", .forename), LinkField("surname", .surname),
    LinkField("birth", .dateOfBirth), LinkField("sex", .sex),
  ]

  private func records(_ change: (inout [[String?]]) -> Void = { _ in }) -> TestRecords {
    let people = TestPeople(300, shared: 200, seed: 3)
    var left = people.left.map { Array($0.prefix(5)) }
    change(&left)
    var records = TestRecords(fields, scope: LinkScope(within: false, between: true))
    records.add("left", left)
    records.add("right", people.right.map { Array($0.prefix(5)) })
    return records
  }

  private func notes(_ records: TestRecords, _ model: LinkModel? = nil) throws -> [String] {
    try InputChecks(model ?? records.model, records.set(model)).notes
  }

  private func message(_ records: TestRecords) throws -> String {
    let error = try #require(throws: LinkageError.self) {
      try LinkRun(records.model, records.builder()).run()
    }
    return error.description
  }

  @Test("An id that is there twice, with the record and without the id")
  func duplicateID() throws {
    let text = try message(records { $0[7][0] = $0[3][0] })
    #expect(text.hasPrefix("left:8: the id in 'id' is that of an earlier record too."))
    #expect(!text.contains("L3"))
  }

  @Test("A record without an id")
  func noID() throws {
    #expect(try message(records { $0[4][0] = nil }).hasPrefix("left:5: the record has no id"))
  }

  @Test("A source without records")
  func emptySource() throws {
    #expect(try message(records { $0 = [] }).hasPrefix("The source 'left' has no records."))
  }

  @Test("One source, where only pairs between sources are looked for")
  func oneSource() throws {
    var one = TestRecords(fields, scope: LinkScope(within: false, between: true))
    one.add("only", TestPeople(50, shared: 10, seed: 1).left.map { Array($0.prefix(5)) })
    #expect(try message(one).hasPrefix("There is one source only"))
  }

  @Test("A column that is empty in one source is told of")
  func emptyInOne() throws {
    let found = try notes(records { rows in for row in rows.indices { rows[row][3] = nil } })
    #expect(found == ["'birth' is empty in left."])
  }

  @Test("A column that says nothing is left out of the model")
  func silent() throws {
    var records = TestRecords(fields)
    let people = TestPeople(300, shared: 200, seed: 3)
    records.add("all", people.left.map { [$0[0], $0[1], $0[2], nil, "F"] })
    let checked = try InputChecks(records.model, records.set())
    #expect(
      checked.notes == [
        "'birth' is empty in all sources, and is left out.",
        "'sex' has one and the same value wherever it has one, and is left out.",
      ])
    #expect(checked.model.comparisons.map(\.name) == ["forename", "surname"])
    #expect(!checked.model.blocking.candidates.contains { $0.fields.contains("birth") })
  }

  @Test("A column that another one gives counts once")
  func predicted() throws {
    var records = TestRecords(fields + [LinkField("gender", .code)])
    let people = TestPeople(300, shared: 200, seed: 3)
    records.add(
      "all", people.left.map { Array($0.prefix(5)) + [$0[4].map { $0 == "F" ? "2" : "1" }] })
    let found = try notes(records)
    #expect(found.count == 1)
    #expect(found[0].hasSuffix("so that it would count twice; it is left out."))
  }

  @Test("A blocking rule with a billion pairs is refused with their number and a better one")
  func hugeRule() throws {
    // The same sex for all: nobody is told apart by it.
    var records = TestRecords([LinkField("sex", .sex), LinkField("surname", .surname)])
    records.add(
      "all",
      (0..<50_000).map {
        ["\($0)", $0 == 0 ? "M" : "F", "NAME\(String(UnicodeScalar(65 + UInt8($0 % 26))))"]
      })
    var model = records.model
    model.blocking.rules = [try BlockingRule("sex")]
    let error = try #require(throws: LinkageError.self) {
      try LinkRun(model, records.builder(model)).run()
    }
    #expect(error.message.contains("1249925001 pairs"))
    #expect(error.hint?.contains("sex and") == true)
  }

  @Test("A model that was trained on other comparisons is refused")
  func otherModel() throws {
    let people = TestPeople(600, shared: 400, seed: 4)
    let scope = LinkScope(within: false, between: true)
    let trained = try LinkRun(
      people.records(scope).model, people.records(scope).builder()
    ).run().model.trained
    var records = records()
    records.sources = [
      ("left", people.left.map { Array($0.prefix(5)) }),
      ("right", people.right.map { Array($0.prefix(5)) }),
    ]
    var model = records.model
    model.trained = trained
    let error = try #require(throws: LinkageError.self) {
      try LinkRun(model, records.builder(model)).run()
    }
    #expect(error.message.hasPrefix("The model was trained on other comparisons"))
  }

  @Test("Records that have nothing in common are linked with nobody, and the reader is told")
  func nothingInCommon() throws {
    func row(_ source: String, _ number: Int) -> [String?] {
      let letters = String(UnicodeScalar(UInt8(65 + number % 26)))
      // No two share a name, its sound, a birth year or a first letter with a year.
      return [
        "\(source)\(number)",
        "\(letters)\(String(repeating: "O", count: number / 26 + 1))\(source)",
        nil, "\(1500 + 2 * number + (source == "L" ? 0 : 1))-01-01", nil,
      ]
    }
    for scope in [LinkScope(), LinkScope(within: false, between: true, isOneToOne: true)] {
      var records = TestRecords(fields, scope: scope)
      records.add("left", (0..<220).map { row("L", $0) })
      records.add("right", (0..<220).map { row("R", $0) })
      let notes = Mutex([String]())
      let result = try LinkRun(records.model, records.builder()) { event in
        if case .note(let text) = event { notes.withLock { $0.append(text) } }
      }.run()
      #expect(result.linkCount == 0)
      #expect(result.model.trained == nil && result.report == nil)
      #expect((0..<result.recordCount).allSatisfy { result.root(of: $0) == $0 })
      #expect(notes.withLock { $0 }.contains { $0.hasPrefix("No two records that differ agree") })
    }
  }

  @Test("One record alone is linked with nobody, and the work ends")
  func oneRecord() throws {
    var records = TestRecords(fields)
    records.add("only", [["a", "Ada", "Aldale", "1980-02-03", "F"]])
    #expect(try LinkRun(records.model, records.builder()).run().linkCount == 0)
    records = TestRecords(fields, scope: LinkScope(within: true, between: false))
    records.add("left", [["a", "Ada", "Aldale", "1980-02-03", "F"]])
    records.add("right", [["b", "Ben", "Fardale", "1981-02-03", "M"]])
    #expect(try LinkRun(records.model, records.builder()).run().linkCount == 0)
  }
}
