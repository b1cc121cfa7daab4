import Crypto
import Foundation

/// Ids that follow from a name and another id, so that the same thing has the same id each time it is told (UUID version
/// 5, RFC 9562, section 5.5).
enum NameUUID {
  static func of(_ name: String, in space: String) -> String {
    var bytes = Array(
      UUID(uuidString: space).map { id in withUnsafeBytes(of: id.uuid) { Array($0) } } ?? [])
    bytes += Array(name.utf8)
    var digest = Array(Insecure.SHA1.hash(data: bytes).prefix(16))
    digest[6] = digest[6] & 0x0F | 0x50
    digest[8] = digest[8] & 0x3F | 0x80
    let hex = digest.map { byte in
      let text = String(byte, radix: 16)
      return text.count < 2 ? "0\(text)" : text
    }.joined()
    let cuts = [0, 8, 12, 16, 20, 32]
    return zip(cuts, cuts.dropFirst()).map { from, to in
      String(hex.dropFirst(from).prefix(to - from))
    }.joined(separator: "-")
  }
}
