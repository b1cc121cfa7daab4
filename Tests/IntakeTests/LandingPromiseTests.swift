import Columns
import Definitions
import Engine
import FHIRViews
import Foundation
import Governance
import Synchronization
import TestPlaces
import Testing

@testable import Intake

/// What a delivery may not do, however it goes wrong.
@Suite("A landing keeps what it promises")
struct LandingPromiseTests {
  private let place: SmallPlace

  init() throws {
    place = try SmallPlace(
      files: """
        files:
          - name: list.csv
            table: entry
            format: csv
            key: [id]
            columns:
              id: {to: id, required: true}
              name: {to: name, keep: vault}
              weight: {to: weight, type: number, range: [1, 300]}
        """)
  }

  @Test("A file without its header stops the delivery, and none of its words are told")
  func noHeader() throws {
    try place.write("extracts/list/2025-01-31/list.csv", "7,JANE SMITH,60\n8,JOHN SMITH,70\n")
    let account = try place.land(place.vault()).account
    #expect(account.isStopped)
    #expect(!account.stops.joined().contains("JANE"))
    let text = try String(
      contentsOf: place.url("landing/list/2025-01-31/account.json"),
      encoding: .utf8)
    #expect(!text.contains("JANE") && !text.contains("SMITH"))
  }

  @Test("A header in quotation marks after a byte-order mark is read")
  func quotedHeader() throws {
    try place.write(
      "extracts/list/2025-01-31/list.csv", "\u{FEFF}\"id\",\"name\",\"weight\"\n7,Jane,60\n")
    let account = try place.land(place.vault()).account
    #expect(!account.isStopped && account.files[0].landed == 1)
  }

  @Test("A landing whose part of the vault is not there, or whose tables are gone, is made again")
  func boundToVault() throws {
    try place.write("extracts/list/2025-01-31/list.csv", "id,name,weight\n7,Jane,60\n")
    #expect(try !place.land(place.vault()).wasDone)
    #expect(try place.land(place.vault()).wasDone)
    try FileManager.default.removeItem(
      at: place.url("landing/list/2025-01-31/entry.parquet"))
    #expect(try !place.land(place.vault()).wasDone)
    // One that was cut short is no table.
    let table = place.url("landing/list/2025-01-31/entry.parquet")
    try Data(contentsOf: table).dropLast(10).write(to: table)
    #expect(try !place.land(place.vault()).wasDone)
    // A copy of the vault from before the delivery, under the same pseudonyms.
    try place.vault().forgetLandings()
    #expect(try !place.land(place.vault()).wasDone)
    #expect(try place.vault().contents().identities == 1)
  }

  @Test("A rule of a value that only lands in doubt sets aside where the place says so")
  func policies() throws {
    try place.write("extracts/list/2025-01-31/list.csv", "id,name,weight\n7,Jane,900\n")
    #expect(try place.land(place.vault()).account.files[0].landed == 1)
    try place.write(
      "definitions/intake-rules.yaml",
      "rules: {out_of_range: {title: x, action: quarantine, owner: me, reason: y}}\n")
    #expect(try place.land(place.vault()).account.files[0].quarantined == 1)
  }

  @Test("Filler dates are left out and counted, and an end such as 9999-12-31 is no end")
  func fillers() throws {
    let place = try SmallPlace(
      files: """
        files:
          - name: list.csv
            table: entry
            format: csv
            key: [id]
            identity: {date_of_birth: birth_year}
            columns:
              id: {to: id, required: true}
              born: {to: birth_year, type: date, format: yyyy-MM-dd, keep: vault}
              seen: {to: seen, type: date, format: yyyy-MM-dd}
              at: {to: at, type: moment}
              ended: {to: ended, type: date, format: yyyy-MM-dd}
              due: {to: due, type: date, format: yyyy-MM-dd}
            orders: [[seen, ended]]
        """)
    let fillers = [
      "1899-12-30", "1899-12-31", "1900-01-01", "1901-01-01", "1753-01-01", "1911-11-11",
      "1801-01-01",
    ]
    let ends = [
      "2099-12-31", "2100-01-01", "2999-12-31", "9999-12-31", "2079-06-06", "", "2025-01-30",
    ]
    var lines = ["id,born,seen,at,ended,due"]
    for (row, filler) in fillers.enumerated() {
      lines.append("f\(row),\(filler),\(filler),\(filler)T00:00:00Z,\(ends[row]),\(ends[row])")
    }
    // The days next to fillers are dates.
    lines.append("n,1900-01-02,1911-11-12,1901-01-02T00:00:00Z,2025-01-31,")
    // A date after the delivery that is no open end is wrong, as before.
    lines.append("w,1950-01-01,2024-01-01,,2026-07-01,")
    for row in 0..<160 { lines.append("g\(row),1950-05-05,2024-05-05,2024-05-05,2024-06-06,") }
    try place.write(
      "extracts/list/2025-01-31/list.csv", lines.joined(separator: "\n") + "\n")
    let account = try place.land(place.vault()).account
    #expect(account.stops == [])
    let file = try #require(account.files.first)
    let breaches = Dictionary(
      uniqueKeysWithValues: file.breaches.map { ("\($0.rule) \($0.field ?? "")", $0.count) })
    #expect(
      breaches == [
        "unlikely_date born": 7, "unlikely_date seen": 7, "unlikely_date at": 7,
        "open_end ended": 5, "open_end due": 5, "future_date ended": 1,
      ])
    #expect(file.quarantined == 1 && file.landed == 168)
  }

  @Test("Entries of a Bundle are told apart: a later one corrects its own and no other")
  func bundles() async throws {
    func patient(_ id: String, _ gender: String) -> String {
      #"{"resource": {"resourceType": "Patient", "id": "\#(id)", "gender": "\#(gender)"}}"#
    }
    func bundle(_ entries: [String]) -> String {
      #"{"resourceType": "Bundle", "type": "collection", "entry": ["#
        + entries.joined(separator: ",\n") + "]}"
    }
    try place.write(
      "extracts/fhir/2025-01-31/Patient.all.json",
      bundle([patient("a", "male"), patient("b", "female"), patient("b", "male")]))
    try place.write("extracts/fhir/2025-02-28/Patient.all.json", bundle([patient("a", "female")]))
    try place.write(
      "kith.yaml",
      """
      place: {name: A place, area: {kind: ics, code: Z54000001}}
      open_data: {folder: open}
      sources:
        - {id: fhir, mapping: fhir-export}
      """)
    let intake = try SourceIntake(
      PlaceFile(inPlace: place.folder), definitions: place.url("definitions"),
      landing: place.url("landing"))
    let accounts = try intake.land(vault: place.vault(), threads: 1) { _ in }
    #expect(accounts.map { $0.files[0].landed } == [3, 1])
    let engine = try Engine.duckDB(connections: 1)
    let (outcomes, gone) = try await engine.withConnection { connection in
      let outcomes = try intake.succeed(accounts, connection)
      let gone = try connection.query("select delivery, line, reason from superseded order by line")
      return (outcomes, gone.rows)
    }
    let outcome = try #require(outcomes.first { $0.table == "patient" })
    #expect(outcome.current == 2 && outcome.corrected == 1 && outcome.repeated == 1)
    #expect(
      gone == [
        [.string("2025-01-31"), .int(1), .string("corrected")],
        [.string("2025-01-31"), .int(2), .string("repeated")],
      ])
  }

  @Test("Rows that are taken back take their warnings with them, and no others")
  func takenBack() throws {
    let catalogue = MappingCatalogue(definitions: place.url("definitions"))
    let vault = try place.vault()
    let context = LandingContext(
      source: "list", delivery: "2025-01-31", lastDay: 20_000, policies: try catalogue.policies(),
      pseudonyms: vault.pseudonyms, sealer: try vault.sealer(), known: KnownIdentities(),
      postcodes: nil, freeText: [])
    let lander = try RecordLander(try catalogue.mapping("list").files[0], context)
    func land(_ line: Int) throws {
      let values = ["\(line)", "Jane", "900"].map { Array($0.utf8) }
      try values[0].withUnsafeBytes { id in
        try values[1].withUnsafeBytes { name in
          try values[2].withUnsafeBytes { weight in
            try lander.land(line: line, isDeletion: false) { .text([id, name, weight][$0]) }
          }
        }
      }
    }
    for line in 1...3 { try land(line) }
    _ = lander.finish()
    #expect(lander.takeWarnings().values.reduce(0, +) == 3)
    #expect(lander.takeLeftOut().count == 3)
    try land(4)
    lander.truncate(to: 0)
    #expect(lander.takeWarnings().isEmpty && lander.takeLeftOut().isEmpty)
    // Two rows of one line break a rule once.
    try land(5)
    try land(5)
    #expect(lander.takeWarnings().values.reduce(0, +) == 1)
    #expect(lander.takeLeftOut().count == 1)
  }

  @Test("A named pipe among the files of a delivery is refused, and never waited for")
  func namedPipe() throws {
    try place.write("extracts/list/2025-01-31/note.txt", "x")
    #expect(mkfifo(place.url("extracts/list/2025-01-31/list.csv").path, 0o600) == 0)
    let account = try place.land(place.vault()).account
    #expect(account.stops.first?.hasPrefix("list.csv: This is no regular file.") == true)
  }

  @Test("A delivery of which nothing lands is stopped; a short file beside others is not")
  func nothingLands() throws {
    try place.write("extracts/list/2025-01-31/list.csv", "id,name,weight\n,Jane,60\n")
    let account = try place.land(place.vault()).account
    #expect(
      account.stops == [
        "list.csv: none of its 1 records landed; 1 broke the rule 'missing_value'."
      ])
    #expect(account.files[0].quarantined == 1 && account.files[0].landed == 0)
    try place.write("extracts/list/2025-01-31/list.csv", "id,name,weight\n")
    #expect(try !place.land(place.vault()).account.isStopped, "a clean month is an answer")
    try place.write("extracts/list/2025-01-31/list.csv", "id,name,weight\n,Jane,60\n8,Bert,70\n")
    #expect(try !place.land(place.vault()).account.isStopped)
  }

  @Test(
    "Moments are read as databases and R write them; without a zone the day lands and the rest is counted"
  )
  func moments() async throws {
    let place = try SmallPlace(
      files: """
        files:
          - name: list.csv
            table: entry
            format: csv
            key: [id]
            columns:
              id: {to: id, required: true}
              at: {to: at, type: moment}
        """)
    let day = "2024-05-31 00:00:00+00"
    let forms: [(text: String, lands: String?, rule: String?)] = [
      ("2024-05-31", day, nil), ("2024-05-31T09:30:00Z", "2024-05-31 09:30:00+00", nil),
      ("2024-05-31T09:30:00+01:00", "2024-05-31 08:30:00+00", nil),
      ("2024-05-31 09:30:00+01:00", "2024-05-31 08:30:00+00", nil),
      ("2024-05-31 09:30:00+01", "2024-05-31 08:30:00+00", nil),
      ("2024-05-31 09:30:00.25-01", "2024-05-31 10:30:00.25+00", nil),
      ("2024-05-31 09:30Z", "2024-05-31 09:30:00+00", nil),
      ("2024-05-31T09:30:00+0100", "2024-05-31 08:30:00+00", nil),
      ("2024-05-31 09:30:00.000 +0100", "2024-05-31 08:30:00+00", nil),
      ("2024-05-31 09:30:00 +01:00", "2024-05-31 08:30:00+00", nil),
      ("2024-05-31 09:30:00 UTC", "2024-05-31 09:30:00+00", nil),
      ("2024-05-31t09:30:00z", "2024-05-31 09:30:00+00", nil),
      ("2024-05-31 9:30:00", nil, "wrong_type"), ("2024-05-31x09:30:00", nil, "wrong_type"),
      ("2024-05-31T09:30:00", day, "no_zone"), ("2024-05-31 09:30:00", day, "no_zone"),
      ("2024-05-31 09:30", day, "no_zone"), ("2024-05-31T09:30:00.123", day, "no_zone"),
      ("2024-05", nil, "partial_date"), ("2024", nil, "partial_date"),
      ("2024-02-30T09:30:00Z", nil, "impossible_date"), ("2024-02-30", nil, "impossible_date"),
      ("2024-05-31T25:00:00Z", nil, "impossible_date"), ("yesterday", nil, "wrong_type"),
      ("31/05/2024", nil, "wrong_type"), ("12:30", nil, "wrong_type"),
    ]
    var lines = ["id,at"] + forms.enumerated().map { "\($0),\($1.text)" }
    for row in 0..<400 { lines.append("g\(row),2024-05-05") }
    try place.write(
      "extracts/list/2024-06-30/list.csv", lines.joined(separator: "\n") + "\n")
    let account = try place.land(place.vault()).account
    #expect(account.stops == [])
    var expected: [String: Int] = [:]
    for rule in forms.compactMap(\.rule) { expected[rule, default: 0] += 1 }
    #expect(
      Dictionary(uniqueKeysWithValues: account.files[0].breaches.map { ($0.rule, $0.count) })
        == expected)
    let path = place.url("landing/list/2024-06-30/entry.parquet").path
    let rows = try await Engine.duckDB(connections: 1).query(
      """
      select line, strftime("at" at time zone 'UTC', '%Y-%m-%d %H:%M:%S') || rtrim(rtrim(strftime("at" at time zone 'UTC', '.%g'), '0'), '.') || '+00'
      from read_parquet('\(path)') where line <= \(forms.count + 1) order by line
      """
    ).rows
    var landed: [Int: String] = [:]
    for row in rows {
      guard case .int(let line) = row[0], case .string(let at) = row[1] else { continue }
      landed[Int(line) - 2] = at
    }
    for (index, form) in forms.enumerated() {
      #expect(landed[index] == form.lands, "\(form.text)")
    }
  }

  @Test(
    "A file that was packed wrongly or cut off stops its delivery, and others land",
    arguments: ["gz", "zst"])
  func damagedPacking(kind: String) async throws {
    try place.write("extracts/list/2025-01-31/.none", "")
    try place.write("extracts/list/2025-02-28/list.csv", "id,name,weight\n1,Ann,61\n")
    let packed = place.url("extracts/list/2025-01-31/list.csv.\(kind)")
    try await Engine.duckDB(connections: 1).execute(
      """
      copy (select i as id, 'N' || hash(i) as name, case when i % 100 = 1 then 900 else 60 end as weight
        from range(1, 120001) as r(i))
      to '\(packed.path)' (format csv, header, compression \(kind == "gz" ? "gzip" : "zstd"))
      """)
    let whole = try Data(contentsOf: packed)
    var changed = whole
    // The sum at the end of gzip, for what is in the middle may be unpacked into other text; of Zstandard a block.
    let start = kind == "gz" ? whole.count - 8 : whole.count / 2
    for byte in start..<start + (kind == "gz" ? 4 : 50) { changed[byte] ^= 0x5a }
    for (bytes, says) in [(whole.prefix(whole.count / 2), "breaks off"), (changed, "damaged")] {
      try bytes.write(to: packed)
      let intake = try SourceIntake(
        PlaceFile(inPlace: place.folder), definitions: place.url("definitions"),
        landing: place.url("landing"))
      let accounts = try intake.land(vault: place.vault(), threads: 2) { _ in }
      #expect(accounts.count == 2 && accounts[0].stops.count == 1)
      #expect(accounts[0].stops[0].contains(says) && accounts[0].files[0].landed == 0)
      #expect(!accounts[1].isStopped && accounts[1].files[0].landed == 1)
      let contents = try place.vault().contents()
      #expect(contents.identities == 1)
      // What was set aside before the damage is in the account as it is in the vault.
      #expect(accounts[0].files[0].quarantined == contents.heldRecords)
      #expect(accounts[0].files[0].isReconciled || accounts[0].files[0].landed == 0)
    }
  }
}
