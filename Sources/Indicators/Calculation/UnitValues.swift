import Columns
import Definitions
import Engine

/// Values of units, in order of the units' numbers.
struct UnitValues: Sendable {
  var units: [Int32] = []
  /// Not a number where there is none.
  var values: [Double] = []
  /// Why there is none.
  var status: [UnitStatus] = []

  /// Adds another's values, unit by unit; a unit that only one of them has is unknown.
  mutating func add(_ other: UnitValues, weight: Double) {
    guard units != other.units else {
      for row in values.indices {
        values[row] += weight * other.values[row]
        status[row] = max(status[row], other.status[row])
      }
      return
    }
    var merged = UnitValues()
    merged.reserve(max(units.count, other.units.count))
    var (left, right) = (0, 0)
    while left < units.count || right < other.units.count {
      let one = left < units.count ? units[left] : .max
      let two = right < other.units.count ? other.units[right] : .max
      if one == two {
        merged.append(
          one, values[left] + weight * other.values[right], max(status[left], other.status[right]))
      } else {
        merged.append(min(one, two), .nan, .unknown)
      }
      if one <= two { left += 1 }
      if two <= one { right += 1 }
    }
    self = merged
  }

  /// The values of other units, in their order; unknown where there are none.
  func aligned(to wanted: [Int32]) -> UnitValues {
    guard wanted != units else { return self }
    var result = UnitValues()
    result.reserve(wanted.count)
    var place = 0
    for unit in wanted {
      while place < units.count, units[place] < unit { place += 1 }
      if place < units.count, units[place] == unit {
        result.append(unit, values[place], status[place])
      } else {
        result.append(unit, .nan, .unknown)
      }
    }
    return result
  }

  mutating func scale(by weight: Double) {
    guard weight != 1 else { return }
    for row in values.indices { values[row] *= weight }
  }

  private mutating func reserve(_ count: Int) {
    units.reserveCapacity(count)
    values.reserveCapacity(count)
    status.reserveCapacity(count)
  }

  private mutating func append(_ unit: Int32, _ value: Double, _ state: UnitStatus) {
    units.append(unit)
    values.append(value)
    status.append(state)
  }
}

/// Whether a figure is known; the worse of two is the larger.
enum UnitStatus: UInt8, Comparable, Sendable {
  case known, suppressed, unknown
  /// Unknown because some of the smaller areas that make it up are.
  case partial

  /// The SQL of the number of the column `status`.
  static let sql = """
    case status when 'known' then \(known.rawValue) when 'suppressed' then \(suppressed.rawValue)
      else \(unknown.rawValue) end::utinyint
    """

  static func < (a: UnitStatus, b: UnitStatus) -> Bool { a.rawValue < b.rawValue }

  var name: String {
    switch self {
    case .known: "known"
    case .suppressed: "suppressed"
    case .unknown, .partial: "unknown"
    }
  }
}

/// The figures of some series, read from a snapshot in one scan.
struct SeriesFigures: Sendable {
  private struct Columns: Sendable {
    var units: [Int32] = []
    var numerator: [Double] = []
    var denominator: [Double] = []
    var value: [Double] = []
    var status: [UnitStatus] = []
  }

  private var columns: [Int32: Columns] = [:]

  /// Reads `series`; the table is in order of series and unit, and so is what is read.
  init(_ series: Set<Int32>, _ tables: SnapshotTables, _ connection: Connection) throws {
    guard let first = series.min(), let last = series.max() else { return }
    let list = series.sorted().map(String.init).joined(separator: ", ")
    // The range lets whole parts of the file be passed over.
    let sql = """
      select series_id, unit_id, coalesce(numerator, 'nan') as numerator,
        coalesce(denominator, 'nan') as denominator, coalesce(value, 'nan') as value,
        case when status = 'known' then 0 when status = 'suppressed' then 1 when is_sum and present < expected then 3
            else 2
          end::utinyint as status
      from \(tables.sql("figure"))
      where series_id between \(first) and \(last) and series_id in (\(list))
      """
    var (current, open) = (Int32(-1), Columns())
    try connection.stream(sql) { batch in
      let fields = batch.columns
      try fields[0].withValues(of: Int32.self) { ids in
        try fields[1].withValues(of: Int32.self) { units in
          try fields[2].withValues(of: Double.self) { numerators in
            try fields[3].withValues(of: Double.self) { denominators in
              try fields[4].withValues(of: Double.self) { values in
                try fields[5].withValues(of: UInt8.self) { states in
                  for row in ids.indices {
                    if ids[row] != current {
                      if current >= 0 { columns[current] = open }
                      current = ids[row]
                      open = columns[current] ?? Columns()
                    }
                    open.units.append(units[row])
                    open.numerator.append(numerators[row])
                    open.denominator.append(denominators[row])
                    open.value.append(values[row])
                    open.status.append(UnitStatus(rawValue: states[row]) ?? .unknown)
                  }
                }
              }
            }
          }
        }
      }
    }
    if current >= 0 { columns[current] = open }
  }

  /// The sum of some parts; nil where there are none.
  func sum(
    _ parts: [IndicatorPlan.Part], _ part: Indicator.MeasureTerm.Part
  ) -> UnitValues? {
    var total: UnitValues?
    for one in parts {
      guard let columns = columns[one.series] else { continue }
      let values =
        switch part {
        case .numerator: columns.numerator
        case .denominator: columns.denominator
        case .value: columns.value
        }
      var own = UnitValues(units: columns.units, values: values, status: columns.status)
      for row in values.indices {
        if values[row].isNaN {
          if own.status[row] == .known { own.status[row] = .unknown }
        } else if part != .value {
          // A count is known even where the share that it is part of is not, as one of nothing.
          own.status[row] = .known
        }
      }
      if total == nil {
        own.scale(by: one.weight)
        total = own
      } else {
        total?.add(own, weight: one.weight)
      }
    }
    return total
  }
}
