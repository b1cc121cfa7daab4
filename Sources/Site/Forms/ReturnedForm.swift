import Partnership

/// A form that could not be saved: its page shows again what was sent, and what is wrong with it.
struct ReturnedForm {
  let form: Form
  let problems: [FieldProblem]

  init(_ form: Form, _ problems: [FieldProblem]) {
    self.form = form
    self.problems = problems
  }

  /// What is wrong with a field; empty where nothing is.
  func problem(with field: String) -> String {
    problems.first { $0.field == field }?.message ?? ""
  }
}
