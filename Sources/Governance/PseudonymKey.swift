import Crypto
public import Foundation

/// The secret that a place's pseudonyms follow from. Whoever has it can test a guess at an identifier,
/// so it is kept apart from the data.
public struct PseudonymKey: Sendable {
  let key: SymmetricKey

  /// The variable that may hold the key, as 64 hexadecimal digits.
  public static let variable = "KITH_KEY"

  /// A new key, from the system's source of random numbers.
  public init() { key = SymmetricKey(size: .bits256) }

  /// Reads 64 hexadecimal digits; nil for anything else.
  public init?(hexadecimal text: String) {
    let digits = Array(text.utf8)
    guard digits.count == 64 else { return nil }
    var bytes: [UInt8] = []
    for position in stride(from: 0, to: 64, by: 2) {
      let pair = String(decoding: digits[position..<position + 2], as: UTF8.self)
      guard let byte = UInt8(pair, radix: 16), pair.first != "+" else { return nil }
      bytes.append(byte)
    }
    key = SymmetricKey(data: bytes)
  }

  /// Tells keys apart without telling anything of them: a hash that only the key gives.
  public var fingerprint: String {
    let code = HMAC<SHA256>.authenticationCode(for: Data("kith key fingerprint".utf8), using: key)
    return code.prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// The key as 64 hexadecimal digits.
  var hexadecimal: String {
    key.withUnsafeBytes { bytes in
      bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
  }

  /// The place's key: from the environment, else from `file`, which is made where it is missing.
  ///
  /// - Throws: ``GovernanceError`` where what is there is no key, or the file cannot be made or may be
  ///   read by others.
  public static func ofPlace(
    file: URL, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> PseudonymKey {
    if let text = environment[variable] {
      guard let key = PseudonymKey(hexadecimal: text) else {
        throw GovernanceError(
          variable, "The variable is no key.",
          hint: "A key is 64 hexadecimal digits, as `openssl rand -hex 32` makes.")
      }
      return key
    }
    if let data = FileManager.default.contents(atPath: file.path) {
      return try read(data, file)
    }
    let key = PseudonymKey()
    let descriptor = open(file.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw GovernanceError(
        file.path, "The key cannot be written: \(String(cString: strerror(errno))).",
        hint: "Check that you may write there.")
    }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    try handle.write(contentsOf: Data((key.hexadecimal + "\n").utf8))
    try handle.synchronize()
    return key
  }

  private static func read(_ data: Data, _ file: URL) throws -> PseudonymKey {
    let text = String(decoding: data, as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    guard let key = PseudonymKey(hexadecimal: text) else {
      throw GovernanceError(
        file.path, "The file holds no key.",
        hint: "A key is 64 hexadecimal digits. Without the right key records no longer link: bring "
          + "the file back from its copy.")
    }
    let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
    if let mode = attributes[.posixPermissions] as? Int, mode & 0o077 != 0 {
      throw GovernanceError(
        file.path, "Others than its owner may read the key.", hint: "Run: chmod 600 \(file.path)")
    }
    return key
  }
}
