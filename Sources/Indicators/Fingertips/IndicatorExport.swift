public import Definitions
import Foundation
import Statistics
public import TableFiles

/// The figures of indicators as tables for other programs: in the columns of Fingertips, or in Kith's own.
public struct IndicatorExport: Sendable {
  private let atlas: Atlas

  public init(_ atlas: Atlas) { self.atlas = atlas }

  /// One figure with all that is said of it.
  private struct Row {
    let indicator: Indicator
    let slice: IndicatorAtlas.Slice
    let unit: AtlasUnit
    let reading: IndicatorAtlas.Reading

    var known: Figure.Known? {
      if case .known(let known) = reading.figure { known } else { nil }
    }
  }

  /// - Parameter kinds: the kinds of areas and organisations; all of them where it is empty.
  private func rows(_ indicators: [Indicator], kinds: Set<String>) -> [Row] {
    indicators.flatMap { indicator in
      atlas.indicators.slices(of: indicator.id).flatMap { slice in
        atlas.indicators.readings(slice, in: 0..<atlas.units.count).compactMap { reading in
          let unit = atlas.units[reading.unit]
          return kinds.isEmpty || kinds.contains(unit.kind)
            ? Row(indicator: indicator, slice: slice, unit: unit, reading: reading) : nil
        }
      }
    }
  }

  // MARK: Kith's own columns

  /// A row a figure, in the columns of the snapshot's table `indicator`, with the name of each area.
  public func table(_ indicators: [Indicator], kinds: Set<String> = []) -> ResultTable {
    let rows = rows(indicators, kinds: kinds)
    func texts(_ value: (Row) -> String?) -> ResultTable.Values { .text(rows.map(value)) }
    func numbers(_ value: (Row) -> Double?) -> ResultTable.Values {
      .number(rows.map { value($0) ?? .nan })
    }
    return ResultTable([
      ("indicator", texts(\.indicator.id)),
      ("version", .integer(rows.map(\.indicator.version))),
      ("title", texts(\.indicator.title)),
      ("period", texts(\.slice.period)),
      ("kind", texts(\.unit.kind)),
      ("area", texts(\.unit.code)),
      ("name", texts(\.unit.name)),
      ("breakdown", texts(\.slice.breakdown)),
      ("group", texts(\.slice.group)),
      ("numerator", numbers { $0.known?.numerator }),
      ("denominator", numbers { $0.known?.denominator }),
      ("value", numbers(\.reading.value)),
      ("lower", numbers(\.reading.lower)),
      ("upper", numbers(\.reading.upper)),
      ("unit", texts(\.indicator.unit)),
      ("method", texts(\.indicator.method.rawValue)),
      ("status", texts(\.reading.figure.status)),
      ("reason", texts(\.reading.figure.reason)),
    ])
  }

  // MARK: Fingertips

  /// A row a figure, in the columns of Fingertips' downloads.
  ///
  /// What Fingertips has no column for, as a figure's status, is in the value note; columns that Kith has nothing for are
  /// empty.
  public func fingertips(_ indicators: [Indicator], kinds: Set<String> = []) -> ResultTable {
    let rows = rows(indicators, kinds: kinds)
    let parent = atlas.whole ?? atlas.place
    var columns: [String: ResultTable.Values] = [:]
    func texts(_ name: String, _ value: (Row) -> String?) { columns[name] = .text(rows.map(value)) }
    func numbers(_ name: String, _ value: (Row) -> Double?) {
      columns[name] = .number(rows.map { value($0) ?? .nan })
    }
    texts("Indicator ID") { Self.id($0.indicator) }
    texts("Indicator Name", \.indicator.title)
    texts("Parent Code") { $0.unit.id == parent?.id ? nil : parent?.code }
    texts("Parent Name") { $0.unit.id == parent?.id ? nil : parent?.name }
    texts("Area Code", \.unit.code)
    texts("Area Name", \.unit.name)
    texts("Area Type") { atlas.kind($0.unit.kind)?.title }
    texts("Sex") {
      $0.slice.breakdown == "sex"
        ? $0.slice.group.capitalisedFirst
        : FingertipsColumns.persons
    }
    texts("Age") { $0.slice.breakdown == "age" ? $0.slice.group : FingertipsColumns.allAges }
    func category(_ row: Row) -> (type: String, category: String)? {
      ["", "sex", "age"].contains(row.slice.breakdown)
        ? nil : FingertipsColumns.category(row.slice.breakdown, row.slice.group)
    }
    texts("Category Type") { category($0)?.type }
    texts("Category") { category($0)?.category }
    texts("Time period", \.slice.period)
    numbers("Value", \.reading.value)
    numbers("Lower CI 95.0 limit", \.reading.lower)
    numbers("Upper CI 95.0 limit", \.reading.upper)
    let wide = rows.map(Self.wide)
    columns["Lower CI 99.8 limit"] = .number(wide.map { $0?.lower ?? .nan })
    columns["Upper CI 99.8 limit"] = .number(wide.map { $0?.upper ?? .nan })
    numbers("Count") { $0.known?.numerator }
    numbers("Denominator") { $0.known?.denominator }
    texts("Value note") { $0.reading.figure.reason }
    texts("Compared to England value or percentiles") { row in
      // A group is compared with the same group of the country, and with nothing else.
      guard row.indicator.benchmark == .whole, let whole = atlas.whole, row.unit.id != whole.id,
        let value = atlas.indicators.reading(row.slice, whole.id)?.value
      else { return "Not compared" }
      let benchmark = Benchmark(name: whole.name, value: value, unit: whole.id)
      return atlas.comparison(row.reading, with: benchmark, of: row.indicator)?.rawValue
        .capitalisedFirst ?? "Not compared"
    }
    texts("Compared to percentiles") { _ in "Not compared" }
    texts("Time period Sortable") { ReportingPeriod($0.slice.period)?.sortable }
    texts("Time period range") { ReportingPeriod($0.slice.period)?.range }
    return ResultTable(
      FingertipsColumns.all.map { name in
        (name, columns[name] ?? .text(rows.map { _ in nil }))
      })
  }

  /// An indicator's ID: what came from Fingertips has its own again.
  private static func id(_ indicator: Indicator) -> String {
    guard case .imported = indicator.numerator, indicator.id.hasPrefix("fingertips_") else {
      return indicator.id
    }
    return String(indicator.id.dropFirst("fingertips_".count))
  }

  /// The 99.8% limits, for those methods whose limits follow from counts.
  private static func wide(_ row: Row) -> Interval? {
    guard let known = row.known, let numerator = known.numerator,
      let denominator = known.denominator
    else { return nil }
    let estimates: Estimates
    switch row.indicator.method {
    case .proportion:
      estimates = .proportions(
        events: [numerator], populations: [denominator], per: row.indicator.per,
        confidences: [0.998])
    case .crudeRate, .indirectlyStandardisedRatio:
      estimates = .crudeRates(
        events: [numerator], populations: [denominator], per: row.indicator.per,
        confidences: [0.998])
    default: return nil
    }
    return estimates[0].interval
  }
}

extension Figure {
  /// `known`, `suppressed` or `unknown`.
  var status: String {
    switch self {
    case .known: UnitStatus.known.name
    case .suppressed: UnitStatus.suppressed.name
    case .unknown: UnitStatus.unknown.name
    }
  }

  /// Why there is no value; nil where there is one.
  fileprivate var reason: String? {
    switch self {
    case .known: nil
    case .suppressed(let reason), .unknown(let reason): reason
    }
  }
}

extension ReportingPeriod {
  /// Fingertips' number to sort periods by: the year, and for parts of years the month or quarter.
  fileprivate var sortable: String {
    let (year, month) = (firstMonth / 12, firstMonth % 12)
    let part = months == 1 ? month + 1 : months == 3 ? month / 3 + 1 : 0
    return "\(year)\(part < 10 ? "0" : "")\(part)00"
  }

  /// How long it is: "1y", "3y", "1q", "1m".
  fileprivate var range: String {
    months % 12 == 0 ? "\(months / 12)y" : months % 3 == 0 ? "\(months / 3)q" : "\(months)m"
  }
}
