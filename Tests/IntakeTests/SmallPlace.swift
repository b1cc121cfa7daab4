import Definitions
import Foundation
import Governance
import Synchronization
import TestPlaces
import Testing

@testable import Intake

/// A place with one source, `list`, and a mapping of its own.
struct SmallPlace {
  let folder: URL

  /// - Parameter files: the section of the mapping `list` that says what its files are.
  init(files: String) throws {
    folder = try TestPlaces.emptyFolder()
    let about = "mapping: list\nversion: 1\ntitle: A list\nsource: made for a test\nowner: nobody\n"
    try write("definitions/mappings/list.yaml", about + files)
    try write(
      "kith.yaml",
      """
      place: {name: A place, area: {kind: ics, code: Z54000001}}
      open_data: {folder: open}
      sources:
        - {id: list, mapping: list}
      """)
  }

  func url(_ path: String) -> URL { folder.appendingPathComponent(path) }

  func write(_ path: String, _ text: String) throws {
    try FileManager.default.createDirectory(
      at: url(path).deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url(path))
  }

  func vault(_ name: String = "vault") throws -> Vault {
    try Vault.ofPlace(at: url("\(name).sqlite"), keyFile: url("vault.key"), environment: [:])
  }

  /// Lands the deliveries.
  ///
  /// - Returns: the first one's account, and whether the last had landed before.
  func land(_ vault: Vault, threads: Int = 1) throws -> (
    account: DeliveryAccount, wasDone: Bool
  ) {
    let intake = try SourceIntake(
      PlaceFile(inPlace: folder), definitions: url("definitions"), landing: url("landing"))
    let done = Mutex(false)
    let accounts = try intake.land(vault: vault, threads: threads) { event in
      if case .delivery(_, _, let isDone) = event { done.withLock { $0 = isDone } }
    }
    return (try #require(accounts.first), done.withLock { $0 })
  }
}
