import Foundation

/// Two comparisons that go together: who has the same forename is mostly of the same sex, so that the two are not
/// two proofs.
///
/// The pairs of comparisons of a model are a forest, each level's probability in one being conditional on the
/// level in the other (Chow and Liu 1968, IEEE Trans Inf Theory 14: 462).
public struct Dependence: Codable, Hashable, Sendable {
  public let one: String
  public let other: String
  /// By level of one and of the other: the binary logarithm of how much more often they are seen together, in
  /// matches and in unrelated pairs, than if they had nothing to do with each other.
  public let match: [[Double]]
  public let random: [[Double]]
  /// How much the weight of a match would be wrong otherwise, on the whole, in bits.
  public let bits: Double
}

/// Finds the comparisons that go together.
struct DependenceSearch {
  let comparisons: [Comparison]
  let code: PatternCode

  /// Pairs of comparisons that would be wrong by less are taken for independent.
  private static let leastBits = 0.05
  /// How many pairs' worth it weighs that nothing goes together.
  private static let priorWeight = 20.0

  /// How often levels come together, known in both.
  private struct Joint {
    var counts: [[Double]]

    init(_ one: Comparison, _ other: Comparison) {
      counts = [[Double]](
        repeating: [Double](repeating: 0, count: other.levelCount), count: one.levelCount)
    }

    /// How much more often levels come together than they would by chance, as binary logarithms; near 0 where
    /// few pairs are to be expected, for then few tell.
    var lifts: [[Double]] {
      let total = counts.reduce(0) { $0 + $1.reduce(0, +) }
      guard total > 0, let first = counts.first else { return counts }
      let columns = first.indices.map { column in counts.reduce(0) { $0 + $1[column] } }
      return counts.map { row in
        let sum = row.reduce(0, +)
        return zip(row, columns).map { count, column in
          log2((count + priorWeight) / (sum * column / total + priorWeight))
        }
      }
    }
  }

  /// - Parameters:
  ///   - blind: how often each pattern came up among pairs taken blindly.
  func found(
    _ data: PatternData, _ fit: MixtureFit, blind: [(number: UInt64, count: Int)]
  ) -> [Dependence] {
    var edges: [(one: Int, other: Int, dependence: Dependence)] = []
    for one in comparisons.indices {
      for other in comparisons.indices where other > one {
        let random = random(one, other, blind).lifts
        let match = match(one, other, data, fit).lifts
        let levels = fit.levels[LinkClass.match.rawValue]
        var bits = 0.0
        for a in comparisons[one].knownLevels {
          for b in comparisons[other].knownLevels {
            bits += levels[one][a] * levels[other][b] * abs(match[a][b] - random[a][b])
          }
        }
        guard bits >= Self.leastBits else { continue }
        edges.append(
          (
            one, other,
            Dependence(
              one: comparisons[one].name, other: comparisons[other].name, match: match,
              random: random, bits: bits)
          ))
      }
    }
    // The strongest first, each joining two trees (Kruskal 1956).
    var sets = UnionFind(comparisons.count)
    var kept: [Dependence] = []
    for edge in edges.sorted(by: { ($1.dependence.bits, $0.one) < ($0.dependence.bits, $1.one) })
    where sets.root(edge.one) != sets.root(edge.other) {
      sets.join(edge.one, edge.other)
      kept.append(edge.dependence)
    }
    return kept
  }

  private func random(
    _ one: Int, _ other: Int, _ blind: [(number: UInt64, count: Int)]
  ) -> Joint {
    var joint = Joint(comparisons[one], comparisons[other])
    for (number, count) in blind {
      let pattern = UInt32(truncatingIfNeeded: number)
      add(Double(count), pattern, one, other, &joint)
    }
    return joint
  }

  /// The pairs of rules that touch neither, by how likely they are matches.
  private func match(
    _ one: Int, _ other: Int, _ data: PatternData, _ fit: MixtureFit
  ) -> Joint {
    var joint = Joint(comparisons[one], comparisons[other])
    let fields = comparisons[one].fields.union(comparisons[other].fields)
    for (rule, own) in data.rules.enumerated() where own.given.isDisjoint(with: fields) {
      let kept = comparisons.map { $0.fields.isDisjoint(with: own.given) }
      for entry in data.entries where entry.rules & 1 << UInt32(rule) != 0 {
        let weight = probability(entry, rule, kept, fit)
        if weight > 0.001 { add(entry.count * weight, entry.pattern, one, other, &joint) }
      }
    }
    return joint
  }

  /// The probability that pairs of a rule are matches.
  private func probability(
    _ entry: PatternData.Entry, _ rule: Int, _ kept: [Bool], _ fit: MixtureFit
  ) -> Double {
    var (all, match) = (0.0, 0.0)
    for linkClass in LinkClass.allCases where entry.known.allows(linkClass.rawValue) {
      var product = fit.shares[rule][linkClass.rawValue]
      guard product > 0 else { continue }
      for comparison in comparisons.indices where kept[comparison] {
        let level = code.level(comparison, in: entry.pattern)
        if comparisons[comparison].isKnown(level) {
          product *= fit.levels[linkClass.rawValue][comparison][level]
        }
      }
      all += product
      if linkClass == .match { match = product }
    }
    return all > 0 ? match / all : 0
  }

  private func add(
    _ count: Double, _ pattern: UInt32, _ one: Int, _ other: Int, _ joint: inout Joint
  ) {
    let (a, b) = (code.level(one, in: pattern), code.level(other, in: pattern))
    guard comparisons[one].isKnown(a), comparisons[other].isKnown(b) else { return }
    joint.counts[a][b] += count
  }
}

extension Comparison {
  /// The levels that say something.
  fileprivate var knownLevels: [Int] { (0..<levelCount).filter(isKnown) }
}
