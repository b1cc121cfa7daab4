import Synchronization
import Testing

@testable import Linkage

@Suite("Records are linked")
struct LinkRunTests {
  private let oneToOne = LinkScope(within: false, between: true, isOneToOne: true)

  private func settings(seed: UInt64 = 1, threads: Int = 2, memory: Int = 2 << 30)
    -> LinkRun.Settings
  {
    var settings = LinkRun.Settings()
    (settings.seed, settings.threads, settings.memory) = (seed, threads, memory)
    return settings
  }

  private func link(
    _ people: TestPeople, _ scope: LinkScope, _ settings: LinkRun.Settings,
    model: LinkModel? = nil
  ) throws -> LinkResult {
    let records = people.records(scope)
    var own = model ?? records.model
    own.scope = scope
    return try LinkRun(own, records.builder(own, truth: true), settings).run()
  }

  private func pairs(_ result: LinkResult) -> [String] {
    (0..<result.linkCount).map { index in
      let link = result.link(index)
      return
        "\(result.records.ids.string(link.left)) \(result.records.ids.string(link.right)) \(link.weight)"
    }.sorted()
  }

  @Test("From the kinds of fields alone nearly all of two files' people are found, and few others")
  func twoFiles() throws {
    let result = try link(TestPeople(3_000, shared: 2_000, seed: 11), oneToOne, settings())
    let truth = try #require(TruthEvaluation(result))
    #expect(truth.truePairs == 2_000)
    #expect(truth.links.f1 > 0.985)
    #expect(truth.links == truth.clusters)
    let report = try #require(result.report)
    #expect(report.isConverged)
    #expect(abs(report.expectedMatches - 2_000) < 100)
    #expect(result.expectedF1 > 0.98)
  }

  @Test("The result does not depend on the threads, nor on whether pairs fit in memory")
  func determinism() throws {
    let people = TestPeople(2_000, shared: 1_200, seed: 5)
    let first = try link(people, oneToOne, settings(threads: 1))
    #expect(try pairs(link(people, oneToOne, settings(threads: 3))) == pairs(first))
    #expect(first.linkCount > 1_000)
    // Pairs that do not fit are compared twice; what is learnt from is then a part of them.
    let small = try link(people, oneToOne, settings(memory: 1 << 16))
    #expect(abs(small.linkCount - first.linkCount) < 30)
  }

  @Test("A model that was trained links the same records the same way again")
  func predicting() throws {
    let people = TestPeople(2_000, shared: 1_200, seed: 6)
    let first = try link(people, oneToOne, settings())
    let again = try link(people, oneToOne, settings(), model: first.model)
    #expect(pairs(again) == pairs(first))
    #expect(again.report == nil)
    #expect(again.model == first.model)
  }

  @Test("No record has two partners, and each person one cluster")
  func partners() throws {
    let result = try link(TestPeople(2_000, shared: 1_500, seed: 8), oneToOne, settings())
    let links = (0..<result.linkCount).map(result.link)
    #expect(Set(links.map(\.left)).count == links.count)
    #expect(Set(links.map(\.right)).count == links.count)
    for link in links {
      #expect(result.root(of: link.left) == result.root(of: link.right))
      #expect(result.cluster(of: link.left).size == 2)
    }
  }

  @Test("Among three files a record has at most one partner in each")
  func threeFiles() throws {
    let people = TestPeople(1_200, shared: 900, seed: 14)
    var records = people.records(oneToOne)
    records.add("third", people.right.prefix(700).map { ["T\($0[0] ?? "")"] + $0.dropFirst() })
    let result = try LinkRun(records.model, records.builder(truth: true), settings()).run()
    let truth = try #require(TruthEvaluation(result))
    #expect(truth.links.f1 > 0.97)
    var partners: Set<String> = []
    for index in 0..<result.linkCount {
      let link = result.link(index)
      let isNew = partners.insert("\(link.left) \(result.source(of: link.right))").inserted
      #expect(isNew)
      #expect(result.source(of: link.left) != result.source(of: link.right))
    }
    #expect(result.clusterSizes[3, default: 0] > 300)
  }

  @Test("Files are searched within too, unless the model says otherwise")
  func within() throws {
    let people = TestPeople(1_500, shared: 1_000, seed: 9)
    var records = TestRecords(TestPeople.fields)
    records.add("all", people.left + people.right)
    let result = try LinkRun(
      records.model, records.builder(truth: true), settings()
    ).run()
    let truth = try #require(TruthEvaluation(result))
    #expect(truth.truePairs == 1_000)
    #expect(truth.clusters.f1 > 0.98)
  }

  @Test("Two files without a person in common have no links to speak of")
  func noMatches() throws {
    let result = try link(TestPeople(2_000, shared: 0, seed: 10), oneToOne, settings())
    #expect(result.linkCount < 10)
  }

  @Test("What is learnt is what was put in")
  func parameters() throws {
    let people = TestPeople(6_000, shared: 5_000, seed: 12)
    let result = try link(people, oneToOne, settings())
    let trained = try #require(result.model.trained)
    // 1 in 40 has another date of birth, 1 in 10 another address, and 1 in 40 none of each.
    let birth = try #require(trained.comparisons.first { $0.name == "birth" })
    #expect(abs(birth.match[1] + birth.match[2] - 0.975) < 0.01)
    let address = try #require(trained.comparisons.first { $0.name == "address" })
    #expect(abs(address.match[1] - 0.88) < 0.03)
    // People share a home, and so surname and address, 3 times in 5.
    let surname = try #require(trained.comparisons.first { $0.name == "surname" })
    #expect(surname.home[1] > 0.8)
    #expect(surname.random[1] < 0.01)
    let matches = trained.shares.match * 6_000 * 6_000
    #expect(abs(matches - 5_000) < 150)
    // Pairs of one home who are not the same person.
    let homes = Dictionary(grouping: people.left) { "\($0[5] ?? "?") \($0[6] ?? "?")" }
    let sharing = people.right.reduce(0) { sum, row in
      sum + (homes["\(row[5] ?? "!") \(row[6] ?? "!")"] ?? []).count { $0[7] != row[7] }
    }
    let expected = trained.shares.home * 6_000 * 6_000 * trained.comparisons[4].home[1]
    #expect(sharing > 3_000)
    #expect(abs(expected / Double(sharing) - 1) < 0.15)
  }

  @Test("Twins are two people, however many there are", arguments: 1...4 as ClosedRange<UInt64>)
  func twins(seed: UInt64) throws {
    let people = TestPeople(1_500, shared: 0, seed: seed).left
    // Every tenth person has a twin of another name.
    let twins = people.enumerated().filter { $0.offset % 40 == 0 }.map { index, row in
      var twin = row
      twin[0] = "T\(index)"
      twin[1] = row[1] == "Oswin" ? "Odette" : "Oswin"
      twin[7] = "twin \(index)"
      return twin
    }
    var records = TestRecords(TestPeople.fields)
    records.add("only", people + twins)
    let result = try LinkRun(records.model, records.builder(), settings()).run()
    #expect(result.linkCount <= 2, "seed \(seed): \(result.linkCount)")
  }

  @Test("Father and son of one name at one address are two people")
  func fatherAndSon() throws {
    var people = TestPeople(300, shared: 0, seed: 3).left
    for (number, born) in ["1951-03-09", "1983-11-24"].enumerated() {
      people.append(
        ["S\(number)", "Oliver", "Threlfall", born, "M", "3 High Street", "ZZ3 4AB", "s\(number)"])
    }
    var records = TestRecords(TestPeople.fields)
    records.add("only", people)
    let result = try LinkRun(records.model, records.builder(), settings()).run()
    #expect(
      !(0..<result.linkCount).contains {
        result.link($0).left == 300 && result.link($0).right == 301
      })
  }

  @Test(
    "Where nobody is there twice, nobody is linked who differs in birth and sex, and the reader is told",
    arguments: 1...8 as ClosedRange<UInt64>)
  func cleanRegister(seed: UInt64) throws {
    let people = TestPeople(300, shared: 0, seed: seed)
    var records = TestRecords(TestPeople.fields)
    records.add("only", people.left)
    let notes = Mutex([String]())
    let result = try LinkRun(records.model, records.builder(), settings()) { event in
      if case .note(let text) = event { notes.withLock { $0.append(text) } }
    }.run()
    for index in 0..<result.linkCount {
      let link = result.link(index)
      let (one, other) = (people.left[link.left], people.left[link.right])
      #expect(one[3] == other[3] || one[4] == other[4], "seed \(seed)")
      #expect(link.weight >= 0, "seed \(seed)")
    }
    #expect(result.linkCount <= 1, "seed \(seed)")
    #expect(
      result.model.trained == nil
        || notes.withLock { $0 }.contains { $0.hasPrefix("Nothing could be learnt") })
  }

  @Test(
    "A pair that differs in birth and sex is not linked, whatever else agrees, and can be reviewed")
  func contradicted() throws {
    let people = TestPeople(2_000, shared: 1_200, seed: 4)
    // A model to which a difference in birth or sex says nothing.
    var model = try link(people, oneToOne, settings()).model
    var trained = try #require(model.trained)
    for index in trained.comparisons.indices
    where ["birth", "sex"].contains(trained.comparisons[index].name) {
      trained.comparisons[index].match = trained.comparisons[index].random
    }
    trained.dependences = []
    trained.threshold = 0
    trained.rules = [try BlockingRule("surname and forename")]
    model.trained = trained
    // The first of both files, with another birth and sex.
    let number = 800
    func linked(_ birth: String, _ sex: String) throws -> (isLinked: Bool, weight: Float?) {
      var records = people.records(oneToOne)
      let left = records.sources[0].rows.firstIndex { $0[0] == "L\(number)" }
      let right = records.sources[1].rows.firstIndex { $0[0] == "R\(number)" }
      let (l, r) = (try #require(left), try #require(right))
      records.sources[0].rows[l] = [
        "L\(number)", "Ada", "Xylothorpe", "1931-02-03", "F", "1 Only Road", "ZZ1 1AA", "x",
      ]
      records.sources[1].rows[r] = [
        "R\(number)", "Ada", "Xylothorpe", birth, sex, "1 Only Road", "ZZ1 1AA", "x",
      ]
      let result = try LinkRun(model, records.builder(model), settings()).run()
      #expect(result.linkCount > 700)
      let pairs = result.pairs
      let place = pairs.left.indices.first {
        Int(pairs.left[$0]) == l && Int(pairs.right[$0]) == 2_000 + r
      }
      return (
        (0..<result.linkCount).contains { result.link($0).left == l },
        place.map { pairs.weights[$0] }
      )
    }
    #expect(try linked("1994-11-25", "F").isLinked)
    let differing = try linked("1994-11-25", "M")
    #expect(!differing.isLinked)
    #expect(try #require(differing.weight) <= Float(Scorer.mostContradicted))
  }

  @Test("Two records that do not say who they are about are not linked with each other")
  func unidentified() throws {
    let people = TestPeople(800, shared: 500, seed: 15)
    let whole = try link(people, LinkScope(), settings())
    let pair = whole.link(0)
    func result(_ isUnidentified: Int...) throws -> LinkResult {
      var unidentified = [Bool](repeating: false, count: whole.recordCount)
      for record in isUnidentified { unidentified[record] = true }
      let records = people.records(LinkScope())
      return try LinkRun(
        whole.model, records.builder(whole.model), settings(), unidentified: unidentified
      ).run()
    }
    func isThere(_ result: LinkResult) -> Bool {
      (0..<result.linkCount).map(result.link).contains {
        $0.left == pair.left && $0.right == pair.right
      }
    }
    #expect(isThere(try result(pair.left)))
    #expect(!isThere(try result(pair.left, pair.right)))
  }

  @Test("A number that many people have is no person's own")
  func sharedNumber() throws {
    var records = TestRecords([
      LinkField("surname", .surname), LinkField("birth", .dateOfBirth),
      LinkField("nhs", .nhsNumber),
    ])
    records.add(
      "all",
      (0..<40).map { number in
        let letter = String(UnicodeScalar(UInt8(65 + number % 20)))
        let own: String? = number < 8 ? "9434765919" : number < 11 ? "9434765870" : nil
        return ["\(number)", "NAME\(letter)", "19\(40 + number)-02-03", own]
      })
    let set = try records.set()
    let part = try #require(set.part("nhs"))
    #expect(set.notes.count == 1)
    #expect((0..<8).allSatisfy { set.code($0, part) == 0 })
    #expect((8..<11).allSatisfy { set.code($0, part) != 0 })
  }
}
