/// What is wrong with a model or with what is to be linked, and what to do.
public struct LinkageError: Error, Hashable, Sendable, CustomStringConvertible {
  public let message: String
  public let hint: String?

  public init(_ message: String, hint: String? = nil) {
    self.message = message
    self.hint = hint
  }

  public var description: String { message + (hint.map { " " + $0 } ?? "") }
}
