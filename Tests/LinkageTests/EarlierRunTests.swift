import Testing

@testable import Linkage

@Suite("What is new is linked with what was there")
struct EarlierRunTests {
  /// Rows of sources, of which some were there before.
  private struct Delivery {
    var sources: [(name: String, rows: [[String?]])]

    func records(_ model: LinkModel) -> TestRecords {
      var records = TestRecords(model.fields, scope: model.scope)
      for source in sources { records.add(source.name, source.rows) }
      return records
    }

    /// Each record's name and values, in order.
    var contents: [String] {
      sources.flatMap { source in source.rows.map { "\(source.name) \($0.map { $0 ?? "-" })" } }
    }
  }

  private func run(
    _ model: LinkModel, _ delivery: Delivery, earlier: EarlierRun? = nil,
    decisions: [PairDecision] = []
  ) throws -> LinkResult {
    var settings = LinkRun.Settings()
    settings.threads = 2
    return try LinkRun(
      model, delivery.records(model).builder(model), settings, decisions: decisions,
      earlier: earlier
    ).run()
  }

  private func earlier(_ result: LinkResult, _ old: Delivery, _ new: Delivery) -> EarlierRun {
    let place = Dictionary(
      uniqueKeysWithValues: new.contents.enumerated().map { ($0.element, UInt32($0.offset)) })
    let moved = old.contents.map { place[$0] }
    var pairs = ScoredPairs()
    let found = result.pairs
    for index in 0..<found.count {
      guard let one = moved[Int(found.left[index])], let other = moved[Int(found.right[index])]
      else { continue }
      pairs.append(one, other, weight: found.weights[index], pattern: found.patterns[index])
    }
    let was = Set(old.contents)
    return EarlierRun(wasThere: new.contents.map(was.contains), pairs: pairs)
  }

  private func links(_ result: LinkResult) -> [String] {
    (0..<result.linkCount).map { index in
      let link = result.link(index)
      return "\(link.left) \(link.right) \(link.weight)"
    }.sorted()
  }

  private func clusters(_ result: LinkResult) -> [String] {
    (0..<result.recordCount).map {
      let facts = result.cluster(of: $0)
      return "\(result.root(of: $0)) \(facts.size) \(facts.cohesion) \(facts.flag ?? "")"
    }
  }

  @Test(
    "A run after an earlier one comes to what a run of everything comes to",
    arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
  func equality(seed: UInt64) throws {
    var random = SplitMix(seed)
    let people = TestPeople(700, shared: 500, seed: seed)
    let third = people.right.enumerated().filter { $0.offset % 3 == 0 }
      .map { ["T\($0.element[0] ?? "")"] + $0.element.dropFirst() }
    var sources: [(name: String, rows: [[String?]])] = [
      ("left", people.left), ("right", people.right),
    ]
    if seed % 2 == 0 { sources.append(("third", third)) }
    var scope = LinkScope()
    if seed % 4 == 1 { scope = LinkScope(within: false, between: true, isOneToOne: true) }
    if seed % 4 == 2 { scope = LinkScope(within: false, between: true) }
    var model = LinkModel(id: "id", fields: TestPeople.fields)
    model.scope = scope
    // Few pairs of one key, so that blocks are parted, and otherwise once there are more records.
    model.blocking.largestBlock = seed % 3 == 0 ? 20 : 20_000
    model.blocking.rules = try ["surname", "birth", "forename and postcode"].map(BlockingRule.init)
    model = try run(model, Delivery(sources: sources)).model
    func part(_ share: Int) -> Delivery {
      Delivery(
        sources: sources.map { name, rows in
          (name, rows.filter { _ in random.below(100) < share })
        })
    }
    // Some records are new, and some are gone.
    let old = part(80)
    var new = part(90)
    // What is there again comes in the same order: as it does in the sources.
    new.sources[0].rows.append(["new"] + (people.left[3].dropFirst()))
    let before = try run(model, old)
    let whole = try run(model, new)
    let again = try run(model, new, earlier: earlier(before, old, new))
    #expect(whole.linkCount > 200)
    #expect(links(again) == links(whole))
    #expect(clusters(again) == clusters(whole))
    // Once more, with decisions in between that are taken back.
    let link = again.link(7)
    let decision = PairDecision(name(again, link.left), name(again, link.right), .different)
    let decided = try run(
      model, new, earlier: earlier(again, new, new), decisions: [decision])
    #expect(!links(decided).contains { $0.hasPrefix("\(link.left) \(link.right) ") })
    let last = try run(model, new, earlier: earlier(decided, new, new))
    #expect(links(last) == links(whole))
  }

  @Test("Only pairs with something new in them are compared")
  func fewPairs() throws {
    let people = TestPeople(2_000, shared: 1_500, seed: 31)
    var model = LinkModel(id: "id", fields: TestPeople.fields)
    model.scope = LinkScope(within: false, between: true, isOneToOne: true)
    let all = Delivery(sources: [("left", people.left), ("right", people.right)])
    let whole = try run(model, all)
    let records = all.records(whole.model)
    let set = try records.set(whole.model)
    let wasThere = (0..<set.count).map { $0 % 40 != 5 }
    let keys = try RecordKeys(
      whole.blocks.rules.flatMap(\.rule.parts), set, threads: 1)
    func blocks(_ isIn: [Bool]?) -> Blocks {
      Blocks(
        whole.blocks.rules.map(\.rule), keys, set, scope: model.scope, splits: [],
        largestBlock: 1 << 20, threads: 1, only: isIn)
    }
    let known = EarlierBlocks(wasThere: wasThere, blocks: blocks(wasThere))
    let now = blocks(nil)
    var pairs = 0
    for stretch in now.stretches(pairs: 1 << 10) {
      now.forEachNewPair(stretch, since: known) { one, other in
        #expect(one % 40 == 5 || other % 40 == 5)
        pairs += 1
      }
    }
    #expect(pairs > 0)
  }

  private func name(_ result: LinkResult, _ record: Int) -> PairDecision.Record {
    PairDecision.Record(source: result.source(of: record), id: result.records.ids.string(record))
  }
}
