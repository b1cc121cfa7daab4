#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Random numbers that are the same for the same seed, on every machine.
///
/// SplitMix64 (Steele, Lea and Flood 2014).
public struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  /// A stream of its own for one purpose, so that a change in one part leaves the others as they were.
  public init(seed: UInt64, purpose: String) { state = seed ^ Self.hash(purpose) }

  /// A stream of its own for one purpose and one of many, such as an area: what is drawn for one does
  /// not depend on which thread drew the others, or when.
  init(seed: UInt64, purpose: String, index: Int) {
    var first = SeededGenerator(seed: seed, purpose: purpose)
    var second = SeededGenerator(seed: first.next() ^ UInt64(truncatingIfNeeded: index))
    state = second.next()
  }

  /// FNV-1a: Swift's own hashes differ from run to run.
  private static func hash(_ text: String) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return hash
  }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Evenly spread over [0, 1).
  mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Evenly spread over a range.
  mutating func uniform(_ low: Double, _ high: Double) -> Double {
    low + (high - low) * uniform()
  }

  /// Evenly spread over 0 ..< `count`.
  mutating func below(_ count: Int) -> Int {
    Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(count)).high)
  }

  /// True with a probability.
  mutating func chance(_ probability: Double) -> Bool { uniform() < probability }

  /// Normally spread with mean 0 and standard deviation 1 (Box and Muller 1958).
  mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * .pi * uniform())
  }

  /// The number of events where `mean` are expected (Poisson; by waiting times, so for small means).
  mutating func poisson(_ mean: Double) -> Int {
    guard mean > 0 else { return 0 }
    if mean > 30 { return max(0, Int((mean + mean.squareRoot() * normal()).rounded())) }
    let limit = exp(-mean)
    var product = uniform()
    var count = 0
    while product > limit {
      product *= uniform()
      count += 1
    }
    return count
  }

  /// An exponential waiting time with the given mean.
  mutating func exponential(mean: Double) -> Double { -mean * log(1 - uniform()) }

  /// The index of one of `weights`, each as likely as it is large; 0 where all are nought.
  mutating func pick(_ weights: [Double]) -> Int {
    var rest = uniform() * weights.reduce(0, +)
    for (index, weight) in weights.enumerated() {
      rest -= weight
      if rest < 0 { return index }
    }
    return weights.lastIndex { $0 > 0 } ?? 0
  }
}

/// A choice among many whose weights do not change, made in constant time (Walker 1977, Vose 1991).
struct WeightedChoice: Sendable {
  private let limits: [Double]
  private let others: [Int32]
  var count: Int { limits.count }

  init(_ weights: [Double]) {
    let total = weights.reduce(0, +)
    precondition(!weights.isEmpty && total > 0, "a choice needs something to choose")
    var scaled = weights.map { $0 * Double(weights.count) / total }
    var limits = Array(repeating: 1.0, count: weights.count)
    var others = (0..<weights.count).map { Int32($0) }
    var small = scaled.indices.filter { scaled[$0] < 1 }
    var large = scaled.indices.filter { scaled[$0] >= 1 }
    while let less = small.popLast(), let more = large.popLast() {
      limits[less] = scaled[less]
      others[less] = Int32(more)
      scaled[more] -= 1 - scaled[less]
      if scaled[more] < 1 { small.append(more) } else { large.append(more) }
    }
    self.limits = limits
    self.others = others
  }

  func pick(_ random: inout SeededGenerator) -> Int {
    let index = random.below(limits.count)
    return random.uniform() < limits[index] ? index : Int(others[index])
  }
}
