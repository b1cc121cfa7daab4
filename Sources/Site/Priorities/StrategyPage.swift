import Decisions
import Definitions
import Indicators
import Partnership
import Places

/// The joint strategy: the priorities that were chosen, why, by whom, and when to look again.
struct StrategyPage {
  let desk: Desk
  let request: PageRequest

  func page() throws -> Page {
    let chosen = try desk.partnership.records(of: .priority, for: desk.actor)
      .filter { $0.fields.text("status") == "chosen" }
    let numbers = chosen.flatMap { record in
      [record.organisation, record.fields.record("sponsor")].compactMap { $0 }
        + record.fields.records("partners")
    }
    let titles = try desk.partnership.titles(numbers, for: desk.actor)
    func title(_ number: RecordNumber?) -> String {
      number.flatMap { titles[$0]?.title } ?? ""
    }
    let rounds = try desk.partnership.records(of: .round, for: desk.actor)
    let today = Day.today
    let cards = try chosen.map { record -> [String: any Sendable] in
      let voices = try desk.partnership.references(to: record.number, for: desk.actor)
        .filter { $0.record.kind == RecordKind.voice.id }
      let review = record.fields.text("review_on").flatMap { Day($0) }
      let round = record.fields.record("round").flatMap { number in
        rounds.first { $0.number == number }
      }
      let dissent = round?.fields.rows("dissent").count ?? 0
      return [
        "title": record.title, "path": record.path,
        "need": record.fields.text("description") ?? "",
        "pillars": record.fields.pillars.map(\.title).joined(separator: " · "),
        "evidence": PriorityEvidence(record, desk.edition.atlas).sentences,
        "voices": voices.prefix(3).map { one -> [String: any Sendable] in
          ["title": one.record.title, "path": one.record.path]
        },
        "heard": voices.isEmpty
          ? ""
          : voices.count == 1
            ? "1 voice is taken up in it" : "\(voices.count) voices are taken up in it",
        "owner": title(record.organisation), "sponsor": title(record.fields.record("sponsor")),
        "partners": record.fields.records("partners").map { title($0) }.filter { !$0.isEmpty }
          .inWords,
        "reason": record.fields.text("reason") ?? "",
        "decided": record.fields.text("decided_on").flatMap { Day($0) }?.inWords ?? "",
        "review": review?.inWords ?? "", "isOverdue": review.map { $0 <= today } ?? false,
        "theory": record.fields.text("theory") ?? "",
        "round": round?.title ?? "", "roundPath": round?.path ?? "",
        "dissent": dissent > 0 ? "\(dissent)" : "",
        "isOpenAgain": round.map { Prioritisation($0).stage != .decided } ?? false,
      ]
    }
    let table = DataTable(
      id: "strategy", caption: "The priorities that were chosen",
      columns: ["Priority", "Pillars", "Who answers for it", "Decided on", "Look again on", "Why"]
        .map { DataTable.Column($0) },
      rows: chosen.map { record in
        [
          .link(record.title, to: record.path),
          .text(record.fields.pillars.map(\.title).joined(separator: "; ")),
          .text(title(record.organisation)), .text(record.fields.text("decided_on") ?? ""),
          .text(record.fields.text("review_on") ?? ""), .text(record.fields.text("reason") ?? ""),
        ]
      })
    let next = chosen.compactMap { $0.fields.text("review_on").flatMap { Day($0) } }.min()
    let values: [String: any Sendable] = [
      "place": desk.edition.atlas.manifest.place.name, "priorities": cards,
      "isEmpty": cards.isEmpty, "next": next?.inWords ?? "",
      "tableHTML": table.disclosed(csv: request.csv(table)),
    ]
    return Page(
      title: "Joint strategy", template: "strategy", section: .priorities, values: values,
      tables: [table])
  }
}
