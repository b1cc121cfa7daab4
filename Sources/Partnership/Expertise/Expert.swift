import Foundation

/// Somebody who may know, and why one should think so.
public struct Expert: Sendable {
  /// One thing that they did.
  public struct Evidence: Sendable {
    public let kind: RecordKind.ID
    public let number: RecordNumber
    public let title: String
    /// What they are in it: the name of the field that names them.
    public let role: String
    public let topics: [Topic]
    public let day: Day?
  }

  public let person: RecordNumber
  /// The topics of the question that they say they know about, or that what they did was about.
  public let topics: [Topic]
  /// The other words of the question that stand in what they say of themselves.
  public let words: [String]
  /// What they did that was about it, the latest first.
  public let evidence: [Evidence]
  /// What of what is asked for they offer.
  public let offers: [String]
  /// Over how many ties they can be reached; nil where there is no way, or nobody asks.
  public let steps: Int?
  /// How often they were asked for in the last three months.
  public let asked: Int
  /// What they are put in order by, among those who cover as much of the question.
  public let score: Double

  /// How much there is for it: 1 for what they say of themselves, and for what they did the logarithm (base 2) of
  /// 1 more than the sum of its weights, twice; half more for somebody one tie away, a quarter for two; less for each
  /// four times that they were asked lately, so that the same few are not asked always. A convention of Kith's.
  static func score(stated: Double, evidence: Double, steps: Int?, asked: Int) -> Double {
    let near = steps.map { $0 > 0 ? 1 + 0.5 / Double($0) : 1 } ?? 1
    return (stated + 2 * log2(1 + evidence)) * near / (1 + Double(asked) / 4)
  }

  /// What something that they did counts: work that they answer for more than having been there, and all of it half
  /// after a year; what has no day counts as of now.
  static func weight(_ role: String, age days: Int?) -> Double {
    let weight = role == "people" ? 1.0 : 2.0
    return weight * exp2(-Double(max(0, days ?? 0)) / Relationships.halfLife)
  }
}
