/// Turns a view's tree of selects into row steps, and its paths into instructions.
struct PlanCompiler {
  let definition: ViewDefinition
  var instructions: [Instruction] = []
  var steps: [PathStep] = []
  var types: [PlanType] = []
  private(set) var columns: [PlanColumn] = []
  private(set) var rows: [RowStep] = [RowStep(kind: .commit)]
  private(set) var numbers: [Int] = []
  private(set) var start = 0
  private(set) var conditions: [(expression: Int, place: String)] = []
  private(set) var contextCount = 1
  var texts: [UnsafeMutableRawBufferPointer] = []
  private let cells: [String: Int]

  init(_ definition: ViewDefinition) {
    self.definition = definition
    let names = definition.columns.map(\.name)
    cells = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
  }

  mutating func compile() throws(ViewProblem) {
    for condition in definition.conditions {
      let found = try expression(condition.path, context: 0, place: condition.place)
      conditions.append((found, condition.place))
    }
    start = try compile(definition.selects[...], context: 0, next: 0)
  }

  /// Frees what the plan would have owned.
  func discard() { Self.discard(steps, types, texts) }

  static func discard(
    _ steps: [PathStep], _ types: [PlanType], _ texts: [UnsafeMutableRawBufferPointer]
  ) {
    for step in steps {
      step.name.deallocate()
      step.choice?.deallocate()
    }
    for type in types { type.bytes.deallocate() }
    for text in texts { text.deallocate() }
  }

  // MARK: Rows

  /// Compiles selects that stand side by side: each one's rows are met with each of the others'.
  private mutating func compile(
    _ selects: ArraySlice<ViewDefinition.Select>, context: Int, next: Int
  ) throws(ViewProblem) -> Int {
    var next = next
    for select in selects.reversed() { next = try compile(select, context: context, next: next) }
    return next
  }

  private mutating func compile(
    _ select: ViewDefinition.Select, context outer: Int, next: Int
  ) throws(ViewProblem) -> Int {
    var inner = outer
    let firstColumn = columns.count
    if select.iteration != .once {
      inner = contextCount
      contextCount += 1
    }
    var body = next
    if !select.unionAll.isEmpty {
      var branches: [Int] = []
      for branch in select.unionAll {
        branches.append(try compile(branch, context: inner, next: next))
      }
      body = add(RowStep(kind: .union, range: keep(branches)))
    }
    body = try compile(select.selects[...], context: inner, next: body)
    let first = columns.count
    for column in select.columns {
      columns.append(
        PlanColumn(
          column: column, cell: cells[column.name] ?? 0,
          expression: try expression(column.path, context: inner, place: column.place),
          isRowIndex: column.path == .variable("rowIndex")))
    }
    if columns.count > first {
      body = add(
        RowStep(kind: .columns, range: first..<columns.count, context: inner, next: body))
    }
    switch select.iteration {
    case .once: return body
    case .forEach(let path, let orNull):
      let place = select.place + (orNull ? ".forEachOrNull" : ".forEach")
      let nulls = select.allColumns.compactMap { cells[$0.name] }
      let counted = columns[firstColumn...].filter(\.isRowIndex).map(\.cell)
      return add(
        RowStep(
          kind: .forEach, range: keep(nulls),
          path: try expression(path, context: outer, place: place), context: outer, inner: inner,
          next: body, afterNull: next, hasNullRow: orNull, counted: keep(counted)))
    case .repeat(let paths):
      var compiled: [Int] = []
      for path in paths {
        // The paths start from each item in turn, but count and %context stay those outside.
        compiled.append(try expression(path, context: outer, place: select.place + ".repeat"))
      }
      return add(
        RowStep(
          kind: .repeat, range: keep(compiled), context: outer, inner: inner, next: body))
    }
  }

  /// Keeps numbers for a step, which names them by their range.
  private mutating func keep(_ list: [Int]) -> Range<Int> {
    numbers += list
    return (numbers.count - list.count)..<numbers.count
  }

  private mutating func add(_ step: RowStep) -> Int {
    rows.append(step)
    return rows.count - 1
  }
}
