/// The records that each rule puts together.
///
/// A pair belongs to the first rule that puts it together, so each is compared once.
final class Blocks: @unchecked Sendable {
  // Sendable because nothing changes once it is made.

  /// The blocks of one rule.
  struct Rule {
    let rule: BlockingRule
    /// The records of all blocks, one block after the other, in the order of records within each.
    let members: [UInt32]
    /// Where each block begins, and where the last ends.
    let starts: [UInt32]
    /// How many pairs there are in all blocks, whatever other rules find.
    let pairCount: Int
    /// How many pairs the splitting of large blocks left out.
    let pairsLeftOut: Int
  }

  let rules: [Rule]
  /// For each record, the number of its block under each rule, from 1; 0 where it is in none.
  let groups: UnsafeMutableBufferPointer<UInt32>
  let records: RecordSet
  let scope: LinkScope

  /// - Parameters:
  ///   - splits: the parts of keys by which a block that is too large is split, one after the other.
  ///   - isIn: the records that blocks are made of; all where nil.
  init(
    _ rules: [BlockingRule], _ keys: RecordKeys, _ records: RecordSet, scope: LinkScope,
    splits: [KeyPart], largestBlock: Int, threads: Int, only isIn: [Bool]? = nil
  ) {
    self.records = records
    self.scope = scope
    let width = rules.count
    groups = .allocate(capacity: max(1, width * records.count))
    groups.initialize(repeating: 0)
    let target = Groups(groups)
    self.rules = parallel(rules.count, threads: threads) { index in
      let grouping = Grouping(
        keys, records, scope: scope, largestBlock: largestBlock,
        splits: splits.filter { !rules[index].fields.contains($0.field) }, only: isIn)
      let made = grouping.blocks(rules[index])
      for block in 0..<(made.starts.count - 1) {
        for place in Int(made.starts[block])..<Int(made.starts[block + 1]) {
          target.pointer[Int(made.members[place]) &* width &+ index] = UInt32(block + 1)
        }
      }
      return made
    }
  }

  deinit { groups.deallocate() }

  private struct Groups: @unchecked Sendable {
    let pointer: UnsafeMutableBufferPointer<UInt32>
    init(_ pointer: UnsafeMutableBufferPointer<UInt32>) { self.pointer = pointer }
  }

  /// The pairs of all rules, those that several find counted as often: no fewer than there are.
  var pairBound: Int { rules.reduce(0) { $0 + $1.pairCount } }

  /// The blocks of all rules in stretches of about `pairs` pairs, to be worked on one by one.
  func stretches(pairs: Int) -> [Stretch] {
    var all: [Stretch] = []
    for (index, rule) in rules.enumerated() {
      var (from, sum) = (0, 0)
      for block in 0..<max(0, rule.starts.count - 1) {
        let size = Int(rule.starts[block + 1] - rule.starts[block])
        sum += size * (size - 1) / 2
        if sum >= pairs {
          all.append(Stretch(rule: index, blocks: from..<(block + 1)))
          (from, sum) = (block + 1, 0)
        }
      }
      if from < rule.starts.count - 1 {
        all.append(Stretch(rule: index, blocks: from..<(rule.starts.count - 1)))
      }
    }
    return all
  }

  struct Stretch: Sendable {
    let rule: Int
    let blocks: Range<Int>
  }

  /// Hands each pair of a stretch to `body`, those that earlier rules find too, the record with the lower
  /// number first.
  @inline(__always)
  func forEachPair(_ stretch: Stretch, _ body: (UInt32, UInt32) -> Void) {
    let rule = rules[stretch.rule]
    let isEvery = scope.within && scope.between
    let ends = records.sources.map { UInt32($0.records.upperBound) }
    rule.members.withUnsafeBufferPointer { members in
      rule.starts.withUnsafeBufferPointer { starts in
        for block in stretch.blocks {
          let (from, to) = (Int(starts[block]), Int(starts[block &+ 1]))
          for i in from..<to {
            let one = members[i]
            var (next, last) = (i &+ 1, to)
            if !isEvery {
              // Records are in the order of sources.
              let end = ends.first { one < $0 } ?? 0
              var split = next
              while split < to, members[split] < end { split &+= 1 }
              if scope.within { last = split } else { next = split }
            }
            var j = next
            while j < last {
              body(one, members[j])
              j &+= 1
            }
          }
        }
      }
    }
  }

  /// Whether any rule finds a pair.
  func isFound(_ one: Int, _ other: Int) -> Bool { foundBy(one, other) != 0 }

  /// The rules that find a pair, a bit for each.
  func foundBy(_ one: Int, _ other: Int) -> UInt32 {
    let width = rules.count
    var found: UInt32 = 0
    for rule in 0..<width {
      let group = groups[one * width + rule]
      if group != 0, group == groups[other * width + rule] { found |= 1 << UInt32(rule) }
    }
    return found
  }

  /// Keeps of some pairs those that no rule before `rule` finds, and writes the rules that find them, a bit
  /// for each.
  ///
  /// - Returns: how many pairs are left.
  func keepOwn(
    _ rule: Int, _ left: UnsafeMutablePointer<UInt32>, _ right: UnsafeMutablePointer<UInt32>,
    _ found: UnsafeMutablePointer<UInt32>, _ count: Int
  ) -> Int {
    guard let groups = groups.baseAddress else { return 0 }
    let width = rules.count
    touch(groups, width, left, right, count, found)
    var kept = 0
    for pair in 0..<count {
      let (one, other) = (left[pair], right[pair])
      let (a, b) = (groups + Int(one) &* width, groups + Int(other) &* width)
      var rules: UInt32 = 0
      for index in 0..<width where a[index] == b[index] && a[index] != 0 {
        rules |= 1 &<< UInt32(index)
      }
      left[kept] = one
      right[kept] = other
      found[kept] = rules
      kept &+= rules.trailingZeroBitCount == rule ? 1 : 0
    }
    return kept
  }
}

/// Reads the first number of the rows of some pairs, so that they are near when they are worked on: memory is
/// slow, but can be asked for many things at once.
///
/// - Parameter room: is written over, so that the reading is not left out.
@inline(__always)
func touch(
  _ rows: UnsafePointer<UInt32>, _ width: Int, _ left: UnsafePointer<UInt32>,
  _ right: UnsafePointer<UInt32>, _ count: Int, _ room: UnsafeMutablePointer<UInt32>
) {
  for pair in 0..<count {
    let (one, other) = (rows + Int(left[pair]) &* width, rows + Int(right[pair]) &* width)
    room[pair] = one[0] &+ other[0] &+ one[width &- 1] &+ other[width &- 1]
  }
}
