import Foundation
import Governance
import Testing

@testable import Intake

@Suite("The vault's identities do not depend on the threads")
struct VaultOrderTests {
  private static let files = """
    files:
      - name: list.csv
        table: entry
        format: csv
        key: [id]
        identity: {forename: forename, surname: surname, date_of_birth: birth}
        columns:
          ID: {to: id, required: true}
          FN: {to: forename, keep: vault}
          SN: {to: surname, keep: vault}
          DOB: {to: birth, type: date, format: yyyy-MM-dd, keep: vault}
    """

  @Test("The vault has identities in the order of the records, whatever the threads")
  func order() throws {
    // Longer than several chunks; people come again and again.
    let lines = (0..<300_000).map { number in
      let forename = ["Ada", "Ben", "Cara"][number % 3]
      return "\(number),\(forename),Name\((number * 7_919) % 30_000),19\(10 + number % 90)-01-02"
    }
    func layout(threads: Int) throws -> [String] {
      let place = try SmallPlace(files: Self.files)
      defer { try? FileManager.default.removeItem(at: place.folder) }
      try place.write(
        "extracts/list/2025-01-31/list.csv",
        (["ID,FN,SN,DOB"] + lines).joined(separator: "\n") + "\n")
      let vault = try place.vault()
      _ = try place.land(vault, threads: threads)
      var texts: [String] = []
      try vault.forEachIdentity(threads: 1) { _, _, bytes in
        texts.append(bytes.map { String($0, radix: 16) }.joined())
      }
      return texts
    }
    let one = try layout(threads: 1)
    for _ in 0..<3 { #expect(try layout(threads: 4) == one) }
  }
}
