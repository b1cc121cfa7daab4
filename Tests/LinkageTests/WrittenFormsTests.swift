import Codes
import Foundation
import Testing

@testable import Linkage

@Suite("A field of one file may be written in another form")
struct WrittenFormsTests {
  /// What becomes of a date of a clean file, yyyy-MM-dd.
  private static let dateForms: [@Sendable (String, String, String) -> String] = [
    { "\($2)/\($1)/\($0)" }, { "\($1)/\($2)/\($0)" }, { "\(Int($2) ?? 0)/\(Int($1) ?? 0)/\($0)" },
    { "\($2)-\($1)-\($0)" }, { "\($2).\($1).\($0)" }, { "\($0)\($1)\($2)" }, { "\($2)\($1)\($0)" },
    { "\($2)-\(month($1))-\($0)" }, { "\($2)\(month($1).uppercased())\($0)" },
    { "\(month($1)) \($2), \($0)" }, { "\($0)-\($1)-\($2) 00:00:00.000" }, { "\($0)\($1)\($2).0" },
    { "\($0)/\($1)/\($2)" }, { "\($2)/\($1)/\($0.suffix(2))" },
    { year, month, day in
      String((CivilDate.day(Int(year) ?? 0, Int(month) ?? 0, Int(day) ?? 0) ?? 0) + 25_569)
    },
  ]

  private static func month(_ number: String) -> String {
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    return months[(Int(number) ?? 1) - 1]
  }

  private func f1(_ people: TestPeople, right: [[String?]]) throws -> Double {
    var records = TestRecords(
      TestPeople.fields, scope: LinkScope(within: false, between: true, isOneToOne: true))
    records.add("left", people.left)
    records.add("right", right)
    var settings = LinkRun.Settings()
    settings.threads = 2
    let result = try LinkRun(records.model, records.builder(truth: true), settings).run()
    return try #require(TruthEvaluation(result)).links.f1
  }

  /// The rows with another date of birth.
  private func written(
    _ rows: [[String?]], _ form: (String, String, String) -> String
  ) -> [[String?]] {
    rows.map { row in
      var row = row
      if let parts = row[3]?.split(separator: "-").map(String.init), parts.count == 3 {
        row[3] = form(parts[0], parts[1], parts[2])
      }
      return row
    }
  }

  @Test("Dates of birth of one file in another form cost nothing", arguments: dateForms.indices)
  func dates(form: Int) throws {
    let people = TestPeople(2_000, shared: 1_200, seed: UInt64(100 + form))
    let clean = try f1(people, right: people.right)
    let other = try f1(people, right: written(people.right, Self.dateForms[form]))
    #expect(abs(clean - other) <= 0.002, "\(clean) and \(other)")
  }

  @Test("Dates of several forms in one file cost nothing, where each tells by itself")
  func mixed() throws {
    let people = TestPeople(2_000, shared: 1_200, seed: 7)
    let clean = try f1(people, right: people.right)
    let rows = people.right.enumerated().map { index, row in
      written([row], Self.dateForms[[0, 5, 7, 10][index % 4]])[0]
    }
    #expect(abs(clean - (try f1(people, right: rows))) <= 0.002)
  }

  @Test("Dates with the day first in one half of a file and the month first in the other stop it")
  func conflict() throws {
    let people = TestPeople(400, shared: 200, seed: 8)
    let rows = people.right.enumerated().map { index, row in
      written([row], Self.dateForms[index % 2])[0]
    }
    let error = #expect(throws: LinkageError.self) { try f1(people, right: rows) }
    #expect(error?.message.contains("'birth' of right has") == true)
    #expect(error?.hint?.contains("format: dd/MM/yyyy") == true)
  }

  @Test("Values that are not understood stop the linkage, by their form and never by themselves")
  func notUnderstood() throws {
    let people = TestPeople(400, shared: 200, seed: 9)
    let rows = written(people.right) { year, _, _ in "born in \(year)" }
    let error = #expect(throws: LinkageError.self) { try f1(people, right: rows) }
    let text = try #require(error).message
    #expect(text.contains("'birth' of right: ") && text.contains("were not understood"))
    #expect(text.contains("'aaaa aa 9999'") && !text.contains("19"))
  }

  @Test("A few values that are not understood are counted and told, and a share lets more pass")
  func few() throws {
    let people = TestPeople(1_000, shared: 600, seed: 10)
    func run(_ broken: Int, share: Double?) throws -> [String] {
      var rows = people.right
      var left = broken
      for index in rows.indices where left > 0 && rows[index][3] != nil {
        rows[index][3] = "soon"
        left -= 1
      }
      var records = TestRecords(TestPeople.fields, scope: LinkScope(within: false))
      records.add("left", people.left)
      records.add("right", rows)
      var model = records.model
      model.notUnderstood = share
      let set = try records.builder(model).finish()
      return try InputChecks(model, set).notes
    }
    let notes = try run(10, share: nil)
    #expect(notes.contains { $0.contains("'birth' of right: 10 of") && $0.contains("'aaaa'") })
    #expect(throws: LinkageError.self) { try run(100, share: nil) }
    #expect(try run(100, share: 0.2).contains { $0.contains("100 of") })
  }

  @Test(
    "What is not understood is counted, whatever the kind, and never taken for empty",
    arguments: [
      (FieldKind.dateOfBirth, "########"), (.dateOfBirth, "*"),
      (.dateOfBirth, "1983-06-30T23:00:00Z"),
      (.postcode, "no fixed abode"), (.postcode, "LA19 4HJ, UK"), (.postcode, "07700900123"),
      (.email, "somebody"), (.email, "a@b@c"), (.phone, "12345"), (.nhsNumber, "9.43E+09"),
      (.sex, "soon"),
      (.number, "5%"), (.phone, "0770090012307700900124"),
    ])
  func counted(kind: FieldKind, text: String) throws {
    var records = TestRecords([LinkField("field", kind)])
    records.add("one", (0..<20).map { ["\($0)", text] })
    records.add("other", (0..<20).map { ["\($0)", text] })
    let set = try records.set()
    #expect(set.parts[0].readings.map(\.notUnderstood) == [20, 20])
    #expect(throws: LinkageError.self) { try set.checkUnderstood(share: 0.02) }
  }

  @Test(
    "What programs put around a value is no part of it",
    arguments: [
      (FieldKind.email, "mailto:p@x.org", "p@x.org"), (.email, "<p@x.org>", "p@x.org"),
      (.email, "p@x.org;", "p@x.org"), (.phone, "07207931865 / 01524999999", "07207931865"),
      (.phone, "07207931865 or 01524999999", "07207931865"),
      (.phone, "01524 123456 ext 12", "01524123456"),
      (.phone, "07207931865 option 2", "07207931865"), (.postcode, " la19 4hj\u{A0}", "LA194HJ"),
    ])
  func around(kind: FieldKind, text: String, plain: String) throws {
    var records = TestRecords([LinkField("field", kind)])
    records.add("one", [["1", text]])
    records.add("other", [["2", plain]])
    let set = try records.set()
    #expect(set.code(0, 0) == set.code(1, 0) && set.code(0, 0) != 0)
  }

  @Test("Filler dates are left out, and told")
  func fillers() throws {
    let people = TestPeople(1_000, shared: 600, seed: 12)
    var records = TestRecords(TestPeople.fields, scope: LinkScope(within: false))
    records.add("left", people.left)
    records.add(
      "right",
      people.right.enumerated().map { index, row in
        var row = row
        if index % 10 == 0 { row[3] = "1900-01-01" }
        return row
      })
    let notes = try InputChecks(records.model, records.builder().finish()).notes
    #expect(notes.contains { $0.contains("'birth' of right has 100 values that systems write") })
  }

  @Test("What a model learnt of dates that tell no order lays none down for later files")
  func laterOrders() throws {
    let people = TestPeople(2_000, shared: 1_200, seed: 14)
    let scope = LinkScope(within: false, between: true, isOneToOne: true)
    var settings = LinkRun.Settings()
    settings.threads = 2
    let first = try LinkRun(
      people.records(scope).model, people.records(scope).builder(truth: true), settings
    ).run()
    let clean = try #require(TruthEvaluation(first)).links.f1
    var later = TestRecords(TestPeople.fields, scope: scope)
    later.add("left", people.left)
    later.add("right", written(people.right, Self.dateForms[1]))
    let second = try LinkRun(first.model, later.builder(first.model, truth: true), settings).run()
    #expect(abs(try #require(TruthEvaluation(second)).links.f1 - clean) <= 0.002)
  }

  @Test(
    "NHS numbers, telephone numbers and codes of a data frame are the numbers that they were",
    arguments: [FieldKind.nhsNumber, .phone, .code])
  func pointZero(kind: FieldKind) throws {
    var left: [[String?]] = []
    var right: [[String?]] = []
    for number in 0..<40 {
      let text = "\(9_434_765_000 + number)"
      left.append(["L\(number)", text])
      right.append(["R\(number)", text + ".0"])
    }
    var records = TestRecords([LinkField("number", kind)])
    records.add("left", left)
    records.add("right", right)
    let set = try records.set()
    for number in 0..<40 { #expect(set.code(number, 0) == set.code(40 + number, 0)) }
    // A code column with other values is left as it is.
    right[0][1] = "12.5"
    var others = TestRecords([LinkField("number", kind)])
    others.add("left", left)
    others.add("right", right)
    let mixed = try others.set()
    #expect((mixed.code(1, 0) == mixed.code(41, 0)) == (kind != .code))
  }
}
