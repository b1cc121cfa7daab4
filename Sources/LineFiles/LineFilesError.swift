/// A file of lines that cannot be read: where, why, and what to do.
public struct LineFilesError: Error, Hashable, Sendable, CustomStringConvertible {
  public let file: String
  /// The line, from 1, that could not be read whole; nil where none was reached.
  public let line: Int?
  public let message: String
  public let hint: String?
  /// Whether what is in the file is at fault, rather than the machine that reads it.
  public let isDamage: Bool

  public init(
    file: String, line: Int? = nil, _ message: String, hint: String? = nil, isDamage: Bool = false
  ) {
    self.isDamage = isDamage
    self.file = file
    self.line = line
    self.message = message
    self.hint = hint
  }

  public var description: String {
    file + (line.map { ":\($0)" } ?? "") + ": " + message + (hint.map { " " + $0 } ?? "")
  }
}
