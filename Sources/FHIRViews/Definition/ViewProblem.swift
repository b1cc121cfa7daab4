/// What is wrong in a view definition: where in it, what, and what to do.
public struct ViewProblem: Error, Hashable, Sendable, CustomStringConvertible {
  /// Where it stands, such as `select[0].column[2].path`; empty for the whole definition.
  public let place: String
  public let message: String
  public let hint: String?

  init(_ place: String, _ message: String, hint: String? = nil) {
    self.place = place
    self.message = message
    self.hint = hint
  }

  public var description: String {
    (place.isEmpty ? "" : place + ": ") + message + (hint.map { " " + $0 } ?? "")
  }
}
