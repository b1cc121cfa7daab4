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
      "'" + text.replacingScalars { $0 == "\\" || $0 == "'" ? "\\\($0)" : nil } + "'"
    }
  }

  /// That a column has one of some values.
  public func condition(_ only: (column: String, values: [String])) -> String {
    "\(identifier(only.column)) in (\(only.values.map(literal).joined(separator: ", ")))"
  }

  /// The path of one file as a literal for what reads files: a letter in it that would stand for others, as
  /// in "*.csv", stands for itself.
  public func path(_ path: String) -> String {
    kind == .duckdb
      ? literal(path.replacingScalars { "[*?".unicodeScalars.contains($0) ? "[\($0)]" : nil })
      : literal(path)
  }

  /// A Parquet file as something to select from.
  public func parquet(_ path: String) -> String {
    switch kind {
    // Without this a folder called "year=2025" would add a column.
    case .duckdb: "read_parquet(\(self.path(path)), hive_partitioning = false)"
    case .spark: "parquet.\(identifier(path))"
    }
  }
}

extension String {
  /// The text with every `mark` written twice. By scalar, not by character: a quotation mark with a
  /// combining mark behind it is another character, but the engine sees the quotation mark.
  fileprivate func doubling(_ mark: Unicode.Scalar) -> String {
    replacingScalars { $0 == mark ? "\($0)\($0)" : nil }
  }

  fileprivate func replacingScalars(_ replacement: (Unicode.Scalar) -> String?) -> String {
    var result = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      if let text = replacement(scalar) {
        result.append(contentsOf: text.unicodeScalars)
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }
}
