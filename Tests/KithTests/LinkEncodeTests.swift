import Foundation
import TestPlaces
import Testing

/// Two partners who may not say who people are, and an analyst who links what they send.
@Suite("kith link encode")
struct LinkEncodeTests {
  private static let model = """
    id: id
    fields:
      first: forename
      last: surname
      dob: date_of_birth
      postcode: postcode
    """

  private static let encodings = """
    id: id
    link: {within: false, between: true, one_to_one: true}
    fields:
      encoding: encoding
    """

  private static let first = [
    "Ada", "Bertram", "Cecily", "Dunstan", "Edith", "Fergus", "Gwendoline", "Hector", "Iris",
    "Jocasta",
    "Kendrick", "Leonora", "Mortimer",
  ]
  private static let last = [
    "Abbott", "Bracewell", "Critchley", "Dewhurst", "Entwistle", "Fairclough", "Gorst", "Haworth",
    "Ickringill", "Jolly", "Kershaw",
  ]

  /// People of whom two lists have half in common; in one some names have a letter less, and some days are wrong.
  private static func list(_ letter: String, _ people: Range<Int>, slips: Bool) -> String {
    var lines = ["id,first,last,dob,postcode"]
    for number in people {
      let (a, b) = (number * 7919 % 1_000, number * 104_729 % 1_000)
      var surname = last[(a + number) % last.count] + ["", "son", "ley", "man"][b % 4]
      if slips, number % 6 == 0 { surname.removeLast() }
      let day = 1 + (b + (slips && number % 15 == 0 ? 1 : 0)) % 28
      let month = 1 + a % 12
      let born =
        "\(1930 + (a * 31 + b) % 85)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
      let postcode = "ZZ\(1 + a % 9) \(b % 9)\(["AB", "CD", "EF", "GH"][number % 4])"
      lines.append("\(letter)\(number),\(first[b % first.count]),\(surname),\(born),\(postcode)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func inFolder(_ body: (Program) throws -> Void) throws {
    let folder = try TestPlaces.emptyFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let program = Program(in: folder)
    try program.write("m.yaml", Self.model)
    try program.write("e.yaml", Self.encodings)
    try program.write("a.csv", Self.list("A", 0..<1_200, slips: false))
    try program.write("b.csv", Self.list("B", 600..<1_800, slips: true))
    #expect(try program.run(["link", "encode", "--new-key", "shared.key"]).code == 0)
    try body(program)
  }

  private func encode(_ program: Program, _ name: String, _ more: [String] = []) throws {
    let made = try program.run(
      [
        "link", "encode", "m.yaml", "\(name).csv", "--key", "shared.key", "-o",
        "\(name)-encoded.csv",
        "--ids", "\(name)-ids.csv",
      ] + more)
    #expect(made.code == 0, "\(made.errors)")
  }

  @Test(
    "What partners encode finds its person, and says nothing of them",
    arguments: [[], ["--hardening", "none"], ["--salt", "birth_year"]])
  func linkage(options: [String]) throws {
    try inFolder { program in
      for name in ["a", "b"] { try encode(program, name, options) }
      let sent = try #require(program.text("a-encoded.csv"))
      for text in Self.first + Self.last + ["A17", "ZZ", "19", "id,first"] {
        // Base 64 has short texts by chance.
        guard text.count > 4 else { continue }
        #expect(!sent.contains(text), "\(text) is in what is sent")
      }
      let rows = sent.split(separator: "\n").dropFirst()
      #expect(rows.count == 1_200)
      #expect(rows.allSatisfy { $0.contains(/^r[0-9a-f]{16},k1\.[0-9a-f]{8}\.[A-Za-z0-9+\/]+=*$/) })
      #expect(rows.sorted() == Array(rows))
      for file in ["a-encoded.csv", "a-ids.csv", "shared.key"] {
        let attributes = try FileManager.default.attributesOfItem(
          atPath: program.folder.appendingPathComponent(file).path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
      }
      let linked = try program.run([
        "link", "e.yaml", "a-encoded.csv", "b-encoded.csv", "-o", "linked", "--csv",
      ])
      #expect(linked.code == 0, "\(linked.errors)")
      func ids(_ file: String) throws -> [String: String] {
        let lines = try #require(program.text(file)).split(separator: "\n").dropFirst()
        return Dictionary(
          uniqueKeysWithValues: lines.map { line in
            let cells = line.split(separator: ",").map(String.init)
            return (cells[0], cells[1])
          })
      }
      let (a, b) = (try ids("a-ids.csv"), try ids("b-ids.csv"))
      let links = try #require(program.text("linked/links.csv")).split(separator: "\n").dropFirst()
      let right = links.filter { line in
        let cells = line.split(separator: ",").map(String.init)
        return a[cells[1]]?.dropFirst() == b[cells[3]]?.dropFirst()
      }
      #expect(Double(right.count) > 0.95 * Double(links.count))
      // The key is drawn anew each time, which moves this by a hundredth or two either way.
      #expect(Double(right.count) > 0.8 * 600)
    }
  }

  @Test("What cannot be encoded or compared is told, and nothing is written")
  func badInput() throws {
    try inFolder { program in
      func fails(_ arguments: [String], _ text: String, code: Int32 = 2) throws {
        let run = try program.run(["link", "encode"] + arguments)
        #expect(run.code == code, "\(arguments)")
        #expect(run.errors.contains(text), "\(run.errors)")
      }
      let usual = ["m.yaml", "a.csv", "-o", "out.csv"]
      try fails(usual, "--key")
      try fails(usual + ["--key", "none.key"], "There is no such file", code: 1)
      try fails(["--new-key", "shared.key"], "There is a file of this name already", code: 1)
      try fails(usual + ["--key", "shared.key", "--noise", "0.5"], "from 0 to 0.2")
      try fails(usual + ["--key", "shared.key", "--ids", "out.csv"], "one and the same")
      try fails(["m.yaml", "a.csv", "-o", "shared.key", "--key", "shared.key"], "one and the same")
      try fails(usual + ["--key", "shared.key", "--bits", "1000"], "512, 1024, 2048 or 4096")
      try fails(["m.yaml", "none.csv", "-o", "out.csv", "--key", "shared.key"], "no such file")
      try program.write("short.key", "abc\n")
      try fails(usual + ["--key", "short.key"], "holds no key", code: 1)
      try program.write("open.key", String(repeating: "0a", count: 32) + "\n")
      try fails(usual + ["--key", "open.key"], "chmod 600", code: 1)
      try program.write("names.yaml", "id: id\nfields:\n  last: surname\n")
      try fails(
        ["names.yaml", "a.csv", "-o", "out.csv", "--key", "shared.key", "--salt", "birth_year"],
        "no date of birth")
      try program.write(
        "twice.csv",
        "id,first,last,dob,postcode\n1,Ada,Abbott,1950-01-02,ZZ1 1AB\n1,Bo,Byrne,1951-02-03,ZZ1 1AB\n"
      )
      try fails(["m.yaml", "twice.csv", "-o", "out.csv", "--key", "shared.key"], "twice.csv:3")
      #expect(program.text("out.csv") == nil)
      // Partners who did not agree on the options.
      try encode(program, "a")
      try encode(program, "b", ["--salt", "birth_year"])
      let linked = try program.run([
        "link", "e.yaml", "a-encoded.csv", "b-encoded.csv", "-o", "linked",
      ])
      #expect(linked.code == 2)
      #expect(linked.errors.contains("different keys or settings"))
      let plain = try program.run(["link", "e.yaml", "c.csv", "a-encoded.csv", "-o", "linked"])
      #expect(plain.code == 2)
      try program.write("c.csv", "id,encoding\n1,abc\n2,def\n")
      let broken = try program.run(["link", "e.yaml", "c.csv", "a-encoded.csv", "-o", "linked"])
      #expect(broken.code == 2)
      #expect(broken.errors.contains("are no encodings"))
    }
  }
}
