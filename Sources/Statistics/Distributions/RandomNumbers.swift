import Foundation

/// Random numbers from a seed: the same seed gives the same numbers on every machine.
///
/// xoshiro256++ (Blackman and Vigna 2019), seeded by SplitMix64.
public struct RandomNumbers: RandomNumberGenerator, Sendable {
  private var s0: UInt64
  private var s1: UInt64
  private var s2: UInt64
  private var s3: UInt64

  public init(seed: UInt64) {
    var state = seed
    func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
    (s0, s1, s2, s3) = (next(), next(), next(), next())
  }

  @inline(__always)
  public mutating func next() -> UInt64 {
    let sum = s0 &+ s3
    let result = ((sum << 23) | (sum >> 41)) &+ s0
    let shifted = s1 << 17
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= shifted
    s3 = (s3 << 45) | (s3 >> 19)
    return result
  }

  /// A number from 0 to below 1, in steps of 2^-53.
  @inline(__always)
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A number of the standard normal distribution.
  public mutating func normal() -> Double { Ziggurat.standard.draw(&self) }
}

/// Draws of the standard normal distribution by layers of equal area.
///
/// Marsaglia and Tsang (2000), The ziggurat method, with 256 layers; the layer and the place within it come of separate
/// bits, as Doornik (2005) asks for.
struct Ziggurat: Sendable {
  static let standard = Ziggurat()

  /// Where the last layer ends and the tail begins, and the area of a layer.
  private static let tail = 3.654_152_885_361_009
  private static let area = 0.004_928_673_233_992_336

  /// For each layer its width, and the density at it.
  private let x: [Double]
  private let y: [Double]

  init() {
    func density(_ x: Double) -> Double { exp(-0.5 * x * x) }
    var x = [Double](repeating: 0, count: 257)
    x[0] = Self.area / density(Self.tail)
    x[1] = Self.tail
    for layer in 2..<256 {
      x[layer] = (-2 * log(Self.area / x[layer - 1] + density(x[layer - 1]))).squareRoot()
    }
    x[256] = 0
    self.x = x
    y = x.map(density)
  }

  /// Fills `values` with draws.
  func fill(_ values: UnsafeMutableBufferPointer<Double>, _ random: inout RandomNumbers) {
    x.withUnsafeBufferPointer { x in
      for index in values.indices {
        let bits = random.next()
        let layer = Int(bits & 255)
        let u = Double(Int64(bitPattern: bits) >> 11) * 0x1p-52
        let value = u * x[layer]
        values[index] = abs(value) < x[layer + 1] ? value : outside(layer, value, &random)
      }
    }
  }

  func draw(_ random: inout RandomNumbers) -> Double {
    let bits = random.next()
    let layer = Int(bits & 255)
    let u = Double(Int64(bitPattern: bits) >> 11) * 0x1p-52
    let value = u * x[layer]
    return abs(value) < x[layer + 1] ? value : outside(layer, value, &random)
  }

  /// What is drawn where `value` is not within the next layer: in the tail, under the curve, or anew.
  private func outside(_ layer: Int, _ value: Double, _ random: inout RandomNumbers) -> Double {
    if layer == 0 {
      // Marsaglia (1964): the tail beyond the last layer.
      while true {
        let beyond = -log(1 - random.uniform()) / Self.tail
        let height = -log(1 - random.uniform())
        if 2 * height > beyond * beyond {
          return value < 0 ? -Self.tail - beyond : Self.tail + beyond
        }
      }
    }
    let height = y[layer] + random.uniform() * (y[layer + 1] - y[layer])
    return height < exp(-0.5 * value * value) ? value : draw(&random)
  }
}
