/// What is wrong with a model or with what is to be linked, and what to do.
public struct LinkageError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The record that it is about: its source, and its number there from 1; nil where it is about no one record.
  public var record: (source: String, number: Int)? {
    source.flatMap { source in number.map { (source, $0) } }
  }
  public let message: String
  public let hint: String?
  private let source: String?
  private let number: Int?

  /// No field tells records apart.
  public static let nothingToCompare = LinkageError(
    "No field is left to compare: all are empty or always the same.",
    hint: "Check that the columns of the model are the right ones.")

  public init(_ message: String, hint: String? = nil, source: String? = nil, record: Int? = nil) {
    self.message = message
    self.hint = hint
    self.source = source
    number = record
  }

  public var description: String {
    let place = record.map { "\($0.source):\($0.number): " } ?? ""
    return place + message + (hint.map { " " + $0 } ?? "")
  }
}
