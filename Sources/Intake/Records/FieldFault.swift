import FHIRViews

/// What is wrong with a record: the rule it breaks and the field that breaks it.
struct FieldFault: Error, Hashable {
  let rule: IntakeRule
  /// What the file calls the field; nil where the whole line is meant.
  let field: String?
  /// The field that it does not go with, where the rule is about two.
  let other: String?

  init(_ rule: IntakeRule, _ field: String? = nil, other: String? = nil) {
    self.rule = rule
    self.field = field
    self.other = other
  }
}

/// A fault and where it is.
struct LineFault: Sendable {
  let line: Int
  let fault: FieldFault
  /// The keyed hash of the record's key, where that could be read: it tells whether the record comes
  /// again.
  var record: Int64?
}

extension FieldFault {
  /// The fault for what a view found.
  init(_ failure: RecordFailure) {
    let rule: IntakeRule =
      switch failure.rule {
      case .invalidJSON: .invalidJSON
      case .wrongEncoding: .wrongEncoding
      case .tooLong: .tooLong
      case .repeatedKey: .repeatedKey
      case .noResource: .noResource
      case .wrongResourceType: .wrongResourceType
      case .severalValues: .severalValues
      case .wrongType: .wrongType
      case .notComputable, .refused: .notComputable
      }
    // A repeated key is the record's own word, and may be anything.
    self.init(rule, rule == .repeatedKey ? nil : failure.field)
  }
}
