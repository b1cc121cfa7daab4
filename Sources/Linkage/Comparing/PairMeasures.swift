/// Takes a measure of two values that are there.
enum PairMeasures {
  /// The measure of the values with the codes `a` and `b`, from 1; yes is 1 and no is 0.
  ///
  /// - Parameter limit: what conditions want it to reach, at least of similarities and at most of distances:
  ///   where it clearly does not, 0 or a larger distance may be given in its place.
  @inline(__always)
  static func value(
    _ kind: Measure.Kind, _ features: PartFeatures.View, _ a: UInt32, _ b: UInt32, limit: Double
  ) -> Double {
    switch kind {
    case .exact: a == b ? 1 : 0
    case .jaroWinkler, .jaro: similarity(kind, features, a, b, limit)
    case .damerau, .levenshtein: distance(kind, features, a, b, limit)
    default: other(kind, features, a, b)
    }
  }

  /// A common start counts only where texts are alike by 0.7 without it, so that below that, texts that are
  /// not alike enough are known by their letters.
  private static func similarity(
    _ kind: Measure.Kind, _ features: PartFeatures.View, _ a: UInt32, _ b: UInt32, _ limit: Double
  ) -> Double {
    let (x, y) = (features.letters[Int(a)], features.letters[Int(b)])
    if x == .max || y == .max {
      return kind == .jaro
        ? wide(features, a, b, Jaro.similarity) : wide(features, a, b, jaroWinkler)
    }
    let (s, t) = (features.texts.text(a), features.texts.text(b))
    let common = min(
      s.count - (x & ~y).nonzeroBitCount, t.count - (y & ~x).nonzeroBitCount)
    if common <= 0 { return 0 }
    let matches = Double(common)
    var most = (matches / Double(s.count) + matches / Double(t.count) + 1) / 3
    if kind == .jaroWinkler { most = Jaro.boosted(most, commonStart: 4) }
    if most < limit { return 0 }
    return kind == .jaro ? Jaro.similarity(s, t) : jaroWinkler(s, t)
  }

  private static func distance(
    _ kind: Measure.Kind, _ features: PartFeatures.View, _ a: UInt32, _ b: UInt32, _ limit: Double
  ) -> Double {
    let (x, y) = (features.letters[Int(a)], features.letters[Int(b)])
    if x == .max || y == .max {
      return Double(
        kind == .damerau
          ? wide(features, a, b, EditDistance.damerau)
          : wide(features, a, b, EditDistance.levenshtein))
    }
    let (s, t) = (features.texts.text(a), features.texts.text(b))
    let least = max(
      abs(s.count - t.count), (x & ~y).nonzeroBitCount, (y & ~x).nonzeroBitCount)
    if Double(least) > limit { return Double(least) }
    return Double(
      kind == .damerau ? EditDistance.damerau(s, t) : EditDistance.levenshtein(s, t))
  }

  private static func other(
    _ kind: Measure.Kind, _ features: PartFeatures.View, _ a: UInt32, _ b: UInt32
  ) -> Double {
    let (i, j) = (Int(a), Int(b))
    func yes(_ holds: Bool) -> Double { holds ? 1 : 0 }
    func same(_ codes: UnsafePointer<UInt32>) -> Double {
      yes(codes[i] != 0 && codes[i] == codes[j])
    }
    switch kind {
    case .jaccard:
      func pairs(_ code: Int) -> UnsafeBufferPointer<UInt32> {
        let from = features.bigramStarts[code]
        return UnsafeBufferPointer(
          start: features.bigrams + from, count: features.bigramStarts[code + 1] - from)
      }
      return a == b ? 1 : Bigrams.jaccard(pairs(i), pairs(j))
    case .km: return Gazetteer.kilometres(features.points[i], features.points[j])
    case .overlap:
      func elements(_ code: Int) -> UnsafeBufferPointer<UInt32> {
        let from = features.elementStarts[code]
        return UnsafeBufferPointer(
          start: features.elements + from, count: features.elementStarts[code + 1] - from)
      }
      return Double(common(elements(i), elements(j)))
    case .dice:
      let words = features.wordsOfBits
      let (x, y) = (features.bits + words * i, features.bits + words * j)
      var common = 0
      for word in 0..<words { common &+= (x[word] & y[word]).nonzeroBitCount }
      let all = Double(features.bitCounts[i] + features.bitCounts[j])
      return all > 0 ? Double(2 * common) / all : 0
    case .prefix:
      let (x, y) = (features.texts.text(a), features.texts.text(b))
      var count = 0
      while count < min(x.count, y.count), x[count] == y[count] { count += 1 }
      return Double(count)
    case .soundex: return same(features.soundex)
    case .doubleMetaphone:
      let (x, y) = (features.metaphone[i], features.metaphone[j])
      let isSame =
        x != 0 && (x == y || x == features.otherMetaphone[j])
        || y != 0 && y == features.otherMetaphone[i]
      return yes(isSame)
    case .nickname:
      return yes(a == b || Nicknames.meet(features.nicknames[i], features.nicknames[j]))
    case .initial:
      let (x, y) = (features.texts.text(a), features.texts.text(b))
      return yes((x.count == 1) != (y.count == 1) && x[0] == y[0])
    case .part: return yes(words(features, a, b) { $0.count >= 3 } > 0)
    case .common: return Double(words(features, a, b) { _ in true })
    case .reordered: return features.hasWords[i] ? same(features.sortedWords) : yes(a == b)
    case .sector: return same(features.sector)
    case .district: return same(features.district)
    case .area: return same(features.area)
    case .houseNumber: return same(features.houseNumber)
    case .days: return Double(abs(features.dates[i].days - features.dates[j].days))
    case .years: return Double(abs(features.dates[i].year - features.dates[j].year))
    case .sameYear: return yes(features.dates[i].year == features.dates[j].year)
    case .sameMonth:
      let (x, y) = (features.dates[i], features.dates[j])
      return yes(x.year == y.year && x.month == y.month)
    case .daySwapped:
      let (x, y) = (features.dates[i], features.dates[j])
      return yes(a != b && x.year == y.year && x.month == y.day && x.day == y.month)
    case .firstOfJanuary:
      let (x, y) = (features.dates[i], features.dates[j])
      return yes(x.month == 1 && x.day == 1 || y.month == 1 && y.day == 1)
    case .difference: return abs(features.numbers[i] - features.numbers[j])
    case .percent:
      let (x, y) = (features.numbers[i], features.numbers[j])
      return x == y ? 0 : 100 * abs(x - y) / max(abs(x), abs(y))
    case .missing: return 0
    case .exact, .jaro, .jaroWinkler, .levenshtein, .damerau, .swapped:
      return .nan
    }
  }

  /// How many numbers two lists in order have in common.
  private static func common(
    _ one: UnsafeBufferPointer<UInt32>, _ other: UnsafeBufferPointer<UInt32>
  ) -> Int {
    var (a, b, count) = (0, 0, 0)
    while a < one.count, b < other.count {
      if one[a] == other[b] {
        count += 1
        a += 1
        b += 1
      } else if one[a] < other[b] {
        a += 1
      } else {
        b += 1
      }
    }
    return count
  }

  private static func wide<Result>(
    _ features: PartFeatures.View, _ a: UInt32, _ b: UInt32,
    _ measure: (UnsafeBufferPointer<UInt32>, UnsafeBufferPointer<UInt32>) -> Result
  ) -> Result {
    func letters(_ code: UInt32) -> [UInt32] {
      String(decoding: features.texts.text(code).bytes, as: UTF8.self).unicodeScalars.map(\.value)
    }
    return letters(a).withUnsafeBufferPointer { left in
      letters(b).withUnsafeBufferPointer { measure(left, $0) }
    }
  }

  /// How many of the words that count both have.
  private static func words(
    _ features: PartFeatures.View, _ a: UInt32, _ b: UInt32,
    _ counts: (UnsafeBufferPointer<UInt8>.SubSequence) -> Bool
  ) -> Int {
    // One word each, and not the same.
    if a != b, !features.hasWords[Int(a)], !features.hasWords[Int(b)] { return 0 }
    let x = features.texts.text(a).bytes.split(separator: 0x20).filter(counts)
    var y = features.texts.text(b).bytes.split(separator: 0x20).filter(counts)
    var shared = 0
    for word in x {
      guard let at = y.firstIndex(where: { $0.elementsEqual(word) }) else { continue }
      y.remove(at: at)
      shared += 1
    }
    return shared
  }
}
