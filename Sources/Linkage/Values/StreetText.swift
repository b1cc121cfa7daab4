/// Streets in the form in which they are compared: common words shortened, the number first.
enum StreetText {
  /// Shortens the words of a clean text.
  static func clean(_ words: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(words.count)
    for word in words.split(separator: 0x20) {
      let word = short[Array(word)] ?? Array(word)
      guard !word.isEmpty else { continue }
      if !out.isEmpty { out.append(0x20) }
      out.append(contentsOf: word)
    }
    return out
  }

  /// The number of the house: the last word that begins with a digit, before or after the street's name;
  /// in "FLAT 2 17 HIGH ST" that is the 17.
  static func houseNumber(_ street: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    street.split(separator: 0x20).last { (0x30...0x39).contains($0.first ?? 0) }.map(Array.init)
      ?? []
  }

  private static let short: [[UInt8]: [UInt8]] = Dictionary(
    uniqueKeysWithValues: [
      ("STREET", "ST"), ("STR", "ST"), ("ROAD", "RD"), ("AVENUE", "AVE"), ("AV", "AVE"),
      ("LANE", "LN"), ("DRIVE", "DR"), ("CLOSE", "CL"), ("CRESCENT", "CRES"), ("COURT", "CT"),
      ("PLACE", "PL"), ("GARDENS", "GDNS"), ("GARDEN", "GDN"), ("TERRACE", "TER"), ("TERR", "TER"),
      ("SQUARE", "SQ"), ("GROVE", "GR"), ("HOUSE", "HSE"), ("APARTMENT", "FLAT"), ("APT", "FLAT"),
      ("UNIT", "FLAT"), ("SAINT", "ST"), ("NUMBER", ""), ("NO", ""), ("CIRCUIT", "CCT"),
      ("PARADE", "PDE"), ("HIGHWAY", "HWY"),
    ].map { (Array($0.0.utf8), Array($0.1.utf8)) })
}
