import FHIRViews

/// What is wrong with a record: the rule it breaks and the field that breaks it.
struct FieldFault: Error, Hashable {
  let rule: IntakeRule
  /// What the file calls the field; nil where the whole line is meant.
  let field: String?

  init(_ rule: IntakeRule, _ field: String? = nil) {
    self.rule = rule
    self.field = field
  }
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
    self.init(rule, failure.field)
  }
}
