/// Turns values into what blocking rules want to be the same, as numbers; 0 where there is nothing.
struct KeyCodes {
  /// For each code of a part's table, the code of its key.
  static func codes(_ key: KeyPart, _ part: RecordSet.Part) -> [UInt32] {
    let table = part.table
    if key.kind == .exact { return (0...table.count).map { UInt32($0) } }
    if key.kind == .bits { return bits(key, part) }
    if key.kind == .drawn { return drawn(key, part) }
    let keys = ValueTable()
    var codes = [UInt32](repeating: 0, count: table.count + 1)
    for code in 1...max(1, table.count) where code <= table.count {
      codes[code] = keys.code(of: Self.key(key, Array(table.text(UInt32(code)).bytes)))
    }
    return codes
  }

  /// The key of a clean value; empty for none.
  static func key(_ key: KeyPart, _ value: [UInt8]) -> [UInt8] {
    switch key.kind {
    case .exact: return value
    case .soundex:
      // The sound of each word that begins it: "VAN DER BERG" as a whole.
      guard let code = Soundex.code(of: value) else { return value }
      return [code.0, code.1, code.2, code.3]
    case .doubleMetaphone:
      let codes = DoubleMetaphone.codes(letters: value)
      return codes.main.isEmpty ? value : Array(codes.main.utf8)
    case .nickname:
      return Nicknames.english.family(of: Array(value.prefix { $0 != 0x20 }))
    case .first: return Array(value.prefix(key.count))
    case .last: return Array(value.suffix(key.count))
    case .firstWord: return Array(value.prefix { $0 != 0x20 })
    case .lastWord: return value.split(separator: 0x20).last.map(Array.init) ?? []
    case .words: return Self.sortedWords(value)
    case .year: return value.count == 8 ? Array(value.prefix(4)) : []
    case .dateDigits:
      guard value.count == 8 else { return [] }
      let (month, day) = (Array(value[4..<6]), Array(value[6...]))
      let isInOrder = month.lexicographicallyPrecedes(day)
      return value.prefix(4) + (isInOrder ? month + day : day + month)
    case .sector: return UKPostcode.sector(value)
    case .district: return UKPostcode.district(value)
    case .houseNumber: return value.withUnsafeBufferPointer { StreetText.houseNumber($0) }
    case .bits, .drawn: return []
    }
  }

  /// The element of each value that comes first in a random order of all elements.
  private static func drawn(_ key: KeyPart, _ part: RecordSet.Part) -> [UInt32] {
    let elements = ValueTable()
    var codes = [UInt32](repeating: 0, count: part.table.count + 1)
    for code in 1...max(1, part.table.count) where code <= part.table.count {
      var best: (order: UInt64, code: UInt32) = (.max, 0)
      for element in part.table.text(UInt32(code)).bytes.split(separator: Cleaning.unit) {
        let hash = mixed(
          hashed(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: element))) &+ UInt64(key.band)
        )
        if hash < best.order { best = (hash, elements.code(of: Array(element))) }
      }
      codes[code] = best.code
    }
    return codes
  }

  /// Some bits of each encoding, and 1.
  private static func bits(_ key: KeyPart, _ part: RecordSet.Part) -> [UInt32] {
    var codes = [UInt32](repeating: 0, count: part.table.count + 1)
    guard let encodings = part.encodings, encodings.words > 0 else { return codes }
    var random = SplitMix(mixed(UInt64(key.band) << 8 | UInt64(key.count)))
    let places = (0..<key.count).map { _ in random.below(64 * encodings.words) }
    for code in 1...max(1, part.table.count) where code <= part.table.count {
      var value: UInt32 = 0
      for place in places {
        let word = encodings.word(place / 64, of: code)
        value = value << 1 | UInt32(truncatingIfNeeded: word >> UInt64(place % 64) & 1)
      }
      codes[code] = value + 1
    }
    return codes
  }

  static func sortedWords(_ value: [UInt8]) -> [UInt8] {
    Array(
      value.split(separator: 0x20).sorted { $0.lexicographicallyPrecedes($1) }
        .joined(separator: [0x20]))
  }
}

/// The parts of a postcode without its blank. What is no British postcode has its first letters taken.
enum UKPostcode {
  /// A digit and two letters end a British postcode.
  private static func isBritish(_ postcode: some Collection<UInt8>) -> Bool {
    guard (5...7).contains(postcode.count), postcode.first.map({ $0 > 0x40 }) == true else {
      return false
    }
    let inward = Array(postcode.suffix(3))
    return inward[0] < 0x3A && inward[1] > 0x40 && inward[2] > 0x40
  }

  /// All but the last two letters ("LA1 4").
  static func sector(_ postcode: some BidirectionalCollection<UInt8>) -> [UInt8] {
    Array(postcode.dropLast(isBritish(postcode) ? 2 : 1))
  }

  /// What stands before the blank ("LA1").
  static func district(_ postcode: some BidirectionalCollection<UInt8>) -> [UInt8] {
    Array(isBritish(postcode) ? postcode.dropLast(3) : postcode.dropLast(2))
  }

  /// The first letters ("LA").
  static func area(_ postcode: some BidirectionalCollection<UInt8>) -> [UInt8] {
    isBritish(postcode) ? Array(postcode.prefix { $0 > 0x40 }) : Array(postcode.prefix(1))
  }
}
