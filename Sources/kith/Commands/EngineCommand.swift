import ArgumentParser
import Columns
import Engine
import Foundation

struct EngineCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "engine",
    abstract: "List the SQL engines that were found, and ask each a question.",
    discussion: """
      Shows the driver library, where it was found, and the engine's own version. Spark is asked where \
      --spark names a server. Examples:

        kith engine
        kith engine --spark sc://127.0.0.1:15002
        kith engine --format json
      """)

  @Option(help: "The address of a Spark Connect server to ask.")
  var spark: String?

  @Option(help: "How to print the list: table, csv or json.")
  var format: OutputFormat = .table

  func run() async throws {
    let search = DriverSearch()
    var rows: [[String]] = []
    var details: [String] = []
    var works = false
    for kind in EngineKind.allCases {
      do {
        let driver = try search.locate(kind)
        let (version, adbc) = try await probe(kind)
        rows.append([kind.title, version, adbc, driver.path, driver.foundBy])
        works = works || kind == .duckdb
      } catch let error as EngineError {
        rows.append([kind.title, "not usable", "", "", ""])
        details.append(error.description)
      }
    }
    let table = TextTable(
      columns: ["engine", "version", "ADBC", "library", "found by"], rows: rows)
    print(try table.text(format))
    for detail in details { print(error: "\n" + detail) }
    if !works { throw ExitCode(1) }
  }

  private func probe(_ kind: EngineKind) async throws -> (version: String, adbc: String) {
    switch kind {
    case .duckdb:
      let engine = try Engine.duckDB(connections: 1)
      let version = try await engine.query("select version()")
      guard case .string(let text) = version.scalar else { return ("unknown", "") }
      return (text, engine.driver.adbcVersion)
    case .spark:
      guard let spark else {
        let driver = try Driver.load(.spark)
        return ("driver only", driver.adbcVersion)
      }
      let engine = try await Engine.spark(uri: spark)
      let version = try await engine.query("select version()")
      guard case .string(let text) = version.scalar else { return ("unknown", "") }
      return (text, engine.driver.adbcVersion)
    }
  }
}
