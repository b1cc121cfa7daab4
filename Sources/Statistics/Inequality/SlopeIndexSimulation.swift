import Foundation

/// The limits of slope indices by simulation: the values are drawn anew from their normal distributions, on the scale of
/// their errors, and the line is drawn through them each time.
///
/// OHID, PHEindicatormethods, `phe_sii`. The same seed gives the same limits. Where the line is one of transformed values
/// only its slope is drawn anew: its level stays that of the values, as the reference has it.
public struct SlopeIndexSimulation: Sendable {
  /// One for each confidence.
  public let slopeIndex: [Interval]
  public let relativeIndex: [Interval]

  /// The field's usual number of draws.
  public static let usualDraws = 100_000

  public init(
    _ quantiles: SlopeIndex.Quantiles, isTransformed: Bool = false, multiplier: Double = 1,
    confidences: [Double] = [0.95], draws: Int = usualDraws, seed: UInt64
  ) {
    var random = RandomNumbers(seed: seed)
    self.init(
      quantiles, isTransformed: isTransformed, multiplier: multiplier, confidences: confidences,
      draws: draws, random: &random)
  }

  /// Draws from `random`, so that areas one after another have draws of their own.
  public init(
    _ quantiles: SlopeIndex.Quantiles, isTransformed: Bool = false, multiplier: Double = 1,
    confidences: [Double] = [0.95], draws: Int = usualDraws, random: inout RandomNumbers
  ) {
    precondition(draws >= 1_000, "limits by simulation need 1,000 draws at least")
    let kind = quantiles.kind
    let centres = quantiles.values.map(kind.transformed)
    let line = quantiles.line()
    var slopes = [Double](repeating: 0, count: draws)
    var intercepts = slopes
    // A block of draws of one quantile at a time, so that the sums of a block stay near.
    let block = 512
    var normal = [Double](repeating: 0, count: block)
    var generator = random
    let ziggurat = Ziggurat.standard
    normal.withUnsafeMutableBufferPointer { normal in
      slopes.withUnsafeMutableBufferPointer { slopes in
        intercepts.withUnsafeMutableBufferPointer { intercepts in
          for start in stride(from: 0, to: draws, by: block) {
            let count = min(block, draws - start)
            for index in centres.indices {
              ziggurat.fill(UnsafeMutableBufferPointer(rebasing: normal[..<count]), &generator)
              let (centre, error) = (centres[index], quantiles.errors[index])
              let (slope, intercept) = (line.slope[index], line.intercept[index])
              switch isTransformed ? SlopeIndex.Kind.other : kind {
              case .other:
                for draw in 0..<count {
                  let value = centre + error * normal[draw]
                  slopes[start + draw] += slope * value
                  intercepts[start + draw] += intercept * value
                }
              case .rate:
                for draw in 0..<count {
                  let value = exp(centre + error * normal[draw])
                  slopes[start + draw] += slope * value
                  intercepts[start + draw] += intercept * value
                }
              case .proportion:
                for draw in 0..<count {
                  let value = 1 / (1 + exp(-centre - error * normal[draw]))
                  slopes[start + draw] += slope * value
                  intercepts[start + draw] += intercept * value
                }
              }
            }
          }
        }
      }
    }
    random = generator
    let level = zip(line.shares, centres).reduce(0) { $0 + $1.0 * $1.1 }
    for draw in 0..<draws {
      let ends =
        isTransformed
        ? SlopeIndex.Ends(
          intercept: level - line.mean * slopes[draw], slope: slopes[draw], kind: kind)
        : SlopeIndex.Ends(intercept: intercepts[draw], slope: slopes[draw], kind: .other)
      slopes[draw] = ends.difference * multiplier
      intercepts[draw] = multiplier < 0 ? 1 / ends.ratio : ends.ratio
    }
    slopeIndex = Self.limits(&slopes, confidences)
    relativeIndex = Self.limits(&intercepts, confidences)
  }

  /// The quantiles of the draws, between neighbours in a straight line (type 7 of Hyndman and Fan 1996).
  private static func limits(_ draws: inout [Double], _ confidences: [Double]) -> [Interval] {
    // What each limit needs is put in its place, the outermost last: it lies among few by then.
    let last = Double(draws.count - 1)
    var order = Array(confidences.indices)
    order.sort { confidences[$0] < confidences[$1] }
    var limits = confidences.map { Interval(lower: .nan, upper: .nan, confidence: $0) }
    var low = draws.count
    var high = 0
    for index in order {
      let tail = (1 - confidences[index]) / 2
      let below = last * tail
      let above = last * (1 - tail)
      let (lower, upper) = (Int(below), min(Int(above), draws.count - 2))
      draws.withUnsafeMutableBufferPointer { draws in
        select(lower, UnsafeMutableBufferPointer(rebasing: draws[..<low]))
        select(upper - high, UnsafeMutableBufferPointer(rebasing: draws[high...]))
      }
      let next =
        draws[(lower + 1)..<max(low, lower + 1)].min() ?? draws[(lower + 1)...].min()
        ?? draws[lower]
      let beyond = draws[(upper + 1)...].min() ?? draws[upper]
      limits[index] = Interval(
        lower: draws[lower] + (below - Double(lower)) * (next - draws[lower]),
        upper: draws[upper] + (above - Double(upper)) * (beyond - draws[upper]),
        confidence: confidences[index])
      low = lower + 1
      high = upper
    }
    return limits
  }

  /// Puts the value that would be at `position` of the sorted values there, lower ones before and higher ones after it
  /// (Hoare 1961).
  private static func select(_ position: Int, _ values: UnsafeMutableBufferPointer<Double>) {
    var (low, high) = (0, values.count - 1)
    while low < high {
      let middle = (low + high) / 2
      // The middle of three, so that sorted values take no longer.
      if values[middle] < values[low] { values.swapAt(middle, low) }
      if values[high] < values[low] { values.swapAt(high, low) }
      if values[high] < values[middle] { values.swapAt(high, middle) }
      let pivot = values[middle]
      var (i, j) = (low, high)
      while i <= j {
        while values[i] < pivot { i += 1 }
        while values[j] > pivot { j -= 1 }
        if i <= j {
          values.swapAt(i, j)
          i += 1
          j -= 1
        }
      }
      if position <= j { high = j } else if position >= i { low = i } else { return }
    }
  }
}
