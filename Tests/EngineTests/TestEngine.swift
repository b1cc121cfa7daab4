import Engine
import Foundation
import Testing

/// The engines that the tests run on: DuckDB always; Spark where `KITH_SPARK_URI` names a server.
enum TestEngine: String, CaseIterable, CustomTestStringConvertible {
  case duckdb, spark

  static var all: [TestEngine] { sparkURI == nil ? [.duckdb] : [.duckdb, .spark] }
  static let sparkURI = ProcessInfo.processInfo.environment["KITH_SPARK_URI"]

  var testDescription: String { rawValue }

  func open() async throws -> Engine {
    switch self {
    case .duckdb: try Engine.duckDB(threads: 2)
    case .spark: try await Engine.spark(uri: try #require(Self.sparkURI))
    }
  }
}
