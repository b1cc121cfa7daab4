import Foundation

/// The pairs of some records: those that were taken to be of one person, by how likely they are, and how many of the
/// others are to be expected to be as well.
///
/// The classes are a unit of the match weight wide, so that the pairs of one are about as likely as each other. The
/// weight is that of the evidence as a whole: see ``ClusterEvidence``.
public struct PairCounts: Sendable, Hashable {
  public static let classes = 32
  static let lowest = -12

  /// By class, the pairs whose records were taken to be of one person.
  public var found = [Int](repeating: 0, count: classes)
  /// The matches to be expected among the other pairs that were looked at, and the standard deviation of that. As it
  /// comes of what is not known of the model, that of a sum is the sum of all.
  public var missed = 0.0
  public var missedDeviation = 0.0

  public init() {}

  init(found: [Int], missed: Double, missedDeviation: Double) {
    (self.found, self.missed, self.missedDeviation) = (found, missed, missedDeviation)
  }

  /// The class of a match weight.
  public static func weightClass(_ weight: Double) -> Int {
    min(max(Int(weight.rounded(.down)) - lowest, 0), classes - 1)
  }

  public static func += (sum: inout PairCounts, more: PairCounts) {
    for index in 0..<classes {
      sum.found[index] += more.found[index]
    }
    sum.missed += more.missed
    sum.missedDeviation += more.missedDeviation
  }

  /// How many pairs were taken to be of one person.
  public var foundCount: Int { found.reduce(0, +) }
}

/// The groups that records count for: a number for each different combination of groups that there is.
///
/// A record that stands for several, which say the same, counts for the group of each.
public struct RecordStrata: Sendable {
  private let starts: [UInt32]?
  let strata: [UInt32]
  public let count: Int

  /// - Parameters:
  ///   - strata: the stratum of each record.
  ///   - count: how many strata there are.
  public init(_ strata: [UInt32], count: Int) {
    starts = nil
    self.strata = strata
    self.count = count
  }

  /// - Parameters:
  ///   - records: for each thing that is counted, the record that stands for it.
  ///   - strata: its stratum.
  ///   - recordCount: how many records there are.
  ///   - count: how many strata there are.
  public init(records: [UInt32], strata: [UInt32], recordCount: Int, count: Int) {
    var starts = [UInt32](repeating: 0, count: recordCount + 1)
    for record in records { starts[Int(record) + 1] += 1 }
    for record in 0..<recordCount { starts[record + 1] += starts[record] }
    var next = starts
    var sorted = [UInt32](repeating: 0, count: strata.count)
    for (place, record) in records.enumerated() {
      sorted[Int(next[Int(record)])] = strata[place]
      next[Int(record)] += 1
    }
    self.starts = starts
    self.strata = sorted
    self.count = count
  }

  /// Where the strata that a record counts for are.
  @inline(__always)
  func places(_ record: Int) -> Range<Int> {
    guard let starts else { return record..<(record + 1) }
    return Int(starts[record])..<Int(starts[record + 1])
  }

  /// How many things a record stands for.
  @inline(__always)
  func size(_ record: Int) -> Int { places(record).count }
}
