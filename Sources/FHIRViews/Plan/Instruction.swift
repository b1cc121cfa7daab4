/// One node of a compiled expression; nodes name each other by number.
struct Instruction {
  enum Operation {
    case this, context, resource
    /// `a`: the iteration whose count is meant.
    case rowIndex
    /// `item`.
    case literal, empty
    /// `a`: base, or -1 for the focus; `b` and `c`: the first step and how many.
    case path
    /// `a`: base.
    case first, last, exists, isEmpty, not, count, hasValue, negate, single
    case lowBoundary, highBoundary, toText
    /// `a`: base; `b`: the index.
    case index
    /// `a`: base; `b`: the criteria.
    case `where`, all, select
    /// `a`: base; `b`: the URL's literal; `c`: a step whose primitive value is extended, or -1.
    case `extension`
    /// `a`: base; `b`: the separator, or -1.
    case join
    /// `a`: base; `b`: the type, a number of the plan's types.
    case ofType, isType
    /// `a`: base; `b`: the type, or -1.
    case resourceKey, referenceKey
    /// `a`: base; `b`: the text.
    case startsWith, endsWith, containsText
    /// `a`, `b`: the operands.
    case add, subtract, multiply, divide, wholeDivide, modulo, concatenate, union
    case less, lessOrEqual, greater, greaterOrEqual, equal, notEqual, isIn
    case and, or, xor, implies
  }

  var operation: Operation
  var a = -1
  var b = -1
  var c = 0
  var item = Item.none
}

/// One element that a path goes into.
struct PathStep {
  let name: FieldName
  /// The key that a choice of type has: `valueQuantity`.
  let choice: FieldName?
  /// The type that a value under `name` itself must have, a number of the plan's types; -1 for any.
  let type: Int
  /// Whether any `name` followed by a type's name is meant.
  let isOpenChoice: Bool
  /// What a text is that stands here.
  let textKind: Item.Kind
  /// The number of the type that an object here has by its key; 0 for none.
  let typeNumber: UInt32
}

/// A type named in an expression.
struct PlanType {
  let name: String
  let bytes: FieldName
}
