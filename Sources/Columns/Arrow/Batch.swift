public import CADBC

/// Some rows of a result: columns of one length, read in place from the engine's memory.
public struct Batch: Sendable {
  public let columns: [Column]
  public let rowCount: Int

  /// Takes over `array`, whose schema is `fields`, as Arrow's C stream interface hands it out: a
  /// structure whose members are the columns.
  public init(taking array: ArrowArray, fields: [Field]) throws {
    let owner = ArrowOwner(taking: array)
    guard Int(array.n_children) == fields.count else {
      throw ColumnsError(
        "A batch has \(array.n_children) columns where its schema has \(fields.count).")
    }
    rowCount = Int(array.length)
    // The members of a structure are not cut by the structure's own offset.
    let start = Int(array.offset)
    columns = try fields.indices.map { index in
      guard let child = array.children?[index] else {
        throw ColumnsError("Column '\(fields[index].name)' is missing from its batch.")
      }
      return try Column(
        field: fields[index], owner: owner, array: child, start: start, count: Int(array.length))
    }
  }

  /// The column called `name`; engines do not differ in case for names we wrote in lower case.
  public func column(_ name: String) throws -> Column {
    guard let found = columns.first(where: { $0.field.name == name }) else {
      let names = columns.map(\.field.name).joined(separator: ", ")
      throw ColumnsError("There is no column '\(name)'.", hint: "The columns are: \(names).")
    }
    return found
  }
}
