import Charts
import Decisions
import Governance
import Partnership
import Statistics

/// What the page of a round shows beside its fields: where it stands, what to do, and what came out.
struct RoundSection {
  /// The fields that are shown here.
  static let fields: Set<String> = [
    "stage", "take", "decision", "decided_on", "review_on", "dissent", "priorities", "groups",
  ]

  let values: [String: any Sendable]
  let tables: [DataTable]

  init(
    _ record: Record, _ desk: Desk, _ request: PageRequest, _ returned: ReturnedForm? = nil
  ) throws {
    let rules = Prioritisation(record)
    let priorities = try desk.partnership.records(rules.candidates, for: desk.actor)
    let names = Dictionary(priorities.map { ($0.number, $0.title) }) { first, _ in first }
    func title(_ number: RecordNumber) -> String { names[number] ?? "a priority that is gone" }
    let mayRun = rules.isRun(by: desk.actor) && record.state == .active
    let mayScore = Access.allows(desk.actor, .add)
    var own: [RecordNumber: [String: Int]] = [:]
    if let turn = rules.turn, mayScore {
      own = try desk.partnership.ownScores(in: record, turn: turn, of: desk.actor).values
    }
    // While scores come in, everybody sees what came out of the turn before, whoever runs it too: two looks a score
    // apart would show that score.
    let scores = try desk.partnership.scores(of: record, upTo: rules.turns.second)
    let shown = try desk.partnership.publishableScores(of: record, upTo: rules.turns.second)
    let isOpen = [.again, .closed, .decided].contains(rules.stage)
    let evidence = Dictionary(
      priorities.map { ($0.number, PriorityEvidence($0, desk.edition.atlas)) }
    ) { first, _ in first }
    let isEnough = !shown.all.isEmpty || rules.judged.isEmpty
    let results =
      isOpen && isEnough && rules.stage != .preparing
      ? RoundResults(rules, shown, evidence: evidence) : nil
    let table = results?.table(title)
    tables = [table].compactMap { $0 }
    // An earlier decision applies until the next one.
    let chosen = priorities.filter {
      $0.fields.text("status") == "chosen" && $0.fields.record("round") == record.number
    }
    let best: Set<RecordNumber>
    if let returned {
      best = Set(returned.form.all("chosen").compactMap { RecordNumber($0) })
    } else if chosen.isEmpty {
      best = results.map { Set($0.order.prefix(3).map { rules.candidates[$0] }) } ?? []
    } else {
      best = Set(chosen.map(\.number))
    }
    let shownValues: [String: any Sendable] = [
      "path": record.path, "token": desk.visitor.formToken,
      "stage": Self.words(rules.stage), "isPreparing": rules.stage == .preparing,
      "isScoring": rules.stage.isScored, "isAgain": rules.stage == .again,
      "isDecided": rules.stage == .decided, "isClosed": rules.stage == .closed,
      "candidates": rules.candidates.map { candidate -> [String: any Sendable] in
        let done = own[candidate]?.count ?? 0
        return [
          "title": title(candidate), "path": "/priorities/\(candidate)",
          "score": rules.stage.isScored && mayScore
            ? "\(record.path)/score/\(candidate)" : "",
          "isDone": done >= rules.judged.count && done > 0,
          "number": "\(candidate)", "isBest": best.contains(candidate),
        ]
      },
      "hasCandidates": !rules.candidates.isEmpty,
      "people": scores.people == 1 ? "1 person has scored" : "\(scores.people) people have scored",
      "hasScores": !scores.all.isEmpty,
      "isTooFew": isOpen && !isEnough && !scores.all.isEmpty,
      "isUneven": results?.isUneven ?? false,
      "fewest": "\(Scores.fewest)",
      "groups": rules.groups.map { group -> [String: any Sendable] in
        let voters = scores.all.filter { $0.group == group.name }
        return [
          "name": group.name, "share": numberText(group.share, decimals: 0),
          "isSilent": voters.isEmpty && rules.stage != .preparing,
        ]
      },
      "hasResults": results != nil,
      "tableHTML": table.map { $0.html(csv: "\(record.path)/tables/\($0.id).csv") } ?? "",
      "chartHTML": results?.chart(title) ?? "",
      "stability": results?.stability(title) ?? [],
      "disagreements": (results?.disagreements ?? []).map { one -> [String: any Sendable] in
        ["title": title(one.candidate), "criterion": one.criterion]
      },
      "mayRun": mayRun,
      "decision": record.fields.text("decision") ?? "",
      "isOldDecision": rules.stage != .decided,
      "chosen": chosen.map { priority -> [String: any Sendable] in
        ["title": priority.title, "path": priority.path]
      },
      "decidedOn": rules.stage == .decided
        ? record.fields.text("decided_on").flatMap { Day($0) }?.inWords ?? "" : "",
      "reviewOn": rules.stage == .decided
        ? record.fields.text("review_on").flatMap { Day($0) }?.inWords ?? "" : "",
      "dissent": record.fields.rows("dissent").map { line -> [String: any Sendable] in
        ["text": line.text("text") ?? "", "name": line.text("name") ?? "Somebody"]
      },
      "mayDissent": mayScore && rules.stage == .decided,
      "mayScore": mayScore && rules.stage.isScored,
      "signInToScore": desk.visitor.account == nil && rules.stage.isScored
        ? "/sign-in?next=\(record.path)" : "",
    ]
    values = shownValues.merging(Self.decisionForm(returned)) { $1 }
  }

  /// The form of a decision: empty, or as it was sent and with what is wrong with it.
  private static func decisionForm(_ returned: ReturnedForm?) -> [String: any Sendable] {
    let problems = (returned?.problems ?? []).map { problem -> [String: any Sendable] in
      ["text": problem.message, "id": problem.field]
    }
    let review: String =
      returned.map { $0.form["review_on"] ?? "" } ?? Day.today.adding(months: 12).description
    let reason: String = returned?.form["reason"] ?? ""
    return [
      "earliestReview": Day(number: Day.today.number + 1).description, "review": review,
      "reason": reason, "hasProblems": returned != nil, "problems": problems,
      "chosenProblem": returned?.problem(with: "chosen") ?? "",
      "reasonProblem": returned?.problem(with: "reason") ?? "",
      "reviewProblem": returned?.problem(with: "review_on") ?? "",
    ]
  }

  static func words(_ stage: Prioritisation.Stage) -> String {
    switch stage {
    case .preparing:
      "Criteria and weights are being agreed. Change them until all can live with them."
    case .scoring: "Everybody scores by themselves, without seeing the others’ scores."
    case .again: "Everybody scores again, knowing where the others stand."
    case .closed: "Scoring has ended. It is not decided yet."
    case .decided: "Decided."
    }
  }
}
