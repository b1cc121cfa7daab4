import Crypto
import Foundation

/// Makes keyed Bloom filters of a record's tokens: cryptographic long-term keys (Schnell, Bachteler and Reiher 2011, A
/// Novel Error-Tolerant Anonymous Linking Code).
///
/// Each token sets some bits, whose places follow from a keyed hash of the field, the token and the salt: places that are
/// drawn independently of each other, for those of double hashing give the tokens away (Kroll and Steinmetzer 2015,
/// Who is 1011011111…1110110010?). One thread uses an encoder at a time.
public final class BloomEncoder {
  /// What makes encodings harder to attack.
  public enum Hardening: String, Sendable, CaseIterable {
    case none
    /// One half of the bits is laid over the other, a bit being set where the two differ (Schnell and Borgs 2016,
    /// XOR-Folding for Bloom Filter-based Encryptions): patterns of bits no longer show which tokens there are.
    case fold
  }

  public struct Settings: Sendable, Equatable {
    /// How many bits there are before folding: a power of two from 128 to 65,536.
    public var length = 1_024
    public var hardening = Hardening.fold
    /// The probability that a bit is turned over by chance, so that no bit of an encoding is certain (Alaggan, Gambs
    /// and Kermarrec 2012, BLIP).
    public var noise = 0.0

    public init() {}
  }

  private let key: SymmetricKey
  private let settings: Settings
  /// The bits of tokens, as words.
  private var known: [Token: [UInt64]] = [:]
  private var random = SystemRandomNumberGenerator()

  private struct Token: Hashable {
    let field: Int
    let bytes: [UInt8]
    let salt: [UInt8]
  }

  public init(_ key: EncodingKey, _ settings: Settings) {
    precondition(
      settings.length >= 128 && settings.length <= 1 << 16
        && settings.length.nonzeroBitCount == 1, "the length is a power of two")
    self.key = key.key
    self.settings = settings
  }

  /// Tells encodings apart that cannot be compared: a hash of the settings and what else they depend on that only the
  /// key gives.
  public func scheme(_ description: String) -> String {
    let text =
      "scheme \(settings.length) \(settings.hardening.rawValue) \(settings.noise) \(description)"
    return code(Data(text.utf8)).prefix(4).map(Self.digits).joined()
  }

  /// A name for a record that says nothing of what it is called where it comes from.
  public func name(of id: [UInt8], source: String) -> String {
    var data = Data("id".utf8)
    for part in [Array(source.utf8), id] { data += [0] + part }
    return "r" + code(data).prefix(8).map(Self.digits).joined()
  }

  private static func digits(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16)
  }

  private func code(_ data: Data) -> HMAC<SHA256>.MAC {
    HMAC<SHA256>.authenticationCode(for: data, using: key)
  }

  /// Begins a record: no bit is set.
  public func begin() -> [UInt64] { [UInt64](repeating: 0, count: settings.length / 64) }

  /// Sets the bits of a token.
  ///
  /// - Parameters:
  ///   - field: the number and the name of the field, so that tokens of different fields have different bits.
  ///   - hashes: how many bits the token sets, at most.
  public func add(
    _ token: [UInt8], field: (number: Int, name: String), hashes: Int, salt: [UInt8],
    to bits: inout [UInt64]
  ) {
    let place = Token(field: field.number, bytes: token, salt: salt)
    let mask = known[place] ?? mask(token, field.name, hashes, salt)
    known[place] = mask
    for word in bits.indices { bits[word] |= mask[word] }
  }

  private func mask(_ token: [UInt8], _ field: String, _ hashes: Int, _ salt: [UInt8]) -> [UInt64] {
    var mask = begin()
    var left = hashes
    var block: UInt8 = 0
    while left > 0 {
      var data = Data("bit".utf8)
      for part in [Array(field.utf8), salt, token, [block]] { data += [0] + part }
      let hash = Array(code(data))
      // The length divides 65,536, so that every place is as likely.
      for pair in stride(from: 0, to: hash.count, by: 2) where left > 0 {
        let place = (Int(hash[pair]) << 8 | Int(hash[pair + 1])) % settings.length
        mask[place / 64] |= 1 << UInt64(place % 64)
        left -= 1
      }
      block += 1
    }
    return mask
  }

  /// Ends a record: hardens its bits.
  public func finish(_ bits: [UInt64]) -> [UInt64] {
    var bits = bits
    if settings.hardening == .fold {
      let half = bits.count / 2
      bits = (0..<half).map { bits[$0] ^ bits[half + $0] }
    }
    guard settings.noise > 0 else { return bits }
    for word in bits.indices {
      for bit in 0..<64 where Double.random(in: 0..<1, using: &random) < settings.noise {
        bits[word] ^= 1 << UInt64(bit)
      }
    }
    return bits
  }
}
