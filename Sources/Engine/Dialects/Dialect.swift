/// How an engine writes what SQL leaves open.
public struct Dialect: Sendable {
  public let kind: EngineKind

  public init(_ kind: EngineKind) { self.kind = kind }

  /// A name as an identifier, quoted so that any text is safe.
  public func identifier(_ name: String) -> String {
    switch kind {
    case .duckdb: "\"" + name.doubling("\"") + "\""
    case .spark: "`" + name.doubling("`") + "`"
    }
  }

  /// A text as a literal: for what cannot be bound, such as the path of a file.
  public func literal(_ text: String) -> String {
    switch kind {
    case .duckdb: "'" + text.doubling("'") + "'"
    // Spark reads backslashes in literals as escapes.
    case .spark:
      "'" + text.map { $0 == "\\" || $0 == "'" ? "\\\($0)" : String($0) }.joined() + "'"
    }
  }

  /// That a column has one of some values.
  public func condition(_ only: (column: String, values: [String])) -> String {
    "\(identifier(only.column)) in (\(only.values.map(literal).joined(separator: ", ")))"
  }

  /// A Parquet file as something to select from.
  public func parquet(_ path: String) -> String {
    switch kind {
    case .duckdb: "read_parquet(\(literal(path)))"
    case .spark: "parquet.\(identifier(path))"
    }
  }
}

extension String {
  fileprivate func doubling(_ character: Character) -> String {
    map { $0 == character ? "\($0)\($0)" : String($0) }.joined()
  }
}
