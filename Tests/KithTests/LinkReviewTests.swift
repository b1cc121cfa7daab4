import Foundation
import TestPlaces
import Testing

/// A round of review as two people and an analyst go through it.
@Suite("kith link review and decide")
struct LinkReviewTests {
  private static let model = """
    id: id
    link: {within: false, between: true, one_to_one: true}
    fields:
      first: forename
      last: surname
      dob: date_of_birth
      postcode: postcode
    """

  /// People of two lists: of every third the second list has another birth date and a misspelt name.
  private static func list(_ letter: String, slips: Bool) -> String {
    let first = [
      "Ada", "Bertram", "Cecily", "Dunstan", "Edith", "Fergus", "Gwendoline", "Hector", "Iris",
    ]
    let last = ["Abbott", "Bracewell", "Critchley", "Dewhurst", "Entwistle", "Fairclough"]
    var lines = ["id,first,last,dob,postcode"]
    for number in 0..<240 {
      let isOff = slips && number % 3 == 0
      let day = 1 + (number * 7 + (isOff ? 11 : 0)) % 28
      let month = 1 + number % 12
      let born =
        "\(1920 + number / 3)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
      let surname = last[number % 6] + (isOff && number % 2 == 0 ? "son" : "")
      let postcode = "ZZ\(1 + (isOff && number % 5 == 0 ? number + 1 : number) % 9) 1AB"
      lines.append("\(letter)\(number),\(first[number % 9]),\(surname),\(born),\(postcode)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func inFolder(_ body: (Program) throws -> Void) throws {
    let folder = try TestPlaces.emptyFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let program = Program(in: folder)
    try program.write("m.yaml", Self.model)
    try program.write("a.csv", Self.list("A", slips: false))
    try program.write("b.csv", Self.list("B", slips: true))
    try body(program)
  }

  /// Fills in what a reviewer says: the truth, but of some rows something else.
  private func filled(_ pairs: String, _ other: [Int: String] = [:]) -> String {
    let lines = pairs.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    return lines.enumerated().map { row, line -> String in
      guard row > 0, !line.isEmpty else { return line }
      let cells = line.split(separator: ",", omittingEmptySubsequences: false)
      let isSame = cells[3].dropFirst() == cells[5].dropFirst()
      return (other[row] ?? (isSame ? "same" : "different")) + line
    }.joined(separator: "\n")
  }

  @Test("Two people look at the pairs in doubt, and later linkages respect what they decide")
  func round() throws {
    try inFolder { program in
      let first = try program.run(["link", "m.yaml", "a.csv", "b.csv", "-o", "one", "--csv"])
      #expect(first.code == 0, "\(first.errors)")
      let review = try program.run([
        "link", "review", "one/model.json", "a.csv", "b.csv", "-o", "pairs.csv", "--pairs", "60",
      ])
      #expect(review.code == 0, "\(review.errors)")
      let attributes = try FileManager.default.attributesOfItem(
        atPath: program.folder.appendingPathComponent("pairs.csv").path)
      #expect(attributes[.posixPermissions] as? Int == 0o600)
      let pairs = try #require(program.text("pairs.csv"))
      #expect(pairs.split(separator: "\n").count == 61)
      #expect(pairs.hasPrefix("decision,comment,left_source,left_id,right_source,right_id,"))
      // The second differs from the first on one pair, and is not sure of another.
      try program.write("anna.csv", filled(pairs))
      try program.write("bert.csv", filled(pairs, [3: "unsure", 5: "same", 6: "different"]))
      let decide = try program.run([
        "link", "decide", "anna.csv", "bert.csv", "-o", "decisions.csv", "--open", "open.csv",
      ])
      #expect(decide.code == 0, "\(decide.errors)")
      #expect(decide.output.contains("Both looked at 60 pairs and agree on "))
      #expect(decide.output.contains("kappa is 0."))
      #expect(!decide.output.contains(" A"))
      let open = try #require(program.text("open.csv")).split(separator: "\n").count - 1
      #expect((2...3).contains(open))
      let decisions = try #require(program.text("decisions.csv")).split(separator: "\n")
      #expect(decisions.count == 61 - open)
      // Pairs that were decided are linked, or not, as they were decided.
      let second = try program.run([
        "link", "m.yaml", "a.csv", "b.csv", "-o", "two", "--csv", "--decisions", "decisions.csv",
        "--previous", "one",
      ])
      #expect(second.code == 0, "\(second.errors)")
      let links = Set(
        try #require(program.text("two/links.csv")).split(separator: "\n").map {
          $0.split(separator: ",").prefix(4).joined(separator: ",")
        })
      for decision in decisions.dropFirst() {
        let cells = decision.split(separator: ",")
        let pair = cells[1...4].joined(separator: ",")
        #expect(links.contains(pair) == (cells[0] == "same"), "\(decision)")
      }
      // People keep their ids, and what changed is told.
      #expect(people(program, "two", "a") == people(program, "one", "a"))
      let events = try #require(program.text("two/events.csv"))
      #expect(
        events.hasPrefix("event,kind,from_person_id,to_person_id,source,record_id\n"))
      // A later review asks of other pairs.
      let more = try program.run([
        "link", "review", "m.yaml", "a.csv", "b.csv", "-o", "more.csv", "--pairs", "60",
        "--decisions", "decisions.csv",
      ])
      #expect(more.code == 0, "\(more.errors)")
      let asked = try #require(program.text("more.csv")).split(separator: "\n").dropFirst()
        .map {
          $0.split(separator: ",", omittingEmptySubsequences: false)[2...5].joined(separator: ",")
        }
      #expect(!asked.isEmpty)
      let known = Set(
        decisions.dropFirst().map { $0.split(separator: ",")[1...4].joined(separator: ",") })
      #expect(known.isDisjoint(with: asked))
    }
  }

  /// The people of a source's records, by record.
  private func people(_ program: Program, _ folder: String, _ source: String) -> [String: String] {
    var people: [String: String] = [:]
    for line in (program.text("\(folder)/clusters.csv") ?? "").split(separator: "\n") {
      let cells = line.split(separator: ",", omittingEmptySubsequences: false)
      if cells[0] == source { people[String(cells[1])] = String(cells[2]) }
    }
    return people
  }

  @Test("A decision that is none, one that contradicts another, and pairs that make two people one")
  func badDecisions() throws {
    try inFolder { program in
      let head = "decision,left_source,left_id,right_source,right_id\n"
      try program.write("bad.csv", head + "same,a,A1,b,B1\nperhaps,a,A2,b,B2\n")
      let bad = try program.run(["link", "decide", "bad.csv", "-o", "d.csv"])
      #expect(bad.code == 2)
      #expect(bad.errors.contains("bad.csv:3: In 'decision' there is something"))
      #expect(!bad.errors.contains("perhaps"))
      try program.write("twice.csv", head + "same,a,A1,b,B1\ndifferent,b,B1,a,A1\n")
      let twice = try program.run(["link", "decide", "twice.csv", "-o", "d.csv"])
      #expect(twice.code == 2)
      #expect(twice.errors.contains("twice.csv:3: The pair is there twice"))
      try program.write("chain.csv", head + "same,a,A1,b,B1\nsame,b,B1,a,A2\ndifferent,a,A1,a,A2\n")
      let chain = try program.run(["link", "decide", "chain.csv", "-o", "d.csv"])
      #expect(chain.code == 2)
      #expect(chain.errors.contains("chain.csv:4: The two are different people here"))
      #expect(program.text("d.csv") == nil)
      try program.write("one.csv", head + "same,a,A1,b,B1\n,a,A7,b,B8\n")
      let one = try program.run(["link", "decide", "one.csv", "-o", "d.csv"])
      #expect(one.code == 0, "\(one.errors)")
      #expect(program.text("d.csv") == head + "same,a,A1,b,B1\n")
      try program.write("other.csv", head + "different,a,A1,b,B1\n")
      let other = try program.run(["link", "decide", "other.csv", "-o", "d.csv"])
      #expect(other.code == 2)
      #expect(
        other.errors.contains("other.csv:2: The pair was decided otherwise before."))
      let missing = try program.run(["link", "decide", "a.csv", "-o", "d.csv"])
      #expect(missing.code == 2)
      #expect(missing.errors.contains("There is no column 'left_source'"))
      let nowhere = try program.run([
        "link", "m.yaml", "a.csv", "b.csv", "-o", "out", "--previous", "nowhere",
      ])
      #expect(nowhere.code == 2)
      #expect(nowhere.errors.contains("There are no clusters of an earlier linkage here."))
    }
  }
}
