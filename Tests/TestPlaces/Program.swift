public import Foundation

/// `kith` run as a person runs it, in a folder of its own.
public struct Program {
  public struct Outcome: Sendable {
    public let code: Int32
    public let output: String
    public let errors: String
  }

  public let folder: URL

  public init(in folder: URL) { self.folder = folder }

  /// Writes a file of the folder.
  public func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: folder.appendingPathComponent(name))
  }

  /// What a file of the folder holds; nil where there is none.
  public func text(_ name: String) -> String? {
    FileManager.default.contents(atPath: folder.appendingPathComponent(name).path).map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  public func run(_ arguments: [String]) throws -> Outcome {
    let process = Process()
    process.executableURL = Bundle.main.bundleURL.deletingLastPathComponent()
      .appendingPathComponent("kith")
    if !FileManager.default.fileExists(atPath: process.executableURL?.path ?? "") {
      process.executableURL = URL(fileURLWithPath: ".build/debug/kith")
    }
    process.arguments = arguments
    process.currentDirectoryURL = folder
    // The engine and the assets are found from where the tests run.
    var environment = ProcessInfo.processInfo.environment
    environment["COLUMNS"] = "100"
    environment["KITH_ASSETS"] = FileManager.default.currentDirectoryPath + "/.assets"
    if environment["KITH_DUCKDB_LIBRARY"] == nil {
      let engines = FileManager.default.currentDirectoryPath + "/.engines/duckdb"
      let names = (try? FileManager.default.contentsOfDirectory(atPath: engines)) ?? []
      environment["KITH_DUCKDB_LIBRARY"] = names.first { $0.hasPrefix("_duckdb.") }.map {
        engines + "/" + $0
      }
    }
    process.environment = environment
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let out = output.fileHandleForReading.readDataToEndOfFile()
    let err = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Outcome(
      code: process.terminationStatus, output: String(decoding: out, as: UTF8.self),
      errors: String(decoding: err, as: UTF8.self))
  }
}
