import Foundation

/// What the linkage of a place came to.
public struct SpineAccount: Codable, Sendable, Equatable {
  /// The different things that the landed records of all sources say of people.
  public var identities = 0
  /// Identities that say nothing of anybody, so that their records have no person.
  public var silent: Int?
  /// Those of them that differ where they have a number.
  public var records = 0
  public var people = 0
  /// The pairs of records that are links, and the weight from which on they are.
  public var links = 0
  public var threshold: Double?
  /// The best F1 that can be expected, given the probabilities; nil where the model was learnt before.
  public var expectedF1: Double?
  /// How many records the model was learnt from; nil where no two records agree on enough to be compared.
  public var learntFrom: Int?
  /// Whether there were matches to learn from; nil in accounts from before that was told apart, and where nothing was
  /// learnt.
  public var isLearnt: Bool?
  /// The records that are new or changed since the last linkage; nil where all pairs were compared.
  public var new: Int?
  public var decisions = 0
  /// How many of those were about pairs that the model weighed, and say how far it can be trusted.
  public var reviewed: Int?
  /// The share of matches that no blocking rule finds, estimated when the rules were chosen.
  public var missedByBlocking: Double?
  /// How many people were merged, split, or had records moved, since the last linkage.
  public var events: [String: Int] = [:]
  /// What the reader should know.
  public var notes: [String] = []

  package init() {}
}

extension SpineAccount {
  /// The account in a sentence or two.
  public var summary: String {
    func number(_ value: Int) -> String {
      value.formatted(.number.locale(.init(identifier: "en_GB")))
    }
    var text =
      "\(number(identities)) identities of all sources are of \(number(people)) people"
    if let new { text += "; \(number(new)) \(new == 1 ? "is" : "are") new or changed" }
    for kind in ["merged", "split", "moved"] {
      if let count = events[kind], count > 0 { text += "; \(number(count)) \(kind)" }
    }
    return text + "."
  }
}
