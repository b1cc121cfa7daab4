/// What went wrong while columns were read or made, and what to do about it.
public struct ColumnsError: Error, CustomStringConvertible, Sendable {
  public let message: String
  public let hint: String?

  public init(_ message: String, hint: String? = nil) {
    self.message = message
    self.hint = hint
  }

  public var description: String { hint.map { "\(message) \($0)" } ?? message }
}
