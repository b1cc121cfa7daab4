import Decisions
import Partnership

/// What only records of one kind show on their page, beside what all show.
struct KindSection {
  /// Under the name that the template asks for.
  var values: [String: any Sendable] = [:]
  var tables: [DataTable] = []
  /// The fields that are shown here, and so not among the others.
  var fields: Set<String> = []

  init(
    _ record: Record, _ desk: Desk, _ request: PageRequest, _ returned: ReturnedForm?
  ) throws {
    switch record.kind.id {
    case RecordKind.function.id:
      values = ["function": try FunctionSection(record, desk).values]
      fields = FunctionSection.fields
    case RecordKind.request.id:
      if let section = try RequestSection(record, desk) { values = ["request": section.values] }
    case RecordKind.term.id:
      let standing = Glossary.Standing(record.fields)
      if case .clash = standing { values = ["clash": standing.words] }
    case RecordKind.round.id:
      let section = try RoundSection(record, desk, request, returned)
      values = ["round": section.values]
      tables = section.tables
      fields = RoundSection.fields
    case RecordKind.referral.id:
      values = ["referral": ReferralSection(record, desk).values]
      fields = ["state"]
    case RecordKind.asset.id:
      values = ["photographs": PhotographsSection(record, desk).values]
      fields = ["photographs"]
    case RecordKind.person.id:
      values = ["person": try PersonSection(record, desk).values]
    case RecordKind.introduction.id:
      values = ["introduction": IntroductionSection(record, desk).values]
      fields = ["state"]
    case RecordKind.priority.id:
      let evidence = PriorityEvidence(record, desk.edition.atlas).sentences
      values = [
        "evidence": evidence, "hasEvidence": !evidence.isEmpty,
        "whoElse": "\(record.path)/who-else",
        "assessments": try AssessmentForm.all().map { form -> [String: any Sendable] in
          ["path": "\(record.path)/assessments/\(form.id)", "name": form.name]
        },
      ]
      fields = ["indicators"]
    case RecordKind.assessment.id:
      if let priority = record.fields.record("priority"), let form = record.fields.text("form") {
        values = [
          "assessments": [
            ["path": "/priorities/\(priority)/assessments/\(form)", "name": "Open the form"]
          ]
        ]
      }
      fields = ["answers"]
    default: break
    }
  }
}
