/// One node of the loops that make rows; each names the node that goes on inside it, so that the last
/// one, ``commit``, sees a whole row.
enum RowStep {
  /// The row is whole.
  case commit
  /// Sets the cells of `columns`, from the node of iteration `context`.
  case columns(Range<Int>, context: Int, next: Int)
  /// Goes through the items of `path`, or through one null row where it is empty and `nulls` says
  /// which columns are null then.
  case forEach(path: Int, context: Int, inner: Int, nulls: [Int]?, next: Int, afterNull: Int)
  /// Goes through the items of `paths` and through those of the items, depth first.
  case `repeat`(paths: [Int], context: Int, inner: Int, next: Int)
  /// Each branch gives rows of its own.
  case union([Int])
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
