import Definitions
import Foundation
public import Linkage

/// What one or two reviewers said of pairs, put together.
public struct ReviewRound: Sendable {
  /// A pair that one of them looked at, with what each said of it.
  public struct Pair: Sendable, Hashable {
    public let one: PairDecision.Record
    public let other: PairDecision.Record
    public let verdicts: [ReviewVerdict]
    /// Where it stands in the file of the first who looked at it.
    public let line: Int
  }

  /// The pairs of which all reviewers said one thing, and are sure.
  public private(set) var decided: [Pair] = []
  /// The pairs on which reviewers differ, or are not sure.
  public private(set) var open: [Pair] = []
  /// How well two reviewers agree; nil where there is one.
  public let agreement: ReviewAgreement?

  /// - Parameter reviews: by reviewer, what was said.
  public init(_ reviews: [[ReviewFile.Reviewed]]) {
    var order: [ReviewFile.Reviewed] = []
    var verdicts: [[PairDecision.Record]: [ReviewVerdict]] = [:]
    for reviewed in reviews.joined() {
      let pair = [reviewed.one, reviewed.other]
      if verdicts[pair] == nil { order.append(reviewed) }
      verdicts[pair, default: []].append(reviewed.verdict)
    }
    let pairs = order.map {
      Pair(
        one: $0.one, other: $0.other, verdicts: verdicts[[$0.one, $0.other]] ?? [], line: $0.line)
    }
    for pair in pairs {
      if pair.verdicts.count == reviews.count, pair.decision != nil {
        decided.append(pair)
      } else {
        open.append(pair)
      }
    }
    agreement =
      reviews.count == 2
      ? ReviewAgreement(
        pairs.filter { $0.verdicts.count == 2 }.map { ($0.verdicts[0], $0.verdicts[1]) }) : nil
  }

  public var decisions: [PairDecision] { decided.compactMap(\.decision) }

  /// Puts the decisions of the round to those that there are.
  ///
  /// - Parameter file: that of the first reviewer, for what is wrong. Pairs are named by their lines there: their
  ///   ids may say who people are.
  /// - Throws: ``Definitions/Problem`` where they contradict each other.
  public func added(to earlier: [PairDecision], file: String) throws -> [PairDecision] {
    let known = Dictionary(earlier.map { ([$0.one, $0.other], $0.verdict) }) { first, _ in first }
    for pair in decided {
      guard let before = known[[pair.one, pair.other]], before != pair.decision?.verdict else {
        continue
      }
      throw Problem(
        file: file, line: pair.line, "The pair was decided otherwise before.",
        hint: "Take the earlier decision back first, if it was wrong.")
    }
    let all = Array(Set(earlier + decisions))
    if let broken = PairDecision.brokenChain(in: all) {
      throw Problem(
        file: file, line: decided.first { $0.decision == broken }?.line,
        decided.contains { $0.decision == broken }
          ? "The two are different people here, but other decisions make them one."
          : "Decisions make two records one person's of which it was decided before that they are not.",
        hint: "Look at the pairs that lead from one to the other, and change one.")
    }
    return all
  }

  /// The round in words.
  public func summary(file: String) -> String {
    var lines: [String] = []
    if let agreement {
      var line = "Both looked at \(agreement.both) pairs and agree on \(agreement.agreed) of them"
      if let kappa = agreement.kappa, let interval = agreement.interval {
        func short(_ value: Double) -> String { String(format: "%.2f", value) }
        line +=
          ": beyond chance, kappa is \(short(kappa)) (95% interval \(short(interval.lowerBound)) to "
          + "\(short(interval.upperBound)); 1 is full agreement, 0 is chance)"
      }
      lines.append(line + ".")
    }
    let same = decisions.count { $0.verdict == .same }
    lines.append(
      "\(decided.count) pairs are decided: \(same) the same person, "
        + "\(decided.count - same) different people. \(open.count) are open.")
    for pair in open.prefix(20) {
      lines.append(
        "  line \(pair.line) of \(file): \(pair.verdicts.map(\.rawValue).joined(separator: ", "))")
    }
    if open.count > 20 { lines.append("  and \(open.count - 20) more") }
    return lines.joined(separator: "\n")
  }
}

extension ReviewRound.Pair {
  /// What all who looked at it say; nil where they differ or are not sure.
  public var decision: PairDecision? {
    guard let first = verdicts.first, verdicts.allSatisfy({ $0 == first }) else { return nil }
    return PairDecision.Verdict(rawValue: first.rawValue).map { PairDecision(one, other, $0) }
  }
}
