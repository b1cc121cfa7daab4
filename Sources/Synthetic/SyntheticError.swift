/// Why a synthetic place could not be written, though what was asked for was right.
public struct SyntheticError: Error, CustomStringConvertible, Sendable {
  public let path: String
  public let cause: String
  public let hint: String

  public init(path: String, cause: String, hint: String) {
    self.path = path
    self.cause = cause
    self.hint = hint
  }

  public var description: String { "\(path): \(cause) \(hint)" }
}
