import Columns
import Definitions
import Engine
import Foundation
import Governance
import TestPlaces
import Testing

@testable import Intake

/// A register and the visits of the people in it, small enough for every figure to be worked out by hand.
@Suite("Quality is measured")
struct QualityTests {
  /// A place that was landed and measured once.
  private final class Place: Sendable {
    static let shared = Task { try await Place() }
    let engine: Engine

    private static let register = """
      mapping: register
      version: 1
      title: A register
      source: made for a test
      owner: nobody
      files:
        - name: people.csv
          table: person
          format: csv
          key: [id]
          deletion: {column: gone, values: ["Y"]}
          quality:
            register: true
            about: {
              person: nhs_number, sex: sex, birth_year: birth_year, ethnic_group: ethnic,
              small_area: lsoa21, death: died}
          columns:
            id: {to: id, required: true}
            nhs_number: {to: nhs_number, type: nhs_number, keep: hash}
            sex: {to: sex, values: ["1", "2"]}
            born: {to: birth_year, type: date, keep: vault}
            ethnic: {to: ethnic, values: {A: A, H: H, Z: not stated}, unknown: ["Z"]}
            postcode: {to: postcode, type: postcode, keep: vault, area: lsoa21}
            weight: {to: weight, type: number, unit: kg, range: [1, 300]}
            died: {to: died, type: date}
            gone: {to: gone, type: flag, values: ["Y", "N"]}
      """
    private static let visits = """
      mapping: visits
      version: 1
      title: Visits
      source: made for a test
      owner: nobody
      files:
        - name: people.csv
          table: client
          format: csv
          key: [client]
          quality:
            about: {person: nhs_number, sex: sex, birth_year: birth_year}
          columns:
            client: {to: client, required: true, keep: hash}
            nhs_number: {to: nhs_number, type: nhs_number, keep: hash}
            sex: {to: sex, values: [male, female]}
            born: {to: birth_year, type: date, keep: vault}
        - name: visits.csv
          table: visit
          format: csv
          key: [visit]
          quality:
            date: day
            via: {table: client, by: client}
            references: {client: client.client}
          columns:
            visit: {to: visit, required: true}
            client: {to: client, required: true, keep: hash}
            day: {to: day, type: date}
      """
    // NHS numbers with good check digits.
    private static let numbers = [
      "9434765919", "9434765870", "4505577104", "9876543210", "4010232137",
    ]

    init() async throws {
      let folder = try TestPlaces.emptyFolder()
      defer { try? FileManager.default.removeItem(at: folder) }
      func write(_ path: String, _ text: String) throws {
        let url = folder.appendingPathComponent(path)
        try FileManager.default.createDirectory(
          at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
      }
      let n = Self.numbers
      try write("definitions/mappings/register.yaml", Self.register)
      try write("definitions/mappings/visits.yaml", Self.visits)
      try write("postcodes.csv", "pcds,lsoa21\nZZ10 0AA,Z01000001\nZZ10 0AB,Z01000002\n")
      try write(
        "extracts/register/2025-01-31/people.csv",
        """
        id,nhs_number,sex,born,ethnic,postcode,weight,died,gone
        1,\(n[0]),1,1950-02-03,A,ZZ10 0AA,70,,N
        2,\(n[1]),2,1990-05-06,H,ZZ10 0AA,,2025-01-10,N
        3,\(n[2]),1,2015-01-01,Z,ZZ10 0AB,900,,N
        4,,2,,A,,80,,N
        5,\(n[0]),1,1950-02-03,A,ZZ10 0AA,70,,N
        6,9434765910,1,1960-01-01,A,ZZ10 0AA,70,,N
        8,4010232138,1,1970-01-01,A,ZZ10 0AA,70,,N
        """)
      try write(
        "extracts/register/2025-02-28/people.csv",
        """
        id,nhs_number,sex,born,ethnic,postcode,weight,died,gone
        5,,,,,,,,Y
        7,\(n[3]),2,1930-01-01,H,ZZ10 0AB,60,,N
        8,\(n[4]),1,1970-01-01,A,ZZ10 0AA,70,,N
        """)
      try write(
        "extracts/visits/2025-01-31/people.csv",
        """
        client,nhs_number,sex,born
        a,\(n[0]),male,1950-02-03
        b,\(n[1]),male,1990-05-06
        c,\(n[2]),male,2016-01-01
        """)
      try write(
        "extracts/visits/2025-01-31/visits.csv",
        """
        visit,client,day
        1,a,2025-01-05
        2,b,2025-01-08
        """)
      try write("extracts/visits/2025-02-28/people.csv", "client,nhs_number,sex,born\n")
      try write(
        "extracts/visits/2025-02-28/visits.csv",
        """
        visit,client,day
        3,a,2025-02-08
        4,a,2025-01-20
        5,b,2025-02-18
        6,z,2025-02-26
        7,c,2010-06-01
        2,b,2025-01-09
        """)
      try write(
        "kith.yaml",
        """
        place: {name: A place, area: {kind: ics, code: Z54000001}}
        open_data: {folder: open}
        postcodes: {file: postcodes.csv}
        sources:
          - {id: register, mapping: register}
          - {id: visits, mapping: visits}
        """)
      let landing = folder.appendingPathComponent("landing")
      let intake = try SourceIntake(
        PlaceFile(inPlace: folder), definitions: folder.appendingPathComponent("definitions"),
        landing: landing)
      let vault = try Vault(at: folder.appendingPathComponent("vault.sqlite"), key: VaultKey())
      let accounts = try intake.land(vault: vault, threads: 1) { _ in }
      engine = try Engine.duckDB(connections: 1)
      try await engine.withConnection { connection in
        try connection.execute(
          """
          create table small_area as
          from (values ('Z01000001', 1, 4), ('Z01000002', 5, 2), ('Z01000003', 3, 0))
            as areas(code, quintile, residents)
          """)
        _ = try intake.succeed(accounts, connection)
        try intake.measureQuality(accounts, connection) { _ in }
      }
    }
  }

  /// The numerator and denominator of a measure; nil where it is not there.
  private func share(
    _ measure: String, _ source: String, _ table: String, _ field: String = "",
    delivery: String = "", _ kind: String = "", _ group: String = ""
  ) async throws -> [Int64?]? {
    let rows = try await Place.shared.value.engine.query(
      """
      select numerator, denominator from quality where measure = '\(measure)'
        and source = '\(source)' and table_name = '\(table)' and field = '\(field)'
        and delivery = '\(delivery)' and group_kind = '\(kind)' and group_id = '\(group)'
      """
    ).rows
    #expect(rows.count <= 1)
    return rows.first?.map { if case .int(let number) = $0 { number } else { nil } }
  }

  @Test("Completeness counts right and wrong values, among records that landed or lack just that")
  func completeness() async throws {
    // Of five people who landed of the first delivery four hold, and two of the second.
    #expect(try await share("completeness", "register", "person", "sex") == [6, 6])
    #expect(try await share("completeness", "register", "person", "birth_year") == [5, 6])
    // Number 6 was set aside for its NHS number, so for that field it counts; 8 came again, right.
    #expect(try await share("completeness", "register", "person", "nhs_number") == [6, 7])
    // 900 kg was left out and given all the same; nobody gave one for number 2.
    #expect(try await share("completeness", "register", "person", "weight") == [5, 6])
    // Only the vault has postcodes.
    #expect(try await share("completeness", "register", "person", "postcode") == [5, 6])
    #expect(
      try await share("completeness", "register", "person", "sex", delivery: "2025-02-28")
        == [2, 2])
    #expect(
      try await share("completeness", "register", "person", "sex", delivery: "2025-01-31")
        == [5, 5])
  }

  @Test("What is not known or not stated is a value that says nothing")
  func known() async throws {
    #expect(try await share("completeness", "register", "person", "ethnic") == [6, 6])
    #expect(try await share("known", "register", "person", "ethnic") == [5, 6])
    #expect(try await share("known", "register", "person", "ethnic", "deprivation", "5") == [1, 2])
    #expect(
      try await share("known", "register", "person", "ethnic", delivery: "2025-01-31") == [4, 5])
    // Fields without words for it are not measured by them.
    #expect(try await share("known", "register", "person", "sex") == nil)
  }

  @Test("Validity is of the values that were given")
  func validity() async throws {
    #expect(try await share("validity", "register", "person", "weight") == [4, 5])
    #expect(try await share("validity", "register", "person", "nhs_number") == [5, 6])
    #expect(try await share("validity", "register", "person", "sex") == [6, 6])
  }

  @Test("Groups are those of the person, of another table where the records point there")
  func groups() async throws {
    #expect(
      try await share(
        "completeness", "register", "person", "ethnic", "deprivation", "5") == [2, 2])
    #expect(
      try await share("completeness", "register", "person", "weight", "age", "18–39") == [0, 1])
    #expect(
      try await share("completeness", "register", "person", "weight", "ethnic_group", "white")
        == [3, 3])
    // A slip of a small group is the group's.
    #expect(try await share("validity", "register", "person", "weight", "age", "0–17") == [0, 1])
    #expect(try await share("completeness", "visits", "visit", "day", "age", "65–79") == [3, 3])
  }

  @Test("Sources are compared on the people that both know, whatever their codes")
  func agreement() async throws {
    #expect(
      try await share("agreement", "register", "person", "sex", "source", "visits.client")
        == [2, 3])
    #expect(
      try await share(
        "agreement", "visits", "client", "birth_year", "source", "register.person") == [2, 3])
  }

  @Test("A register has people once, and as many as live in an area")
  func register() async throws {
    // Number 5 is the same person as number 1, and was taken back.
    #expect(try await share("one_record", "register", "person", "nhs_number") == [5, 5])
    // The dead are not counted; an area without residents has no share.
    #expect(
      try await share("coverage", "register", "person", "postcode", "small_area", "Z01000001")
        == [2, 4])
    #expect(
      try await share("coverage", "register", "person", "postcode", "small_area", "Z01000002")
        == [2, 2])
    #expect(
      try await share("coverage", "register", "person", "postcode", "small_area", "Z01000003")
        == nil)
    #expect(try await share("coverage", "register", "person", "postcode") == [4, 6])
  }

  @Test("Late are new records from before the delivery before; corrections are not new")
  func timeliness() async throws {
    // Visits 4 and 7 of the new ones 3 to 7; visit 2 is a correction.
    #expect(try await share("late", "visits", "visit", "day") == [2, 5])
    #expect(
      try await share("late", "visits", "visit", "day", delivery: "2025-02-28") == [2, 5])
    #expect(try await share("late", "visits", "visit", "day", delivery: "2025-01-31") == nil)
    let days = try await Place.shared.value.engine.query(
      """
      select measure, value from quality where source = 'visits' and table_name = 'visit'
        and measure in ('lag', 'freshness') and delivery = '2025-02-28' order by measure
      """
    ).rows
    // The newest is of 26 February; of lags 20, 39, 10, 2 and 5,386 days the median is 20.
    #expect(days == [[.string("freshness"), .double(2)], [.string("lag"), .double(20)]])
  }

  @Test("Records that point nowhere, or lie outside a life, are in doubt with their lines")
  func doubts() async throws {
    let rows = try await Place.shared.value.engine.query(
      "select file, line, field, rule from fault where outcome = 'in_doubt' order by line, rule"
    ).rows
    #expect(
      rows == [
        // Person b died on 10 January by the register.
        [.string("visits.csv"), .int(4), .string("day"), .string("after_death")],
        [.string("visits.csv"), .int(5), .string("client"), .string("unresolved_reference")],
        [.string("visits.csv"), .int(6), .string("day"), .string("before_birth")],
      ])
    #expect(try await share("linked", "visits", "visit") == [6, 7])
    #expect(try await share("lifetime", "visits", "visit", delivery: "2025-02-28") == [4, 6])
  }

  @Test("A record that was set aside and came again right is mended")
  func mended() async throws {
    let rows = try await Place.shared.value.engine.query(
      "select line, is_mended from fault where rule = 'nhs_number_check_digit' order by line"
    ).rows
    #expect(rows == [[.int(7), .bool(false)], [.int(8), .bool(true)]])
  }

  @Test("What landed and what came once are counted of whole records")
  func records() async throws {
    #expect(try await share("landed", "register", "person") == [8, 10])
    #expect(try await share("uniqueness", "visits", "visit") == [8, 8])
  }
}
