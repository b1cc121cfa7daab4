/// A figure with its intervals, or why there is none.
public enum Estimate: Sendable, Hashable {
  case known(Known)
  case unknown(Unknown)

  public struct Known: Sendable, Hashable {
    public let value: Double
    /// One for each confidence that was asked for; nil where the figure has no interval.
    public let intervals: [Interval?]

    public init(value: Double, intervals: [Interval?]) {
      self.value = value
      self.intervals = intervals
    }
  }

  /// The value; nil where it is unknown.
  public var value: Double? { if case .known(let known) = self { known.value } else { nil } }

  /// The interval of the first confidence; nil where there is none.
  public var interval: Interval? {
    if case .known(let known) = self { known.intervals.first ?? nil } else { nil }
  }

  public var unknown: Unknown? { if case .unknown(let reason) = self { reason } else { nil } }
}

/// Figures in columns: one row a group, in the order of the groups.
public struct Estimates: Sendable {
  /// The confidence of each pair of limits, such as 0.95 and 0.998.
  public let confidences: [Double]
  /// Not a number where a figure is unknown.
  public internal(set) var values: [Double]
  /// For each confidence a column of lower limits and one of upper; not a number where there is none.
  public internal(set) var lower: [[Double]]
  public internal(set) var upper: [[Double]]
  /// For each row why it is unknown; nil where it is known.
  public internal(set) var unknown: [Unknown?]

  /// Makes room for `count` rows, all of them unknown as `missing`.
  init(count: Int, confidences: [Double]) {
    precondition(
      confidences.allSatisfy { $0 > 0 && $0 < 1 }, "a confidence is between 0 and 1, such as 0.95")
    self.confidences = confidences
    values = Array(repeating: .nan, count: count)
    lower = confidences.map { _ in Array(repeating: .nan, count: count) }
    upper = lower
    unknown = Array(repeating: .missing, count: count)
  }

  public var count: Int { values.count }

  public subscript(row: Int) -> Estimate {
    if let reason = unknown[row] { return .unknown(reason) }
    return .known(
      Estimate.Known(
        value: values[row],
        intervals: confidences.indices.map { level in
          let (low, high) = (lower[level][row], upper[level][row])
          return low.isNaN || high.isNaN
            ? nil : Interval(lower: low, upper: high, confidence: confidences[level])
        }))
  }
}

/// Which group each row of a table belongs to.
public struct Grouping: Sendable {
  /// The number of each row's group, from 0.
  public let group: [Int32]
  public let groupCount: Int

  public init(group: [Int32], groupCount: Int) {
    precondition(
      group.allSatisfy { $0 >= 0 && $0 < groupCount }, "a group has a number below their count")
    self.group = group
    self.groupCount = groupCount
  }

  /// One group with every row.
  public init(whole rows: Int) {
    group = Array(repeating: 0, count: rows)
    groupCount = 1
  }

  /// Every row a group of its own.
  public init(each rows: Int) {
    group = (0..<Int32(rows)).map { $0 }
    groupCount = rows
  }

  /// Groups of equal names, in the order in which they first come.
  public init<Name: Hashable>(_ names: some Collection<Name>) {
    var numbers: [Name: Int32] = [:]
    group = names.map { name in
      if let number = numbers[name] { return number }
      let number = Int32(numbers.count)
      numbers[name] = number
      return number
    }
    groupCount = numbers.count
  }

  /// The rows of each group, in their order.
  public var rows: [[Int]] {
    var rows = [[Int]](repeating: [], count: groupCount)
    for (row, group) in group.enumerated() { rows[Int(group)].append(row) }
    return rows
  }

  /// The sum of a column in each group; not a number where a value is missing.
  public func sums(_ column: [Double]) -> [Double] {
    precondition(column.count == group.count, "a column has a value for each row")
    var sums = [Double](repeating: 0, count: groupCount)
    for (row, group) in group.enumerated() { sums[Int(group)] += column[row] }
    return sums
  }
}

extension Estimates {
  /// Other rows of these estimates; a place of nil is unknown for the reason given.
  public func picked(_ places: [Int?], otherwise reason: Unknown) -> Estimates {
    var result = Estimates(count: places.count, confidences: confidences)
    for (row, place) in places.enumerated() {
      result.unknown[row] = place.map { unknown[$0] } ?? reason
      guard let place else { continue }
      result.values[row] = values[place]
      for level in confidences.indices {
        result.lower[level][row] = lower[level][place]
        result.upper[level][row] = upper[level][place]
      }
    }
    return result
  }
}

extension Estimates {
  /// Room for `count` rows, all unknown for one reason until they are set.
  public init(unknown reason: Unknown, count: Int, confidences: [Double]) {
    self.init(count: count, confidences: confidences)
    unknown = Array(repeating: reason, count: count)
  }

  /// Says why a row has no value.
  public mutating func setUnknown(_ row: Int, _ reason: Unknown) { unknown[row] = reason }

  /// Sets a row: its value and, for each confidence in its order, the interval.
  public mutating func set(_ row: Int, _ value: Double, _ intervals: [Interval?]) {
    values[row] = value
    unknown[row] = nil
    for (level, interval) in intervals.enumerated() {
      lower[level][row] = interval?.lower ?? .nan
      upper[level][row] = interval?.upper ?? .nan
    }
  }
}
