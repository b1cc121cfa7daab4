import Definitions
import Statistics

/// The figures of one period and group of an indicator: what was counted in each unit, and what follows.
struct SliceFigures: Sendable {
  let period: String
  let breakdown: String
  let group: String
  let units: [Int32]
  /// What was counted, a column a stratum; not a number where it is not known.
  var numerators: [[Double]]
  var denominators: [[Double]]
  var status: [UnitStatus]
  /// Why a figure is not known; empty where it is, or nothing more can be said than that the source has none.
  var reasons: [String?]
  /// Which of the strata of everybody the columns are.
  private(set) var places: [Int] = [0]

  /// What stands in the table, filled in by ``work(_:reference:)``.
  private(set) var numerator: [Double] = []
  private(set) var denominator: [Double] = []
  /// The people in the denominator; for an indirectly standardised ratio not what stands there, which is what is expected.
  private(set) var people: [Double] = []
  private(set) var value: [Double] = []
  private(set) var lower: [Double] = []
  private(set) var upper: [Double] = []

  var count: Int { units.count }

  /// Gathers the parts of a slice from the figures that were read; nil where there are none at all.
  init?(_ slice: IndicatorPlan.Slice, _ plan: IndicatorPlan, _ figures: SeriesFigures) {
    (period, breakdown, group) = (slice.period, slice.breakdown, slice.group)
    places = slice.places
    var allUnits: [Int32]?
    var worst: [UnitStatus] = []
    (numerators, denominators) = ([], [])
    for cell in slice.strata {
      guard var numerator = figures.sum(cell.numerator, plan.numeratorPart) else { continue }
      // Every stratum is of the units of the first.
      if let allUnits { numerator = numerator.aligned(to: allUnits) }
      let denominator = cell.denominator.map { parts in
        (figures.sum(parts, plan.denominatorPart ?? .numerator) ?? UnitValues())
          .aligned(to: numerator.units)
      }
      if allUnits == nil { (allUnits, worst) = (numerator.units, numerator.status) }
      for row in numerator.units.indices {
        worst[row] = max(worst[row], numerator.status[row], denominator?.status[row] ?? .known)
      }
      numerators.append(numerator.values)
      if let denominator { denominators.append(denominator.values) }
    }
    guard let allUnits else { return nil }
    units = allUnits
    status = worst
    reasons = Array(repeating: nil, count: units.count)
    // A stratum that no figure has at all makes the whole unknown.
    if numerators.count < slice.strata.count {
      for row in units.indices { setUnknown(row, "an age band is missing") }
    }
  }

  init(
    period: String, breakdown: String, group: String, units: [Int32], numerators: [[Double]],
    denominators: [[Double]], status: [UnitStatus], reasons: [String?]
  ) {
    (self.period, self.breakdown, self.group) = (period, breakdown, group)
    (self.units, self.numerators, self.denominators) = (units, numerators, denominators)
    (self.status, self.reasons) = (status, reasons)
  }

  /// Figures that are known with their limits already; a value that is none is unknown.
  init(
    period: String, breakdown: String, group: String, units: [Int32], numerator: [Double],
    denominator: [Double], value: [Double], lower: [Double], upper: [Double], status: [UnitStatus],
    reasons: [String?]
  ) {
    self.init(
      period: period, breakdown: breakdown, group: group, units: units, numerators: [numerator],
      denominators: [denominator], status: status, reasons: reasons)
    (self.numerator, self.denominator, people) = (numerator, denominator, denominator)
    (self.value, self.lower, self.upper) = (value, lower, upper)
  }

  mutating func setUnknown(_ row: Int, _ reason: String) {
    status[row] = .unknown
    reasons[row] = reason
  }

  // MARK: Values

  /// Works the figures out by the indicator's method.
  ///
  /// - Parameter reference: for indirectly standardised ratios, the counts of the reference, a value for each stratum of
  ///   everybody.
  mutating func work(
    _ plan: IndicatorPlan, reference: (events: [Double], people: [Double])? = nil
  ) {
    let indicator = plan.indicator
    func total(_ columns: [[Double]]) -> [Double] {
      guard var sum = columns.first else { return Array(repeating: .nan, count: count) }
      for column in columns.dropFirst() {
        for row in sum.indices { sum[row] += column[row] }
      }
      return sum
    }
    numerator = total(numerators)
    denominator = total(denominators)
    people = denominator
    value = Array(repeating: .nan, count: count)
    (lower, upper) = (value, value)
    switch indicator.method {
    case .count: value = numerator
    case .published: value = numerator.map { $0 * indicator.per }
    case .mean:
      // Where areas were added up, the denominator is the residents by whom scores are weighted.
      value =
        (denominators.isEmpty
        ? numerator : zip(numerator, denominator).map { $1 > 0 ? $0 / $1 : .nan })
        .map { $0 * indicator.per }
      numerator = Array(repeating: .nan, count: count)
    case .ratio:
      value = zip(numerator, denominator).map { $1 > 0 ? $0 / $1 * indicator.per : .nan }
      for row in units.indices where status[row] == .known && !(denominator[row] > 0) {
        setUnknown(row, "the denominator is zero")
      }
    case .proportion:
      take(
        Estimates.proportions(
          events: numerator, populations: denominator, per: indicator.per))
    case .crudeRate:
      take(Estimates.crudeRates(events: numerator, populations: denominator, per: indicator.per))
    case .directlyStandardisedRate, .indirectlyStandardisedRatio, .lifeExpectancy:
      workStandardised(plan, reference)
    }
    if indicator.method == .published { numerator = Array(repeating: .nan, count: count) }
    finish(indicator)
  }

  private mutating func workStandardised(
    _ plan: IndicatorPlan, _ reference: (events: [Double], people: [Double])?
  ) {
    let strata = numerators.count
    guard strata == places.count, denominators.count == strata else { return }
    let (ages, weights) = (places.map { plan.ages[$0] }, places.map { plan.weights[$0] })
    // One unit's strata side by side.
    func rows(_ columns: [[Double]]) -> [Double] {
      var flat: [Double] = []
      flat.reserveCapacity(count * strata)
      for row in 0..<count {
        for column in columns { flat.append(column[row]) }
      }
      return flat
    }
    func repeated(_ values: [Double]) -> [Double] {
      (0..<count).flatMap { _ in values }
    }
    let grouping = Grouping(
      group: (0..<Int32(count)).flatMap { Array(repeating: $0, count: strata) }, groupCount: count)
    let (events, people) = (rows(numerators), rows(denominators))
    switch plan.indicator.method {
    case .lifeExpectancy:
      let tables = LifeTables(deaths: events, populations: people, ages: ages)
      take(
        tables.estimates.picked((0..<count).map { $0 * strata }, otherwise: .missing))
    case .indirectlyStandardisedRatio:
      guard let reference else {
        for row in units.indices { setUnknown(row, "the reference is not known") }
        return
      }
      let result = IndirectlyStandardisedRatios(
        events: events, populations: people,
        referenceEvents: repeated(places.map { reference.events[$0] }),
        referencePopulations: repeated(places.map { reference.people[$0] }), by: grouping,
        ratioPer: plan.indicator.per)
      denominator = result.expected
      take(result.ratios)
    default:
      take(
        DirectlyStandardisedRates(
          events: events, populations: people, standard: repeated(weights), by: grouping,
          per: plan.indicator.per
        ).estimates)
    }
  }

  private mutating func take(_ estimates: Estimates) {
    value = estimates.values
    (lower, upper) = (estimates.lower[0], estimates.upper[0])
    for row in units.indices where status[row] == .known {
      if let reason = estimates.unknown[row] { setUnknown(row, reason.text) }
    }
  }

  /// Takes away what is not known, and what rests on too few.
  private mutating func finish(_ indicator: Indicator) {
    let minimum = indicator.minimum
    for row in units.indices {
      if status[row] == .partial {
        setUnknown(row, "known for only some of the smaller areas or practices that make it up")
      }
      if status[row] == .known {
        if numerator[row] < minimum.numerator {
          setUnknown(row, "fewer than \(Int(minimum.numerator)) were counted")
        } else if people[row] < minimum.denominator {
          setUnknown(row, "fewer than \(Int(minimum.denominator)) are in the denominator")
        } else if value[row].isNaN {
          setUnknown(row, "a value is missing")
        }
      }
      if status[row] != .known {
        (value[row], lower[row], upper[row]) = (.nan, .nan, .nan)
        (numerator[row], denominator[row]) = (.nan, .nan)
      }
    }
  }
}

extension SliceFigures {
  /// Breaks the figures of small areas down by a class of them, for every larger area: a slice for each class, with what
  /// its small areas in the larger one come to.
  ///
  /// - Parameter isMean: whether the numerator is a score, which is weighted by residents.
  func byClass(
    _ areaClass: AreaClass, _ index: FigureIndex, isMean: Bool
  ) -> [SliceFigures] {
    guard let classOf = index.classes[areaClass] else { return [] }
    let groups = FigureIndex.groups(of: areaClass)
    let strata = numerators.count
    let width = groups.count
    // Larger areas get places in the order in which they come about; they are sorted at the end.
    var placeOf: [Int32] = Array(repeating: -1, count: index.kinds.count)
    var larger: [Int32] = []
    var sums: [Double] = []
    var wholes: [Double] = []
    var expected: [Int32] = []
    var present: [Int32] = []
    var isSuppressed: [Bool] = []
    let hasDenominator = isMean || !denominators.isEmpty
    var row = 0
    for (leaf, unit) in index.leaves.enumerated() {
      let column = Int(classOf[leaf])
      guard column >= 0 else { continue }
      while row < count, units[row] < unit { row += 1 }
      let isHere = row < count && units[row] == unit
      let weight = isMean ? index.residents[Int(unit)] : 1
      let isKnown = isHere && status[row] == .known && !weight.isNaN
      for parent in index.parents[index.parentStarts[leaf]..<index.parentStarts[leaf + 1]] {
        if placeOf[Int(parent)] < 0 {
          placeOf[Int(parent)] = Int32(larger.count)
          larger.append(parent)
          sums.append(contentsOf: repeatElement(0, count: strata * width))
          wholes.append(contentsOf: repeatElement(0, count: strata * width))
          expected.append(contentsOf: repeatElement(0, count: width))
          present.append(contentsOf: repeatElement(0, count: width))
          isSuppressed.append(contentsOf: repeatElement(false, count: width))
        }
        let place = Int(placeOf[Int(parent)])
        let cell = place * width + column
        expected[cell] += 1
        guard isKnown else {
          if isHere && status[row] == .suppressed { isSuppressed[cell] = true }
          continue
        }
        present[cell] += 1
        for stratum in 0..<strata {
          let at = (place * strata + stratum) * width + column
          sums[at] += numerators[stratum][row] * weight
          if isMean {
            wholes[at] += weight
          } else if hasDenominator {
            wholes[at] += denominators[stratum][row]
          }
        }
      }
    }
    let order = larger.indices.sorted { larger[$0] < larger[$1] }
    return groups.indices.map { column in
      // A larger area of which no small area has a figure has none here either.
      let kept = order.filter { present[$0 * width + column] > 0 }
      func taken(_ values: [Double], _ stratum: Int) -> [Double] {
        kept.map { values[($0 * strata + stratum) * width + column] }
      }
      var slice = SliceFigures(
        period: period, breakdown: areaClass.rawValue, group: groups[column],
        units: kept.map { larger[$0] },
        numerators: (0..<strata).map { taken(sums, $0) },
        denominators: hasDenominator ? (0..<strata).map { taken(wholes, $0) } : [],
        status: Array(repeating: .known, count: kept.count),
        reasons: Array(repeating: nil, count: kept.count))
      slice.places = places
      for (row, place) in kept.enumerated() {
        let cell = place * width + column
        if present[cell] < expected[cell] {
          slice.setUnknown(
            row,
            isSuppressed[cell]
              ? "some of its small areas are suppressed"
              : "known for only \(present[cell]) of \(expected[cell]) small areas")
        }
      }
      return slice
    }
  }
}
