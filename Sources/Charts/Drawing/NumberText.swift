import Statistics

/// A number as people read it: commas between thousands, a fixed number of decimals.
///
/// Rounds by the exact value, and what lies exactly between away from zero, as published statistics do.
public func numberText(_ value: Double, decimals: Int) -> String {
  guard value.isFinite else { return "–" }
  var scale = 1.0
  for _ in 0..<max(0, decimals) { scale *= 10 }
  // A whole number but for the last digit of the product.
  let scaled =
    (abs(value).rounded(toDecimals: decimals, ties: .toNearestOrAwayFromZero) * scale).rounded()
  guard scaled < 9e18 else { return "\(value)" }
  let digits = Int64(scaled)
  let whole = digits / Int64(scale)
  let fraction = digits % Int64(scale)
  var text = ""
  for (index, digit) in String(whole).reversed().enumerated() {
    if index > 0, index % 3 == 0 { text.append(",") }
    text.append(digit)
  }
  text = String(text.reversed())
  if decimals > 0 {
    let part = String(fraction)
    text += "." + String(repeating: "0", count: decimals - part.count) + part
  }
  return value < 0 && digits != 0 ? "−" + text : text
}
