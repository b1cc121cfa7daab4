import Synchronization

/// Sorted values of a measure among units of one kind, kept once they have been asked for.
final class RankingCache: Sendable {
  private struct Key: Hashable {
    let series: Int
    let kind: String
  }

  private let sorted = Mutex<[Key: [Double]]>([:])

  func values(series: Int, kind: String, make: () -> [Double]) -> [Double] {
    let key = Key(series: series, kind: kind)
    if let known = sorted.withLock({ $0[key] }) { return known }
    // Sorting happens outside the lock; two requests may both do it, and get the same.
    let values = make().sorted()
    sorted.withLock { $0[key] = values }
    return values
  }
}

/// Where a unit stands among units of its kind.
public struct PeerRank: Sendable, Equatable {
  /// How many peers have a lower value, a higher one, and how many there are without the unit.
  public let lower: Int
  public let higher: Int
  public let peers: Int
  public let median: Double

  /// The share of peers with a lower value, from 0 to 1; equal values count half.
  public var position: Double {
    peers == 0 ? 0.5 : (Double(lower) + Double(peers - lower - higher) / 2) / Double(peers)
  }
}

extension Atlas {
  /// Where `unit` stands among units of its kind that have a known value; nil where its own is not
  /// known or there is no peer.
  public func rank(_ series: Series, of unit: AtlasUnit) -> PeerRank? {
    guard let value = figure(series, unit).value else { return nil }
    let values = rankings.values(series: series.id, kind: unit.kind) {
      knownValues(series, ofKind: unit.kind).map(\.value)
    }
    guard values.count > 1 else { return nil }
    let lower = values.partitioningIndex { $0 >= value }
    let upTo = values.partitioningIndex { $0 > value }
    return PeerRank(
      lower: lower, higher: values.count - upTo, peers: values.count - 1,
      median: values.median)
  }
}

extension Atlas {
  /// Whether any unit of `kind` has a known value in the series.
  public func hasFigures(_ series: Series, ofKind kind: String) -> Bool {
    !rankings.values(series: series.id, kind: kind) {
      knownValues(series, ofKind: kind).map(\.value)
    }.isEmpty
  }
}

extension Array where Element == Double {
  /// The first position whose element meets `predicate`, in an array that is sorted by it.
  package func partitioningIndex(where predicate: (Double) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if predicate(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// The middle of sorted values, or the mean of the two in the middle.
  fileprivate var median: Double {
    count % 2 == 1 ? self[count / 2] : (self[count / 2 - 1] + self[count / 2]) / 2
  }
}
