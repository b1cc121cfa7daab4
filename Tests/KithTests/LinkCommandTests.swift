import Foundation
import TestPlaces
import Testing

/// `kith link` run as a person runs it, on good and bad files.
@Suite("kith link")
struct LinkCommandTests {
  private static let model = """
    id: id
    link: {within: false, between: true, one_to_one: true}
    fields:
      first: forename
      last: surname
      dob: date_of_birth
      address: {kind: address, columns: [street, postcode]}
    """

  /// Two lists of the same sixty people, the second with slips.
  private static func list(_ letter: String, slips: Bool) -> String {
    let first = ["Ada", "Bertram", "Cecily", "Dunstan", "Edith", "Fergus", "Gwendoline", "Hector"]
    let last = [
      "Abbott", "Bracewell", "Critchley", "Dewhurst", "Entwistle", "Fairclough", "Grimshaw",
    ]
    var lines = ["id,first,last,dob,street,postcode,person"]
    for number in 0..<60 {
      let (month, day) = (1 + number % 12, 1 + number * 7 % 28)
      let surname = last[number % 7] + (slips && number % 9 == 0 ? "e" : "")
      let born = "\(1931 + number)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
      lines.append(
        "\(letter)\(number),\(first[number % 8]),\(surname),\(slips && number % 11 == 0 ? "" : born),"
          + "\(number + 1) Test Road,ZZ\(1 + number % 9) 1A\(["A", "B", "D"][number % 3]),\(number)"
      )
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

  @Test("Two lists become links, clusters and a model, and the model links them again")
  func good() throws {
    try inFolder { program in
      let result = try program.run(
        ["link", "m.yaml", "a.csv", "b.csv", "-o", "out", "--csv", "--truth", "person"])
      #expect(result.code == 0, "\(result.errors)")
      #expect(result.output.contains("60 links among a (60 records), b (60 records)."))
      let links = try #require(program.text("out/links.csv")).split(separator: "\n")
      #expect(links.count == 61)
      #expect(
        links[0]
          == "left_source,left_id,right_source,right_id,match_weight,match_probability,level_first,"
          + "level_last,level_dob,level_address")
      for link in links.dropFirst() {
        let cells = link.split(separator: ",")
        #expect(cells[0] == "a" && cells[2] == "b")
        #expect(cells[1].dropFirst() == cells[3].dropFirst())
      }
      let clusters = try #require(program.text("out/clusters.csv")).split(separator: "\n")
      #expect(clusters.count == 121)
      #expect(clusters[0] == "source,record_id,person_id,cluster_size,cohesion,flagged")
      let again = try program.run([
        "link", "out/model.json", "a.csv", "b.csv", "-o", "again", "--csv",
      ])
      #expect(again.code == 0, "\(again.errors)")
      #expect(program.text("again/links.csv") == program.text("out/links.csv"))
      // Tables of two linkages in one folder are told apart.
      #expect(!result.errors.contains("not of this linkage"))
      let other = try program.run(["link", "m.yaml", "a.csv", "b.csv", "-o", "out"])
      #expect(other.errors.contains("Note: links.csv, clusters.csv in out are not of this linkage"))
      #expect(program.text("out/links.csv") == program.text("again/links.csv"))
      let explained = try program.run(["link", "--explain", "out/model.json"])
      #expect(explained.output.contains("1 exact; rare values count for more: m "))
    }
  }

  @Test("The report says what was done, and nothing of anybody")
  func report() throws {
    try inFolder { program in
      let result = try program.run(
        ["link", "m.yaml", "a.csv", "b.csv", "-o", "out", "--report", "--truth", "person"])
      #expect(result.code == 0, "\(result.errors)")
      let page = try #require(program.text("out/report.html"))
      for heading in [
        "How right it is", "Pairs by match weight", "What agreement is worth",
        "How the weight of a pair comes about", "Blocking", "Records with too little in them",
        "People by how many records they have",
      ] {
        #expect(page.contains("<h2>\(heading)</h2>"))
      }
      #expect(page.contains("The heaviest link"))
      for value in ["Bracewell", "Gwendoline", "Test Road", "ZZ1 1AA", ">A17<"] {
        #expect(!page.contains(value))
      }
      // It stands by itself.
      #expect(!page.contains("src=") && !page.contains("href=\"http"))
    }
  }

  @Test("How right it is likely to be is told by group, but for groups of few in the page")
  func groups() throws {
    try inFolder { program in
      // A column that one file has; of two people it says what no other has.
      let lines = Self.list("A", slips: false).split(separator: "\n").enumerated()
      let grouped = lines.map { row, line in
        line
          + (row == 0 ? ",area" : row < 3 ? ",Ickringill Moor" : row % 2 == 0 ? ",North" : ",South")
      }
      try program.write("a.csv", grouped.joined(separator: "\n") + "\n")
      let result = try program.run([
        "link", "m.yaml", "a.csv", "b.csv", "-o", "out", "--csv", "--by", "area", "--report",
      ])
      #expect(result.code == 0, "\(result.errors)")
      #expect(result.output.contains("wrong of 1,000"))
      #expect(result.output.contains(/a +area: North +29 +100\.0/))
      #expect(!result.output.contains(/b +area:/))
      let quality = try #require(program.text("out/quality.csv")).split(separator: "\n")
      #expect(
        quality[0]
          == "source,measure,group_kind,group_id,numerator,denominator,value,lower,upper")
      #expect(quality.contains { $0.hasPrefix("a,linked,area,South,29.0,29.0,1.0,") })
      let page = try #require(program.text("out/report.html"))
      #expect(page.contains("By area") && page.contains("North"))
      let few = try #require(page.firstRange(of: "Ickringill Moor"))
      let after = page[few.upperBound...].prefix(3_000)
      #expect(after.contains("Missed suppressed, Wrong suppressed"))
      let none = try program.run([
        "link", "m.yaml", "a.csv", "b.csv", "-o", "out", "--by", "region",
      ])
      #expect(none.code == 2)
      #expect(none.errors.contains("No file has a column 'region'."))
      let rows = (0..<400).map { "C\($0),Ada,Abbott,1950-01-02,1 Road,ZZ1 1AB,v\($0)" }
      try program.write(
        "c.csv", (["id,first,last,dob,street,postcode,area"] + rows).joined(separator: "\n") + "\n")
      let many = try program.run([
        "link", "m.yaml", "c.csv", "b.csv", "-o", "many", "--by", "area",
      ])
      #expect(many.code == 2)
      #expect(many.errors.contains("400 different values, too many for groups"))
    }
  }

  @Test("Lists of nobody in common become no links, and every file is there all the same")
  func nobody() throws {
    try inFolder { program in
      func list(_ letter: String, _ letters: [String], _ year: Int) -> String {
        let rows = (0..<200).map { number in
          let (one, other) = (letters[number % 6], letters[number / 6 % 6])
          let day = 10 + number % 18
          return
            "\(letter)\(number),\(one + other + one + one),\(other + one + other + other + one),"
            + "\(year + number % 40)-0\(1 + number % 9)-\(day)"
        }
        return (["id,first,last,dob"] + rows).joined(separator: "\n") + "\n"
      }
      try program.write("a.csv", list("A", ["A", "B", "C", "D", "E", "F"], 1930))
      try program.write("b.csv", list("B", ["U", "V", "W", "X", "Y", "Z"], 1980))
      try program.write(
        "n.yaml",
        """
        id: id
        link: {within: false, between: true, one_to_one: true}
        fields: {first: forename, last: surname, dob: date_of_birth}
        blocking: ["last(dob, 1)"]
        """)
      let result = try program.run([
        "link", "n.yaml", "a.csv", "b.csv", "-o", "out", "--csv", "--report",
      ])
      #expect(result.code == 0, "\(result.errors)")
      #expect(result.output.contains("No pair of records is likely enough to be of one person."))
      #expect(program.text("out/links.csv")?.split(separator: "\n").count == 1)
      #expect(program.text("out/clusters.csv")?.split(separator: "\n").count == 401)
      #expect(program.text("out/model.json") != nil && program.text("out/report.html") != nil)
    }
  }

  @Test("The model in full, without files")
  func explain() throws {
    try inFolder { program in
      let result = try program.run(["link", "--explain", "m.yaml"])
      #expect(result.code == 0)
      #expect(result.output.contains("  dob: date_of_birth"))
      #expect(result.output.contains("    2 swapped(first, last)"))
      #expect(result.output.contains("  soundex(last) and dob"))
    }
  }

  @Test(
    "Bad input ends with 2 and says what, where and what to do",
    arguments: [
      (["link", "m.yaml", "a.csv", "missing.csv"], "missing.csv: There is no such file."),
      (["link", "bad.yaml", "a.csv", "b.csv"], "bad.yaml:4:9: 'surnam' is not one of"),
      (
        ["link", "columns.yaml", "a.csv", "b.csv"],
        "a.csv:1: There is no column 'frist'. Did you mean 'first'?"
      ),
      (
        ["link", "m.yaml", "a.csv", "twice.csv"],
        "twice.csv:62: The id in 'id' is that of an earlier record too."
      ),
      (["link", "m.yaml", "a.csv", "none.csv"], "The source 'none' has no records."),
      (["link", "m.yaml", "a.csv", "ragged.csv"], "ragged.csv:3: The row has"),
      (["link", "m.yaml", "a.csv"], "There is one source only"),
      (
        ["link", "level.yaml", "a.csv", "b.csv"],
        "level.yaml:5:26: In the condition 'soundish', 'soundish' is no measure."
      ),
    ])
  func bad(arguments: [String], message: String) throws {
    try inFolder { program in
      try program.write("bad.yaml", "id: id\nfields:\n  first: forename\n  last: surnam\n")
      try program.write("columns.yaml", "id: id\nfields:\n  frist: forename\n  last: surname\n")
      try program.write(
        "level.yaml",
        "id: id\nfields:\n  last: surname\ncomparisons:\n  last: {levels: [exact, \"soundish\"]}\n")
      let list = Self.list("B", slips: true)
      try program.write("twice.csv", list + list.split(separator: "\n")[1] + "\n")
      try program.write("none.csv", list.split(separator: "\n")[0] + "\n")
      try program.write(
        "ragged.csv", "id,first,last,dob,street,postcode\n1,A,B,1990-01-01,1 Road,ZZ1 1AA\n2,A\n")
      let result = try program.run(arguments + ["-o", "out"])
      #expect(result.code == 2, "\(result.errors)")
      #expect(result.errors.contains(message), "\(result.errors)")
      // What is wrong with a record is not told of the model.
      #expect(!result.errors.contains("m.yaml: twice"))
      // Nothing is half-written, and no value of a record is told.
      #expect(program.text("out/links.parquet") == nil)
      #expect(!result.errors.contains("Bracewell"))
    }
  }

  @Test(
    "Wrong usage ends with 2",
    arguments: [["link"], ["link", "m.yaml", "a.csv"], ["link", "--explain", "m.yaml", "a.csv"]])
  func usage(arguments: [String]) throws {
    try inFolder { program in
      let result = try program.run(arguments)
      #expect(result.code == 2)
      #expect(!result.errors.isEmpty)
    }
  }
}
