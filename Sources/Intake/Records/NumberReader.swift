/// Reads numbers as files write them: an optional sign, digits, an optional point and digits.
enum NumberReader {
  /// The number, or nil for anything else; no thousands separators, no exponent, no words.
  static func number(_ bytes: UnsafeRawBufferPointer) -> Double? {
    var position = 0
    let isNegative = bytes.first == UInt8(ascii: "-")
    if isNegative || bytes.first == UInt8(ascii: "+") { position = 1 }
    var (digits, decimals): (UInt64, Int) = (0, 0)
    var (count, hasPoint) = (0, false)
    while position < bytes.count {
      let byte = bytes[position]
      if byte.isDigit {
        // Eighteen digits are exact in 64 bits; more are read by the library.
        guard count < 18 else { return Double(String(decoding: bytes, as: UTF8.self)) }
        digits = digits * 10 + UInt64(byte - 0x30)
        count += 1
        if hasPoint { decimals += 1 }
      } else if byte == UInt8(ascii: "."), !hasPoint {
        hasPoint = true
      } else {
        return nil
      }
      position += 1
    }
    guard count > 0 else { return nil }
    // Both are exact below 2^53 and 10^22, so that one division rounds correctly (Clinger 1990).
    guard digits < 1 << 53, decimals <= 22 else {
      return Double(String(decoding: bytes, as: UTF8.self))
    }
    let magnitude = Double(digits) / powers[decimals]
    return isNegative ? -magnitude : magnitude
  }

  private static let powers: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
    1e18, 1e19, 1e20, 1e21, 1e22,
  ]
}
