/// A generator of random numbers whose whole state is one number: the same seed gives the same numbers
/// everywhere (SplitMix64; Steele, Lea and Flood 2014).
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  @inline(__always)
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return mixed(state)
  }

  /// A number from 0 to below `bound`, all as likely but for what 64 bits leave over.
  @inline(__always)
  mutating func below(_ bound: Int) -> Int {
    Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(bound)).high)
  }
}

/// Scatters a number: each bit of it changes about half of the bits of the result.
@inline(__always)
func mixed(_ number: UInt64) -> UInt64 {
  var z = number
  z = (z ^ (z &>> 30)) &* 0xBF58_476D_1CE4_E5B9
  z = (z ^ (z &>> 27)) &* 0x94D0_49BB_1331_11EB
  return z ^ (z &>> 31)
}
