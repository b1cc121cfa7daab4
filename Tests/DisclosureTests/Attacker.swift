@testable import Disclosure

/// Somebody who reads everything that is published of a table, knows how it is rounded, and works out what follows.
///
/// It shares nothing with what it attacks but the table: every sum is an equation; Gaussian elimination over those gives
/// further ones, in which fewer cells are unknown; from each the ranges of its cells are narrowed, until none gets
/// narrower.
struct Attacker {
  /// What it concludes of each cell.
  private(set) var ranges: [ClosedRange<Int>]
  private var equations: [[Int: Double]] = []

  init(_ table: CountTable, _ ranges: [ClosedRange<Int>]) {
    self.ranges = ranges
    for cell in table.counts.indices {
      for (dimension, category) in table.categories(of: cell).enumerated() where category == 0 {
        var equation = [cell: -1.0]
        for part in 1..<table.shape[dimension] {
          equation[cell + part * table.strides[dimension]] = 1
        }
        equations.append(equation)
      }
    }
    narrow(equations)
    // What is known is eliminated last, so that equations of few unknown cells come out.
    narrow(reduced(order: { $0.upperBound - $0.lowerBound }))
    narrow(reduced(order: { $0.lowerBound - $0.upperBound }))
    narrow(equations)
  }

  private func reduced(order: (ClosedRange<Int>) -> Int) -> [[Int: Double]] {
    var rows = equations
    var result: [[Int: Double]] = []
    let cells = ranges.indices.sorted { (-order(ranges[$0]), $0) < (-order(ranges[$1]), $1) }
    for cell in cells {
      guard let place = rows.firstIndex(where: { abs($0[cell] ?? 0) > 1e-9 }) else { continue }
      let pivot = rows.remove(at: place)
      let lead = pivot[cell] ?? 1
      func without(_ row: [Int: Double]) -> [Int: Double] {
        guard let own = row[cell], abs(own) > 1e-9 else { return row }
        return row.merging(pivot.mapValues { -$0 * own / lead }) { $0 + $1 }
          .filter { abs($0.value) > 1e-9 }
      }
      rows = rows.map(without)
      result = result.map(without) + [pivot]
    }
    return result
  }

  private mutating func narrow(_ equations: [[Int: Double]]) {
    var isNarrower = true
    var rounds = 0
    while isNarrower, rounds < 200 {
      (isNarrower, rounds) = (false, rounds + 1)
      for equation in equations {
        for (cell, own) in equation {
          // own × cell = −Σ of the others.
          var (low, high) = (0.0, 0.0)
          for (other, factor) in equation where other != cell {
            let (a, b) = (
              -factor / own * Double(ranges[other].lowerBound),
              -factor / own * Double(ranges[other].upperBound)
            )
            low += min(a, b)
            high += max(a, b)
          }
          guard abs(low) < 1e15 || abs(high) < 1e15 else { continue }
          let least = low < -1e15 ? ranges[cell].lowerBound : Int((low - 1e-6).rounded(.up))
          let most = high > 1e15 ? ranges[cell].upperBound : Int((high + 1e-6).rounded(.down))
          let lower = max(ranges[cell].lowerBound, least)
          let upper = min(ranges[cell].upperBound, most)
          guard lower <= upper else { continue }
          if lower > ranges[cell].lowerBound || upper < ranges[cell].upperBound {
            ranges[cell] = lower...upper
            isNarrower = true
          }
        }
      }
    }
  }
}

/// Every table that fits what is published: what the best of readers can conclude, for the smallest tables.
struct Enumerator {
  private let published: [ClosedRange<Int>]
  private let inner: [Int]
  /// For each cell the cells without totals that it is the sum of.
  private let parts: [[Int]]
  /// The least and the greatest of each cell over all tables.
  private(set) var ranges: [ClosedRange<Int>?]

  init(_ table: CountTable, _ published: [ClosedRange<Int>], within most: Int) {
    self.published = published
    let own = table.counts.indices.map { table.categories(of: $0) }
    let inner = own.indices.filter { own[$0].allSatisfy { $0 > 0 } }
    self.inner = inner
    parts = own.map { categories in
      inner.filter { zip(categories, own[$0]).allSatisfy { $0 == 0 || $0 == $1 } }
    }
    ranges = Array(repeating: nil, count: published.count)
    var values = Array(repeating: 0, count: published.count)
    fill(0, &values, most)
  }

  private mutating func fill(_ place: Int, _ values: inout [Int], _ most: Int) {
    guard place < inner.count else { return note(values) }
    let range = published[inner[place]]
    guard range.lowerBound <= most else { return }
    for value in range.lowerBound...min(range.upperBound, most) {
      values[inner[place]] = value
      fill(place + 1, &values, most)
    }
  }

  private mutating func note(_ values: [Int]) {
    func sum(_ cell: Int) -> Int { parts[cell].reduce(0) { $0 + values[$1] } }
    for cell in parts.indices where !published[cell].contains(sum(cell)) { return }
    for cell in parts.indices {
      let (count, range) = (sum(cell), ranges[cell])
      ranges[cell] = min(range?.lowerBound ?? count, count)...max(range?.upperBound ?? count, count)
    }
  }
}
