/// A call to a SQL engine that failed: what was attempted, what the engine said, what to do.
public struct EngineError: Error, CustomStringConvertible, Sendable {
  /// The cases that callers branch on.
  public enum Kind: Sendable, Equatable {
    /// No driver was found where it was looked for.
    case driverMissing
    /// The driver is there but cannot be loaded or lacks what is needed.
    case driverUnusable
    /// The engine does not answer: a server that is down, a database that cannot be opened.
    case unreachable
    /// The SQL, its parameters or the data it reads are wrong.
    case query
    case cancelled
  }

  public let kind: Kind
  public let operation: String
  public let message: String
  /// The SQL text, with its placeholders; bound values are never part of an error.
  public let sql: String?
  public let hint: String?

  public init(
    _ kind: Kind, _ operation: String, _ message: String, sql: String? = nil, hint: String? = nil
  ) {
    self.kind = kind
    self.operation = operation
    self.message = message
    self.sql = sql
    self.hint = hint
  }

  public var description: String {
    var text = "\(operation): \(message)"
    if let sql { text += "\n  in: \(sql)" }
    if let hint { text += "\n  \(hint)" }
    return text
  }
}
