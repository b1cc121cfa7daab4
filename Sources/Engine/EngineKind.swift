/// The SQL engines that Kith knows how to find and talk to.
public enum EngineKind: String, CaseIterable, Sendable {
  case duckdb
  case spark

  /// The name that a person reads.
  public var title: String {
    switch self {
    case .duckdb: "DuckDB"
    case .spark: "Apache Spark"
    }
  }

  /// The function that a driver library of this engine exports.
  var entryPoint: String {
    switch self {
    case .duckdb: "duckdb_adbc_init"
    case .spark: "AdbcDriverInit"
    }
  }

  /// The environment variable that names the driver library, ahead of everything else.
  public var environmentVariable: String {
    switch self {
    case .duckdb: "KITH_DUCKDB_LIBRARY"
    case .spark: "KITH_SPARK_LIBRARY"
    }
  }

  /// What a driver library is called when it is installed for the whole system.
  var systemLibraryNames: [String] {
    switch self {
    case .duckdb: ["libduckdb.so", "libduckdb.dylib"]
    case .spark: ["libadbc_driver_spark.so", "libadbc_driver_spark.dylib"]
    }
  }

  /// How the file name of a driver inside a Python wheel begins.
  var wheelLibraryPrefixes: [String] {
    switch self {
    case .duckdb: ["_duckdb.", "libduckdb."]
    case .spark: ["libadbc_driver_spark."]
    }
  }
}
