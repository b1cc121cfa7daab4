import Definitions
import Dispatch
import Engine
import Foundation
import Synchronization

/// Works indicators out from the figures of a snapshot: a file of figures and one of inequality summaries for each, so
/// that a change in one definition makes anew what is its own and nothing else.
///
/// Indicators are taken a few together, so that their figures are read in one scan, and two rounds at a time.
struct IndicatorTables: Sendable {
  /// Raised whenever the same definitions and figures would give other files.
  static let version = 1
  /// How many rows of figures are read in one scan, unless one indicator alone needs more.
  static let mostRows = 4_000_000

  let tables: SnapshotTables
  /// Where the two files of an indicator go: its figures, and its summaries of inequality.
  let files: @Sendable (String) -> IndicatorStage.Files
  /// The ids of the place's own definitions, whose measures must be there; a shipped one waits for its data.
  let own: Set<String>

  var search = DriverSearch()

  /// Why some indicators have no figures here.
  struct Outcome: Sendable {
    var waits: [String: String] = [:]
    /// What whoever runs it should know.
    var notes: [String] = []
  }

  /// Works `indicators` out.
  ///
  /// - Throws: ``Definitions/Problems`` where definitions do not fit the data.
  func make(
    _ indicators: [Indicator], imported: [String: FingertipsFile.Series], _ connection: Connection,
    progress: @escaping @Sendable (String) -> Void
  ) throws -> Outcome {
    guard !indicators.isEmpty else { return Outcome() }
    let index = try FigureIndex(tables, connection)
    var outcome = Outcome()
    var plans: [IndicatorPlan] = []
    var problems: [Problem] = []
    for indicator in indicators {
      if let series = imported[indicator.id] {
        let result = IndicatorResult(series, index)
        try IndicatorFiles(files, index, search: search).write(result)
        outcome.notes += result.notes
        continue
      }
      do {
        switch try IndicatorPlan.bind(indicator, index) {
        case .plan(let plan): plans.append(plan)
        case .waits(.people): outcome.waits[indicator.id] = "linked records of people"
        case .waits(.measure(let term)):
          guard own.contains(indicator.id) else {
            outcome.waits[indicator.id] = "figures of the measure '\(term.measure)'"
            continue
          }
          problems.append(
            Problem(
              file: indicator.file, line: term.line,
              "\(indicator.id): there is no measure '\(term.measure)' in the place's data.",
              hint: nearestName(to: term.measure, among: index.measures.keys).map {
                "Did you mean '\($0)'?"
              } ?? "The page Measures lists them."))
        }
      } catch let problem as Problem {
        problems.append(problem)
      }
    }
    if !problems.isEmpty { throw Problems(problems) }
    let rounds = rounds(plans, index)
    let connections = [connection, try connection.sibling()]
    let next = Mutex(0)
    let failure = Mutex<(any Error)?>(nil)
    let notes = Mutex<[String]>([])
    DispatchQueue.concurrentPerform(iterations: connections.count) { worker in
      let writer = Result { try IndicatorFiles(files, index, search: search) }
      while true {
        let place = next.withLock { next in
          defer { next += 1 }
          return next
        }
        guard place < rounds.count, failure.withLock({ $0 == nil }) else { return }
        do {
          let series = rounds[place].reduce(into: Set<Int32>()) { $0.formUnion($1.series) }
          let figures = try SeriesFigures(series, tables, connections[worker])
          for plan in rounds[place] {
            progress(plan.indicator.title)
            let result = IndicatorResult(plan, figures, index)
            try writer.get().write(result)
            notes.withLock { $0 += result.notes }
          }
        } catch {
          failure.withLock { $0 = $0 ?? error }
        }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
    outcome.notes += notes.withLock { $0.sorted() }
    return outcome
  }

  /// The plans in rounds, each with about as many rows as fit in memory at once; at least two, for two threads.
  private func rounds(_ plans: [IndicatorPlan], _ index: FigureIndex) -> [[IndicatorPlan]] {
    let sizes = plans.map { plan in plan.series.reduce(0) { $0 + index.seriesRows[Int($1)] } }
    let most = min(Self.mostRows, max(1, sizes.reduce(0, +) / 4))
    var rounds: [[IndicatorPlan]] = []
    var rows = Int.max / 2
    for (plan, size) in zip(plans, sizes) {
      if rows + size > most, rows > 0 {
        rounds.append([])
        rows = 0
      }
      rounds[rounds.count - 1].append(plan)
      rows += size
    }
    return rounds
  }
}
