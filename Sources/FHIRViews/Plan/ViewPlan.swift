/// A view compiled once, to be run on any number of resources by any number of threads.
///
/// Paths are flat lists of element names laid out to be compared with the tape; elements that no path
/// names are never looked at.
public final class ViewPlan: @unchecked Sendable {
  // Sendable because nothing is written after `init`.
  public let definition: ViewDefinition
  /// The columns, in order.
  public let columns: [ViewColumn]
  let instructions: UnsafeMutableBufferPointer<Instruction>
  let steps: UnsafeMutableBufferPointer<PathStep>
  let types: [PlanType]
  let planColumns: [PlanColumn]
  /// Of each of these columns, its expression and its cell.
  let fills: UnsafeMutableBufferPointer<(expression: Int, cell: Int)>
  let rows: UnsafeMutableBufferPointer<RowStep>
  /// Cells, expressions and steps that row steps name by range.
  let numbers: UnsafeMutableBufferPointer<Int>
  /// The first of the row steps.
  let start: Int
  /// The conditions of `where`, and their texts for messages.
  let conditions: [(expression: Int, place: String)]
  /// How many iterations there are; 0 is the resource itself.
  let contextCount: Int
  let resource: FieldName
  private let texts: [UnsafeMutableRawBufferPointer]

  /// Compiles `definition`.
  ///
  /// - Throws: ``ViewProblem`` where a path names a function or a constant that does not exist.
  public init(_ definition: ViewDefinition) throws(ViewProblem) {
    var compiler = PlanCompiler(definition)
    do throws(ViewProblem) {
      try compiler.compile()
    } catch {
      compiler.discard()
      throw error
    }
    self.definition = definition
    columns = definition.columns
    instructions = .allocate(compiler.instructions)
    steps = .allocate(compiler.steps)
    types = compiler.types
    planColumns = compiler.columns
    fills = .allocate(compiler.columns.map { ($0.expression, $0.cell) })
    rows = .allocate(compiler.rows)
    numbers = .allocate(compiler.numbers)
    start = compiler.start
    conditions = compiler.conditions
    contextCount = compiler.contextCount
    texts = compiler.texts
    resource = FieldName(definition.resource)
  }

  deinit {
    PlanCompiler.discard(Array(steps), types, texts)
    instructions.deallocate()
    steps.deallocate()
    fills.deallocate()
    rows.deallocate()
    numbers.deallocate()
    resource.deallocate()
  }
}

extension UnsafeMutableBufferPointer {
  fileprivate static func allocate(_ elements: [Element]) -> Self {
    let memory = allocate(capacity: Swift.max(1, elements.count))
    _ = memory.initialize(from: elements)
    return Self(start: memory.baseAddress, count: elements.count)
  }
}
