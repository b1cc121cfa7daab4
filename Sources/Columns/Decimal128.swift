/// An exact decimal: `unscaled` divided by ten to the power `scale`.
public struct Decimal128: Hashable, Sendable, CustomStringConvertible {
  public let unscaled: Int128
  public let scale: Int

  public init(unscaled: Int128, scale: Int) {
    self.unscaled = unscaled
    self.scale = scale
  }

  /// The nearest floating-point number.
  public var doubleValue: Double {
    // Parsing the digits rounds once; dividing by a power of ten would round twice.
    Double(description) ?? .nan
  }

  public var description: String {
    guard scale > 0 else { return "\(unscaled)" + String(repeating: "0", count: -scale) }
    let negative = unscaled < 0
    var digits = String(unscaled.magnitude)
    if digits.count <= scale {
      digits = String(repeating: "0", count: scale - digits.count + 1) + digits
    }
    let point = digits.index(digits.endIndex, offsetBy: -scale)
    return (negative ? "-" : "") + digits[..<point] + "." + digits[point...]
  }
}
