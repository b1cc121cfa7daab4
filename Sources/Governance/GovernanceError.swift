/// What protects a place's data is not as it must be: what, why, and what to do.
public struct GovernanceError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file, variable or table.
  public let place: String
  public let message: String
  public let hint: String?
  /// Whether a key was there and is another one's.
  var isWrongKey = false
  /// Whether what was asked for is at fault, rather than the data or machine.
  public var isInput = false

  public init(_ place: String, _ message: String, hint: String? = nil) {
    self.place = place
    self.message = message
    self.hint = hint
  }

  static func input(_ place: String, _ message: String, hint: String? = nil) -> GovernanceError {
    var error = GovernanceError(place, message, hint: hint)
    error.isInput = true
    return error
  }

  public var description: String { "\(place): \(message)" + (hint.map { " " + $0 } ?? "") }
}
