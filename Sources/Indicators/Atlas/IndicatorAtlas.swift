import Columns
public import Definitions
import Engine
import Foundation
import Places

/// The indicators of a snapshot in memory: their definitions, and every figure in columns.
public struct IndicatorAtlas: Sendable {
  /// Every indicator, with figures or without, in the order of their definitions.
  public let indicators: [Indicator]
  /// What data an indicator waits for, by its id.
  public let waits: [String: String]
  /// The slices of each indicator: their rows lie side by side, in order of unit.
  let slices: [String: [Slice]]
  let columns: Columns
  /// Inequality summaries by indicator.
  let summaries: [String: [Summary]]
  private let places: [String: Int]

  /// The figures of one period and group of an indicator.
  public struct Slice: Sendable, Equatable {
    public let period: String
    /// Empty for the figures of everybody.
    public let breakdown: String
    public let group: String
    let rows: Range<Int>
  }

  struct Columns: Sendable {
    var unit: [Int32] = []
    var numerator: [Double] = []
    var denominator: [Double] = []
    var value: [Double] = []
    var lower: [Double] = []
    var upper: [Double] = []
    /// 0 known, 1 suppressed, 2 unknown.
    var status: [UInt8] = []
    /// The place of the reason in `reasons`; -1 where there is none.
    var reason: [Int32] = []
    var reasons: [String] = []
  }

  /// What an area's figures by deprivation come to.
  public struct Summary: Sendable, Equatable {
    public let unit: Int
    public let period: String
    public let breakdown: String
    /// `sii`, `rii`, `gap`, `gap_ratio`, `excess` or `attributable`.
    public let name: String
    public let value: Double?
    public let lower: Double?
    public let upper: Double?
    public let reason: String
  }

  /// A figure of an indicator with its interval.
  public struct Reading: Sendable, Equatable {
    public let unit: Int
    public let figure: Figure
    /// The 95% limits; nil where there are none.
    public let lower: Double?
    public let upper: Double?

    public var value: Double? { figure.value }

    /// What is known; nil where it is suppressed or unknown.
    public var known: Figure.Known? {
      if case .known(let known) = figure { known } else { nil }
    }
  }

  init(
    indicators: [Indicator], waits: [String: String], slices: [String: [Slice]], columns: Columns,
    summaries: [String: [Summary]]
  ) {
    self.indicators = indicators
    self.waits = waits
    self.slices = slices
    self.columns = columns
    self.summaries = summaries
    places = Dictionary(
      uniqueKeysWithValues: indicators.enumerated().map { ($0.element.id, $0.offset) })
  }

  /// The indicator with an id; nil where there is none.
  public subscript(id: String) -> Indicator? { places[id].map { indicators[$0] } }

  /// The indicators that have figures.
  public var measured: [Indicator] { indicators.filter { slices[$0.id]?.isEmpty == false } }

  /// The slices of an indicator: in order of period, those of everybody before those of groups.
  public func slices(of id: String) -> [Slice] { slices[id] ?? [] }

  /// The periods of an indicator, the earliest first.
  public func periods(of id: String) -> [String] {
    var seen: Set<String> = []
    let all = slices(of: id).filter(\.breakdown.isEmpty).map(\.period)
      .filter { seen.insert($0).inserted }
    return all.sorted { a, b in
      switch (ReportingPeriod(a), ReportingPeriod(b)) {
      case (let a?, let b?): a < b
      default: a < b
      }
    }
  }

  /// The breakdowns of an indicator, each once.
  public func breakdowns(of id: String) -> [String] {
    var seen: Set<String> = [""]
    return slices(of: id).map(\.breakdown).filter { seen.insert($0).inserted }
  }

  /// The slice of everybody in a period; the latest where none is named.
  public func slice(of id: String, period: String? = nil) -> Slice? {
    guard let period = period ?? periods(of: id).last else { return nil }
    return slices(of: id).first { $0.breakdown.isEmpty && $0.period == period }
  }

  /// The groups of a breakdown in a period, in their order.
  public func groups(of id: String, by breakdown: String, period: String) -> [Slice] {
    slices(of: id).filter { $0.breakdown == breakdown && $0.period == period }
  }

  // MARK: Readings

  /// The figure of a unit; nil where the data say nothing of it.
  public func reading(_ slice: Slice, _ unit: Int) -> Reading? {
    var (low, high) = (slice.rows.lowerBound, slice.rows.upperBound)
    while low < high {
      let middle = (low + high) / 2
      if Int(columns.unit[middle]) < unit { low = middle + 1 } else { high = middle }
    }
    guard low < slice.rows.upperBound, Int(columns.unit[low]) == unit else { return nil }
    return reading(row: low)
  }

  /// The figures of every unit whose number is in a range, in order of the numbers.
  public func readings(_ slice: Slice, in units: Range<Int>) -> [Reading] {
    slice.rows.compactMap { row in
      units.contains(Int(columns.unit[row])) ? reading(row: row) : nil
    }
  }

  private func reading(row: Int) -> Reading {
    func number(_ value: Double) -> Double? { value.isNaN ? nil : value }
    let reason =
      columns.reason[row] < 0
      ? nil : columns.reasons[Int(columns.reason[row])].sentence
    let figure: Figure =
      switch columns.status[row] {
      case 0:
        .known(
          Figure.Known(
            value: columns.value[row], numerator: number(columns.numerator[row]),
            denominator: number(columns.denominator[row]), isSum: false))
      case 1: .suppressed(reason ?? "Held back by the source, to protect people in small groups.")
      default: .unknown(reason ?? "The source gives no value.")
      }
    return Reading(
      unit: Int(columns.unit[row]), figure: figure, lower: number(columns.lower[row]),
      upper: number(columns.upper[row]))
  }

  /// The units of which the gap by deprivation is known in some period.
  public func unitsWithGaps(_ id: String) -> Set<Int> {
    Set((summaries[id] ?? []).lazy.filter { $0.value != nil }.map(\.unit))
  }

  /// An inequality summary of a unit; the latest period where none is named.
  public func summary(
    _ id: String, _ unit: Int, _ name: String, period: String? = nil
  ) -> Summary? {
    guard let period = period ?? periods(of: id).last else { return nil }
    return (summaries[id] ?? []).first {
      $0.unit == unit && $0.name == name && $0.period == period
    }
  }
}

extension IndicatorAtlas {
  /// Nothing: a snapshot from before there were indicators.
  static let none = IndicatorAtlas(
    indicators: [], waits: [:], slices: [:], columns: Columns(), summaries: [:])

  /// Reads the indicators of a snapshot.
  static func read(
    _ manifest: Manifest, folder: URL, _ connection: Connection
  ) throws -> IndicatorAtlas {
    guard let entries = manifest.indicators, !entries.isEmpty else { return .none }
    let dialect = Dialect(.duckdb)
    var indicators: [Indicator] = []
    var waits: [String: String] = [:]
    let definitions = dialect.parquet(IndicatorStage.definitions, in: folder)
    try connection.stream(
      "select indicator, waits_for, definition from \(definitions)"
    ) { batch in
      for row in 0..<batch.rowCount {
        guard let id = batch.columns[0].string(row), let text = batch.columns[2].string(row)
        else { continue }
        indicators.append(try JSONDecoder().decode(Indicator.self, from: Data(text.utf8)))
        waits[id] = batch.columns[1].string(row)
      }
    }
    var columns = Columns()
    var slices: [String: [Slice]] = [:]
    var reasons: [String: Int32] = [:]
    var summaries: [String: [Summary]] = [:]
    for indicator in indicators where waits[indicator.id] == nil {
      func file(_ name: String) -> String {
        dialect.parquet("\(name)/\(indicator.id)", in: folder)
      }
      slices[indicator.id] = try Self.slices(
        file(IndicatorStage.figures), &columns, &reasons, connection)
      try connection.stream(
        """
        select unit_id, period, breakdown, summary, value, lower, upper, reason
        from \(file(IndicatorStage.inequality))
        """
      ) { batch in
        let fields = batch.columns
        for row in 0..<batch.rowCount {
          summaries[indicator.id, default: []].append(
            Summary(
              unit: Int(fields[0].int64(row) ?? 0), period: fields[1].string(row) ?? "",
              breakdown: fields[2].string(row) ?? "", name: fields[3].string(row) ?? "",
              value: fields[4].double(row), lower: fields[5].double(row),
              upper: fields[6].double(row), reason: fields[7].string(row) ?? ""))
        }
      }
    }
    columns.reasons = reasons.sorted { $0.value < $1.value }.map(\.key)
    return IndicatorAtlas(
      indicators: indicators, waits: waits, slices: slices, columns: columns, summaries: summaries)
  }

  /// Reads the figures of one indicator, whose rows lie in order of slice and unit.
  private static func slices(
    _ file: String, _ columns: inout Columns, _ reasons: inout [String: Int32],
    _ connection: Connection
  ) throws -> [Slice] {
    let start = columns.unit.count
    var slices: [Slice] = []
    try connection.stream(
      """
      select period, breakdown, "group", min(file_row_number) as first, count(*) as rows
      from \(file.withRowNumbers) group by all order by first
      """
    ) { batch in
      let fields = batch.columns
      for row in 0..<batch.rowCount {
        let first = start + Int(fields[3].int64(row) ?? 0)
        slices.append(
          Slice(
            period: fields[0].string(row) ?? "", breakdown: fields[1].string(row) ?? "",
            group: fields[2].string(row) ?? "",
            rows: first..<first + Int(fields[4].int64(row) ?? 0)))
      }
    }
    try connection.stream(
      """
      select unit_id, coalesce(numerator, 'nan') as numerator,
        coalesce(denominator, 'nan') as denominator, coalesce(value, 'nan') as value,
        coalesce(lower, 'nan') as lower, coalesce(upper, 'nan') as upper,
        \(UnitStatus.sql) as status,
        reason
      from \(file)
      """
    ) { batch in
      let fields = batch.columns
      try fields[0].append(to: &columns.unit)
      try fields[1].append(to: &columns.numerator)
      try fields[2].append(to: &columns.denominator)
      try fields[3].append(to: &columns.value)
      try fields[4].append(to: &columns.lower)
      try fields[5].append(to: &columns.upper)
      try fields[6].append(to: &columns.status)
      for row in 0..<batch.rowCount {
        guard let text = fields[7].string(row) else {
          columns.reason.append(-1)
          continue
        }
        let number = reasons[text] ?? Int32(reasons.count)
        reasons[text] = number
        columns.reason.append(number)
      }
    }
    return slices
  }
}

extension String {
  /// The SQL of a Parquet file, with the numbers of its rows: `read_parquet('…', …)` takes one option more.
  fileprivate var withRowNumbers: String { dropLast() + ", file_row_number = true)" }

  /// The text with a capital first letter and a full stop.
  fileprivate var sentence: String {
    capitalisedFirst + (hasSuffix(".") ? "" : ".")
  }
}
