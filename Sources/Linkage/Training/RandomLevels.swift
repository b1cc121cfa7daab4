/// How often each level of each comparison is seen in pairs of records taken blindly.
///
/// What records share is rare, so pairs are drawn from strata: for each part that a comparison looks at, the
/// pairs that agree on it, whose number follows exactly from how frequent its values are; and all pairs. In
/// each stratum the levels are counted in a sample.
struct RandomLevels: Sendable {
  /// By comparison and level; levels where values are missing are 0, the rest adds up to 1.
  let probabilities: [[Double]]
  /// How many pairs there are in scope.
  let pairCount: Double
  /// How many pairs were drawn blindly, and how often each pattern came up among them.
  let sampleCount: Int
  let patterns: [(number: UInt64, count: Int)]

  /// Pairs of one address; nil where there are none, or nothing to tell homes by.
  let home: HomeSample?

  private static let pieces = 16

  /// How many pairs a piece has: enough for levels that one pair in ten thousand is at, fewer where there
  /// are few records, and none where no pair is in scope.
  private static func pieceSize(_ records: RecordSet, _ universe: PairUniverse) -> Int {
    universe.pairCount > 0 ? max(1 << 11, min(1 << 14, records.count / 2)) : 0
  }
  private static let stratumSample = 1 << 14

  init(
    _ plans: [ComparisonPlan], _ code: PatternCode, _ records: RecordSet, scope: LinkScope,
    seed: UInt64, threads: Int
  ) {
    let universe = PairUniverse(records, scope)
    pairCount = universe.pairCount
    let blind = parallel(Self.pieces, threads: threads) { piece in
      Self.drawn(piece, plans, code, records, universe, seed)
    }
    var counts = CountTable()
    for pattern in blind.joined().map(\.pattern) { counts.add(UInt64(pattern)) }
    patterns = counts.sorted
    sampleCount = Self.pieces * Self.pieceSize(records, universe)
    // Where one part alone is looked at, the pairs that agree on it are at the level of their value.
    let parts = Array(Set(plans.filter { $0.singlePart == nil }.flatMap(\.parts))).sorted()
    let agreeing = parallel(parts.count, threads: threads) {
      AgreeingPairs(parts[$0], records, scope, universe)
    }
    let byPart = Dictionary(uniqueKeysWithValues: zip(parts, agreeing))
    home = HomeSample(
      plans, plans.map { records.parts[$0.parts.first ?? 0].kind }, code, records, scope: scope,
      universe, byPart, seed: seed)
    probabilities = parallel(plans.count, threads: threads) { index in
      Self.levels(
        plans[index], records, scope, universe, byPart, seed: mixed(seed &+ UInt64(100 + index)),
        blind, { code.level(index, in: $0) })
    }
  }

  private struct Drawn {
    var one: UInt32
    var other: UInt32
    var pattern: UInt32
  }

  /// Pairs taken blindly and their patterns.
  private static func drawn(
    _ piece: Int, _ plans: [ComparisonPlan], _ code: PatternCode, _ records: RecordSet,
    _ universe: PairUniverse, _ seed: UInt64
  ) -> [Drawn] {
    let pieceSize = pieceSize(records, universe)
    guard pieceSize > 0 else { return [] }
    let comparer = PairComparer(plans, code, records)
    var random = SplitMix(mixed(seed &+ UInt64(piece)))
    let pairs = (0..<pieceSize).map { _ in universe.draw(&random) }
    let (left, right) = (pairs.map { UInt32($0.0) }, pairs.map { UInt32($0.1) })
    let patterns = comparer.patterns(left[...], right[...])
    return (0..<pieceSize).map { Drawn(one: left[$0], other: right[$0], pattern: patterns[$0]) }
  }

  private static func levels(
    _ plan: ComparisonPlan, _ records: RecordSet, _ scope: LinkScope, _ universe: PairUniverse,
    _ agreeing: [Int: AgreeingPairs], seed: UInt64, _ blind: [[Drawn]],
    _ levelOf: (UInt32) -> Int
  ) -> [Double] {
    let comparer = plan.comparer()
    let width = records.parts.count
    guard let rows = records.codes.baseAddress else { return [] }
    func row(_ record: Int) -> UnsafePointer<UInt32> { UnsafePointer(rows + record * width) }
    func agrees(_ one: Int, _ other: Int, _ part: Int) -> Bool {
      let code = records.code(one, part)
      return code != 0 && code == records.code(other, part)
    }
    var levels = [Double](repeating: 0, count: plan.comparison.levelCount)
    var random = SplitMix(seed)
    var share = 0.0
    let isEncoding = plan.parts.contains { records.parts[$0].kind == .encoding }
    if let part = plan.singlePart, !isEncoding {
      let sums = Self.agreement(part, records, scope)
      for (value, pairs) in sums.enumerated() where pairs > 0 {
        let each = pairs / universe.pairCount
        levels[Int(comparer.level(ofSame: UInt32(value)))] += each
        share += each
      }
    }
    for (place, part) in plan.parts.enumerated() {
      guard let pairs = agreeing[part], plan.singlePart == nil, pairs.probability > 0 else {
        continue
      }
      let each = pairs.probability / Double(stratumSample)
      for _ in 0..<stratumSample {
        let (one, other) = pairs.draw(&random)
        // Each pair is in the stratum of the first part that it agrees on.
        if plan.parts[..<place].contains(where: { agrees(one, other, $0) }) { continue }
        levels[Int(comparer.level(row(one), row(other)))] += each
        share += each
      }
    }
    let isCounted = levels.map { $0 > 0 }
    // The pairs that agree on nothing, by the sample.
    var (none, total) = ([Double](repeating: 0, count: levels.count), 0.0)
    let isSingle = plan.singlePart != nil
    for drawn in blind {
      for pair in drawn {
        let level = levelOf(pair.pattern)
        // Where one part alone is looked at, pairs that agree on it are at the levels that were counted.
        if !isSingle || isCounted[level],
          plan.parts.contains(where: { agrees(Int(pair.one), Int(pair.other), $0) })
        {
          continue
        }
        none[level] += 1
        total += 1
      }
    }
    for level in levels.indices where total > 0 {
      levels[level] += max(0, 1 - share) * none[level] / total
    }
    if isEncoding { levels = Self.fallingOff(levels, from: plan.firstLevel, pairs: total) }
    return normalised(levels, plan, isCounted, unseen: isEncoding ? 1e-15 : 0.5 / max(1, total))
  }

  /// The levels of encodings, the most alike first, with those that next to no unrelated pairs are at as rare as the
  /// others lead to expect: each further level by the same factor, that of the geometric distribution that is likeliest
  /// (the tail of an exponential one; Pickands 1975, Ann Stat 3: 119). Pairs beyond a level that none is at are matches.
  private static func fallingOff(_ levels: [Double], from first: Int, pairs: Double) -> [Double] {
    guard levels.count > first + 1, pairs > 0 else { return levels }
    var levels = levels
    let tail = Array((first..<(levels.count - 1)).reversed())
    let counts = tail.map { (levels[$0] * pairs).rounded() }
    let seen = counts.prefix { $0 > 0 }
    let sum = seen.reduce(0, +)
    let steps = seen.enumerated().reduce(0) { $0 + Double($1.offset) * $1.element }
    // As if one pair more had been seen at the first and at the next level, so that neither is certain.
    let ratio = (steps + 1) / (sum + steps + 2)
    var share = (sum + 1) / pairs * (1 - ratio)
    for level in tail {
      levels[level] = share
      share *= ratio
    }
    return levels
  }

  /// How many pairs in scope have each value of a part in common.
  private static func agreement(
    _ part: Int, _ records: RecordSet, _ scope: LinkScope
  ) -> [Double] {
    let counts = records.sources.map { records.counts(part, in: $0.records) }
    var own = [Double](repeating: 0, count: counts.count)
    return (0...records.parts[part].table.count).map { value in
      guard value > 0 else { return 0 }
      for source in counts.indices { own[source] = Double(counts[source][value]) }
      return PairUniverse.pairs(own, scope)
    }
  }

  /// Levels of values that are there add up to 1; none is impossible.
  ///
  /// - Parameters:
  ///   - isCounted: the levels that pairs which agree on a part are at: how rare they are is known, however rare.
  ///   - unseen: what a level is taken to have that no pair of the blind sample is at.
  private static func normalised(
    _ levels: [Double], _ plan: ComparisonPlan, _ isCounted: [Bool], unseen: Double
  ) -> [Double] {
    var levels = levels
    let counts = plan.comparison.countsMissing ? 0 : plan.firstLevel
    for level in 0..<counts { levels[level] = 0 }
    let sum = levels.reduce(0, +)
    guard sum > 0 else {
      let each = 1 / Double(levels.count - counts)
      return levels.indices.map { $0 < counts ? 0 : each }
    }
    for level in counts..<levels.count {
      levels[level] = isCounted[level] ? levels[level] / sum : max(levels[level] / sum, unseen)
    }
    let again = levels.reduce(0, +)
    return levels.map { $0 / again }
  }
}

/// All pairs of records in scope.
struct PairUniverse: Sendable {
  let pairCount: Double
  private let count: Int
  private let ranges: [Range<Int>]
  private let scope: LinkScope

  init(_ records: RecordSet, _ scope: LinkScope) {
    count = records.count
    ranges = records.sources.map(\.records)
    self.scope = scope
    pairCount = Self.pairs(ranges.map { Double($0.count) }, scope)
  }

  /// How many pairs there are of numbers of records in each source.
  static func pairs(_ counts: [Double], _ scope: LinkScope) -> Double {
    let all = counts.reduce(0, +)
    let within = counts.reduce(0) { $0 + $1 * ($1 - 1) / 2 }
    let every = all * (all - 1) / 2
    return (scope.within ? within : 0) + (scope.between ? every - within : 0)
  }

  /// A pair, all as likely.
  @inline(__always)
  func draw(_ random: inout SplitMix) -> (Int, Int) {
    while true {
      let (one, other) = (random.below(count), random.below(count))
      guard one != other, isInScope(one, other) else { continue }
      return one < other ? (one, other) : (other, one)
    }
  }

  @inline(__always)
  func isInScope(_ one: Int, _ other: Int) -> Bool {
    if scope.within && scope.between { return true }
    let isSame = ranges.contains { $0.contains(one) && $0.contains(other) }
    return isSame ? scope.within : scope.between
  }
}

/// The pairs that agree on a part.
struct AgreeingPairs: Sendable {
  /// Of all pairs in scope.
  let probability: Double
  /// Records by value.
  private let members: [UInt32]
  private let starts: [UInt32]
  /// For each value, how many pairs it and those before it have.
  private let sums: [Double]
  private let universe: PairUniverse

  init(_ part: Int, _ records: RecordSet, _ scope: LinkScope, _ universe: PairUniverse) {
    self.universe = universe
    let size = records.parts[part].table.count + 1
    let counts = records.sources.map { records.counts(part, in: $0.records) }
    var starts = [UInt32](repeating: 0, count: size + 1)
    var sums = [Double](repeating: 0, count: size)
    var sum = 0.0
    var own = [Double](repeating: 0, count: counts.count)
    for value in 0..<size {
      var all: UInt32 = 0
      for source in counts.indices {
        own[source] = Double(counts[source][value])
        all += counts[source][value]
      }
      starts[value + 1] = starts[value] + all
      if value > 0 { sum += PairUniverse.pairs(own, scope) }
      sums[value] = sum
    }
    var next = starts
    members = [UInt32](unsafeUninitializedCapacity: records.count) { buffer, count in
      for record in 0..<records.count {
        let value = Int(records.code(record, part))
        buffer[Int(next[value])] = UInt32(record)
        next[value] += 1
      }
      count = records.count
    }
    self.starts = starts
    self.sums = sums
    probability = universe.pairCount > 0 ? sum / universe.pairCount : 0
  }

  /// A pair, all as likely.
  func draw(_ random: inout SplitMix) -> (Int, Int) {
    let wanted = Double(random.next() >> 11) * 0x1p-53 * (sums.last ?? 0)
    var (low, high) = (0, sums.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if sums[middle] > wanted { high = middle } else { low = middle + 1 }
    }
    let (from, to) = (Int(starts[low]), Int(starts[low + 1]))
    while true {
      let one = Int(members[from + random.below(to - from)])
      let other = Int(members[from + random.below(to - from)])
      guard one != other, universe.isInScope(one, other) else { continue }
      return one < other ? (one, other) : (other, one)
    }
  }
}
