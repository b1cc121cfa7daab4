import Definitions

/// Every figure of an indicator, worked out.
struct IndicatorResult: Sendable {
  let indicator: Indicator
  private(set) var slices: [SliceFigures] = []
  private(set) var summaries: [InequalitySummaries.Row] = []
  /// What whoever runs it should know: that there are no figures, or that rows were left out.
  private(set) var notes: [String] = []

  init(_ plan: IndicatorPlan, _ figures: SeriesFigures, _ index: FigureIndex) {
    indicator = plan.indicator
    let isMean = indicator.method == .mean
    let canBreakDown = indicator.method != .published
    let references = Self.references(plan, figures, index)
    for slice in plan.slices {
      guard var own = SliceFigures(slice, plan, figures) else { continue }
      let reference = references[slice.period]
      var broken: [SliceFigures] = []
      if slice.breakdown.isEmpty && canBreakDown {
        for areaClass in plan.classes {
          broken += own.byClass(areaClass, index, isMean: isMean)
        }
      }
      own.work(plan, reference: reference)
      slices.append(own)
      var worked: [SliceFigures] = []
      for var one in broken {
        one.work(plan, reference: reference)
        worked.append(one)
      }
      summaries += InequalitySummaries.rows(worked, plan, index)
      // A class that no larger area has says nothing.
      slices += worked.filter { $0.count > 0 }
    }
    if slices.isEmpty {
      notes.append(
        "\(indicator.id) has no figures: none of the periods of its data makes up one of kind "
          + "\(indicator.period.rawValue)")
    } else if !slices.contains(where: { $0.status.contains(.known) }) {
      notes.append("\(indicator.id) has no figure that is known; its page says why")
    }
  }

  /// What somebody else has worked out, for the areas and organisations that the place knows.
  init(_ series: FingertipsFile.Series, _ index: FigureIndex) {
    indicator = series.indicator
    var strangers: Set<String> = []
    for slice in series.slices {
      var rows: [(unit: Int32, figure: FingertipsSlice.Figure)] = []
      for figure in slice.figures {
        // A unitary authority is a district and a county of one code.
        let units = index.units(code: figure.area)
        if units.isEmpty { strangers.insert(figure.area) }
        for unit in units { rows.append((unit, figure)) }
      }
      guard !rows.isEmpty else { continue }
      rows.sort { $0.unit < $1.unit }
      slices.append(
        SliceFigures(
          period: slice.period, breakdown: slice.breakdown, group: slice.group,
          units: rows.map(\.unit), numerator: rows.map(\.figure.count),
          denominator: rows.map(\.figure.denominator), value: rows.map(\.figure.value),
          lower: rows.map(\.figure.lower), upper: rows.map(\.figure.upper),
          status: rows.map(\.figure.status),
          reasons: rows.map { $0.figure.note.isEmpty ? nil : $0.figure.note }))
    }
    summaries = InequalitySummaries.gaps(slices, index)
    if !strangers.isEmpty {
      notes.append(
        "\(indicator.id): the place does not have \(strangers.count) of the areas in the file, so "
          + (slices.isEmpty ? "there are no figures" : "their rows are left out"))
    }
  }

  /// The counts by stratum of the reference in each period: the whole country's where they are known in every period, else
  /// the place's, so that a trend has one reference.
  private static func references(
    _ plan: IndicatorPlan, _ figures: SeriesFigures, _ index: FigureIndex
  ) -> [String: (events: [Double], people: [Double])] {
    guard plan.indicator.method == .indirectlyStandardisedRatio else { return [:] }
    let everybody = plan.slices.filter(\.breakdown.isEmpty).compactMap {
      SliceFigures($0, plan, figures)
    }
    for unit in [index.whole, index.place].compactMap({ $0 }) {
      var found: [String: (events: [Double], people: [Double])] = [:]
      for slice in everybody {
        guard let row = slice.units.firstIndex(ofSorted: Int32(unit)), slice.status[row] == .known
        else { continue }
        found[slice.period] = (
          slice.numerators.map { $0[row] }, slice.denominators.map { $0[row] }
        )
      }
      if found.count == everybody.count { return found }
    }
    return [:]
  }
}
