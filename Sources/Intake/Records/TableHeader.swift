import Codes

/// The names of a table's columns, of CSV in its first line, set against its mapping.
struct TableHeader {
  /// For each column of the mapping, its position in the file; nil where the file has not got it.
  let positions: [Int?]
  /// How many fields each line has.
  let fieldCount: Int
  /// The position of the column that tells deletions.
  let deletion: Int?
  let drift: SchemaDrift

  init(_ names: [String], _ file: FileMapping) {
    let names = names.map(WrittenValue.trimmed)
    let found = Dictionary(zip(names, names.indices), uniquingKeysWith: { first, _ in first })
    positions = file.columns.map { found[$0.name] }
    fieldCount = names.count
    deletion = file.deletion.flatMap { found[$0.column] }
    let columns = file.columns.map(\.name)
    // What tells deletions need not be landed.
    let needed =
      columns + [file.deletion?.column].compactMap { $0 }.filter { !columns.contains($0) }
    let known = Set(needed)
    let order = positions.compactMap { $0 }
    var twice: [String] = []
    var seen: Set<String> = []
    for name in names where !seen.insert(name).inserted { twice.append(name) }
    drift = SchemaDrift(
      missing: needed.filter { found[$0] == nil },
      isNoHeader: 2 * positions.count { $0 == nil } > positions.count,
      new: names.enumerated().filter { !known.contains($0.element) }
        .map {
          SchemaDrift.Unknown(position: $0.offset + 1, shape: WrittenValue.shape($0.element))
        },
      repeated: twice.filter(known.contains),
      unknownRepeated: twice.count { !known.contains($0) },
      isReordered: order != order.sorted())
  }
}

/// How a file's columns differ from what its mapping expects.
public struct SchemaDrift: Hashable, Sendable {
  /// Columns of the mapping that the file has not got.
  public var missing: [String] = []
  /// Whether most columns are missing: then the first line may be a record, and what is in it is not
  /// told.
  public var isNoHeader = false
  /// Columns of the file that the mapping does not know; they are not landed.
  public var new: [Unknown] = []
  /// Names of the mapping that the file has twice.
  public var repeated: [String] = []
  /// How many other names the file has twice.
  public var unknownRepeated = 0
  /// Whether the columns come in another order; they are found by name all the same.
  public var isReordered = false
  /// Columns whose values are mostly of another type than the mapping says.
  public var retyped: [Retyped] = []

  /// Whether there is nothing to report.
  public var isNone: Bool { self == SchemaDrift() }
  /// Whether the file cannot be trusted to mean what the mapping says, so that nothing of it lands.
  public var isFatal: Bool {
    !missing.isEmpty || !repeated.isEmpty || unknownRepeated > 0 || !retyped.isEmpty
  }

  /// A column that the mapping does not know. What stands in its header's place may be a record's value, so that only
  /// its shape is kept.
  public struct Unknown: Hashable, Sendable {
    /// Its position, from 1.
    public let position: Int
    public let shape: String
  }

  /// A column of another type.
  public struct Retyped: Hashable, Sendable {
    public let name: String
    /// What one of its values looks like, never what it says; nil where the file is no text.
    public let shape: String?
  }

  /// No more columns than this are listed one by one.
  private static let mostTold = 10

  /// The differences in words, one a line.
  public var sentences: [String] {
    var lines: [String] = []
    func list(_ names: [String]) -> String { names.map { "'\($0)'" }.joined(separator: ", ") }
    if !missing.isEmpty { lines.append("Missing columns: \(list(missing)).") }
    if isNoHeader {
      lines.append(
        "The first line has few of the names, and may be no header; what it says is not shown here."
      )
      return lines
    }
    if !repeated.isEmpty { lines.append("Columns that are there twice: \(list(repeated)).") }
    if !retyped.isEmpty {
      let told = retyped.map { one in
        "'\(one.name)'" + (one.shape.map { ", of the form '\($0)'" } ?? "")
      }
      lines.append(
        "Columns with values of another type than the mapping says: \(told.joined(separator: "; "))."
      )
    }
    if unknownRepeated > 0 {
      lines.append("\(unknownRepeated) other columns have a name that is there twice.")
    }
    if !new.isEmpty {
      let told = new.prefix(Self.mostTold).map {
        "column \($0.position), of the form '\($0.shape)'"
      }
      .joined(separator: "; ")
      let others = new.count - min(new.count, Self.mostTold)
      lines.append(
        "New columns, which are not landed: \(told)\(others > 0 ? "; and \(others) more" : ""). "
          + "Names are shown by their form only, since a record may stand in their place.")
    }
    if isReordered { lines.append("The columns come in another order.") }
    return lines
  }
}
