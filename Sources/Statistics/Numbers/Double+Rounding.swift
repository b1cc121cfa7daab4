extension Double {
  /// The number to so many decimals, by its exact value: 23.065 is a little more than that and becomes 23.07, 24.455 a
  /// little less and becomes 24.45, as in R, Python and C.
  ///
  /// A product with a power of ten is itself rounded: where it comes to lie on a half, what it lost says which side the
  /// number is on.
  ///
  /// - Parameter ties: what becomes of a number that lies exactly between two, such as 0.125: the even one, or the one away
  ///   from zero.
  public func rounded(
    toDecimals decimals: Int, ties: FloatingPointRoundingRule = .toNearestOrEven
  ) -> Double {
    guard (0...22).contains(decimals) else { return self }
    // Powers of ten up to 22 are exact.
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let product = self * scale
    // Larger numbers have no such decimals.
    guard product.magnitude < 0x1p52 else { return self }
    let lost = (-product).addingProduct(self, scale)
    let below = product.rounded(.down)
    guard product - below == 0.5, lost != 0 else { return product.rounded(ties) / scale }
    return (lost > 0 ? below + 1 : below) / scale
  }
}
