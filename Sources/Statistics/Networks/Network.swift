/// A network of ties without direction, each with a strength.
public struct Network: Sendable {
  public struct Tie: Sendable, Hashable {
    public let one: Int
    public let other: Int
    /// Above 0.
    public let strength: Double

    public init(_ one: Int, _ other: Int, strength: Double = 1) {
      self.one = one
      self.other = other
      self.strength = strength
    }
  }

  /// How many nodes there are, numbered from 0.
  public let count: Int
  /// One for each pair that is tied, the lower number first.
  public let ties: [Tie]
  /// Whom each node is tied to, and by which tie.
  let neighbours: [[(node: Int, tie: Int)]]

  /// - Parameters:
  ///   - count: how many nodes there are.
  ///   - ties: several of one pair are added up; of a node with itself, or without strength, are left out.
  public init(count: Int, ties: [Tie]) {
    precondition(
      ties.allSatisfy { (0..<count).contains($0.one) && (0..<count).contains($0.other) },
      "A tie is between nodes of the network.")
    struct Pair: Hashable { let one: Int, other: Int }
    var sums: [Pair: Double] = [:]
    for tie in ties where tie.one != tie.other && tie.strength > 0 {
      sums[Pair(one: min(tie.one, tie.other), other: max(tie.one, tie.other)), default: 0] +=
        tie.strength
    }
    self.count = count
    self.ties = sums.sorted { ($0.key.one, $0.key.other) < ($1.key.one, $1.key.other) }
      .map { Tie($0.key.one, $0.key.other, strength: $0.value) }
    var neighbours: [[(node: Int, tie: Int)]] = Array(repeating: [], count: count)
    for (index, tie) in self.ties.enumerated() {
      neighbours[tie.one].append((tie.other, index))
      neighbours[tie.other].append((tie.one, index))
    }
    self.neighbours = neighbours
  }

  /// How many others each node is tied to.
  public var degrees: [Int] { neighbours.map(\.count) }

  /// How many others one node is tied to.
  public func degree(of node: Int) -> Int { neighbours[node].count }

  /// The part of the network in which each node is, numbered from 0 in the order of their lowest nodes.
  public var components: [Int] {
    var component = Array(repeating: -1, count: count)
    var next = 0
    for start in 0..<count where component[start] < 0 {
      component[start] = next
      var waiting = [start]
      while let node = waiting.popLast() {
        for (other, _) in neighbours[node] where component[other] < 0 {
          component[other] = next
          waiting.append(other)
        }
      }
      next += 1
    }
    return component
  }

  /// Through how many ties each node is reached from one; nil where it is not.
  public func steps(from start: Int) -> [Int?] {
    var steps: [Int?] = Array(repeating: nil, count: count)
    steps[start] = 0
    var queue = [start]
    var head = 0
    while head < queue.count {
      let node = queue[head]
      head += 1
      for (other, _) in neighbours[node] where steps[other] == nil {
        steps[other] = (steps[node] ?? 0) + 1
        queue.append(other)
      }
    }
    return steps
  }

  /// A shortest way from one node to another, both included: of several, each step by the strongest tie back. Nil where
  /// there is none.
  public func path(from start: Int, to end: Int) -> [Int]? {
    let steps = self.steps(from: start)
    guard steps[end] != nil else { return nil }
    var path = [end]
    while let node = path.last, node != start {
      let before = neighbours[node].filter { (steps[$0.node] ?? .max) + 1 == steps[node] }
      guard
        let next = before.max(by: {
          (ties[$0.tie].strength, -$0.node) < (ties[$1.tie].strength, -$1.node)
        })
      else { return nil }
      path.append(next.node)
    }
    return path.reversed()
  }

  /// For each node, on how many shortest ways between pairs of others it lies, a pair with several ways sharing one between
  /// them (Brandes, A faster algorithm for betweenness centrality, Journal of Mathematical Sociology 25, 2001).
  public var betweenness: [Double] {
    var sums = Array(repeating: 0.0, count: count)
    // Neighbours in one row, for this reads each of them once from every node.
    var firsts = [0]
    var row: [Int] = []
    for list in neighbours {
      row += list.map(\.node)
      firsts.append(row.count)
    }
    var order = Array(repeating: 0, count: count)
    var ways = Array(repeating: 0.0, count: count)
    var shares = Array(repeating: 0.0, count: count)
    var steps = Array(repeating: -1, count: count)
    for start in 0..<count where firsts[start] < firsts[start + 1] {
      var (head, tail) = (0, 1)
      order[0] = start
      ways[start] = 1
      steps[start] = 0
      while head < tail {
        let node = order[head]
        head += 1
        for place in firsts[node]..<firsts[node + 1] {
          let other = row[place]
          if steps[other] < 0 {
            steps[other] = steps[node] + 1
            order[tail] = other
            tail += 1
          }
          if steps[other] == steps[node] + 1 { ways[other] += ways[node] }
        }
      }
      for node in order[0..<tail].reversed() {
        for place in firsts[node]..<firsts[node + 1] where steps[row[place]] == steps[node] + 1 {
          shares[node] += ways[node] / ways[row[place]] * (1 + shares[row[place]])
        }
        if node != start { sums[node] += shares[node] }
      }
      for node in order[0..<tail] { (ways[node], shares[node], steps[node]) = (0, 0, -1) }
    }
    // Each pair was met from both its ends.
    return sums.map { $0 / 2 }
  }

  /// The nodes without which a part falls into several, and the ties without which it does (Hopcroft and Tarjan,
  /// Algorithm 447: efficient algorithms for graph manipulation, Communications of the ACM 16, 1973).
  public var weakPoints: (nodes: [Int], ties: [Tie]) {
    var entered = Array(repeating: -1, count: count)
    var lowest = Array(repeating: 0, count: count)
    var next = 0
    var nodes: Set<Int> = []
    var bridges: [Tie] = []
    for start in 0..<count where entered[start] < 0 {
      var children = 0
      // Node, the tie by which it was entered, and how many of its neighbours were looked at.
      var stack: [(node: Int, tie: Int, looked: Int)] = [(start, -1, 0)]
      entered[start] = next
      lowest[start] = next
      next += 1
      while let (node, tie, looked) = stack.last {
        if looked < neighbours[node].count {
          stack[stack.count - 1].looked += 1
          let (other, through) = neighbours[node][looked]
          if through == tie { continue }
          if entered[other] < 0 {
            entered[other] = next
            lowest[other] = next
            next += 1
            stack.append((other, through, 0))
            if node == start { children += 1 }
          } else {
            lowest[node] = min(lowest[node], entered[other])
          }
        } else {
          stack.removeLast()
          guard let parent = stack.last?.node else { continue }
          lowest[parent] = min(lowest[parent], lowest[node])
          if lowest[node] > entered[parent] { bridges.append(ties[tie]) }
          if parent != start, lowest[node] >= entered[parent] { nodes.insert(parent) }
        }
      }
      if children > 1 { nodes.insert(start) }
    }
    return (nodes.sorted(), bridges.sorted { ($0.one, $0.other) < ($1.one, $1.other) })
  }

  /// How far ties keep to nodes' own groups: 1 where all do, 0 where groups do not matter, below 0 where ties go across
  /// (Newman, Mixing patterns in networks, Physical Review E 67, 2003, equation 2). Nil without ties, or with one group.
  ///
  /// - Parameter groups: the group of each node.
  public func assortativity(groups: [Int]) -> Double? {
    precondition(groups.count == count, "Each node has a group.")
    var ends: [Int: Double] = [:]
    var within = 0.0
    var all = 0.0
    for tie in ties {
      let (one, other) = (groups[tie.one], groups[tie.other])
      all += 1
      if one == other { within += 1 }
      ends[one, default: 0] += 0.5
      ends[other, default: 0] += 0.5
    }
    guard all > 0 else { return nil }
    let chance = ends.values.reduce(0) { $0 + ($1 / all) * ($1 / all) }
    guard chance < 1 else { return nil }
    return (within / all - chance) / (1 - chance)
  }

  /// The difference between ties across groups and ties within them, as a share of all: from −1, all within, to 1, all
  /// across (Krackhardt and Stern, Informal networks and organizational crises, Social Psychology Quarterly 51, 1988).
  /// Nil without ties.
  public func externalInternal(groups: [Int]) -> Double? {
    guard !ties.isEmpty else { return nil }
    let across = Double(ties.count { groups[$0.one] != groups[$0.other] })
    let within = Double(ties.count) - across
    return (across - within) / Double(ties.count)
  }
}
