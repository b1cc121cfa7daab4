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
}

extension ReviewRound.Pair {
  /// What all who looked at it say; nil where they differ or are not sure.
  public var decision: PairDecision? {
    guard let first = verdicts.first, verdicts.allSatisfy({ $0 == first }) else { return nil }
    return PairDecision.Verdict(rawValue: first.rawValue).map { PairDecision(one, other, $0) }
  }
}
