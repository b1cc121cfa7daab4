import Charts
import Indicators
import Places

/// What a sender is asked to mend, on a page that can be printed or sent.
struct SummaryPage {
  let summary: SupplierSummary

  /// - Throws: ``PageError`` for a source that does not exist.
  init(_ edition: AtlasLibrary.Edition, _ request: PageRequest) throws {
    guard let source = edition.quality.source(request.part("source")) else {
      throw PageError.notFound("There is no such source. The page on data quality lists them all.")
    }
    summary = Self.summary(of: source, edition)
  }

  static func summary(
    of source: DataQuality.Source, _ edition: AtlasLibrary.Edition
  ) -> SupplierSummary {
    SupplierSummary(
      source, edition.quality, uses: edition.uses, rules: edition.rules,
      place: edition.atlas.manifest.place.name, snapshot: edition.atlas.manifest.id)
  }

  func page() -> Page {
    let source = summary.source
    let values: [String: any Sendable] = [
      "title": source.title, "id": source.id, "path": source.path, "place": summary.place,
      "snapshot": summary.snapshot, "opening": summary.opening,
      "fixes": summary.fixes.prefix(SupplierSummary.shown).map { fix -> [String: any Sendable] in
        [
          "sentence": fix.sentence, "reason": fix.reason,
          "places": fix.whereabouts,
        ]
      },
      "noFixes": summary.fixes.isEmpty, "nothing": summary.nothingToFix,
      "rest": summary.rest ?? "",
      "wants": summary.wants.prefix(SupplierSummary.shown).map { want -> [String: any Sendable] in
        [
          "column": want.column, "table": want.table, "sentence": want.sentence,
          "uses": want.uses.joined(separator: "; "),
        ]
      },
      "noWants": summary.wants.isEmpty,
      "moreWants": summary.wants.count > SupplierSummary.shown
        ? "And \(summary.wants.count - SupplierSummary.shown) more." : "",
    ]
    return Page(
      title: "Summary for the sender: \(source.title)", template: "quality_summary",
      section: .quality, values: values)
  }
}
