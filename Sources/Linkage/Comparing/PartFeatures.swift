/// What measures want to know of each distinct value of a part, worked out once.
///
/// Tables are by code and have an entry for no value (0).
final class PartFeatures: @unchecked Sendable {
  // Sendable because nothing changes once it is made.
  private let table: ValueTable
  /// How many values there are.
  var count: Int { table.count }
  /// The tables as they lie in memory: valid while this is held.
  let view: View
  private let owned: Owned

  struct View {
    let texts: ValueTable.View
    /// Which letters and digits a value has, a bit for each (digits share six): how many of one's are not
    /// among the other's bounds how alike two can be. All bits where a value has letters beyond ASCII, so
    /// that its code points are compared.
    let letters: UnsafePointer<UInt32>
    let soundex: UnsafePointer<UInt32>
    let metaphone: UnsafePointer<UInt32>
    let otherMetaphone: UnsafePointer<UInt32>
    let nicknames: UnsafePointer<SIMD4<UInt16>>
    let hasWords: UnsafePointer<Bool>
    let sortedWords: UnsafePointer<UInt32>
    let sector: UnsafePointer<UInt32>
    let district: UnsafePointer<UInt32>
    let area: UnsafePointer<UInt32>
    let houseNumber: UnsafePointer<UInt32>
    let dates: UnsafePointer<CodedDate>
    let numbers: UnsafePointer<Double>
    /// The distinct pairs of neighbouring letters of each value in their order, one value after the other,
    /// and where those of each begin.
    let bigrams: UnsafePointer<UInt32>
    let bigramStarts: UnsafePointer<Int>
    /// The words of bits of each encoding, how many words they have, and how many bits are set in each.
    let bits: UnsafePointer<UInt64>
    let wordsOfBits: Int
    let bitCounts: UnsafePointer<UInt32>
    /// Where postcodes lie on a sphere of radius 1.
    let points: UnsafePointer<SIMD4<Double>>
    /// The elements of values that have several, in their order, one value after the other, and where those of each
    /// begin.
    let elements: UnsafePointer<UInt32>
    let elementStarts: UnsafePointer<Int>
  }

  /// A date as its parts and a running number of days.
  struct CodedDate {
    var year: Int32 = 0
    var month: Int32 = 0
    var day: Int32 = 0
    var days: Int32 = 0
  }

  init(_ part: RecordSet.Part, _ kinds: Set<Measure.Kind>) {
    let table = part.table
    self.table = table
    func each<Value>(_ none: Value, _ body: ([UInt8]) -> Value) -> [Value] {
      var values = [none]
      values.reserveCapacity(table.count + 1)
      for code in 1...max(1, table.count) where code <= table.count {
        values.append(body(Array(table.text(UInt32(code)).bytes)))
      }
      return values
    }
    let owned = Owned()
    self.owned = owned
    func coded(_ isNeeded: Bool, _ key: ([UInt8]) -> [UInt8]) -> UnsafePointer<UInt32> {
      let keys = ValueTable()
      return owned.kept(isNeeded ? each(0) { keys.code(of: key($0)) } : [0])
    }
    func needs(_ some: Measure.Kind...) -> Bool { !kinds.isDisjoint(with: some) }
    let sounds =
      needs(.doubleMetaphone) ? each(("", "")) { DoubleMetaphone.codes(letters: $0) } : []
    let soundKeys = ValueTable()
    var (bigrams, bigramStarts): ([UInt32], [Int]) = ([0], [0, 0])
    if needs(.jaccard) {
      bigrams = []
      for code in 1...max(1, table.count) where code <= table.count {
        bigrams += Bigrams.distinct(table.string(UInt32(code)))
        bigramStarts.append(bigrams.count)
      }
    }
    var (elements, elementStarts): ([UInt32], [Int]) = ([0], [0, 0])
    if needs(.overlap) {
      let known = ValueTable()
      elements = []
      for code in 1...max(1, table.count) where code <= table.count {
        elements += table.text(UInt32(code)).bytes.split(separator: Cleaning.unit)
          .map { known.code(of: Array($0)) }.sorted()
        elementStarts.append(elements.count)
      }
    }
    view = View(
      texts: table.view,
      letters: owned.kept(
        needs(.jaro, .jaroWinkler, .levenshtein, .damerau) ? each(0, Self.letters) : []),
      soundex: coded(needs(.soundex)) { text in
        Soundex.code(of: text).map { [$0.0, $0.1, $0.2, $0.3] } ?? []
      },
      metaphone: owned.kept(sounds.map { soundKeys.code(of: Array($0.0.utf8)) }),
      otherMetaphone: owned.kept(sounds.map { soundKeys.code(of: Array($0.1.utf8)) }),
      nicknames: owned.kept(needs(.nickname) ? Nicknames.english.sets(table) : []),
      hasWords: owned.kept(
        needs(.part, .common, .reordered) ? each(false) { $0.contains(0x20) } : []),
      sortedWords: coded(needs(.reordered), KeyCodes.sortedWords),
      sector: coded(needs(.sector)) { UKPostcode.sector($0) },
      district: coded(needs(.district)) { UKPostcode.district($0) },
      area: coded(needs(.area)) { UKPostcode.area($0) },
      houseNumber: coded(needs(.houseNumber)) {
        $0.withUnsafeBufferPointer(StreetText.houseNumber)
      },
      dates: owned.kept(kinds.isDisjoint(with: Self.ofDates) ? [] : each(CodedDate(), Self.date)),
      numbers: owned.kept(
        needs(.difference, .percent)
          ? each(.nan) { Double(String(decoding: $0, as: UTF8.self)) ?? .nan } : []),
      bigrams: owned.kept(bigrams), bigramStarts: owned.kept(bigramStarts),
      bits: owned.kept(part.encodings.map { needs(.dice) ? $0.all : [] } ?? []),
      wordsOfBits: part.encodings?.words ?? 0,
      bitCounts: owned.kept(part.encodings.map { needs(.dice) ? $0.counts : [] } ?? []),
      points: owned.kept(
        part.places.map { places in
          needs(.km) ? each(SIMD4(repeating: .nan)) { places.point(of: $0) } : []
        } ?? []),
      elements: owned.kept(elements), elementStarts: owned.kept(elementStarts))
  }

  /// Memory that goes with its owner.
  private final class Owned: @unchecked Sendable {
    // Sendable because memory is only added where the features are made.
    private var memory: [UnsafeMutableRawPointer] = []

    func kept<Element: BitwiseCopyable>(_ values: [Element]) -> UnsafePointer<Element> {
      let made = UnsafeMutablePointer<Element>.allocate(capacity: max(1, values.count))
      made.initialize(from: values, count: values.count)
      memory.append(UnsafeMutableRawPointer(made))
      return UnsafePointer(made)
    }

    deinit { for memory in memory { memory.deallocate() } }
  }

  static let ofDates: Set<Measure.Kind> = [
    .days, .years, .sameMonth, .sameYear, .daySwapped, .firstOfJanuary,
  ]

  private static func letters(_ text: [UInt8]) -> UInt32 {
    var mask: UInt32 = 0
    for byte in text {
      if byte >= 0x80 { return .max }
      let place = (0x41...0x5A).contains(byte) ? byte - 0x41 : 26 + byte % 6
      mask |= 1 &<< UInt32(place)
    }
    return mask
  }

  private static func date(_ digits: [UInt8]) -> CodedDate {
    guard digits.count == 8 else { return CodedDate() }
    func number(_ range: Range<Int>) -> Int32 {
      digits[range].reduce(0) { 10 * $0 + Int32($1) - 0x30 }
    }
    let (year, month, day) = (number(0..<4), number(4..<6), number(6..<8))
    // Days of the proleptic Gregorian calendar, of years that begin in March.
    let shifted = month > 2 ? year : year - 1
    let fromMarch = (month + 9) % 12
    let days =
      365 * shifted + shifted / 4 - shifted / 100 + shifted / 400
      + (153 * fromMarch + 2) / 5 + day
    return CodedDate(year: year, month: month, day: day, days: days)
  }
}
