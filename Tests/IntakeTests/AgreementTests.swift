import Columns
import Definitions
import Engine
import Foundation
import Governance
import TestPlaces
import Testing

@testable import Intake

/// A source with free text, whose mapping is the place's own.
@Suite("Free text and postcodes")
struct AgreementTests {
  private let folder: URL
  private let vault: Vault

  init() throws {
    folder = try TestPlaces.emptyFolder()
    vault = try Vault(at: folder.appendingPathComponent("vault.sqlite"), key: VaultKey())
    try write(
      "definitions/mappings/visits.yaml",
      """
      mapping: visits
      version: 1
      title: Home visits
      source: made for a test
      owner: nobody
      files:
        - name: visits.csv
          table: visit
          format: csv
          key: [visit_id]
          columns:
            id: {to: visit_id, required: true}
            nhs_number: {to: nhs_number, type: nhs_number, keep: hash}
            postcode: {to: postcode, type: postcode, keep: vault, area: lsoa21}
            notes: {to: notes, keep: free_text}
      """)
    try write(
      "extracts/visits/2025-01-31/visits.csv",
      """
      id,nhs_number,postcode,notes
      1,9434765919,ZZ10 0AA,"Seen at home, well"
      2,9434765919,zz100aa,
      3,,ZZ99 9ZZ,Not at home
      4,1234567890,ZZ10 0AA,Broken number
      """)
    try write(
      "postcodes.csv",
      "\u{FEFF}pcds,oa21,lsoa21\nZZ10 0AA,Z00000001,Z01000001\nZZ10 0AB,x,Z01000002\n"
    )
  }

  private func write(_ path: String, _ text: String) throws {
    let url = folder.appendingPathComponent(path)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  private func place(agreements: String = "", postcodes: String = "postcodes.csv") throws
    -> PlaceFile
  {
    try write(
      "kith.yaml",
      """
      place: {name: A place, area: {kind: ics, code: Z54000001}}
      open_data: {folder: open}
      postcodes: {file: \(postcodes)}
      sources:
        - {id: visits, mapping: visits}
      \(agreements)
      """)
    return try PlaceFile(inPlace: folder)
  }

  private func land(_ file: PlaceFile) throws -> DeliveryAccount {
    let intake = try SourceIntake(
      file, definitions: folder.appendingPathComponent("definitions"),
      landing: folder.appendingPathComponent("landing"))
    return try #require(try intake.land(vault: vault, threads: 2) { _ in }.first)
  }

  private func rows(_ columns: String) async throws -> [[Value]] {
    let path = folder.appendingPathComponent("landing/visits/2025-01-31/visit.parquet").path
    return try await Engine.duckDB(connections: 1)
      .query("select \(columns) from read_parquet('\(path)') order by line").rows
  }

  @Test("Free text is dropped unless an agreement names it, and then the vault alone has it")
  func freeText() async throws {
    let without = try land(place())
    #expect(without.files[0].landed == 3)
    #expect(try vault.contents().notes == 0)
    let agreement = """
      agreements:
        - {id: notes, title: Notes of visits, until: 2025-06-30, free_text: [visits.visit.notes]}
      """
    let with = try land(place(agreements: agreement))
    #expect(with.key != without.key)
    #expect(try vault.contents().notes == 2)
    let records = try await rows("record")
    guard case .int(let record) = records[0][0] else {
      Issue.record("a record has a number: \(records[0][0])")
      return
    }
    #expect(
      try vault.notes(source: "visits", table: "visit", record: record)
        == ["notes": "Seen at home, well"])
    let names = try await rows("*").first?.count
    // line, record, is_deletion, identity, identity_fields, visit_id, nhs_number, lsoa21
    #expect(names == 8)
    // It has run out before this delivery.
    let late = agreement.replacing("2025-06-30", with: "2025-01-30")
    #expect(try land(place(agreements: late)).key == without.key)
    #expect(try vault.contents().notes == 0)
  }

  @Test("An agreement that names no column of free text, or has no day, is refused at its line")
  func badAgreements() throws {
    let error = #expect(throws: Problem.self) {
      try land(
        place(
          agreements:
            "agreements:\n  - {id: a, title: A, until: 2025-06-30, free_text: [visits.visit.note]}")
      )
    }
    #expect(error?.message.contains("'visits.visit.note'") == true)
    #expect(error?.hint == "There are: visits.visit.notes.")
    #expect(throws: Problems.self) {
      try place(agreements: "agreements:\n  - {id: a, title: A, until: soon}")
    }
  }

  @Test("Postcodes land as their small areas, however they are spaced; unknown ones are counted")
  func postcodes() async throws {
    let account = try land(place())
    let areas = try await rows("lsoa21")
    #expect(areas == [[.string("Z01000001")], [.string("Z01000001")], [.null]])
    #expect(
      account.files[0].breaches.contains {
        $0.rule == "postcode_unknown" && $0.count == 1 && !$0.isQuarantined
      })
    let path = folder.appendingPathComponent("landing/visits/2025-01-31/left-out.parquet").path
    let left = try await Engine.duckDB(connections: 1)
      .query("select line, field, rule from read_parquet('\(path)')").rows
    #expect(left == [[.int(4), .string("postcode"), .string("postcode_unknown")]])
  }

  @Test("A directory of postcodes that is missing, has other columns or is empty is refused")
  func badDirectories() throws {
    #expect(throws: Problems.self) { try place(postcodes: "none.csv") }
    try write("other.csv", "a,b\n1,2\n")
    let columns = #expect(throws: Problem.self) { try land(place(postcodes: "other.csv")) }
    #expect(columns?.message == "The postcodes' file has no column 'pcds'.")
    try write("empty.csv", "pcds,lsoa21\n")
    #expect(throws: Problem.self) { try land(place(postcodes: "empty.csv")) }
  }

  @Test("A delivery that is stopped leaves nobody's identity in the vault")
  func stopped() throws {
    let broken = (1...30).map { "\($0),123456789\($0 % 10),ZZ10 0AA," }
    try write(
      "extracts/visits/2025-01-31/visits.csv",
      (["id,nhs_number,postcode,notes", "99,9434765919,ZZ10 0AA,"] + broken).joined(separator: "\n")
    )
    let account = try land(place())
    #expect(account.isStopped)
    #expect(try vault.contents().identities == 0)
    #expect(try vault.contents().heldRecords >= 20)
    // Once it is right, everything is there.
    try write(
      "extracts/visits/2025-01-31/visits.csv",
      "id,nhs_number,postcode,notes\n99,9434765919,ZZ10 0AA,\n")
    #expect(try !land(place()).isStopped)
    #expect(try vault.contents().identities == 1)
    #expect(try vault.contents().heldRecords == 0)
  }
}
