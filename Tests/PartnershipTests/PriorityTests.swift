import Definitions
import Foundation
import Governance
import Testing

@testable import Partnership

@Suite("Choosing priorities together")
struct PriorityTests {
  private struct Place {
    let test: TestPartnership
    let damp: RecordNumber
    let work: RecordNumber
    let round: RecordNumber

    init() throws {
      test = try TestPartnership()
      damp = try test.partnership.add(
        .priority, ["name": .text("Damp homes"), "status": .text("candidate")], by: test.partner)
      work = try test.partnership.add(
        .priority, ["name": .text("Good work"), "status": .text("candidate")], by: test.partner)
      round = try test.partnership.add(
        .round,
        [
          "name": .text("First"), "organisation": test.charity.asValue,
          "priorities": .numbers([Double(damp.value), Double(work.value)]),
          "criteria": .rows([
            ["name": .text("Matters"), "weight": .number(60)],
            ["name": .text("Feasible"), "weight": .number(40)],
            ["name": .text("Unequal"), "weight": .number(20), "source": .text("inequality")],
          ]),
          "groups": .rows([
            ["name": .text("Panel"), "share": .number(50)],
            ["name": .text("Bodies"), "share": .number(50)],
          ]),
        ], by: test.partner)
    }

    func score(
      _ candidate: RecordNumber, _ values: [String: Int] = ["Matters": 5, "Feasible": 2],
      _ group: String = "Panel", people: Int = 1, by actor: Actor? = nil
    ) throws {
      try test.partnership.score(
        candidate, in: round, values, as: group, people: people, by: actor ?? test.other)
    }
  }

  @Test("Scores are taken while a round is scored, of those who have signed in, for what is in it")
  func scoring() throws {
    let place = try Place()
    let (test, damp) = (place.test, place.damp)
    #expect(throws: PartnershipError.self) { try place.score(damp) }
    try test.partnership.setStage(.scoring, of: place.round, by: test.partner)
    try place.score(damp)
    // The last of several stands.
    try place.score(damp, ["Matters": 4, "Feasible": 3])
    try place.score(damp, ["Matters": 1, "Feasible": 1], "Bodies", by: test.partner)
    let round = try test.partnership.record(place.round, for: test.other)
    var scores = try test.partnership.scores(of: round, upTo: 1)
    #expect(scores.people == 2)
    #expect(scores.of(damp, by: "Matters").map(\.value) == [1, 4])
    #expect(
      try test.partnership.ownScores(in: round, turn: 1, of: test.other).values[damp]
        == ["Matters": 4, "Feasible": 3])
    // Nobody counts twice by naming two groups; a panel is for whoever runs the round, and counts beside them.
    try place.score(damp, ["Matters": 2, "Feasible": 2], "Bodies")
    try place.score(damp, ["Matters": 5, "Feasible": 5], "Panel", people: 12, by: test.partner)
    scores = try test.partnership.scores(of: round, upTo: 1)
    #expect(scores.people == 14)
    #expect(scores.of(damp, by: "Matters").map(\.value) == [1, 2, 5])
    #expect(scores.of(damp, by: "Matters").map(\.group) == ["Bodies", "Bodies", "Panel"])
    struct Wrong {
      let values: [String: Int]
      var group = "Panel"
      var people = 1
      let says: String
    }
    for wrong in [
      Wrong(values: ["Matters": 3], says: "Feasible has no score yet"),
      Wrong(values: ["Matters": 6, "Feasible": 1], says: "6 is not from 1 to 5"),
      Wrong(values: ["Matters": 3, "Feasible": 1], group: "Others", says: "Choose the group"),
      Wrong(values: ["Matters": 3, "Feasible": 1], people: 0, says: "0 is not from 1"),
      Wrong(values: ["Matters": 3, "Feasible": 1], people: 9, says: "by whoever runs the round"),
    ] {
      #expect {
        try place.score(damp, wrong.values, wrong.group, people: wrong.people)
      } throws: { "\($0)".contains(wrong.says) }
    }
    #expect(throws: PartnershipError.self) { try place.score(test.charity) }
    #expect(throws: PartnershipError.self) { try place.score(damp, by: .anybody) }
    // What each has left.
    #expect(try test.partnership.toScore(for: test.other).map(\.left) == [[place.work]])
    try place.score(place.work)
    #expect(try test.partnership.toScore(for: test.other).isEmpty)
    #expect(try test.partnership.toScore(for: .anybody).isEmpty)
  }

  @Test("Scores of fewer than three people of a group are not shown, nor changes by fewer")
  func publishable() throws {
    let damp = RecordNumber(1)
    func scores(_ values: [Int], _ group: String = "Panel", people: Int = 1) -> [Scores.Score] {
      values.map {
        Scores.Score(
          candidate: damp, criterion: "Matters", group: group, people: people, value: $0)
      }
    }
    func shown(_ all: [Scores.Score], after earlier: [Scores.Score]? = nil) -> [Int] {
      Scores(all: all, people: all.count).publishable(
        after: earlier.map { [Scores(all: $0, people: $0.count).publishable()] } ?? []
      ).all.map(\.value)
    }
    // Four people have scored, and of one group only one.
    #expect(shown(scores([1, 2, 3]) + scores([5], "Bodies")) == [1, 2, 3])
    #expect(shown(scores([1, 2]) + scores([5, 5], "Bodies")).isEmpty)
    #expect(shown(scores([4], people: 12)) == [4])
    // One person scores again, and then three do.
    #expect(shown(scores([1, 2, 5]), after: scores([1, 2, 3])) == [1, 2, 3])
    #expect(shown(scores([1, 2, 3, 5]), after: scores([1, 2, 3])) == [1, 2, 3])
    #expect(shown(scores([4, 5, 5]), after: scores([1, 2, 3])) == [4, 5, 5])
    #expect(shown(scores([1, 2, 3]), after: scores([1, 2])) == [1, 2, 3])
    // Whoever runs the round enters panels: beside one, or beside one that was changed, nobody's score is shown.
    #expect(shown(scores([4], people: 12) + scores([1, 5])) == [4])
    #expect(
      shown(scores([2], people: 30) + scores([1, 5, 5]), after: scores([4], people: 12)) == [
        1, 2, 5, 5,
      ])
    #expect(
      shown(
        scores([2], people: 30) + scores([1, 5, 1]),
        after: scores([4], people: 12) + scores([1, 5, 5]))
        == [1, 2, 5, 5])
  }

  @Test(
    "What came out is shown when a turn ends, and no two looks are fewer than three scores apart")
  func looks() throws {
    let place = try Place()
    let (test, damp) = (place.test, place.damp)
    func shown() throws -> [Int] {
      let round = try test.partnership.record(place.round, for: test.partner)
      return try test.partnership.publishableScores(
        of: round, upTo: Prioritisation(round).turns.second
      )
      .of(damp, by: "Matters").map(\.value)
    }
    func score(_ who: Int, _ value: Int) throws {
      try place.score(
        damp, ["Matters": value, "Feasible": 3],
        by: Actor(account: "voter-\(who)", name: "Voter \(who)", role: .partner))
    }
    try test.partnership.setStage(.scoring, of: place.round, by: test.partner)
    for who in 1...4 {
      try score(who, 2)
      #expect(try shown().isEmpty)
    }
    #expect(throws: PartnershipError.self) {
      try test.partnership.setStage(.closed, of: place.round, by: test.other)
    }
    try test.partnership.setStage(.closed, of: place.round, by: test.partner)
    #expect(try shown() == [2, 2, 2, 2])
    #expect(throws: PartnershipError.self) { try score(5, 5) }
    // Whoever runs it opens and ends it after each score, and back and forth: only the third moves anything.
    for (who, after) in [(5, [2, 2, 2, 2]), (6, [2, 2, 2, 2]), (7, [2, 2, 2, 2, 5, 5, 5])] {
      for stage in [Prioritisation.Stage.again, .closed, .again] {
        try test.partnership.setStage(stage, of: place.round, by: test.partner)
      }
      try score(who, 5)
      #expect(try shown().count == 4)
      try test.partnership.setStage(.closed, of: place.round, by: test.partner)
      #expect(try shown() == after)
    }
    try test.partnership.setStage(.again, of: place.round, by: test.partner)
    try score(8, 1)
    try test.partnership.setStage(.closed, of: place.round, by: test.partner)
    #expect(try shown() == [2, 2, 2, 2, 5, 5, 5])
    // A decision says what, why and until when.
    do {
      try test.partnership.decide(
        place.round, choosing: [], because: " \n", reviewOn: .today, by: test.steward)
      Issue.record("it was decided")
    } catch let error as PartnershipError {
      guard case .invalid(let problems) = error.reason else { throw error }
      #expect(problems.map(\.field) == ["chosen", "reason", "review_on"])
    }
    // Deciding ends a turn too, and under other rules nothing of it is shown.
    try test.partnership.setStage(.again, of: place.round, by: test.partner)
    for who in 8...10 { try score(who, 1) }
    try test.partnership.decide(
      place.round, choosing: [damp], because: "It matters.",
      reviewOn: Day.today.adding(months: 12), by: test.steward)
    #expect(try shown() == [1, 1, 1, 2, 2, 2, 2, 5, 5, 5])
    try test.partnership.setStage(.preparing, of: place.round, by: test.partner)
    try test.partnership.setStage(.scoring, of: place.round, by: test.partner)
    #expect(try shown().isEmpty)
    // Two people are no panel.
    #expect(throws: PartnershipError.self) {
      try place.score(damp, people: 2, by: test.partner)
    }
  }

  @Test("Undoing stages, and merging priorities, shows no score that was not shown")
  func looksBack() throws {
    let place = try Place()
    let (test, damp, work) = (place.test, place.damp, place.work)
    func round() throws -> Record { try test.partnership.record(place.round, for: test.partner) }
    func shown(_ candidate: RecordNumber? = nil) throws -> [Int] {
      let round = try round()
      return try test.partnership.publishableScores(
        of: round, upTo: Prioritisation(round).turns.second
      ).of(candidate ?? damp, by: "Matters").map(\.value)
    }
    func score(_ who: Int, _ value: Int, _ candidate: RecordNumber? = nil) throws {
      try place.score(
        candidate ?? damp, ["Matters": value, "Feasible": 3],
        by: Actor(account: "voter-\(who)", name: "Voter \(who)", role: .partner))
    }
    func move(_ stage: Prioritisation.Stage) throws {
      try test.partnership.setStage(stage, of: place.round, by: test.partner)
    }
    try move(.scoring)
    for who in 1...3 { try score(who, 2) }
    try score(9, 5, work)
    try move(.closed)
    #expect(try shown() == [2, 2, 2])
    #expect(try shown(work).isEmpty)
    try move(.again)
    for who in 1...2 { try score(who, 5) }
    try score(4, 1)
    try move(.closed)
    #expect(try shown() == [1, 2, 5, 5])
    // Back to the first turn, to which one more score comes: it is one score away from what was shown first.
    let moves = try test.partnership.history(of: place.round, for: test.partner).prefix(3)
    for (move, stage) in zip(moves, [Prioritisation.Stage.again, .closed, .scoring]) {
      _ = try test.partnership.undo(move.batch.number, by: test.partner)
      #expect(Prioritisation(try round()).stage == stage)
    }
    try score(5, 4)
    try move(.closed)
    #expect(try shown() == [1, 2, 5, 5])
    // From here no stage can be taken that does not follow.
    for stage in [Prioritisation.Stage.scoring, .decided] {
      #expect(throws: PartnershipError.self) { try move(stage) }
    }
    // The one score of a priority that is merged stays unseen.
    try test.partnership.merge(work, into: damp, by: test.steward)
    #expect(try shown() == [1, 2, 5, 5])
    let merge = try test.partnership.history(of: work, for: test.steward)[0].batch
    _ = try test.partnership.undo(merge.number, by: test.steward)
    // Under other rules what was scored before does not count, and yet is not to be set against what is.
    try move(.preparing)
    #expect(throws: PartnershipError.self) { try move(.again) }
    try move(.scoring)
    #expect(try shown().isEmpty)
    for who in 1...3 { try score(who, 2) }
    try score(6, 4)
    try move(.closed)
    #expect(try shown().isEmpty, "the same three as at first, and one more")
    try move(.again)
    for who in 7...8 { try score(who, 5) }
    try move(.closed)
    #expect(try shown() == [2, 2, 2, 4, 5, 5])
  }

  @Test("A beginning that was undone leaves no scores to other rules")
  func undoneBeginning() throws {
    let place = try Place()
    let test = place.test
    try test.partnership.setStage(.scoring, of: place.round, by: test.partner)
    for who in 1...3 {
      try place.score(
        place.damp, ["Matters": 5, "Feasible": 3],
        by: Actor(account: "voter-\(who)", name: "Voter \(who)", role: .partner))
    }
    let begun = try test.partnership.history(of: place.round, for: test.partner)[0].batch
    _ = try test.partnership.undo(begun.number, by: test.partner)
    try test.partnership.setStage(.scoring, of: place.round, by: test.partner)
    let round = try test.partnership.record(place.round, for: test.partner)
    #expect(
      try test.partnership.scores(of: round, upTo: Prioritisation(round).turns.second).all.isEmpty)
  }

  @Test("Who does not score again keeps the first; under other rules everybody starts over")
  func turns() throws {
    let place = try Place()
    let (test, damp) = (place.test, place.damp)
    func round() throws -> Record { try test.partnership.record(place.round, for: test.other) }
    func matters(upTo turn: Int) throws -> [Int] {
      try test.partnership.scores(of: round(), upTo: turn).of(damp, by: "Matters").map(\.value)
    }
    try test.partnership.setStage(.scoring, of: place.round, by: test.partner)
    try place.score(damp, ["Matters": 2, "Feasible": 2])
    try place.score(damp, ["Matters": 3, "Feasible": 3], by: test.partner)
    try test.partnership.setStage(.again, of: place.round, by: test.partner)
    try place.score(damp, ["Matters": 5, "Feasible": 3])
    #expect(try matters(upTo: 1) == [2, 3])
    #expect(try matters(upTo: 2) == [3, 5])
    #expect(
      try test.partnership.toScore(for: test.partner).map(\.left) == [[place.damp, place.work]])
    try test.partnership.setStage(.preparing, of: place.round, by: test.partner)
    try test.partnership.setStage(.scoring, of: place.round, by: test.partner)
    let turns = Prioritisation(try round()).turns
    #expect(turns.first == 3 && turns.second == 4)
    #expect(try matters(upTo: turns.second).isEmpty)
    // After the last day nothing is taken.
    let record = try test.partnership.record(place.round, for: test.partner)
    var fields = record.fields
    fields["closes_on"] = .text(Day(number: Day.today.number - 1).description)
    _ = try test.partnership.edit(
      place.round, basedOn: record.version, fields, by: test.partner)
    #expect(throws: PartnershipError.self) { try place.score(damp) }
    #expect(try test.partnership.toScore(for: test.other).isEmpty)
  }

  @Test(
    "Nobody decides what is not theirs: another's round, before it is scored, or another's priority"
  )
  func decidingForOthers() throws {
    let place = try Place()
    let test = place.test
    func decide(_ chosen: Set<RecordNumber>, by actor: Actor, _ round: RecordNumber? = nil) throws {
      try test.partnership.decide(
        round ?? place.round, choosing: chosen, because: "Because.",
        reviewOn: Day.today.adding(months: 1), by: actor)
    }
    #expect(throws: PartnershipError.self) { try decide([place.damp], by: test.partner) }
    try test.partnership.setStage(.scoring, of: place.round, by: test.partner)
    #expect(throws: PartnershipError.self) { try decide([place.damp], by: test.other) }
    #expect(throws: PartnershipError.self) { try decide([test.charity], by: test.partner) }
    #expect(throws: PartnershipError.self) { try decide([], by: test.partner) }
    let theirs = try test.partnership.add(
      .priority,
      [
        "name": .text("Roads"), "status": .text("candidate"), "organisation": test.council.asValue,
      ], by: test.other)
    let own = try test.partnership.add(
      .round,
      [
        "name": .text("Mine"), "organisation": test.charity.asValue,
        "priorities": .numbers([Double(theirs.value), Double(place.damp.value)]),
        "criteria": .rows([["name": .text("Matters"), "weight": .number(1)]]),
      ], by: test.partner)
    try test.partnership.setStage(.scoring, of: own, by: test.partner)
    #expect(throws: PartnershipError.self) { try decide([theirs], by: test.partner, own) }
    #expect(
      try test.partnership.record(place.damp, for: .anybody).fields.text("status") == "candidate")
    try decide([theirs], by: test.steward, own)
    #expect(
      try test.partnership.record(theirs, for: .anybody).fields.record("round") == own)
  }

  @Test("A value is the groups' means, each by its share; a panel counts as many as agreed")
  func values() {
    let (one, other) = (RecordNumber(1), RecordNumber(2))
    func score(_ candidate: RecordNumber, _ group: String, _ value: Int, _ people: Int = 1)
      -> Scores.Score
    {
      Scores.Score(
        candidate: candidate, criterion: "Matters", group: group, people: people, value: value)
    }
    let scores = Scores(
      all: [
        score(one, "Panel", 5, 3), score(one, "Panel", 1), score(one, "Bodies", 3),
        score(other, "Bodies", 5),
      ], people: 5)
    let groups = [(name: "Panel", share: 75.0), (name: "Bodies", share: 25.0)]
    // The panel's mean is 4, which is 75 of 100; the bodies' 3, which is 50.
    #expect(Scores.value(scores.of(one, by: "Matters"), groups: groups) == 0.75 * 75 + 0.25 * 50)
    // A group that has not scored is left out, not counted as nothing.
    #expect(Scores.value(scores.of(other, by: "Matters"), groups: groups) == 100)
    #expect(Scores.value([], groups: groups) == nil)
    #expect(Scores.value(scores.of(one, by: "Matters"), groups: []) == 70)
    let quartiles = Scores.quartiles(scores.of(one, by: "Matters"))
    #expect(quartiles?.lower == 3)
    #expect(quartiles?.median == 5)
    #expect(quartiles?.upper == 5)
    #expect(Scores.quartiles([]) == nil)
  }

  @Test(
    "Once it is scored, criteria, groups and candidates stay as they are, whatever a form sends")
  func frozen() throws {
    let place = try Place()
    let test = place.test
    func edit(_ change: (inout Fields) -> Void) throws -> Record {
      let record = try test.partnership.record(place.round, for: test.partner)
      var fields = record.fields
      change(&fields)
      _ = try test.partnership.edit(
        place.round, basedOn: record.version, fields, by: test.partner)
      return try test.partnership.record(place.round, for: test.partner)
    }
    let weights: Fields = ["name": .text("Matters"), "weight": .number(1)]
    var record = try edit { $0["criteria"] = .rows([weights]) }
    #expect(record.fields.rows("criteria").count == 1)
    try test.partnership.setStage(.scoring, of: place.round, by: test.partner)
    record = try edit {
      $0["criteria"] = .rows([])
      $0["priorities"] = .numbers([])
      $0["stage"] = .text("decided")
      $0["name"] = .text("Renamed")
    }
    #expect(record.title == "Renamed")
    #expect(record.fields.rows("criteria").count == 1)
    #expect(record.fields.records("priorities").count == 2)
    #expect(Prioritisation(record).stage == .scoring)
    // Only whoever runs it moves it on.
    #expect(throws: PartnershipError.self) {
      try test.partnership.setStage(.again, of: place.round, by: test.other)
    }
  }

  @Test("A decision stands in the round and in each priority, and is undone as one")
  func deciding() throws {
    let place = try Place()
    let test = place.test
    try test.partnership.setStage(.scoring, of: place.round, by: test.partner)
    try test.partnership.decide(
      place.round, choosing: [place.damp], because: "Children cough.",
      reviewOn: Day.today.adding(months: 12), by: test.partner)
    func status(_ number: RecordNumber) throws -> String? {
      try test.partnership.record(number, for: .anybody).fields.text("status")
    }
    #expect(try status(place.damp) == "chosen")
    #expect(try status(place.work) == "not_now")
    let round = try test.partnership.record(place.round, for: .anybody)
    #expect(round.fields.text("decision") == "Children cough.")
    #expect(Prioritisation(round).stage == .decided)
    try test.partnership.dissent(
      from: place.round, "Work comes first.", isNamed: false, by: test.other)
    let dissent = try test.partnership.record(place.round, for: .anybody).fields.rows("dissent")
    #expect(dissent.map { $0.text("text") } == ["Work comes first."])
    #expect(dissent[0].text("name") == nil)
    // Nor does history say who.
    let newest = try #require(
      try test.partnership.history(of: place.round, for: test.steward).first?.batch)
    #expect(newest.name == "Somebody" && newest.account.isEmpty)
    try test.partnership.undo(newest.number, by: test.steward)
    let decision = try #require(
      try test.partnership.history(of: place.damp, for: test.partner).first?.batch.number)
    try test.partnership.undo(decision, by: test.partner)
    #expect(try status(place.damp) == "candidate")
    #expect(try status(place.work) == "candidate")
  }

  @Test("A round needs two priorities and criteria that can be told apart")
  func badRounds() throws {
    let place = try Place()
    let test = place.test
    let empty = try test.partnership.add(.round, ["name": .text("Empty")], by: test.partner)
    #expect(throws: PartnershipError.self) {
      try test.partnership.setStage(.scoring, of: empty, by: test.partner)
    }
    #expect(throws: PartnershipError.self) {
      try test.partnership.add(
        .round,
        [
          "name": .text("Twice"),
          "criteria": .rows([
            ["name": .text("Need"), "weight": .number(1)],
            ["name": .text("need"), "weight": .number(1)],
          ]),
        ], by: test.partner)
    }
    #expect(throws: PartnershipError.self) {
      try test.partnership.add(
        .round,
        [
          "name": .text("Weightless"),
          "criteria": .rows([["name": .text("Need"), "weight": .number(0)]]),
        ], by: test.partner)
    }
  }

  @Test(
    "Voices are kept without what tells who somebody is",
    arguments: [
      ("Ring me on 07700 900123", "a telephone number"),
      ("+44 7700 900123 is hers", "a telephone number"),
      ("(0191) 498 0123 after six", "a telephone number"),
      ("07700.900123", "a telephone number"), ("+44 (0)7700 900123", "a telephone number"),
      ("0044 7700 900123", "a telephone number"),
      ("She is 943 476 5919", "an NHS number"), ("It is 9434765919.", "an NHS number"),
      ("943-476-5919 2024-05-01", "an NHS number"),
      ("write to jo@example.org", "an email address"),
    ])
  func identifiers(text: String, what: String) throws {
    let test = try TestPartnership()
    #expect {
      try test.partnership.add(
        .voice,
        [
          "name": .text("Damp"), "text": .text(text), "consent": .text("agreed"),
          "heard_on": .text("2026-11-01"),
        ], by: test.partner)
    } throws: { "\($0)".contains(what) }
  }

  @Test(
    "Figures in a voice are no identifiers; without consent it is not kept; partners see it first")
  func voices() throws {
    let test = try TestPartnership()
    let fields: Fields = [
      "name": .text("380 people in 2026 said so, 12 of them on 2026-11-23 to 2026-11-24"),
      "consent": .text("agreed"), "heard_on": .text("2026-11-01"), "topics": .texts(["housing"]),
    ]
    let number = try test.partnership.add(.voice, fields, by: test.partner)
    #expect(
      try test.partnership.record(number, for: test.other).fields.pillars == [.widerDeterminants])
    #expect(throws: PartnershipError.self) { try test.partnership.record(number, for: .anybody) }
    #expect(try test.partnership.list(RecordQuery(["voice"]), for: .anybody).total == 0)
    var ahead = fields
    ahead["heard_on"] = .text("2131-01-01")
    #expect {
      try test.partnership.add(.voice, ahead, by: test.partner)
    } throws: { "\($0)".contains("yet to come") }
    var without = fields
    without["consent"] = nil
    #expect(throws: PartnershipError.self) {
      try test.partnership.add(.voice, without, by: test.partner)
    }
  }

  @Test("What stands in just which pillars is counted, and found")
  func pillars() throws {
    let test = try TestPartnership()
    for (name, topics) in [
      ("One", ["housing"]), ("Two", ["housing", "smoking"]), ("Three", ["smoking", "work"]),
    ] {
      _ = try test.asset(name, ["topics": .texts(topics)])
    }
    let placed = try test.partnership.placed([.asset], for: .anybody)
    #expect(placed["asset"] == [[.widerDeterminants]: 1, [.widerDeterminants, .behaviours]: 2])
    var query = RecordQuery(["asset"])
    query.pillars = [.behaviours, .widerDeterminants]
    #expect(
      try test.partnership.list(query, for: .anybody).records.map(\.title) == ["Three", "Two"])
  }
}

@Suite("Who is missing")
struct MissingSectorTests {
  @Test(
    "Sectors are expected by topics, those with the most reasons first; a team of the council is the council too"
  )
  func missing() {
    let found = MissingSectors(
      topics: [.warmHomes, .breathing], present: [.publicHealth, .voluntary, .primaryCareNetwork])
    #expect(found.missing.map(\.sector) == [.housing, .nhsTrust, .fire])
    #expect(found.missing.first?.because == [.warmHomes, .breathing])
    #expect(found.present.contains(.localAuthority))
    #expect(found.present.contains(.generalPractice))
    #expect(MissingSectors(topics: [.faith], present: [.faith]).missing.isEmpty)
    #expect(MissingSectors(topics: [], present: []).missing.isEmpty)
    for topic in Topic.allCases { #expect(!topic.sectors.isEmpty) }
  }
}
