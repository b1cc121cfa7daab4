import Columns
import FHIRViews
import Foundation
import Governance
import LineFiles
import TestPlaces
import TestRandom
import Testing

@testable import Definitions
@testable import Intake

/// Records that land column by column must land as they do one by one.
@Suite("Records land in blocks as they land alone")
struct RecordBlockTests {
  /// Values of every kind that a column may be sent, right and wrong.
  private static let values = [
    "", "", "", "&", "-", "Y", "N", "0", "1", "2", "9", "X", "A", "Z", "99", "17", "7003", "120",
    "-4", "3.5",
    "1e3", "E119", "I64X", "J440D", "W371", "a", "Text, of a kind", "é", "2024-02-29", "2023-02-29",
    "2024-13-01", "2031-01-01", "1801-01-01", "1850-05-05", "29/02/2024", "2024-03", "1956",
    "2024-05-01T10:30:00Z", "2024-04-30T23:59:59+01:00", "10:30", "25:00", "9990000018",
    "999 000 0018",
    "4010232137", "4010232138", "CF10 3AT", "SW1A 1AA", "ZZ99 3WZ", "CURLEW", "E01012345", "RXX01",
    "F84123",
    "195967001", "195967002", "true", "Female", "Unknown", "1900-01-01", "9999-12-31",
    "31/12/9999", "1899-12-31T23:00:00Z",
  ]

  /// A value that a column is likely to let pass.
  private static func likely(_ column: ColumnMapping, _ random: inout SeededRandom) -> String {
    if let values = column.values {
      return values.keys.sorted().randomElement(using: &random) ?? ""
    }
    if let shape = column.shapes.randomElement(using: &random) {
      return shape.text.replacing("9", with: "4").replacing("N", with: "B")
    }
    return switch column.type {
    case .integer, .number: column.range.map { "\(Int($0.lowerBound.rounded(.up)))" } ?? "12"
    case .date:
      (column.date?.pattern ?? "yyyy-MM-dd").replacing("yyyy", with: "2023")
        .replacing("MM", with: "0\(Int.random(in: 1...9, using: &random))").replacing(
          "dd", with: "17")
    case .time: "09:45"
    case .moment:
      ["1950-04-05", "1950-04-05T06:07:08Z", "2023-04-05", "2023-04-05T06:07:08Z"].randomElement(
        using: &random) ?? ""
    case .flag: "Y"
    case .nhsNumber: ["9990000018", "4010232137"].randomElement(using: &random) ?? ""
    case .postcode: "CF10 3AT"
    case .lsoa: "E01012345"
    case .ods: "RXX01"
    case .icd10: "E119"
    case .opcs4: "W371"
    case .snomed: "195967001"
    case .text: "\(Int.random(in: 1...50, using: &random))"
    }
  }

  private static let mappings = [
    "apc", "client-level-data", "deaths", "ecds", "housing", "outpatients", "programme-roster",
    "voluntary-contacts", "every",
  ]

  /// What no mapping that ships has together: moments, among them of birth, and every type in every handling.
  private static let every = """
    mapping: every
    version: 1
    title: Every type
    source: made for a test
    owner: nobody
    nulls: ["-"]
    files:
      - name: every.csv
        table: every
        format: csv
        key: [id, part]
        deletion: {column: gone, values: ["1"]}
        columns:
          id: {to: id, required: true}
          part: {to: part, type: integer, range: [0, 99]}
          born: {to: birth_year, type: moment, keep: vault}
          died: {to: died, type: moment}
          begun: {to: begun, type: date, format: dd/MM/yyyy}
          nhs: {to: nhs_number, type: nhs_number, keep: hash}
          number: {to: number, type: integer, keep: hash}
          day: {to: day, type: date, keep: hash}
          postcode: {to: postcode, type: postcode, keep: vault, area: lsoa21}
          weight: {to: weight, type: number, range: [1, 300]}
          flag: {to: flag, type: flag, values: {"1": Y, "2": N}}
          sex: {to: sex, values: {"1": male, "2": female, "9": other}, unknown: ["9"]}
          note: {to: note, keep: free_text}
          code: {to: code, type: snomed}
          procedure: {to: procedure, type: opcs4}
          time: {to: time, type: time}
        orders:
          - [birth_year, died]
          - [begun, died]
          - [birth_year, begun]
    """

  /// Rules the other way round: what warns sets aside, and the reverse.
  private static let turned = """
    rules:
      nhs_number_test_range: {title: a, action: quarantine, owner: me, reason: b}
      postcode_unknown: {title: a, action: quarantine, owner: me, reason: b}
      no_zone: {title: a, action: quarantine, owner: me, reason: b}
      partial_date: {title: a, action: quarantine, owner: me, reason: b}
      open_end: {title: a, action: quarantine, owner: me, reason: b}
      out_of_range: {title: a, action: quarantine, owner: me, reason: b}
      nhs_number_check_digit: {title: a, action: warn, owner: me, reason: b}
      unknown_value: {title: a, action: warn, owner: me, reason: b}
      date_order: {title: a, action: warn, owner: me, reason: b}
      missing_value: {title: a, action: warn, owner: me, reason: b}
      impossible_date: {title: a, action: warn, owner: me, reason: b}
    """

  private func definitions(turned: Bool) throws -> URL {
    let folder = try TestPlaces.emptyFolder()
    let mappings = folder.appendingPathComponent("mappings")
    try FileManager.default.createDirectory(at: mappings, withIntermediateDirectories: true)
    try Data(Self.every.utf8).write(to: mappings.appendingPathComponent("every.yaml"))
    if turned {
      try Data(Self.turned.utf8).write(to: folder.appendingPathComponent("intake-rules.yaml"))
    }
    return folder
  }

  @Test(
    "The rows, faults, warnings and values left out are the same", arguments: mappings, 0..<4)
  func same(mapping: String, seed: UInt64) throws {
    let catalogue = MappingCatalogue(definitions: try definitions(turned: seed % 2 == 1))
    for file in try catalogue.mapping(mapping).files {
      guard case .csv(let separator) = file.format else { continue }
      var random = SeededRandom(seed: seed)
      var text = ""
      for _ in 0..<700 {
        let isMessy = Int.random(in: 0..<4, using: &random) == 0
        let fields = file.columns.map { column in
          let isOdd = isMessy && Int.random(in: 0..<8, using: &random) == 0
          return isOdd
            ? Self.values.randomElement(using: &random) ?? "" : Self.likely(column, &random)
        }
        let deletion = file.deletion.map { deletion in
          Int.random(in: 0..<30, using: &random) == 0 ? deletion.values.sorted()[0] : ""
        }
        text +=
          (fields + [deletion].compactMap { $0 }).map { "\"\($0)\"" }
          .joined(separator: String(UnicodeScalar(separator))) + "\n"
      }
      let names = file.columns.map(\.name) + [file.deletion?.column].compactMap { $0 }
      let header = TableHeader(names, file)
      let together = try land(file, catalogue, text) { lander, chunk in
        CSVWorker(separator: separator, header, file, lander).land(chunk)
      }
      let alone = try land(file, catalogue, text) { lander, chunk in
        Self.landOneByOne(separator, header, file, lander, chunk)
      }
      #expect(together.rows.count > 50, "the records are not all bad")
      #expect(together.rows == alone.rows)
      #expect(together.faults == alone.faults)
      #expect(together.warnings == alone.warnings)
      #expect(together.leftOut == alone.leftOut)
      #expect(together.sealed == alone.sealed)
    }
  }

  /// What became of a chunk, to be compared.
  private struct Landed {
    /// The rows by line.
    let rows: [Int64: [[Value]]]
    let faults: [String]
    let warnings: [FieldFault: Int]
    let leftOut: [String]
    let sealed: [Int64]
  }

  private func land(
    _ file: FileMapping, _ catalogue: MappingCatalogue, _ text: String,
    _ work: (RecordLander, LineChunk) -> LandedChunk
  ) throws -> Landed {
    let folder = try TestPlaces.emptyFolder()
    let postcodes = folder.appendingPathComponent("postcodes.csv")
    try Data("postcode,area\nCF10 3AT,E01012345\n".utf8).write(to: postcodes)
    let vault = try Vault.ofPlace(
      at: folder.appendingPathComponent("vault.sqlite"),
      keyFile: folder.appendingPathComponent("vault.key"), environment: [:])
    let freeText = file.columns.filter { $0.handling == .freeText }
      .map { "\(file.table).\($0.landed)" }
    let context = LandingContext(
      source: "test", delivery: "2025-01-31", lastDay: 20_119, policies: try catalogue.policies(),
      pseudonyms: try #require(
        PseudonymKey(hexadecimal: String(repeating: "07", count: 32))), sealer: try vault.sealer(),
      known: KnownIdentities(),
      postcodes: try PostcodeDirectory(
        .init(file: postcodes, postcode: "postcode", area: "area")),
      freeText: Set(freeText))
    let chunk = Array(text.utf8).withUnsafeBytes { LineChunk($0, firstLine: 2) }
    let landed = work(try RecordLander(file, context), chunk)
    let batch = try Batch(taking: landed.rows.take(), fields: RecordLander.fields(file))
    var rows: [Int64: [[Value]]] = [:]
    for row in 0..<batch.rowCount {
      let values = batch.columns.map { $0.value(row) }
      guard case .int(let line) = values[0] else {
        Issue.record("a row without its line: \(values)")
        continue
      }
      rows[line, default: []].append(values)
    }
    return Landed(
      rows: rows,
      faults: landed.faults.map { "\($0.line) \($0.fault) \($0.record ?? 0)" },
      warnings: landed.warnings,
      leftOut: landed.leftOut.map { "\($0.line) \($0.fault)" }.sorted(),
      sealed: landed.sealed.map { sealed in
        switch sealed {
        case .identity(let id, _): id
        case .note(let record, _, _): record
        case .held(let line, _, _): Int64(line)
        }
      }.sorted())
  }

  /// The plain way: record by record.
  private static func landOneByOne(
    _ separator: UInt8, _ header: TableHeader, _ file: FileMapping, _ lander: RecordLander,
    _ chunk: LineChunk
  ) -> LandedChunk {
    let deletions = file.deletion?.values ?? []
    var faults: [LineFault] = []
    let lines = CSVLines(separator: separator)
    lines.forEach(chunk.bytes, firstLine: chunk.firstLine) { line, found in
      guard case .record(let fields) = found else { return }
      let isDeletion = header.deletion.map {
        deletions.contains(String(decoding: fields[$0], as: UTF8.self))
      }
      do throws(FieldFault) {
        try lander.land(line: line, isDeletion: isDeletion ?? false) { column in
          header.positions[column].map { .text(fields[$0]) } ?? .none
        }
      } catch {
        faults.append(LineFault(line: line, fault: error, record: lander.takeRefused()))
      }
    }
    return LandedChunk(
      rows: lander.finish(), faults: faults, warnings: lander.takeWarnings(),
      leftOut: lander.takeLeftOut(), sealed: lander.takeSealed(), read: 0, blank: 0)
  }
}
