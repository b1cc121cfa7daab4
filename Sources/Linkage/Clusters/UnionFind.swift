/// Sets of numbers that are joined one by one (Tarjan 1975, with halving of paths).
struct UnionFind {
  private var parents: [UInt32]

  init(_ count: Int) { parents = (0..<UInt32(count)).map { $0 } }

  mutating func root(_ number: Int) -> Int {
    var number = UInt32(number)
    while parents[Int(number)] != number {
      parents[Int(number)] = parents[Int(parents[Int(number)])]
      number = parents[Int(number)]
    }
    return Int(number)
  }

  /// Joins two sets; the lower root leads.
  mutating func join(_ one: Int, _ other: Int) {
    let (a, b) = (root(one), root(other))
    parents[max(a, b)] = UInt32(min(a, b))
  }
}
