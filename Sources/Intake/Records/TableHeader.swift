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
      new: names.filter { !known.contains($0) }, repeated: twice,
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
  public var new: [String] = []
  /// Names that the file has twice.
  public var repeated: [String] = []
  /// Whether the columns come in another order; they are found by name all the same.
  public var isReordered = false
  /// Columns whose values are mostly of another type than the mapping says.
  public var retyped: [String] = []

  /// Whether there is nothing to report.
  public var isNone: Bool { self == SchemaDrift() }
  /// Whether the file cannot be trusted to mean what the mapping says, so that nothing of it lands.
  public var isFatal: Bool { !missing.isEmpty || !repeated.isEmpty || !retyped.isEmpty }

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
    if !retyped.isEmpty { lines.append("Columns with values of another type: \(list(retyped)).") }
    if !new.isEmpty { lines.append("New columns, which are not landed: \(list(new)).") }
    if isReordered { lines.append("The columns come in another order.") }
    return lines
  }
}
