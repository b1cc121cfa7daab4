import Definitions
import Statistics

/// An indicator bound to the data of a place: which series of figures make up which of its numbers.
struct IndicatorPlan: Sendable {
  /// A series that is added, so many times.
  struct Part: Sendable, Hashable {
    let series: Int32
    var weight: Double
  }

  /// The parts of a numerator and its denominator; for standardised figures, of one stratum.
  struct Cell: Sendable {
    let numerator: [Part]
    /// Nil where there is no denominator.
    let denominator: [Part]?
  }

  /// The figures of one period and group.
  struct Slice: Sendable {
    let period: String
    /// Empty for the figure of everybody.
    let breakdown: String
    let group: String
    let strata: [Cell]
    /// Which of the strata of everybody these are.
    let places: [Int]
  }

  let indicator: Indicator
  let slices: [Slice]
  let numeratorPart: Indicator.MeasureTerm.Part
  let denominatorPart: Indicator.MeasureTerm.Part?
  /// The classes of small areas by which larger areas are broken down.
  let classes: [AreaClass]
  /// For standardised figures: the age at which each stratum begins, and its weight in the standard.
  let ages: [Int]
  let weights: [Double]

  /// Every series that is read.
  var series: Set<Int32> {
    Set(
      slices.lazy.flatMap(\.strata).flatMap { cell in
        (cell.numerator + (cell.denominator ?? [])).map(\.series)
      })
  }

  /// How an indicator stands towards the data of a place.
  enum Binding: Sendable {
    case plan(IndicatorPlan)
    /// The data that it needs are not there.
    case waits(Missing)
  }

  enum Missing: Sendable {
    case measure(Indicator.MeasureTerm)
    case people
  }

  /// Binds an indicator.
  ///
  /// - Throws: ``Definitions/Problem`` where the data are there and the definition does not fit them.
  static func bind(_ indicator: Indicator, _ index: FigureIndex) throws -> Binding {
    for term in [indicator.numerator, indicator.denominator].compactMap({ $0 }) {
      switch term {
      case .measure(let term):
        guard index.measures[term.measure] != nil else {
          return .waits(.measure(term))
        }
      case .people, .events: return .waits(.people)
      case .imported: preconditionFailure("what is imported is not worked out")
      }
    }
    return .plan(try IndicatorBinder(indicator, index).plan())
  }
}
