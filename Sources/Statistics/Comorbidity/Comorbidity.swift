/// A comorbidity of an index: a group of diagnoses that adds to a person's risk.
public struct Comorbidity: Sendable, Hashable {
  /// The field's short name, such as "chf".
  public let id: String
  public let title: String
  /// The codes of ICD-10 that it begins with: ranges "I21-I22", or one code, without full stops.
  let codes: String
}

/// An index of comorbidities: which diagnoses count as what, and what stands over what.
///
/// Quan and others (2005, Med Care 43: 1130), the coding algorithms of Charlson's and Elixhauser's comorbidities in
/// ICD-10.
public struct ComorbidityIndex: Sendable {
  public let id: String
  public let comorbidities: [Comorbidity]
  /// Pairs of which the milder does not count beside the graver: their positions.
  let hierarchy: [(milder: Int, graver: Int)]
  /// The comorbidities of each beginning of a code, as bits.
  private let bits: [UInt32: UInt32]

  init(id: String, comorbidities: [Comorbidity], hierarchy: [(String, String)]) {
    self.id = id
    self.comorbidities = comorbidities
    let place = { (name: String) in comorbidities.firstIndex { $0.id == name } ?? 0 }
    self.hierarchy = hierarchy.map { (place($0.0), place($0.1)) }
    var bits: [UInt32: UInt32] = [:]
    for (index, comorbidity) in comorbidities.enumerated() {
      for code in Self.expanded(comorbidity.codes) {
        bits[Self.key(code[...]), default: 0] |= 1 << UInt32(index)
      }
    }
    self.bits = bits
  }

  /// Which comorbidities a person with these diagnoses has, in the order of ``comorbidities``.
  ///
  /// Codes may have full stops and small letters; a longer code is one of its beginning, as I21.4 is of I21.
  public func flags(of codes: some Sequence<String>) -> [Bool] {
    var found: UInt32 = 0
    for code in codes {
      var text: [UInt8] = []
      for byte in code.utf8 {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): text.append(byte - 32)
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
          text.append(byte)
        default: continue
        }
      }
      guard text.count >= 3 else { continue }
      found |= bits[Self.key(text[..<3])] ?? 0
      if text.count >= 4 { found |= bits[Self.key(text[..<4])] ?? 0 }
    }
    return comorbidities.indices.map { found >> UInt32($0) & 1 == 1 }
  }

  /// The sum of the weights of a person's comorbidities; nil where one has no weight that is known.
  ///
  /// - Parameter hasHierarchy: whether a milder form counts nothing beside the graver one.
  public func score(
    _ flags: [Bool], weights: ComorbidityWeights, hasHierarchy: Bool = true
  ) -> Int? {
    var flags = flags
    if hasHierarchy {
      for (milder, graver) in hierarchy where flags[graver] { flags[milder] = false }
    }
    var sum = 0
    for (index, comorbidity) in comorbidities.enumerated() where flags[index] {
      guard let weight = weights.weights[comorbidity.id] else { return nil }
      sum += weight
    }
    return sum
  }

  /// Three or four letters and digits as one number.
  private static func key(_ text: ArraySlice<UInt8>) -> UInt32 {
    text.reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// "I21 I25-I26 I252 K700-703" as codes, the ends of a range being as long as its beginning.
  private static func expanded(_ text: String) -> [[UInt8]] {
    text.split(separator: " ").flatMap { part -> [[UInt8]] in
      let ends = part.split(separator: "-")
      let first = Array(ends[0].utf8)
      guard ends.count == 2, let low = Int(ends[0].dropFirst()), let high = Int(ends[1].dropFirst())
      else { return [first] }
      return (low...high).map { number in
        let digits = Array(String(number).utf8)
        let zeros = [UInt8](repeating: UInt8(ascii: "0"), count: first.count - 1 - digits.count)
        return [first[0]] + zeros + digits
      }
    }
  }
}

/// What each comorbidity of an index adds to a score.
public struct ComorbidityWeights: Sendable {
  public let id: String
  public let weights: [String: Int]

  init(_ id: String, _ text: String) {
    self.id = id
    var weights: [String: Int] = [:]
    for part in text.split(whereSeparator: \.isWhitespace) {
      let pair = part.split(separator: "=")
      if pair.count == 2, let weight = Int(pair[1]) { weights[String(pair[0])] = weight }
    }
    self.weights = weights
  }

  /// Charlson and others (1987, J Chronic Dis 40: 373).
  public static let charlson = ComorbidityWeights(
    "charlson",
    """
    mi=1 chf=1 pvd=1 cevd=1 dementia=1 cpd=1 rheumd=1 pud=1 mld=1 diab=1 diabwc=2 hp=2 rend=2
    canc=2 msld=3 metacanc=6 aids=6
    """)

  /// Quan and others (2011, Am J Epidemiol 173: 676).
  public static let quan = ComorbidityWeights(
    "quan",
    """
    mi=0 chf=2 pvd=0 cevd=0 dementia=2 cpd=1 rheumd=1 pud=0 mld=2 diab=0 diabwc=1 hp=2 rend=1
    canc=2 msld=4 metacanc=6 aids=4
    """)

  /// Van Walraven and others (2009, Med Care 47: 626).
  public static let vanWalraven = ComorbidityWeights(
    "vw",
    """
    chf=7 carit=5 valv=-1 pcd=4 pvd=2 hypunc=0 hypc=0 para=7 ond=6 cpd=3 diabunc=0 diabc=0 hypothy=0
    rf=5 ld=11 pud=0 aids=0 lymph=9 metacanc=12 solidtum=4 rheumd=0 coag=3 obes=-4 wloss=6 fed=5
    blane=-2 dane=-2 alcohol=0 drug=-7 psycho=0 depre=-3
    """)

  /// Sharma and others (2021, BMC Health Serv Res 21: 13), for Swiss hospitals.
  ///
  /// The weights of peptic ulcer and of the two anaemias could not be checked, so a person with one has no score.
  public static let swiss = ComorbidityWeights(
    "swiss",
    """
    chf=13 carit=6 valv=-1 pcd=6 pvd=3 hypunc=-4 hypc=-3 para=11 ond=10 cpd=3 diabunc=1 diabc=-1
    hypothy=-3 rf=8 ld=16 aids=0 lymph=9 metacanc=17 solidtum=10 rheumd=-1 coag=9 obes=-6 wloss=6
    fed=5 alcohol=-3 drug=-5 psycho=-4 depre=-3
    """)
}
