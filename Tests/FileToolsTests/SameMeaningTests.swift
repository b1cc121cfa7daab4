import Codes
import Columns
import Definitions
import Engine
import Foundation
import Governance
import Population
import Statistics
import TableFiles
import TestPlaces
import Testing

@testable import FileTools
@testable import Intake
@testable import Linkage

/// The same text means the same to every reader: files of statistics, linkage and extracts.
@Suite("The same text means the same everywhere")
struct SameMeaningTests {
  private static let pieces = [
    "0", "1", "12", "123", "1,234", "0,500", ".", "-", "+", "e5", "E+05", "5.0", "1e400", " ",
    "\u{A0}", "%", "(", ")",
    "NA", "NULL", "0x10", "#N/A", "\u{2212}", "£", "TRUE", "inf", "000", "7", "½", "٣", "１", "_",
    "\t",
  ]

  private func texts(_ random: inout RandomNumbers, _ count: Int) -> [String] {
    (0..<count).map { _ in
      (0..<(1 + Int(random.next() % 4))).map { _ in
        Self.pieces[Int(random.next() % UInt64(Self.pieces.count))]
      }.joined()
    }
  }

  @Test("Numbers", arguments: [UInt64(20_261_130), 1, 2])
  func numbers(seed: UInt64) async throws {
    var random = RandomNumbers(seed: seed)
    let texts = texts(&random, 400)
    let meanings = texts.map { WrittenNumber.read($0) }

    // Linkage.
    for (text, meaning) in zip(texts, meanings) {
      let clean = Array(text.utf8).withUnsafeBytes { Cleaning(.number).clean($0) }
      switch meaning {
      case .number(let number):
        #expect(clean == Array("\(number)".utf8), "'\(text)', seed \(seed)")
      case .missing: #expect(clean == [], "'\(text)', seed \(seed)")
      // Words for nothing are more than those of numbers.
      case .refused: #expect(clean?.isEmpty ?? true, "'\(text)', seed \(seed)")
      }
    }

    // Statistics: a file of all that are read, and one of each that is refused.
    let folder = try TestPlaces.emptyFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let url = folder.appendingPathComponent("t.csv")
    func table(_ texts: [String]) throws -> [Double] {
      try Data(("k,v\n" + texts.map { "a,\"\($0)\"\n" }.joined()).utf8).write(to: url)
      return try NumberTable(TableFile(url), numbers: ["v"]).number("v")
    }
    let read = zip(texts, meanings).filter {
      switch $0.1 {
      case .number(let number): abs(number) <= 1e15
      case .missing: true
      case .refused: false
      }
    }
    let values = try table(read.map(\.0))
    #expect(values.count == read.count)
    for (value, (text, meaning)) in zip(values, read) {
      if case .number(let number) = meaning {
        #expect(value == number, "'\(text)', seed \(seed)")
      } else {
        #expect(value.isNaN, "'\(text)', seed \(seed)")
      }
    }
    for (text, meaning) in zip(texts, meanings).prefix(150) {
      guard case .refused(let fault) = meaning else { continue }
      let error = #expect(throws: Problems.self, "'\(text)', seed \(seed)") { try table([text]) }
      if fault != .tooLarge {
        #expect(error?.description.contains(fault.words) == true, "'\(text)', seed \(seed)")
      }
    }

    // Extracts: what is refused is set aside, and the rest lands.
    let place = folder.appendingPathComponent("place")
    func write(_ path: String, _ text: String) throws {
      let url = place.appendingPathComponent(path)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: url)
    }
    try write(
      "definitions/mappings/list.yaml",
      """
      mapping: list
      version: 1
      title: A list
      source: made for a test
      owner: nobody
      files:
        - name: list.csv
          table: entry
          format: csv
          key: [id]
          columns:
            id: {to: id, required: true}
            v: {to: v, type: number}
      """)
    try write(
      "definitions/intake-rules.yaml",
      "rules: {wrong_type: {title: x, action: quarantine, owner: me, reason: y}}\n")
    try write(
      "kith.yaml",
      """
      place: {name: A place, area: {kind: ics, code: Z54000001}}
      open_data: {folder: open}
      sources:
        - {id: list, mapping: list}
      """)
    // Enough plain numbers that the column is not taken for one of another type.
    let rows = texts + Array(repeating: "5", count: 1_000)
    try write(
      "extracts/list/2025-01-31/list.csv",
      "id,v\n" + rows.enumerated().map { "r\($0),\"\($1)\"\n" }.joined())
    let intake = try SourceIntake(
      PlaceFile(inPlace: place), definitions: place.appendingPathComponent("definitions"),
      landing: place.appendingPathComponent("landing"))
    let vault = try Vault(at: folder.appendingPathComponent("vault.sqlite"), key: VaultKey())
    let account = try #require(try intake.land(vault: vault, threads: 1) { _ in }.first)
    #expect(account.stops == [])
    let engine = try Engine.duckDB(connections: 1)
    let path = place.appendingPathComponent("landing/list/2025-01-31/entry.parquet").path
    let landed = try await engine.query("select id, v from read_parquet('\(path)')").rows
    var found: [String: Value] = [:]
    for row in landed { if case .string(let id) = row[0] { found[id] = row[1] } }
    for (index, (text, meaning)) in zip(texts, meanings).enumerated() {
      switch meaning {
      case .number(let number):
        #expect(found["r\(index)"] == .double(number), "'\(text)', seed \(seed)")
      case .missing: #expect(found["r\(index)"] == .null, "'\(text)', seed \(seed)")
      case .refused: #expect(found["r\(index)"] == nil, "'\(text)', seed \(seed)")
      }
    }
  }

  @Test("Rows of files, whatever their line ends", arguments: [UInt64(20_261_130), 3, 4])
  func rows(seed: UInt64) throws {
    var random = RandomNumbers(seed: seed)
    let folder = try TestPlaces.emptyFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let url = folder.appendingPathComponent("t.csv")
    let values = ["a", "b b", "\"c,d\"", "\"e\"\"f\"", "", "\"g\nh\"", " i ", "5"]
    for _ in 0..<60 {
      let ends = [["\n"], ["\r\n"], ["\n", "\r\n"], ["\n", "\r\n", "\r"], ["\r"]][
        Int(random.next() % 5)]
      func end() -> String { ends[Int(random.next() % UInt64(ends.count))] }
      var text = "x,y,z" + end()
      var expected: [[String]] = []
      for _ in 0..<Int(1 + random.next() % 12) {
        switch random.next() % 6 {
        case 0: text += end()
        case 1: text += ",," + end()
        default:
          let row = (0..<3).map { _ in values[Int(random.next() % UInt64(values.count))] }
          text += row.joined(separator: ",") + end()
          let plain = row.map { value -> String in
            guard value.hasPrefix("\"") else { return value.trimmingCharacters(in: .whitespaces) }
            return String(value.dropFirst().dropLast()).replacing("\"\"", with: "\"")
          }
          if plain.contains(where: { !$0.isEmpty }) { expected.append(plain) }
        }
      }
      guard !expected.isEmpty else { continue }
      try Data(text.utf8).write(to: url)
      let table = try NumberTable(TableFile(url), texts: ["x", "y", "z"])
      let found = (0..<table.rowCount).map { row in ["x", "y", "z"].map { table.text($0)[row] } }
      #expect(found == expected, "seed \(seed): \(text.debugDescription)")
      // Each row begins where the plainest reader says.
      let lines = table.file.lines(ofRows: 0..<table.rowCount)
      #expect(lines.count == table.rowCount, "seed \(seed): \(text.debugDescription)")
    }
  }
}
