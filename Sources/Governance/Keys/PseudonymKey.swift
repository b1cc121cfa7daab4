import Crypto
import Foundation

/// The secret that a place's pseudonyms follow from. Whoever has it can test a guess at an identifier,
/// so it lies sealed in the vault.
public struct PseudonymKey: Sendable {
  let key: SymmetricKey

  /// A new key, from the system's source of random numbers.
  public init() { key = SymmetricKey(size: .bits256) }

  /// Reads 64 hexadecimal digits; nil for anything else.
  public init?(hexadecimal text: String) {
    guard let key = SymmetricKey(hexadecimal: text) else { return nil }
    self.key = key
  }

  init(_ key: SymmetricKey) { self.key = key }

  /// Tells keys apart without telling anything of them: a hash that only the key gives.
  public var fingerprint: String { key.fingerprint }
}

extension SymmetricKey {
  /// Reads 64 hexadecimal digits; nil for anything else.
  init?(hexadecimal text: String) {
    let digits = Array(text.utf8)
    guard digits.count == 64 else { return nil }
    var bytes: [UInt8] = []
    for position in stride(from: 0, to: 64, by: 2) {
      let pair = String(decoding: digits[position..<position + 2], as: UTF8.self)
      guard let byte = UInt8(pair, radix: 16), pair.first != "+" else { return nil }
      bytes.append(byte)
    }
    self.init(data: bytes)
  }

  /// The key as hexadecimal digits.
  var hexadecimal: String { withUnsafeBytes { Array($0) }.hexadecimal }

  /// A hash that only the key gives.
  var fingerprint: String {
    let code = HMAC<SHA256>.authenticationCode(for: Data("kith key fingerprint".utf8), using: self)
    return Array(code.prefix(8)).hexadecimal
  }
}

extension [UInt8] {
  fileprivate var hexadecimal: String {
    map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
