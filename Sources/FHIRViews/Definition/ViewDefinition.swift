/// A view of SQL on FHIR: which rows and columns to make of each resource of one type
/// (https://sql-on-fhir.org, ViewDefinition, 3.0.0-ballot).
public struct ViewDefinition: Hashable, Sendable {
  public let name: String?
  public let title: String?
  /// The type of the resources it reads.
  public let resource: String
  let constants: [String: FHIRPathLiteral]
  /// A resource must meet each to have rows.
  let conditions: [Condition]
  let selects: [Select]

  struct Condition: Hashable, Sendable {
    let path: FHIRPathExpression
    let place: String
  }

  /// One node of the tree of rows.
  struct Select: Hashable, Sendable {
    let iteration: Iteration
    let columns: [ViewColumn]
    let selects: [Select]
    let unionAll: [Select]
    let place: String

    /// The names of all its columns, in the order of the rows.
    var columnNames: [String] { allColumns.map(\.name) }

    /// Its columns and those below it, in the order of the rows; branches of a union share theirs.
    var allColumns: [ViewColumn] {
      columns + selects.flatMap(\.allColumns) + (unionAll.first?.allColumns ?? [])
    }
  }

  /// What a select makes rows of.
  enum Iteration: Hashable, Sendable {
    case once
    case forEach(FHIRPathExpression, orNull: Bool)
    case `repeat`([FHIRPathExpression])
  }

  /// The columns, in order.
  public var columns: [ViewColumn] { selects.flatMap(\.allColumns) }
}

/// A column of a view.
public struct ViewColumn: Hashable, Sendable {
  public let name: String
  public let description: String?
  /// The FHIR type that was declared, or nil.
  public let type: String?
  /// Whether it holds a list.
  public let isCollection: Bool
  /// How the values are kept.
  public let kind: Kind
  let path: FHIRPathExpression
  let place: String

  /// How a column keeps its values.
  public enum Kind: Hashable, Sendable {
    case boolean
    /// 32 bits, as FHIR's integers.
    case integer
    /// 64 bits.
    case integer64
    /// A floating-point number of 64 bits.
    case decimal
    /// Text; `isStrict` where the type says that it is text in the source too.
    case text(isStrict: Bool)
    /// A whole date, for columns tagged `ansi/type` DATE.
    case date
    /// A moment in UTC, for columns tagged `ansi/type` TIMESTAMP.
    case timestamp
  }
}
