import Definitions

/// Every figure of an indicator, worked out.
struct IndicatorResult: Sendable {
  let indicator: Indicator
  private(set) var slices: [SliceFigures] = []
  private(set) var summaries: [InequalitySummaries.Row] = []

  init(_ plan: IndicatorPlan, _ figures: SeriesFigures, _ index: FigureIndex) {
    indicator = plan.indicator
    let isMean = indicator.method == .mean
    let canBreakDown = indicator.method != .published
    for slice in plan.slices {
      guard var own = SliceFigures(slice, plan, figures) else { continue }
      let reference = Self.reference(own, index)
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
  }

  /// What somebody else has worked out, for the areas and organisations that the place knows.
  init(_ series: FingertipsFile.Series, _ index: FigureIndex) {
    indicator = series.indicator
    for slice in series.slices {
      var rows: [(unit: Int32, figure: FingertipsSlice.Figure)] = []
      for figure in slice.figures {
        // A unitary authority is a district and a county of one code.
        for unit in index.units(code: figure.area) { rows.append((unit, figure)) }
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
  }

  /// The counts by stratum of the whole country, where they are known, else of the place.
  private static func reference(
    _ slice: SliceFigures, _ index: FigureIndex
  ) -> (events: [Double], people: [Double])? {
    for unit in [index.whole, index.place].compactMap({ $0 }) {
      guard let row = slice.units.firstIndex(ofSorted: Int32(unit)), slice.status[row] == .known
      else { continue }
      return (slice.numerators.map { $0[row] }, slice.denominators.map { $0[row] })
    }
    return nil
  }
}
