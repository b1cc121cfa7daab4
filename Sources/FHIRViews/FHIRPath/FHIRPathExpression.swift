/// A FHIRPath expression as it was written (https://hl7.org/fhirpath, section "Expressions").
indirect enum FHIRPathExpression: Hashable, Sendable {
  /// `$this`, and what an expression begins with where it names no base.
  case this
  /// `%name`.
  case variable(String)
  case literal(FHIRPathLiteral)
  /// `base.name`.
  case member(FHIRPathExpression, String)
  /// `base.name(arguments)`.
  case call(FHIRPathExpression, String, [FHIRPathExpression])
  /// `base[index]`.
  case index(FHIRPathExpression, FHIRPathExpression)
  case binary(FHIRPathOperator, FHIRPathExpression, FHIRPathExpression)
  case negated(FHIRPathExpression)
  /// `base is Type` and `base as Type`.
  case typed(FHIRPathExpression, isTest: Bool, String)
}

enum FHIRPathLiteral: Hashable, Sendable {
  case empty
  case boolean(Bool)
  case integer(Int64)
  /// The number, and how many digits are written after its point.
  case decimal(Double, digits: Int)
  case string(String)
  /// As written after the `@`; its kind is told by its shape.
  case temporal(String, FHIRPathTemporalKind)
}

/// What kind of moment a text means.
enum FHIRPathTemporalKind: Hashable, Sendable { case date, dateTime, time }

enum FHIRPathOperator: String, Hashable, Sendable {
  case multiply = "*"
  case divide = "/"
  case wholeDivide = "div"
  case modulo = "mod"
  case add = "+"
  case subtract = "-"
  case concatenate = "&"
  case union = "|"
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case equal = "="
  case notEqual = "!="
  case isIn = "in"
  case contains
  case and
  case or
  case xor
  case implies

  /// How tightly the operator binds (FHIRPath, section "Operator Precedence"); more is tighter.
  var precedence: Int {
    switch self {
    case .multiply, .divide, .wholeDivide, .modulo: 9
    case .add, .subtract, .concatenate: 8
    // `is` and `as` stand at 7.
    case .union: 6
    case .less, .lessOrEqual, .greater, .greaterOrEqual: 5
    case .equal, .notEqual: 4
    case .isIn, .contains: 3
    case .and: 2
    case .or, .xor: 1
    case .implies: 0
    }
  }
}

/// What is wrong with an expression, and at which letter.
struct FHIRPathProblem: Error, Hashable {
  /// From 1.
  let letter: Int
  let message: String
}
