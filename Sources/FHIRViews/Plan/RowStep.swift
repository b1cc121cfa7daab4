/// One node of the loops that make rows; each names the node that goes on inside it, so that the last
/// one, which commits, sees a whole row.
struct RowStep {
  enum Kind {
    /// The row is whole.
    case commit
    /// Sets the cells of the plan's columns in `range`.
    case columns
    /// Goes through the items of expression `path`; where there are none and `hasNullRow`, through one
    /// row in which the cells in `range` of the plan's numbers are null, and on at `afterNull`.
    case forEach
    /// Goes through the items of the expressions in `range` of the plan's numbers, and through those
    /// of the items, depth first.
    case `repeat`
    /// Each of the steps in `range` of the plan's numbers gives rows of its own.
    case union
  }

  var kind: Kind
  var range = 0..<0
  var path = 0
  /// The iteration whose node is the focus, and the one that is set.
  var context = 0
  var inner = 0
  var next = 0
  var afterNull = 0
  var hasNullRow = false
  /// Of the plan's numbers, the cells that count rows and so are 0 in a null row.
  var counted = 0..<0
}

/// A column as the plan fills it.
struct PlanColumn {
  let column: ViewColumn
  /// The cell it fills; branches of a union fill the same.
  let cell: Int
  let expression: Int
  /// Whether the expression is `%rowIndex`, which counts 0 where there is nothing to count.
  let isRowIndex: Bool
}
