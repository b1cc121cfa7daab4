import Columns

/// Runs a plan's row steps on one resource after the other and writes the rows into columns.
final class RowWriter {
  private let plan: ViewPlan
  private let evaluator: Evaluator
  private let rows: [RowStep]
  private let planColumns: [PlanColumn]
  private let targets: [CellWriter]
  private let writers: [ColumnWriter]
  private let lineWriter: ColumnWriter?
  /// Where on the evaluator's stack the items of each cell are.
  private var cells: [Cell]
  /// The line of the resource that is written.
  var line: Int64 = 0

  private struct Cell {
    var start: Int
    var count: Int
  }

  init(_ plan: ViewPlan, _ evaluator: Evaluator, lineColumn: String?) throws {
    self.plan = plan
    self.evaluator = evaluator
    rows = plan.rows
    planColumns = plan.planColumns
    targets = try plan.columns.map { try CellWriter($0) }
    lineWriter = try lineColumn.map { try ColumnWriter(Field($0, .int64)) }
    writers = targets.map(\.writer) + (lineWriter.map { [$0] } ?? [])
    cells = Array(repeating: Cell(start: 0, count: 0), count: targets.count)
  }

  /// What was written since the last call.
  func finish() -> FinishedBatch { FinishedBatch(writers) }

  /// Writes the rows of the resource that the evaluator has begun; all of them or none.
  func write() throws(RecordFailure) {
    let before = writers.first?.count ?? 0
    do throws(RecordFailure) {
      try run(plan.start)
    } catch {
      for writer in writers { writer.truncate(to: before) }
      throw error
    }
  }

  private func run(_ step: Int) throws(RecordFailure) {
    switch rows[step] {
    case .commit: try commit()
    case .columns(let range, let context, let next): try fill(range, context, next)
    case .forEach(let path, let context, let inner, let nulls, let next, let afterNull):
      let height = evaluator.top
      try evaluator.evaluate(path, evaluator.contexts[context])
      let end = evaluator.top
      if end == height, let nulls {
        try fillWithNulls(nulls)
        try run(afterNull)
      }
      for index in height..<end {
        evaluator.contexts[inner] = evaluator.item(index)
        evaluator.rowIndexes[inner] = index - height
        try run(next)
      }
      evaluator.drop(to: height)
    case .repeat(let paths, let context, let inner, let next):
      var index = 0
      try goThrough(paths, from: evaluator.contexts[context], inner, next, &index, depth: 0)
    case .union(let branches): for branch in branches { try run(branch) }
    }
  }

  /// Goes through what `paths` lead to from `node`, and on from each item before the next.
  private func goThrough(
    _ paths: [Int], from node: Item, _ inner: Int, _ next: Int, _ index: inout Int, depth: Int
  ) throws(RecordFailure) {
    // A path that leads back, as `$this` does, would never end; one that leads down ends before this.
    guard depth <= JSONParser.maximumDepth else {
      throw RecordFailure(.notComputable, "A repeated path leads back to where it began.")
    }
    for path in paths {
      let height = evaluator.top
      try evaluator.evaluate(path, node)
      let end = evaluator.top
      for position in height..<end {
        let item = evaluator.item(position)
        evaluator.contexts[inner] = item
        evaluator.rowIndexes[inner] = index
        index += 1
        try run(next)
        try goThrough(paths, from: item, inner, next, &index, depth: depth + 1)
      }
      evaluator.drop(to: height)
    }
  }

  private func fill(_ range: Range<Int>, _ context: Int, _ next: Int) throws(RecordFailure) {
    let height = evaluator.top
    let node = evaluator.contexts[context]
    for index in range {
      let start = evaluator.top
      let (expression, cell) = (planColumns[index].expression, planColumns[index].cell)
      do throws(RecordFailure) {
        try evaluator.evaluate(expression, node)
      } catch {
        throw RecordFailure(error.rule, field: planColumns[index].column.name, error.message)
      }
      cells[cell] = Cell(start: start, count: evaluator.top - start)
    }
    try run(next)
    evaluator.drop(to: height)
  }

  /// Makes the cells null; a count of rows is 0 even where there is nothing to count.
  private func fillWithNulls(_ nulls: [Int]) throws(RecordFailure) {
    for cell in nulls { cells[cell] = Cell(start: 0, count: 0) }
    for column in planColumns where column.isRowIndex && nulls.contains(column.cell) {
      cells[column.cell] = Cell(start: evaluator.top, count: 1)
      evaluator.push(.integer(0))
    }
  }

  private func commit() throws(RecordFailure) {
    for index in targets.indices {
      let cell = cells[index]
      try targets[index].write(evaluator, cell.start, cell.count)
    }
    lineWriter?.append(line)
  }
}
