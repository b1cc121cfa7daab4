/// What is wrong with what was put into a field, said to who put it there.
public struct FieldProblem: Hashable, Sendable, CustomStringConvertible {
  /// The field's name; of a line, `places.0.postcode`.
  public let field: String
  public let message: String

  public init(_ field: String, _ message: String) {
    self.field = field
    self.message = message
  }

  public var description: String { message }
}
