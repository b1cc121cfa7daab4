import Charts
import Partnership

/// What became of a record: every change with who, when, before and after.
struct RecordHistoryPage {
  let kind: RecordKind
  let desk: Desk
  let request: PageRequest

  func page() throws -> Page {
    let record = try desk.record(kind, request.part("number"))
    let history = try desk.partnership.history(of: record.number, for: desk.actor)
    let pointed = try desk.partnership.titles(
      history.flatMap { revision in
        revision.changes.flatMap { change in
          [change.before, change.after].compactMap { $0 }.flatMap {
            change.field.records(in: Fields([change.field.name: $0]))
          }
        }
      }, for: desk.actor)
    let words = ValueWords(titles: pointed, lists: desk.listTitles)
    let rows = try history.flatMap { revision -> [[DataTable.Cell]] in
      let changes = revision.changes.isEmpty ? [nil] : revision.changes.map(Optional.some)
      return try changes.map { change in
        [
          .text(revision.batch.at.inWords), .text(revision.batch.name),
          .text(try action(revision.batch)),
          .text(change?.field.label ?? ""),
          .text(
            change.flatMap { change in change.before.map { words.line($0, change.field) } } ?? ""),
          .text(
            change.flatMap { change in change.after.map { words.line($0, change.field) } } ?? ""),
          .text(revision.batch.reason ?? ""),
        ]
      }
    }
    let table = DataTable(
      id: "history",
      caption: "\(history.count) change\(history.count == 1 ? "" : "s"), the newest first",
      columns: ["When", "Who", "What", "Field", "Before", "After", "Why"].map {
        DataTable.Column($0)
      },
      rows: rows, stacks: true)
    let newest = history.first
    let mayUndo =
      newest.map { $0.batch.isOpen && record.allows(desk.actor, .undo) && $0.version > 1 }
      ?? false
    let values: [String: any Sendable] = [
      "title": record.title, "path": record.path, "token": desk.visitor.formToken,
      "tableHTML": table.html(csv: request.csv(table)),
      "undo": mayUndo ? "/changes/\(newest?.batch.number ?? 0)/undo" : "",
      "newest": newest.map { "what \($0.batch.name) did on \($0.batch.at.inWords)" } ?? "",
    ]
    return Page(
      title: "History of \(record.title)", template: "record_history", section: kind.section,
      values: values, tables: [table])
  }

  /// What was done; of a merging, into what.
  private func action(_ batch: Batch) throws -> String {
    guard batch.action.hasSuffix(" into") else { return batch.action }
    let records = try desk.partnership.records(of: batch.number, for: desk.actor)
    let kept = records.lazy.compactMap(\.mergedInto).first
    let title = try kept.flatMap { try desk.partnership.titles([$0], for: desk.actor)[$0]?.title }
    return "\(batch.action) \(title ?? "another record")"
  }
}
