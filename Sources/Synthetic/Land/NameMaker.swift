/// Names of places, streets of letters that sound English; none is meant to be a real place.
struct NameMaker {
  private var random: SeededGenerator
  private var used: Set<String> = []

  init(seed: UInt64) { random = SeededGenerator(seed: seed, purpose: "names") }

  private static let beginnings = [
    "Aller", "Bramble", "Cinder", "Dunnock", "Elver", "Fennel", "Garrow", "Hazel", "Inker",
    "Jackdaw", "Kestrel", "Larch", "Merle", "Nettle", "Orrin", "Pippin", "Quill", "Rook", "Sorrel",
    "Tansy", "Ursel", "Vetch", "Wren", "Yarrow", "Thistle", "Plover", "Curlew", "Teasel", "Bittern",
    "Lapwing",
  ]
  private static let townEndings = ["mouth", "bridge", "haven", "market", "castle", "minster"]
  private static let wardEndings = [
    "field", "ley", "croft", "thorpe", "side", "wick", "holme", "garth", "well", "stead", " Green",
    " Cross", " Hill", " Park", " Moor", " Lane",
  ]

  mutating func town() -> String { make(Self.townEndings) }
  mutating func ward() -> String { make(Self.wardEndings) }

  private mutating func make(_ endings: [String]) -> String {
    while true {
      let beginning = Self.beginnings[Int(random.next() % UInt64(Self.beginnings.count))]
      let ending = endings[Int(random.next() % UInt64(endings.count))]
      if used.insert(beginning + ending).inserted { return beginning + ending }
    }
  }
}
