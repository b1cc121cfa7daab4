/// One thing that is wrong in a file a person wrote: where, what, and what to do.
public struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
  public let file: String
  /// Line and column, from 1; nil where the whole file is meant.
  public let line: Int?
  public let column: Int?
  public let message: String
  public let hint: String?

  public init(
    file: String, line: Int? = nil, column: Int? = nil, _ message: String, hint: String? = nil
  ) {
    self.file = file
    self.line = line
    self.column = column
    self.message = message
    self.hint = hint
  }

  public var description: String {
    let place = [file, line.map(String.init), column.map(String.init)].compactMap { $0 }
    return place.joined(separator: ":") + ": " + message + (hint.map { " " + $0 } ?? "")
  }
}

/// All that is wrong in some files, in the order in which it was found.
public struct Problems: Error, Sendable, CustomStringConvertible {
  public let all: [Problem]

  public init(_ all: [Problem]) { self.all = all }

  public var description: String { all.map(\.description).joined(separator: "\n") }
}

/// Collects problems, so that one reading of a file reports all of them.
public final class Diagnostics {
  public private(set) var problems: [Problem] = []

  public init() {}

  public func report(_ problem: Problem) { problems.append(problem) }

  /// Throws what was collected, if anything.
  public func throwIfAny() throws {
    guard problems.isEmpty else { throw Problems(problems) }
  }
}
