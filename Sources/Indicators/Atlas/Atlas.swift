import Definitions
public import Places

/// A snapshot in memory, laid out for reading: units, measures, and every figure in columns.
///
/// Figures are sorted by series and, within one, by unit, so that one figure is found by bisection
/// and a map's figures lie side by side.
public struct Atlas: Sendable {
  public let manifest: Manifest
  public let kinds: [UnitKind]
  public let units: [AtlasUnit]
  public let measures: [Measure]
  public let sources: [AtlasSource]
  public let points: [AtlasPoint]
  /// How good the landed data of sources are; none in a place without sources.
  public let quality: DataQuality
  /// How well the records of its sources are linked.
  public let linkage: LinkageQuality
  /// The indicators, with their figures.
  public let indicators: IndicatorAtlas
  let series: [Series]
  let figures: FigureColumns
  let outlines: [Int: Outline]
  let unitsByCode: [String: [Int]]
  let measuresByID: [String: Int]
  let seriesByMeasure: [String: [Series]]
  /// The units that a unit is part of, and that it is made of, from the table `edge`.
  let parents: Adjacency
  let children: Adjacency
  /// How many small areas two larger units share, from the table `overlap`.
  let overlaps: [Int: [(other: Int, parts: Int)]]

  /// The columns of the table `figure`, in order of series and unit.
  struct FigureColumns: Sendable {
    /// Where the figures of each series begin, and one past the end.
    var starts: [Int]
    var unit: [Int32]
    var value: [Double]
    var numerator: [Double]
    var denominator: [Double]
    var status: [UInt8]
    var present: [Int32]
    var expected: [Int32]
  }

  /// Lists of numbers by number, one after the other in one array.
  struct Adjacency: Sendable {
    let starts: [Int]
    let targets: [Int32]

    /// - Parameter pairs: sorted by the first number.
    init(count: Int, pairs: [(from: Int32, to: Int32)]) {
      var starts = Array(repeating: 0, count: count + 1)
      for pair in pairs { starts[Int(pair.from) + 1] += 1 }
      for index in 1...max(1, count) where count > 0 { starts[index] += starts[index - 1] }
      self.starts = starts
      targets = pairs.map(\.to)
    }

    subscript(index: Int) -> ArraySlice<Int32> { targets[starts[index]..<starts[index + 1]] }
  }

  // MARK: Units

  /// The unit that is the place.
  public var place: AtlasUnit? { units.first { $0.isPlace } }

  /// The one unit that all others are part of, such as England.
  public var whole: AtlasUnit? { units.first { $0.isWhole } }

  public func kind(_ id: String) -> UnitKind? { kinds.first { $0.id == id } }

  public func unit(kind: String, code: String) -> AtlasUnit? {
    unitsByCode[code]?.lazy.map { units[$0] }.first { $0.kind == kind }
  }

  /// The units of a code, of whatever kind.
  public func units(code: String) -> [AtlasUnit] { (unitsByCode[code] ?? []).map { units[$0] } }

  /// Every unit of a kind, in order of code.
  public func units(ofKind kind: String) -> [AtlasUnit] {
    unitRange(ofKind: kind).map { Array(units[$0]) } ?? []
  }

  /// The units of `kind` that lie in `unit`, wholly or in part.
  public func units(ofKind kind: String, in unit: AtlasUnit) -> [AtlasUnit] {
    let direct = children[unit.id].map { units[Int($0)] }.filter { $0.kind == kind }
    if !direct.isEmpty { return direct }
    return (overlaps[unit.id] ?? []).map { units[$0.other] }.filter { $0.kind == kind }
      .sorted { $0.code < $1.code }
  }

  /// The units that `unit` is wholly part of, the largest first.
  public func ancestors(of unit: AtlasUnit) -> [AtlasUnit] {
    let direct = parents[unit.id].map { units[Int($0)] }
    let whole = (overlaps[unit.id] ?? []).filter { $0.parts == unit.parts }
      .map { units[$0.other] }
    var seen: Set<Int> = [unit.id]
    return (direct + whole).filter { seen.insert($0.id).inserted }
      .filter { $0.parts >= unit.parts }
      .sorted { ($0.parts, $1.id) > ($1.parts, $0.id) }
  }

  /// The units that `unit` shares small areas with, without being wholly part of them.
  public func partlyIn(_ unit: AtlasUnit, kind: String) -> [(unit: AtlasUnit, parts: Int)] {
    (overlaps[unit.id] ?? []).filter { units[$0.other].kind == kind && $0.parts < unit.parts }
      .map { (units[$0.other], $0.parts) }.sorted { $0.parts > $1.parts }
  }

  /// The units of which `unit` is made, of any kind.
  public func parts(of unit: AtlasUnit) -> [AtlasUnit] { children[unit.id].map { units[Int($0)] } }

  public func outline(of unit: AtlasUnit) -> Outline? { outlines[unit.id] }

  /// The kinds that have outlines.
  public var kindsWithOutlines: Set<String> { Set(outlines.keys.map { units[$0].kind }) }

  /// The points in `unit`.
  public func points(in unit: AtlasUnit) -> [AtlasPoint] {
    points.filter { point in
      guard let area = point.unit else { return false }
      return area == unit.id || parents[area].contains(Int32(unit.id))
    }
  }

  // MARK: Measures

  public func measure(_ id: String) -> Measure? { measuresByID[id].map { measures[$0] } }

  public func source(_ id: String) -> AtlasSource? { sources.first { $0.id == id } }

  /// The series of a measure, in order of group and period.
  public func series(of measure: String) -> [Series] { seriesByMeasure[measure] ?? [] }

  /// The periods of a measure, the earliest first.
  public func periods(of measure: String) -> [String] {
    var seen: Set<String> = []
    return series(of: measure).map(\.period).filter { seen.insert($0).inserted }.sorted()
  }

  /// The groups of a measure: id and title; one without a name where it has none.
  public func groups(of measure: String) -> [(id: String, title: String)] {
    var seen: Set<String> = []
    return series(of: measure).filter { seen.insert($0.group).inserted }
      .map { ($0.group, $0.groupTitle) }
  }

  // MARK: Figures

  /// The figure of `unit` in one series.
  public func figure(_ series: Series, _ unit: AtlasUnit) -> Figure {
    guard let row = row(series, unit.id) else {
      return .unknown(reasonForNone(series.measure, unit))
    }
    return figure(row, measure: series.measure)
  }

  /// The figure of `unit`: of the latest period, where none is named.
  public func figure(
    _ measure: String, _ unit: AtlasUnit, group: String = "", period: String? = nil
  ) -> Figure {
    let all = series(of: measure).filter { $0.group == group }
    guard let series = period.map({ p in all.first { $0.period == p } }) ?? all.last else {
      return .unknown("There is no such figure in the data.")
    }
    return figure(series, unit)
  }

  /// Whether the data says anything of `unit` in the series, be it that the figure is suppressed.
  public func hasRow(_ series: Series, _ unit: AtlasUnit) -> Bool { row(series, unit.id) != nil }

  /// The known values of every unit of `kind`, for ranking.
  public func knownValues(_ series: Series, ofKind kind: String) -> [(unit: Int, value: Double)] {
    guard let range = unitRange(ofKind: kind) else { return [] }
    return (figures.starts[series.id]..<figures.starts[series.id + 1]).compactMap { row in
      let unit = Int(figures.unit[row])
      return range.contains(unit) && figures.status[row] == 0 ? (unit, figures.value[row]) : nil
    }
  }

  let kindRanges: [String: Range<Int>]
  let rankings = RankingCache()

  /// The numbers of the units of a kind; they lie side by side.
  func unitRange(ofKind kind: String) -> Range<Int>? { kindRanges[kind] }

  private func row(_ series: Series, _ unit: Int) -> Int? {
    var low = figures.starts[series.id]
    var high = figures.starts[series.id + 1]
    while low < high {
      let middle = (low + high) / 2
      if Int(figures.unit[middle]) < unit { low = middle + 1 } else { high = middle }
    }
    return low < figures.starts[series.id + 1] && Int(figures.unit[low]) == unit ? low : nil
  }

  private func figure(_ row: Int, measure: String) -> Figure {
    switch figures.status[row] {
    case 0:
      let (numerator, denominator) = (figures.numerator[row], figures.denominator[row])
      return .known(
        Figure.Known(
          value: figures.value[row], numerator: numerator.isNaN ? nil : numerator,
          denominator: denominator.isNaN ? nil : denominator, isSum: figures.present[row] >= 0))
    case 1: return .suppressed("Held back by the source, to protect people in small groups.")
    default:
      let (present, expected) = (Int(figures.present[row]), Int(figures.expected[row]))
      guard present >= 0 else { return .unknown("The source gives no value.") }
      guard present < expected else {
        return .unknown("It cannot be worked out from the smaller areas.")
      }
      return .unknown("Known for only \(present) of the \(expected) smaller areas or practices.")
    }
  }

  private func reasonForNone(_ measure: String, _ unit: AtlasUnit) -> String {
    guard let measure = self.measure(measure) else { return "There is no such measure." }
    let kinds = measure.kinds.compactMap { kind($0)?.plural }.joined(separator: " and ")
    if measure.method == "published" || measure.method == "rank" {
      return "Published for \(kinds), and cannot be added up or shared out."
    }
    return "The source covers \(kinds) and what they make up, not this."
  }
}
