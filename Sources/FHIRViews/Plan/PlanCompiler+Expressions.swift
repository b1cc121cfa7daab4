extension PlanCompiler {
  /// Compiles an expression whose focus is the node of iteration `context`.
  mutating func expression(
    _ expression: FHIRPathExpression, context: Int, place: String
  ) throws(ViewProblem) -> Int {
    var scope = Scope(context: context, place: place)
    return try compile(expression, &scope)
  }

  struct Scope {
    let context: Int
    let place: String
  }

  private mutating func add(_ instruction: Instruction) -> Int {
    instructions.append(instruction)
    return instructions.count - 1
  }

  private mutating func add(
    _ operation: Instruction.Operation, _ a: Int = -1, _ b: Int = -1
  ) -> Int {
    add(Instruction(operation: operation, a: a, b: b))
  }

  private mutating func compile(
    _ expression: FHIRPathExpression, _ scope: inout Scope
  ) throws(ViewProblem) -> Int {
    switch expression {
    case .this: return add(.this)
    case .variable(let name): return try variable(name, scope)
    case .literal(let literal): return add(literal)
    case .member(let base, let name): return try member(base, name, ofType: nil, &scope)
    case .call(let base, let name, let arguments):
      return try call(base, name, arguments, &scope)
    case .index(let base, let index):
      return add(.index, try compile(base, &scope), try compile(index, &scope))
    case .negated(let operand): return add(.negate, try compile(operand, &scope))
    case .typed(let base, let isTest, let type):
      return try typed(base, isTest: isTest, type, &scope)
    case .binary(let found, let left, let right):
      let (a, b) = (try compile(left, &scope), try compile(right, &scope))
      // `a contains b` is `b in a`.
      return found == .contains ? add(.isIn, b, a) : add(Self.operations[found] ?? .equal, a, b)
    }
  }

  private static let operations: [FHIRPathOperator: Instruction.Operation] = [
    .multiply: .multiply, .divide: .divide, .wholeDivide: .wholeDivide, .modulo: .modulo,
    .add: .add, .subtract: .subtract, .concatenate: .concatenate, .union: .union, .less: .less,
    .lessOrEqual: .lessOrEqual, .greater: .greater, .greaterOrEqual: .greaterOrEqual,
    .equal: .equal, .notEqual: .notEqual, .isIn: .isIn, .and: .and, .or: .or, .xor: .xor,
    .implies: .implies,
  ]

  // MARK: Values

  private mutating func variable(_ name: String, _ scope: Scope) throws(ViewProblem) -> Int {
    if let literal = definition.constants[name] { return add(literal) }
    switch name {
    case "rowIndex": return add(.rowIndex, scope.context)
    case "resource", "rootResource": return add(.resource)
    case "context":
      return add(Instruction(operation: .context, a: scope.context))
    default:
      let known = definition.constants.keys.sorted().joined(separator: ", ")
      throw ViewProblem(
        scope.place, "There is no constant '\(name)'.",
        hint: known.isEmpty ? "The view has no constants." : "The constants are: \(known).")
    }
  }

  private mutating func add(_ literal: FHIRPathLiteral) -> Int {
    switch literal {
    case .empty: add(Instruction(operation: .empty))
    case .boolean(let flag): add(Instruction(operation: .literal, item: .boolean(flag)))
    case .integer(let number): add(Instruction(operation: .literal, item: .integer(number)))
    case .decimal(let number, let digits):
      add(Instruction(operation: .literal, item: .decimal(number, digits: digits)))
    case .string(let text): add(text: text, as: .string)
    case .temporal(let text, let kind): add(text: text, as: Item.Kind(kind))
    }
  }

  private mutating func add(text: String, as kind: Item.Kind) -> Int {
    let utf8 = Array(text.utf8)
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, utf8.count), alignment: 8)
    memory.copyBytes(from: utf8)
    texts.append(memory)
    let bytes = UnsafeRawBufferPointer(rebasing: memory[..<utf8.count])
    return add(Instruction(operation: .literal, item: .text(bytes, as: kind)))
  }

  // MARK: Paths

  private mutating func member(
    _ base: FHIRPathExpression, _ name: String, ofType type: String?, _ scope: inout Scope
  ) throws(ViewProblem) -> Int {
    // A path may begin with the type of its resource: Patient.name.
    if case .this = base, type == nil, name == definition.resource, scope.context == 0 {
      return add(.this)
    }
    // The last path goes on where a member follows a member.
    let from = try compile(base, &scope)
    let step = PathStep(
      name: FieldName(name), choice: type.map { FieldName(name + $0.uppercasedFirst) },
      type: type.map { number(ofType: $0) } ?? -1,
      isOpenChoice: type == nil
        && FHIRTypes.choiceElements.contains(name.hasPrefix("_") ? String(name.dropFirst()) : name),
      textKind: type.map(FHIRTypes.textKind)
        ?? (FHIRTypes.dateElements.contains(name) ? .date : .string),
      typeNumber: type.map { FHIRTypes.number(ofType: $0) } ?? 0)
    steps.append(step)
    let last = instructions.count - 1
    if from == last, instructions[last].operation == .path,
      instructions[last].b + instructions[last].c == steps.count - 1
    {
      instructions[last].c += 1
      return last
    }
    if from == last, instructions[last].operation == .this {
      instructions[last] = Instruction(operation: .path, a: -1, b: steps.count - 1, c: 1)
      return last
    }
    return add(Instruction(operation: .path, a: from, b: steps.count - 1, c: 1))
  }

  private mutating func number(ofType name: String) -> Int {
    if let known = types.firstIndex(where: { $0.name == name }) { return known }
    types.append(PlanType(name: name, bytes: FieldName(name)))
    return types.count - 1
  }

  private mutating func ofType(
    _ base: FHIRPathExpression, _ type: String, _ scope: inout Scope
  ) throws(ViewProblem) -> Int {
    if case .member(let from, let name) = base {
      return try member(from, name, ofType: type, &scope)
    }
    return add(.ofType, try compile(base, &scope), number(ofType: type))
  }

  /// `is` and `as`, which take one value at most.
  private mutating func typed(
    _ base: FHIRPathExpression, isTest: Bool, _ type: String, _ scope: inout Scope
  ) throws(ViewProblem) -> Int {
    if !isTest, case .member = base { return add(.single, try ofType(base, type, &scope)) }
    let from = add(.single, try compile(base, &scope))
    return add(isTest ? .isType : .ofType, from, number(ofType: type))
  }

  // MARK: Functions

  private mutating func call(
    _ base: FHIRPathExpression, _ name: String, _ arguments: [FHIRPathExpression],
    _ scope: inout Scope
  ) throws(ViewProblem) -> Int {
    guard let counts = Self.functions[name] else {
      throw ViewProblem(
        scope.place, "There is no function '\(name)'.",
        hint: "The functions are: \(Self.functions.keys.sorted().joined(separator: ", ")).")
    }
    guard counts.contains(arguments.count) else {
      throw ViewProblem(
        scope.place,
        "'\(name)' takes \(counts.lowerBound == counts.upperBound ? "" : "at most ")"
          + "\(counts.upperBound) argument\(counts.upperBound == 1 ? "" : "s"), "
          + "not \(arguments.count).")
    }
    switch name {
    case "ofType": return try ofType(base, try typeName(arguments[0], name, scope), &scope)
    case "is", "as":
      return try typed(
        base, isTest: name == "is", try typeName(arguments[0], name, scope), &scope)
    case "extension": return try `extension`(base, arguments[0], &scope)
    case "getReferenceKey":
      let from = try compile(base, &scope)
      guard let argument = arguments.first else { return add(.referenceKey, from) }
      return add(.referenceKey, from, number(ofType: try typeName(argument, name, scope)))
    case "exists":
      var from = try compile(base, &scope)
      if let criteria = arguments.first { from = add(.where, from, try compile(criteria, &scope)) }
      return add(.exists, from)
    default:
      let from = try compile(base, &scope)
      let argument = try arguments.first.map { (argument) throws(ViewProblem) in
        try compile(argument, &scope)
      }
      return add(Self.simple[name] ?? .exists, from, argument ?? -1)
    }
  }

  /// The functions and how many arguments each takes.
  private static let functions: [String: ClosedRange<Int>] = {
    var counts: [String: ClosedRange<Int>] = [
      "ofType": 1...1, "is": 1...1, "as": 1...1, "extension": 1...1, "getReferenceKey": 0...1,
      "exists": 0...1, "join": 0...1,
    ]
    for name in ["where", "all", "select", "startsWith", "endsWith", "contains"] {
      counts[name] = 1...1
    }
    for name in simple.keys where counts[name] == nil { counts[name] = 0...0 }
    return counts
  }()

  private static let simple: [String: Instruction.Operation] = [
    "first": .first, "last": .last, "empty": .isEmpty, "not": .not, "count": .count,
    "hasValue": .hasValue, "single": .single, "lowBoundary": .lowBoundary,
    "highBoundary": .highBoundary, "toString": .toText, "where": .where, "all": .all,
    "select": .select, "join": .join, "getResourceKey": .resourceKey, "startsWith": .startsWith,
    "endsWith": .endsWith, "contains": .containsText,
  ]

  private func typeName(
    _ argument: FHIRPathExpression, _ function: String, _ scope: Scope
  ) throws(ViewProblem) -> String {
    guard let name = argument.typeName else {
      throw ViewProblem(
        scope.place, "'\(function)' takes the name of a type.", hint: "Such as Quantity.")
    }
    return name
  }

  private mutating func `extension`(
    _ base: FHIRPathExpression, _ url: FHIRPathExpression, _ scope: inout Scope
  ) throws(ViewProblem) -> Int {
    // The extensions of a primitive element stand beside it, in an element with an underscore.
    var beside = -1
    switch base {
    case .member(let from, let name) where name != "extension":
      beside = try member(from, "_" + name, ofType: nil, &scope)
    case .call(.member(let from, let name), "ofType", let types):
      if let type = types.first?.typeName {
        beside = try member(from, "_" + name + type.uppercasedFirst, ofType: nil, &scope)
      }
    default: break
    }
    let from = try compile(base, &scope)
    let literal = try compile(url, &scope)
    guard instructions[literal].operation == .literal, instructions[literal].item.isText else {
      throw ViewProblem(scope.place, "'extension' takes a URL in quotation marks.")
    }
    return add(Instruction(operation: .extension, a: from, b: literal, c: beside))
  }
}

extension FHIRPathExpression {
  /// The kind of the values where the expression leaves no doubt of it.
  var evidentKind: ViewColumn.Kind? {
    switch self {
    case .variable("rowIndex"): .integer
    case .literal(.boolean): .boolean
    case .literal(.integer(let number)): Int32(exactly: number) == nil ? .integer64 : .integer
    case .literal(.decimal): .decimal
    case .literal(.string), .literal(.temporal): .text(isStrict: true)
    case .typed(_, isTest: true, _): .boolean
    case .call(_, let name, _)
    where [
      "exists", "empty", "not", "hasValue", "all", "is",
      "startsWith", "endsWith", "contains",
    ].contains(name):
      .boolean
    case .call(_, "count", _): .integer
    case .call(_, "ofType", let arguments): arguments.first?.typeName.flatMap { .init(fhir: $0) }
    case .call(_, let name, _)
    where ["join", "getResourceKey", "getReferenceKey", "toString"]
      .contains(name):
      .text(isStrict: true)
    case .call(let base, let name, _) where ["first", "last", "single"].contains(name):
      base.evidentKind
    case .binary(let found, _, _):
      switch found {
      case .less, .lessOrEqual, .greater, .greaterOrEqual, .equal, .notEqual, .isIn, .contains,
        .and, .or, .xor, .implies:
        .boolean
      case .concatenate: .text(isStrict: true)
      case .divide: .decimal
      default: nil
      }
    default: nil
    }
  }
}
