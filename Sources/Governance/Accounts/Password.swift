import CryptoExtras
import Foundation

/// Passwords: how they are kept, and which are accepted.
public enum Password {
  /// The cost of scrypt: N = 2^17, r = 8, p = 1, which takes 128 MiB and some tenths of a second (OWASP, Password Storage
  /// Cheat Sheet, "scrypt").
  package struct Cost: Sendable {
    var rounds = 1 << 17
    var blockSize = 8
    var parallelism = 1

    /// A cost for tests, of next to nothing.
    package static let little = Cost(rounds: 1 << 4)
  }

  /// A password as it is kept: `scrypt$N$r$p$salt$key`, the last two in base64.
  static func hash(_ password: String, cost: Cost = Cost()) throws -> String {
    let salt = Data((0..<16).map { _ in UInt8.random(in: 0...255) })
    let key = try derive(password, salt, cost)
    return [
      "scrypt", "\(cost.rounds)", "\(cost.blockSize)", "\(cost.parallelism)",
      salt.base64EncodedString(), key.base64EncodedString(),
    ].joined(separator: "$")
  }

  /// Whether a password is the one that was kept.
  static func matches(_ password: String, _ kept: String) throws -> Bool {
    // HMAC pads its key with zeros, so that a password with a zero behind it would be the same.
    guard !hasControls(password) else { return false }
    let parts = kept.split(separator: "$").map(String.init)
    guard parts.count == 6, parts[0] == "scrypt", let rounds = Int(parts[1]),
      let blockSize = Int(parts[2]), let parallelism = Int(parts[3]),
      let salt = Data(base64Encoded: parts[4]), let key = Data(base64Encoded: parts[5])
    else { return false }
    let cost = Cost(rounds: rounds, blockSize: blockSize, parallelism: parallelism)
    return isSame(try derive(password, salt, cost), key)
  }

  private static func hasControls(_ password: String) -> Bool {
    password.unicodeScalars.contains { $0.properties.generalCategory == .control }
  }

  private static func derive(_ password: String, _ salt: Data, _ cost: Cost) throws -> Data {
    // The same password may be typed with composed or decomposed letters (RFC 8265, section 4.2: NFC).
    let bytes = Data(password.precomposedStringWithCanonicalMapping.utf8)
    let key = try KDF.Scrypt.deriveKey(
      from: bytes, salt: salt, outputByteCount: 32, rounds: cost.rounds, blockSize: cost.blockSize,
      parallelism: cost.parallelism)
    return key.withUnsafeBytes { Data($0) }
  }

  /// Whether two texts of bytes are the same, in a time that does not tell where they differ.
  static func isSame(_ one: Data, _ other: Data) -> Bool {
    guard one.count == other.count else { return false }
    return zip(one, other).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }

  /// Why a password is not accepted; nil for a good one (NCSC: length before complexity).
  public static func refusal(_ password: String, for account: String) -> String? {
    if password.count < 12 {
      return
        "The password has \(password.count) characters; 12 is the least. Three random words make a good one."
    }
    if hasControls(password) {
      return "The password has a character that cannot be typed, such as a tab or a line break."
    }
    if password.count > 200 { return "The password is longer than 200 characters." }
    let plain = password.lowercased()
    let own = account.lowercased().split(separator: "@").first.map(String.init) ?? ""
    if own.count > 3, plain.contains(own) {
      return "The password contains the name of the account."
    }
    if Set(plain).count < 5 { return "The password repeats the same few characters." }
    for common in ["password", "123456789", "qwertyuiop", "letmein"] where plain.contains(common) {
      return "The password contains '\(common)', which is among the first that anybody tries."
    }
    return nil
  }

  /// A password that nobody has thought of: 20 letters and digits in groups, of some 99 bits.
  public static func generated() -> String {
    // Letters and digits that are not taken for each other.
    let letters = Array("abcdefghjkmnpqrstuvwxyz23456789")
    return (0..<4).map { _ in
      String((0..<5).map { _ in letters[Int.random(in: 0..<letters.count)] })
    }.joined(separator: "-")
  }
}
