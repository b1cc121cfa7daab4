extension Evaluator {
  /// Three-valued logic, in which an empty operand may leave the result empty (FHIRPath, section
  /// "Boolean logic").
  func logic(_ found: Instruction, _ focus: Item) throws(RecordFailure) {
    let left = try boolean(found.a, focus)
    switch (found.operation, left) {
    case (.and, false): return push(.boolean(false))
    case (.or, true): return push(.boolean(true))
    case (.implies, false): return push(.boolean(true))
    default: break
    }
    let right = try boolean(found.b, focus)
    let result: Bool? =
      switch found.operation {
      case .and: right == false ? false : left.flatMap { left in right.map { left && $0 } }
      case .or: right == true ? true : left.flatMap { left in right.map { left || $0 } }
      case .implies: right == true ? true : left.flatMap { left in right.map { !left || $0 } }
      default: left.flatMap { left in right.map { left != $0 } }
      }
    if let result { push(.boolean(result)) }
  }

  func arithmetic(_ found: Instruction, _ focus: Item) throws(RecordFailure) {
    let left = try single(found.a, focus, "An operand")
    let right = try single(found.b, focus, "An operand")
    if found.operation == .concatenate {
      // Where one is missing it counts as an empty text.
      let texts = try [left, right].map { (item) throws(RecordFailure) -> [UInt8] in
        guard let item else { return [] }
        guard item.isText else { throw RecordFailure(.notComputable, "'&' needs texts.") }
        return Array(item.bytes)
      }
      return push(text(texts[0] + texts[1]))
    }
    guard let left, let right else { return }
    if found.operation == .add, left.isText, right.isText {
      return push(text(Array(left.bytes) + Array(right.bytes)))
    }
    guard let a = left.number, let b = right.number else {
      throw RecordFailure(.notComputable, "Arithmetic needs numbers.")
    }
    if left.kind == .integer, right.kind == .integer, found.operation != .divide {
      if let whole = wholeArithmetic(found.operation, left.integer, right.integer) {
        push(.integer(whole))
      }
      return
    }
    let result: Double
    switch found.operation {
    case .add: result = a + b
    case .subtract: result = a - b
    case .multiply: result = a * b
    case .divide:
      guard b != 0 else { return }
      result = a / b
    case .wholeDivide:
      guard b != 0 else { return }
      // Too large a number gives nothing (FHIRPath, section "Math").
      if let whole = Self.wholeQuotient(a, b) { push(.integer(whole)) }
      return
    default:
      guard b != 0, let whole = Self.wholeQuotient(a, b) else { return }
      result = a - Double(whole) * b
    }
    // Decimals have eight places at least (FHIRPath, section "Decimal"): 0.1 + 0.2 is 0.3.
    push(.decimal(Self.rounded(result, decimals: 8)))
  }

  private func wholeArithmetic(
    _ operation: Instruction.Operation, _ a: Int64, _ b: Int64
  ) -> Int64? {
    let (result, overflows): (Int64, Bool)
    switch operation {
    case .add: (result, overflows) = a.addingReportingOverflow(b)
    case .subtract: (result, overflows) = a.subtractingReportingOverflow(b)
    case .multiply: (result, overflows) = a.multipliedReportingOverflow(by: b)
    case .wholeDivide:
      guard b != 0 else { return nil }
      (result, overflows) = a.dividedReportingOverflow(by: b)
    default:
      guard b != 0 else { return nil }
      (result, overflows) = a.remainderReportingOverflow(dividingBy: b)
    }
    // Too large a number gives nothing (FHIRPath, section "Math").
    return overflows ? nil : result
  }

  /// How often `b` goes into `a`, as decimals are written: 0.1 goes into 0.3 three times.
  private static func wholeQuotient(_ a: Double, _ b: Double) -> Int64? {
    Int64(exactly: rounded(a / b, decimals: 8).rounded(.towardZero))
  }

  func comparison(_ found: Instruction, _ focus: Item) throws(RecordFailure) {
    guard let left = try single(found.a, focus, "An operand"),
      let right = try single(found.b, focus, "An operand")
    else { return }
    guard let order = try order(left, right) else { return }
    switch found.operation {
    case .less: push(.boolean(order < 0))
    case .lessOrEqual: push(.boolean(order <= 0))
    case .greater: push(.boolean(order > 0))
    default: push(.boolean(order >= 0))
    }
  }

  /// -1, 0 or 1; nil where the precision of two moments does not tell.
  private func order(_ left: Item, _ right: Item) throws(RecordFailure) -> Int? {
    if left.kind == .integer, right.kind == .integer {
      return left.integer < right.integer ? -1 : left.integer > right.integer ? 1 : 0
    }
    if let a = left.number, let b = right.number { return a < b ? -1 : a > b ? 1 : 0 }
    guard left.isText, right.isText else {
      throw RecordFailure(.notComputable, "Values of different kinds were compared.")
    }
    if left.isTemporal || right.isTemporal || (left.isDated && right.isDated) {
      guard let a = left.temporal, let b = right.temporal else { return nil }
      return a.order(b)
    }
    if isSame(left.bytes, right.bytes) { return 0 }
    return left.bytes.lexicographicallyPrecedes(right.bytes) ? -1 : 1
  }

  /// `=` and `!=`: collections are equal where they have equal items in the same order.
  func equality(_ found: Instruction, _ focus: Item) throws(RecordFailure) {
    let height = top
    try evaluate(found.a, focus)
    let middle = top
    try evaluate(found.b, focus)
    let (left, right) = (middle - height, top - middle)
    guard left > 0, right > 0 else { return drop(to: height) }
    var isEqual: Bool? = left == right
    for offset in 0..<min(left, right) where isEqual == true {
      isEqual = areEqual(item(height + offset), item(middle + offset))
    }
    drop(to: height)
    guard let isEqual else { return }
    push(.boolean(found.operation == .equal ? isEqual : !isEqual))
  }

  /// Whether two items are equal; nil where the precision of two moments does not tell.
  func areEqual(_ left: Item, _ right: Item) -> Bool? {
    if left.kind == .integer, right.kind == .integer { return left.integer == right.integer }
    if let a = left.number, let b = right.number { return a == b }
    if left.isText, right.isText {
      if isSame(left.bytes, right.bytes) { return true }
      guard left.isTemporal || right.isTemporal, let a = Temporal(left.string),
        let b = Temporal(right.string)
      else { return false }
      return a.order(b).map { $0 == 0 }
    }
    guard left.kind == right.kind else { return false }
    return left.kind == .object
      ? isSameValue(left.object, right.object) : left.flag == right.flag
  }

  /// Whether two values of the document are the same, keys in any order.
  private func isSameValue(_ a: Int, _ b: Int) -> Bool {
    guard a != b else { return true }
    if let one = number(a), let other = number(b) { return one == other }
    guard tape.letter(a) == tape.letter(b) else { return false }
    switch tape.kind(a) {
    case .object:
      var (count, others) = (0, 0)
      var hasAll = true
      tape.forEachKey(of: b) { _ in others += 1 }
      tape.forEachKey(of: a) { key in
        count += 1
        guard hasAll else { return }
        var partner: Int?
        tape.forEachKey(of: b) { other in
          if isSame(tape.string(other), tape.string(key)) { partner = other + 1 }
        }
        hasAll = partner.map { isSameValue(key + 1, $0) } ?? false
      }
      return hasAll && count == others
    case .array:
      var (mine, others): ([Int], [Int]) = ([], [])
      tape.forEachItem(of: a) { mine.append($0) }
      tape.forEachItem(of: b) { others.append($0) }
      return mine.count == others.count && zip(mine, others).allSatisfy(isSameValue)
    case .string: return isSame(tape.string(a), tape.string(b))
    default: return true
    }
  }

  private func number(_ place: Int) -> Double? {
    switch tape.kind(place) {
    case .integer: Double(tape.integer(place))
    case .unsigned: Double(tape.words[place + 1])
    case .double: tape.double(place)
    default: nil
    }
  }

  func membership(_ found: Instruction, _ focus: Item) throws(RecordFailure) {
    guard let wanted = try single(found.a, focus, "The left side of 'in'") else { return }
    let height = top
    try evaluate(found.b, focus)
    let isThere = (height..<top).contains { areEqual(wanted, item($0)) == true }
    replace(from: height, with: .boolean(isThere))
  }

  /// The items of both sides, each once.
  func union(_ found: Instruction, _ focus: Item) throws(RecordFailure) {
    let height = top
    try evaluate(found.a, focus)
    try evaluate(found.b, focus)
    let end = top
    for position in height..<end {
      let candidate = item(position)
      if (end..<top).contains(where: { areEqual(candidate, item($0)) == true }) { continue }
      push(candidate)
    }
    closeGap(from: height, to: end)
  }
}

extension Item {
  /// The moment that a text means; nil where it means none.
  fileprivate var temporal: Temporal? { Temporal(string, isTime: kind == .time ? true : nil) }

  /// Whether a text has the shape of a date with a time, which no code has: elements of moments are
  /// ordered as moments even where nothing says what they are.
  fileprivate var isDated: Bool {
    isText && count > 10 && bytes[4] == UInt8(ascii: "-") && bytes[10] == UInt8(ascii: "T")
  }
}
