import Definitions
import Foundation
import Places
import Synthetic

/// Makes the folder of a synthetic place: beside its place first, then moved there whole, so that
/// nothing half-made is ever seen.
struct NewSyntheticPlace {
  enum Contents {
    case areas(seed: UInt64, smallAreas: Int)
    case people(SyntheticPlace.Place, SyntheticPlace.Options)
  }

  let folder: URL
  let contents: Contents
  /// The pack of the open data of a real place.
  var pack: String?

  /// Makes the place.
  ///
  /// - Returns: the report of targets, for a place with people.
  func make(
    progress: @escaping @Sendable (SyntheticPlace.Progress) -> Void = { _ in }
  ) async throws -> SyntheticReport? {
    let folder = folder.standardizedFileURL
    try requireEmpty(folder)
    let staging = folder.deletingLastPathComponent().appendingPathComponent(
      ".\(folder.lastPathComponent).partial-\(ProcessInfo.processInfo.processIdentifier)")
    let guardian = StagingGuard(staging)
    defer { guardian.end() }
    do {
      let report = try await fill(staging, progress)
      // Onto an empty folder too, which `FileManager` would refuse.
      guard rename(staging.path, folder.path) == 0 else {
        throw SyntheticError(
          path: folder.path, cause: "The place cannot be put here.",
          hint: "Check that you may write in the folder above.")
      }
      return report
    } catch {
      try? FileManager.default.removeItem(at: staging)
      throw error
    }
  }

  private func fill(
    _ staging: URL, _ progress: @escaping @Sendable (SyntheticPlace.Progress) -> Void
  ) async throws -> SyntheticReport? {
    let data = staging.appendingPathComponent("extracts/open-data")
    var report: SyntheticReport?
    var place = NewPlace(
      folder: staging, name: FictionalPlace.name, kind: FictionalPlace.kind,
      code: FictionalPlace.code, pack: nil, openData: data)
    switch contents {
    case .areas(let seed, let smallAreas):
      try FictionalPlace(seed: seed, smallAreas: smallAreas).write(to: data)
    case .people(let where_, let options):
      let synthetic = SyntheticPlace(where_, options)
      report = try await synthetic.write(to: staging, progress: progress)
      place = NewPlace(
        folder: staging, name: FictionalPlace.name, kind: FictionalPlace.kind,
        code: FictionalPlace.code, pack: nil, openData: data, sources: SyntheticPlace.sources,
        postcodes: SyntheticPlace.postcodes)
      if case .real(let openData, let name, let kind, let code) = where_ {
        place = NewPlace(
          folder: staging, name: "\(name), synthetic people", kind: kind, code: code, pack: pack,
          openData: openData, sources: SyntheticPlace.sources,
          postcodes: SyntheticPlace.postcodes)
      }
    }
    try place.write()
    return report
  }

  private func requireEmpty(_ folder: URL) throws {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isDirectory) else {
      return
    }
    let contents = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [""]
    guard isDirectory.boolValue, contents.isEmpty else {
      throw Problem(
        file: folder.path,
        contents.contains(PlaceFile.fileName)
          ? "There is a place here already."
          : isDirectory.boolValue ? "The folder is not empty." : "This is a file, not a folder.",
        hint: "Choose another folder, or remove this one.")
    }
  }
}

/// Removes the half-made folder where the program is interrupted.
private final class StagingGuard {
  private let sources: [any DispatchSourceSignal]

  init(_ folder: URL) {
    sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        try? FileManager.default.removeItem(at: folder)
        print(error: "\nStopped; nothing was made.")
        exit(128 + number)
      }
      source.resume()
      return source
    }
  }

  func end() {
    for source in sources { source.cancel() }
    for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
  }
}
