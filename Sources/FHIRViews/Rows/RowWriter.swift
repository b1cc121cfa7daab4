import Columns

/// Runs a plan's row steps on one resource after the other and writes the rows into columns.
final class RowWriter {
  private let plan: ViewPlan
  private let evaluator: Evaluator
  // Pointers into the plan, which the plan's memory outlives: arrays would be retained at each use.
  private let rows: UnsafeMutablePointer<RowStep>
  private let numbers: UnsafeMutablePointer<Int>
  private let fills: UnsafeMutablePointer<(expression: Int, cell: Int)>
  private let targets: UnsafeMutableBufferPointer<CellWriter>
  private let writers: [ColumnWriter]
  private let lineWriter: ColumnWriter?
  /// Where rows go instead, cell by cell.
  private let sink: (any RowSink)?
  /// Where on the evaluator's stack the items of each cell are.
  private let cells: UnsafeMutableBufferPointer<Cell>
  /// The line of the resource that is written.
  @exclusivity(unchecked) var line: Int64 = 0

  /// Questionnaires and the like nest a few levels deep; each level takes some of the thread's stack.
  private static let maximumRepeats = 100

  private struct Cell {
    var start: Int
    var count: Int
  }

  init(
    _ plan: ViewPlan, _ evaluator: Evaluator, lineColumn: String?, sink: (any RowSink)?
  ) throws {
    self.sink = sink
    self.plan = plan
    self.evaluator = evaluator
    rows = plan.rows.baseAddress.unsafelyUnwrapped
    numbers = plan.numbers.baseAddress.unsafelyUnwrapped
    fills = plan.fills.baseAddress.unsafelyUnwrapped
    let targets = try plan.columns.map { try CellWriter($0) }
    let lineWriter = try lineColumn.map { try ColumnWriter(Field($0, .int64)) }
    self.lineWriter = lineWriter
    writers = targets.map(\.writer) + (lineWriter.map { [$0] } ?? [])
    self.targets = .allocate(capacity: targets.count)
    _ = self.targets.initialize(from: targets)
    cells = .allocate(capacity: targets.count)
    cells.initialize(repeating: Cell(start: 0, count: 0))
  }

  deinit {
    targets.deinitialize()
    targets.deallocate()
    cells.deallocate()
  }

  /// What was written since the last call.
  func finish() -> FinishedBatch { FinishedBatch(writers) }

  /// Writes the rows of the resource that the evaluator has begun; all of them or none.
  func write() throws(RecordFailure) {
    let before = writers.first?.count ?? 0
    let mark = sink?.rowCount ?? 0
    do throws(RecordFailure) {
      try run(plan.start)
    } catch {
      for writer in writers { writer.truncate(to: before) }
      sink?.truncate(to: mark)
      throw error
    }
  }

  private func run(_ index: Int) throws(RecordFailure) {
    let step = rows + index
    switch step.pointee.kind {
    case .commit: try commit()
    case .columns: try fill(step.pointee)
    case .forEach: try forEach(step.pointee)
    case .repeat:
      var count = 0
      try goThrough(step.pointee, from: evaluator.context(step.pointee.context), &count, depth: 0)
    case .union:
      for branch in step.pointee.range { try run(numbers[branch]) }
    }
  }

  private func forEach(_ step: RowStep) throws(RecordFailure) {
    let height = evaluator.top
    try evaluator.evaluate(step.path, evaluator.context(step.context))
    let end = evaluator.top
    if end == height, step.hasNullRow {
      fillWithNulls(step)
      try run(step.afterNull)
    }
    for position in height..<end {
      evaluator.enter(step.inner, evaluator.item(position), count: position - height)
      try run(step.next)
    }
    evaluator.drop(to: height)
  }

  /// Goes through what the paths of `step` lead to from `node`, and on from each item before the next.
  private func goThrough(
    _ step: RowStep, from node: Item, _ count: inout Int, depth: Int
  ) throws(RecordFailure) {
    // A path that leads back, as `$this` does, would never end; one that leads down ends before this.
    guard depth <= Self.maximumRepeats else {
      throw RecordFailure(
        .notComputable,
        "A repeated path leads on more than \(Self.maximumRepeats) times, or back to where it began."
      )
    }
    for path in step.range {
      let height = evaluator.top
      try evaluator.evaluate(numbers[path], node)
      let end = evaluator.top
      for position in height..<end {
        let item = evaluator.item(position)
        evaluator.enter(step.inner, item, count: count)
        count += 1
        try run(step.next)
        try goThrough(step, from: item, &count, depth: depth + 1)
      }
      evaluator.drop(to: height)
    }
  }

  private func fill(_ step: RowStep) throws(RecordFailure) {
    let height = evaluator.top
    let node = evaluator.context(step.context)
    for index in step.range {
      let start = evaluator.top
      do throws(RecordFailure) {
        try evaluator.evaluate(fills[index].expression, node)
      } catch {
        throw RecordFailure(error.rule, field: plan.planColumns[index].column.name, error.message)
      }
      cells[fills[index].cell] = Cell(start: start, count: evaluator.top - start)
    }
    try run(step.next)
    evaluator.drop(to: height)
  }

  /// Makes cells null; a count of rows is 0 even where there is nothing to count.
  private func fillWithNulls(_ step: RowStep) {
    for index in step.range { cells[numbers[index]] = Cell(start: 0, count: 0) }
    for index in step.counted {
      cells[numbers[index]] = Cell(start: evaluator.top, count: 1)
      evaluator.push(.integer(0))
    }
  }

  private func commit() throws(RecordFailure) {
    if let sink { return try give(to: sink) }
    for index in targets.indices {
      let cell = cells[index]
      try targets[index].write(evaluator, cell.start, cell.count)
      // Arrow counts a batch's text in 31 bits; a batch has a chunk's rows, unless one record gives
      // thousands of large ones.
      guard targets[index].writer.textSize < 1 << 30 else {
        throw RecordFailure(
          .notComputable, field: plan.columns[index].name, "The record gives over 1 GiB of text.")
      }
    }
    lineWriter?.append(line)
  }

  private func give(to sink: any RowSink) throws(RecordFailure) {
    for (cell, column) in zip(cells, plan.columns) where cell.count > 1 {
      throw RecordFailure(
        .severalValues, field: column.name,
        "Column '\(column.name)' would have \(cell.count) values; it has one at most.")
    }
    let isTaken = sink.write(line: Int(line)) { index in
      cells[index].count == 0 ? .none : evaluator.item(cells[index].start)
    }
    guard isTaken else {
      throw RecordFailure(.refused, "The record breaks a rule of its receiver.")
    }
  }
}

/// Takes rows as they are made, in place of columns.
package protocol RowSink: AnyObject {
  /// How many rows were taken.
  var rowCount: Int { get }
  /// Takes a row, whose cells `cell` gives by the number of the column; false where it is refused,
  /// with which all rows of its resource are.
  func write(line: Int, _ cell: (Int) -> Item) -> Bool
  /// Forgets the rows from `count` on.
  func truncate(to count: Int)
}
