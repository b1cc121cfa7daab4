import Foundation

/// What a reviewer says of a pair.
public enum ReviewVerdict: String, Sendable, CaseIterable {
  case same, different, unsure
}

/// How well two reviewers agree on the pairs that both looked at.
public struct ReviewAgreement: Sendable, Hashable {
  /// The pairs that both looked at, and those on which they said the same.
  public let both: Int
  public let agreed: Int
  /// The agreement beyond what chance would give: κ (Cohen 1960, Educ Psychol Meas 20: 37); nil where it has no
  /// meaning, because each said one and the same of all pairs.
  public let kappa: Double?
  /// Its 95% interval, from the large-sample standard error of Fleiss, Cohen and Everitt (1969, Psychol Bull
  /// 72: 323).
  public let interval: ClosedRange<Double>?

  public init(_ verdicts: [(ReviewVerdict, ReviewVerdict)]) {
    let cases = ReviewVerdict.allCases
    let count = Double(verdicts.count)
    var cells = [[Double]](repeating: [0, 0, 0], count: 3)
    for (one, other) in verdicts {
      guard let row = cases.firstIndex(of: one), let column = cases.firstIndex(of: other) else {
        continue
      }
      cells[row][column] += 1 / count
    }
    both = verdicts.count
    agreed = verdicts.count { $0.0 == $0.1 }
    let rows = cells.map { $0.reduce(0, +) }
    let columns = cases.indices.map { column in cells.reduce(0) { $0 + $1[column] } }
    let observed = cases.indices.reduce(0) { $0 + cells[$1][$1] }
    let expected = zip(rows, columns).reduce(0) { $0 + $1.0 * $1.1 }
    guard count > 0, expected < 1 - 1e-12 else {
      (kappa, interval) = (nil, nil)
      return
    }
    let kappa = (observed - expected) / (1 - expected)
    var (diagonal, rest) = (0.0, 0.0)
    for row in cases.indices {
      for column in cases.indices {
        if row == column {
          let term = 1 - (rows[row] + columns[row]) * (1 - kappa)
          diagonal += cells[row][row] * term * term
        } else {
          let term = columns[row] + rows[column]
          rest += cells[row][column] * term * term
        }
      }
    }
    let last = kappa - expected * (1 - kappa)
    let variance =
      (diagonal + (1 - kappa) * (1 - kappa) * rest - last * last)
      / (count * (1 - expected) * (1 - expected))
    let half = 1.959_963_984_540_054 * max(0, variance).squareRoot()
    self.kappa = kappa
    interval = max(-1, kappa - half)...min(1, kappa + half)
  }
}
