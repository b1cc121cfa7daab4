extension ViewDefinition {
  /// The element that each column's values come from, such as `Patient.identifier.value`, by the column's
  /// name: for whoever sends the resources and has never seen the view. Columns that are computed have none.
  public var elements: [String: String] {
    var elements: [String: String] = [:]
    for select in selects { select.add(to: &elements, below: resource) }
    return elements
  }
}

extension ViewDefinition.Select {
  fileprivate func add(to elements: inout [String: String], below start: String) {
    let base: String? =
      switch iteration {
      case .once: start
      case .forEach(let path, _): path.element(below: start)
      case .repeat(let paths): paths.first?.element(below: start)
      }
    guard let base else { return }
    for column in columns where elements[column.name] == nil {
      elements[column.name] = column.path.element(below: base)
    }
    for select in selects + unionAll { select.add(to: &elements, below: base) }
  }
}

extension FHIRPathExpression {
  /// The element that the expression goes to from `start`, without what it chooses among the element's
  /// values; nil where it goes to none.
  fileprivate func element(below start: String) -> String? {
    switch self {
    case .this: start
    case .variable, .literal, .negated: nil
    case .member(let base, let name): base.element(below: start).map { "\($0).\(name)" }
    case .call(let base, "extension", let arguments):
      base.element(below: start).map { "\($0).extension\(Self.name(of: arguments))" }
    case .call(let base, "getResourceKey", _): base.element(below: start).map { "\($0).id" }
    case .call(let base, "getReferenceKey", _): base.element(below: start).map { "\($0).reference" }
    case .call(let base, _, _), .index(let base, _), .typed(let base, isTest: _, _):
      base.element(below: start)
    case .binary(let symbol, let left, _): symbol == .union ? left.element(below: start) : nil
    }
  }

  /// Which extension is meant: the last part of its address, in brackets.
  private static func name(of arguments: [FHIRPathExpression]) -> String {
    guard case .literal(.string(let url))? = arguments.first else { return "" }
    return "(\(url.split(separator: "/").last ?? ""))"
  }
}
