import Testing

@testable import Statistics

@Suite("Networks")
struct NetworkTests {
  /// Krackhardt's kite (Assessing the political landscape, Administrative Science Quarterly 35, 1990): ten people, of whom
  /// the best connected, the best placed between others and the nearest to all are different ones.
  private static let kite = Network(
    count: 10,
    ties: [
      (0, 1), (0, 2), (0, 3), (0, 5), (1, 3), (1, 4), (1, 6), (2, 3), (2, 5), (3, 4), (3, 5),
      (3, 6),
      (4, 6), (5, 6), (5, 7), (6, 7), (7, 8), (8, 9),
    ].map { Network.Tie($0.0, $0.1) })

  @Test("Krackhardt's kite: degrees, betweenness and weak points as published")
  func kite() {
    let kite = Self.kite
    #expect(kite.degrees == [4, 4, 3, 6, 3, 5, 5, 3, 2, 1])
    // Published as 0.023, 0.023, 0, 0.102, 0, 0.231, 0.231, 0.389, 0.222, 0 of the 36 pairs of others.
    let expected = [0.023, 0.023, 0, 0.102, 0, 0.231, 0.231, 0.389, 0.222, 0]
    for (found, share) in zip(kite.betweenness, expected) {
      #expect(abs(found / 36 - share) < 0.000_6)
    }
    #expect(kite.weakPoints.nodes == [7, 8])
    #expect(kite.weakPoints.ties.map { [$0.one, $0.other] } == [[7, 8], [8, 9]])
    #expect(kite.components == Array(repeating: 0, count: 10))
    #expect(kite.steps(from: 9) == [4, 4, 4, 4, 4, 3, 3, 2, 1, 0])
    #expect(kite.path(from: 9, to: 3)?.count == 5)
  }

  @Test(
    "Weak points are those without which a part falls apart, by taking each away", arguments: 1...60
  )
  func weakPoints(seed: UInt64) {
    var random = RandomNumbers(seed: seed)
    let count = 12
    let ties = (0..<(8 + Int(random.uniform() * 12))).map { _ in
      Network.Tie(Int(random.uniform() * 12), Int(random.uniform() * 12))
    }
    let network = Network(count: count, ties: ties)
    func parts(_ ties: [Network.Tie]) -> Int {
      Set(Network(count: count, ties: ties).components).count
    }
    let whole = parts(network.ties)
    let nodes = (0..<count).filter { node in
      // Without it: it stands alone, and what it held together falls apart.
      let rest = network.ties.filter { $0.one != node && $0.other != node }
      return parts(rest) > whole + (network.degrees[node] > 0 ? 1 : 0)
    }
    #expect(network.weakPoints.nodes == nodes)
    let bridges = network.ties.filter { tie in parts(network.ties.filter { $0 != tie }) > whole }
    #expect(network.weakPoints.ties == bridges)
  }

  @Test("Betweenness is what counting every shortest way gives", arguments: 1...20)
  func betweenness(seed: UInt64) {
    var random = RandomNumbers(seed: seed)
    let network = Network(
      count: 9,
      ties: (0..<14).map { _ in
        Network.Tie(Int(random.uniform() * 9), Int(random.uniform() * 9))
      })
    var sums = Array(repeating: 0.0, count: 9)
    func ways(_ path: [Int], to end: Int, left: Int) -> [[Int]] {
      guard let last = path.last else { return [] }
      if last == end { return [path] }
      guard left > 0 else { return [] }
      return network.neighbours[last].filter { !path.contains($0.node) }.flatMap {
        ways(path + [$0.node], to: end, left: left - 1)
      }
    }
    for one in 0..<9 {
      for other in (one + 1)..<9 {
        guard let steps = network.steps(from: one)[other] else { continue }
        let all = ways([one], to: other, left: steps)
        for path in all {
          for node in path.dropFirst().dropLast() { sums[node] += 1 / Double(all.count) }
        }
      }
    }
    for (found, expected) in zip(network.betweenness, sums) {
      #expect(abs(found - expected) < 1e-9)
    }
  }

  @Test("Mixing: all within, all across, and the worked example of two groups")
  func mixing() {
    func network(_ pairs: [(Int, Int)]) -> Network {
      Network(count: 4, ties: pairs.map { Network.Tie($0.0, $0.1) })
    }
    let groups = [0, 0, 1, 1]
    #expect(network([(0, 1), (2, 3)]).assortativity(groups: groups) == 1)
    #expect(network([(0, 1), (2, 3)]).externalInternal(groups: groups) == -1)
    #expect(network([(0, 2), (1, 3)]).assortativity(groups: groups) == -1)
    #expect(network([(0, 2), (1, 3)]).externalInternal(groups: groups) == 1)
    // Two within and two across, half of the ends in each: (2/4 − 1/2) ÷ (1 − 1/2) = 0.
    let half = network([(0, 1), (2, 3), (0, 2), (1, 3)])
    #expect(half.assortativity(groups: groups) == 0)
    #expect(half.externalInternal(groups: groups) == 0)
    #expect(network([]).assortativity(groups: groups) == nil)
    #expect(network([(0, 1)]).assortativity(groups: [0, 0, 0, 0]) == nil)
  }

  @Test("Ties of one pair are added up; the way goes by the strongest of equally short ones")
  func strengths() {
    let network = Network(
      count: 4,
      ties: [
        Network.Tie(0, 1), Network.Tie(1, 0, strength: 2), Network.Tie(1, 1),
        Network.Tie(0, 2, strength: 1), Network.Tie(2, 3, strength: 5),
        Network.Tie(1, 3, strength: 1),
      ])
    #expect(network.ties.count == 4)
    #expect(network.ties[0].strength == 3)
    #expect(network.path(from: 0, to: 3) == [0, 2, 3])
    #expect(network.path(from: 3, to: 3) == [3])
    #expect(Network(count: 2, ties: []).path(from: 0, to: 1) == nil)
  }
}
