#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The standard normal curve, as quickly as drawing lives for millions of people needs it.
enum NormalCurve {
  /// The share of the curve below `x`.
  static func below(_ x: Double) -> Double { 0.5 * erfc(-x * 0.707_106_781_186_547_5) }

  /// The value below which `share` of the curve lies; relative error under 1.15e-9 (Acklam 2003).
  static func quantile(_ share: Double) -> Double {
    let p = min(max(share, 1e-12), 1 - 1e-12)
    let low = 0.02425
    if p < low || p > 1 - low {
      let q = (-2 * log(p < low ? p : 1 - p)).squareRoot()
      let top =
        ((((-7.784894002430293e-03 * q - 3.223964580411365e-01) * q - 2.400758277161838) * q
          - 2.549732539343734) * q + 4.374664141464968) * q + 2.938163982698783
      let bottom =
        (((7.784695709041462e-03 * q + 3.224671290700398e-01) * q + 2.445134137142996) * q
          + 3.754408661907416) * q + 1
      return p < low ? top / bottom : -top / bottom
    }
    let q = p - 0.5
    let r = q * q
    let top =
      (((((-3.969683028665376e+01 * r + 2.209460984245205e+02) * r - 2.759285104469687e+02) * r
        + 1.383577518672690e+02) * r - 3.066479806614716e+01) * r + 2.506628277459239) * q
    let bottom =
      ((((-5.447609879822406e+01 * r + 1.615858368580409e+02) * r - 1.556989798598866e+02) * r
        + 6.680131188771972e+01) * r - 1.328068155288572e+01) * r + 1
    return top / bottom
  }
}
