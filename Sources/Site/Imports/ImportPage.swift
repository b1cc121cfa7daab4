import Charts
import Partnership

/// Where a steward sends the file of another directory, sees how far it is, and what its publisher should mend.
struct ImportPage {
  let desk: Desk
  let request: PageRequest
  let state: ImportJob.State

  func page() throws -> Page {
    guard Access.allows(desk.actor, .importing) else {
      throw PageError.signIn(desk.visitor, request)
    }
    var faults: [FeedFault] = []
    if case .done(_, _, let found, _) = state { faults = found }
    let table = DataTable(
      id: "faults", caption: "What its publisher should mend",
      columns: ["Severity", "Record", "Where", "What"].map { DataTable.Column($0) },
      rows: faults.prefix(5_000).map { fault in
        [
          .text(fault.severity == .error ? "Against the specification" : "Doubtful"),
          .text(fault.record), .text(fault.path), .text(fault.message),
        ]
      }, stacks: true)
    var values: [String: any Sendable] = [
      "token": desk.visitor.formToken, "stateHTML": stateHTML(),
      "sources": try desk.partnership.sources(), "isAtWork": isAtWork,
      "done": Done(request, desk).values,
    ]
    if !faults.isEmpty {
      values["faultsHTML"] = table.disclosed(
        csv: request.csv(table),
        summary: "What its publisher should mend: \(faults.count)"
          + (faults.count > 5_000 ? ", of which these are the first 5,000" : ""))
    }
    return Page(
      title: "Take in a directory", template: "import", section: .agree, values: values,
      tables: [table], usesScript: true)
  }

  var isAtWork: Bool {
    switch state {
    case .reading, .taking: true
    default: false
    }
  }

  /// How far it is, for the page and for those who wait on it.
  func stateHTML() -> String {
    switch state {
    case .none: return ""
    case .reading(let source): return "<p>Reading \(source.xmlEscaped).</p>"
    case .taking(let source, let done, let all):
      return
        "<p>Taking in \(source.xmlEscaped): \(done) of \(all) records.</p><progress max=\"\(max(1, all))\" value=\"\(done)\">\(done) of \(all)</progress>"
    case .failed(let source, let why):
      return
        "<div class=\"nhsuk-error-summary\" role=\"alert\"><h2 class=\"nhsuk-error-summary__title\">\(source.xmlEscaped) was not taken in</h2><p>\(why.xmlEscaped) Nothing was changed.</p></div>"
    case .done(let source, _, let faults, 0):
      return
        "<div class=\"nhsuk-error-summary\" role=\"alert\"><h2 class=\"nhsuk-error-summary__title\">There is no service in \(source.xmlEscaped)</h2><p>\(faults.isEmpty ? "" : "What is wrong with it stands below. ")Nothing was changed.</p></div>"
    case .done(let source, let result, _, let services):
      func told(_ count: Int, _ what: String) -> String {
        "\(count) \(what)\(count == 1 ? "" : "s")"
      }
      var html =
        "<h2 class=\"nhsuk-heading-m\">\(source.xmlEscaped) is taken in</h2><p>\(told(services, "service")) read: \(told(result.added, "record")) added (services and their organisations), \(result.updated) changed, \(result.same) as before\(result.refused > 0 ? ", <strong>\(result.refused) not taken in</strong>: see below" : "")."
      if let change = result.change {
        html += " <a href=\"/changes\">It is change \(change), which can be undone as a whole.</a>"
      }
      html += "</p>"
      html += list("Changed both here and there, so what stands here stood", result.kept)
      html += list(
        "No longer in it: look whether they are still there", result.missing.map(\.title))
      return html
    }
  }

  private func list(_ heading: String, _ titles: [String]) -> String {
    guard !titles.isEmpty else { return "" }
    let items = titles.prefix(20).map { "<li dir=\"auto\">\($0.xmlEscaped)</li>" }.joined()
    let more = titles.count > 20 ? "<p>and \(titles.count - 20) more</p>" : ""
    return "<p>\(heading):</p><ul>\(items)</ul>\(more)"
  }
}
