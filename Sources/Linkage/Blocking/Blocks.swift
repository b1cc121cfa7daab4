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
  init(
    _ rules: [BlockingRule], _ keys: RecordKeys, _ records: RecordSet, scope: LinkScope,
    splits: [KeyPart], largestBlock: Int, threads: Int
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
        splits: splits.filter { !rules[index].fields.contains($0.field) })
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

/// The numbers of the parts of keys, for each value of the part of the records that they are of.
final class RecordKeys: Sendable {
  private let tables: [KeyPart: KeyTable]
  private let records: RecordSet
  /// The records in the sample, by the part of the key that it goes by.
  private let samples: [KeyPart: [UInt32]]

  /// How many records there are for each in the sample, about.
  let every: Int
  private static let sampleSize = 1 << 16

  /// - Parameters:
  ///   - sampled: parts of keys by which samples of the records are wanted.
  /// - Throws: ``LinkageError`` where a part names no field.
  init(
    _ keys: [KeyPart], _ records: RecordSet, threads: Int, sampled: [KeyPart] = []
  ) throws(LinkageError) {
    let distinct = Array(Set(keys)).sorted { $0.text < $1.text }
    for key in distinct where records.part(key.field) == nil {
      throw LinkageError(
        "A blocking rule has '\(key.text)', but there is no field '\(key.field)'.",
        hint: "The fields are \(records.parts.map(\.name).joined(separator: ", ")).")
    }
    let made = parallel(distinct.count, threads: threads) { index in
      let part = records.part(distinct[index].field) ?? 0
      let codes = KeyCodes.codes(distinct[index], records.parts[part])
      let memory = UnsafeMutablePointer<UInt32>.allocate(capacity: codes.count)
      memory.initialize(from: codes, count: codes.count)
      return KeyTable(part: part, codes: UnsafePointer(memory), count: codes.count)
    }
    tables = Dictionary(zip(distinct, made)) { first, _ in first }
    self.records = records
    let tables = tables
    // Few enough keys that the pairs of a rule can be compared; all of them where there are few records.
    var every = 1
    while records.count / every > Self.sampleSize { every *= 2 }
    self.every = every
    let mask = every - 1
    let ways = every > 1 ? Array(Set(sampled)).sorted { $0.text < $1.text } : []
    let lists = parallel(ways.count, threads: threads) { index -> [UInt32] in
      guard let table = tables[ways[index]] else { return [] }
      let isIn = (0..<table.count).map { value in
        let code = table.codes[value]
        return code != 0 && Int(truncatingIfNeeded: mixed(UInt64(code)) &>> 40) & mask == 0
      }
      return (0..<UInt32(records.count)).filter { isIn[Int(records.code(Int($0), table.part))] }
    }
    samples = Dictionary(uniqueKeysWithValues: zip(ways, lists))
  }

  deinit { for table in tables.values { table.codes.deallocate() } }

  /// The key of a rule, ready to be taken of records.
  func key(_ rule: BlockingRule) -> RuleKey { RuleKey(rule.parts.map(table), records) }

  func table(_ key: KeyPart) -> KeyTable {
    guard let found = tables[key] else { preconditionFailure("the key was asked for at the start") }
    return found
  }

  /// The records whose key's part is in the sample.
  func sampled(_ key: KeyPart) -> [UInt32] { samples[key] ?? [] }
}

/// Takes the key of a rule of records.
struct RuleKey: @unchecked Sendable {
  // Sendable because nothing changes once it is made; the keys and records are held by who made it.
  private let parts: (KeyTable, KeyTable, KeyTable)
  private let count: Int
  private let more: [KeyTable]
  private let rows: UnsafePointer<UInt32>
  private let width: Int

  init(_ parts: [KeyTable], _ records: RecordSet) {
    guard let rows = records.codes.baseAddress, let first = parts.first else {
      preconditionFailure("a rule has parts")
    }
    self.rows = UnsafePointer(rows)
    width = records.parts.count
    count = parts.count
    self.parts = (first, count > 1 ? parts[1] : first, count > 2 ? parts[2] : first)
    more = Array(parts.dropFirst(3))
  }

  /// A hash of a record's key; 0 where a part of it is missing.
  @inline(__always)
  func hash(_ record: Int) -> UInt64 {
    let row = rows + record &* width
    var hash: UInt64 = 0
    guard parts.0.add(row, &hash) else { return 0 }
    if count > 1, !parts.1.add(row, &hash) { return 0 }
    if count > 2, !parts.2.add(row, &hash) { return 0 }
    if count > 3 {
      for part in more where !part.add(row, &hash) { return 0 }
    }
    return hash
  }
}

/// For each value of a part of the records, the number of its key.
struct KeyTable: @unchecked Sendable {
  // Sendable because nothing changes once it is made.
  let part: Int
  let codes: UnsafePointer<UInt32>
  let count: Int

  @inline(__always)
  func add(_ row: UnsafePointer<UInt32>, _ hash: inout UInt64) -> Bool {
    let code = codes[Int(row[part])]
    hash = mixed(hash &+ UInt64(code) &+ 0x9E37_79B9_7F4A_7C15)
    return code != 0
  }
}

/// Puts records with one key together.
struct Grouping {
  let keys: RecordKeys
  let records: RecordSet
  let scope: LinkScope
  let largestBlock: Int
  let splits: [KeyPart]

  init(
    _ keys: RecordKeys, _ records: RecordSet, scope: LinkScope, largestBlock: Int, splits: [KeyPart]
  ) {
    self.keys = keys
    self.records = records
    self.scope = scope
    self.largestBlock = largestBlock
    self.splits = splits
  }

  /// The blocks of a rule.
  ///
  /// - Parameter isSample: whether one in ``RecordKeys/every`` keys is taken only, by the hash of a key's first
  ///   part, so that each pair is as likely to be there.
  func blocks(_ rule: BlockingRule, isSample: Bool = false) -> Blocks.Rule {
    let bits = UInt64(max(1, Int.bitWidth - records.count.leadingZeroBitCount))
    let low: UInt64 = (1 &<< bits) &- 1
    let entries = entries(rule, bits, isSample)
    var made = Made(members: [], starts: [0], pairs: 0, leftOut: 0)
    made.members.reserveCapacity(entries.count / 2)
    entries.withUnsafeBufferPointer { entries in
      var from = 0
      while from < entries.count {
        let key = entries[from] &>> bits
        var to = from + 1
        while to < entries.count, entries[to] &>> bits == key { to &+= 1 }
        if to - from > 1 {
          let start = made.members.count
          for place in from..<to {
            made.members.append(UInt32(truncatingIfNeeded: entries[place] & low))
          }
          close(start, &made)
        }
        from = to
      }
    }
    return Blocks.Rule(
      rule: rule, members: made.members, starts: made.starts, pairCount: made.pairs,
      pairsLeftOut: made.leftOut)
  }

  /// Makes a block of the members from `start` on, or splits them where they are too many.
  private func close(_ start: Int, _ made: inout Made) {
    let pairs = pairCount(made.members[start...])
    if pairs > 0, pairs <= largestBlock {
      made.starts.append(UInt32(made.members.count))
      made.pairs += pairs
      return
    }
    let block = pairs > 0 ? Array(made.members[start...]) : []
    made.members.removeLast(made.members.count - start)
    guard pairs > 0 else { return }
    let before = made.pairs
    add(block[...], splits[...], &made)
    made.leftOut += pairs - (made.pairs - before)
  }

  private struct Made {
    var members: [UInt32]
    var starts: [UInt32]
    var pairs: Int
    var leftOut: Int
  }

  /// Records that have the whole key, sorted by it: the key's hash above, the record below.
  private func entries(_ rule: BlockingRule, _ bits: UInt64, _ isSample: Bool) -> [UInt64] {
    let key = keys.key(rule)
    let sampled = isSample && keys.every > 1 ? keys.sampled(rule.parts[0]) : nil
    let size = sampled?.count ?? records.count
    var entries = [UInt64](unsafeUninitializedCapacity: size) { buffer, count in
      func add(_ record: Int) {
        let hash = key.hash(record)
        guard hash != 0 else { return }
        buffer[count] = hash &<< bits | UInt64(record)
        count += 1
      }
      if let sampled {
        for record in sampled { add(Int(record)) }
      } else {
        for record in 0..<size { add(record) }
      }
    }
    radixSort(&entries, from: bits, bits: min(33, 64 - bits))
    return entries
  }

  /// Adds a block, or what it is split into where it is too large.
  private func add(_ block: ArraySlice<UInt32>, _ splits: ArraySlice<KeyPart>, _ made: inout Made) {
    let pairs = pairCount(block)
    guard pairs > 0 else { return }
    guard pairs > largestBlock else {
      made.members.append(contentsOf: block)
      made.starts.append(UInt32(made.members.count))
      made.pairs += pairs
      return
    }
    if let split = splits.first {
      let table = keys.table(split)
      let coded = block.map { (table.codes[Int(records.code(Int($0), table.part))], $0) }
        .sorted { $0 < $1 }
      var from = 0
      while from < coded.count {
        var to = from + 1
        while to < coded.count, coded[to].0 == coded[from].0 { to += 1 }
        if to - from > 1 { add(coded[from..<to].map(\.1)[...], splits.dropFirst(), &made) }
        from = to
      }
    } else {
      // They are the same in everything: neighbours are compared.
      var size = 2
      while size * (size - 1) / 2 < largestBlock { size += 1 }
      var from = block.startIndex
      while from < block.endIndex {
        let to = min(block.endIndex, from + size)
        let piece = block[from..<to]
        if pairCount(piece) > 0 {
          made.members.append(contentsOf: piece)
          made.starts.append(UInt32(made.members.count))
          made.pairs += pairCount(piece)
        }
        from = to
      }
    }
  }

  /// How many pairs of some records, in their order, are looked for.
  private func pairCount(_ block: ArraySlice<UInt32>) -> Int {
    let all = block.count * (block.count - 1) / 2
    guard !(scope.within && scope.between) else { return all }
    var within = 0
    var place = block.startIndex
    for source in records.sources {
      let from = place
      while place < block.endIndex, Int(block[place]) < source.records.upperBound { place += 1 }
      within += (place - from) * (place - from - 1) / 2
    }
    return scope.within ? within : all - within
  }
}

/// Sorts by some bits, those that are the same staying in their order (least significant digits first).
func radixSort(_ entries: inout [UInt64], from: UInt64, bits: UInt64) {
  guard entries.count > 1 else { return }
  if entries.count < 1 << 12 {
    let mask: UInt64 = bits >= 64 ? .max : (1 &<< bits) &- 1
    // The rest is the record's number, so that order is kept.
    entries.sort { a, b in
      let (x, y) = (a &>> from & mask, b &>> from & mask)
      return x != y ? x < y : a & ((1 &<< from) &- 1) < b & ((1 &<< from) &- 1)
    }
    return
  }
  var other = [UInt64](repeating: 0, count: entries.count)
  var counts = [Int](repeating: 0, count: 1 << 11)
  var shift = from
  while shift < from + bits {
    let width = min(11, from + bits - shift)
    let mask: UInt64 = (1 &<< width) &- 1
    entries.withUnsafeBufferPointer { source in
      other.withUnsafeMutableBufferPointer { target in
        counts.withUnsafeMutableBufferPointer { counts in
          counts.update(repeating: 0)
          for entry in source { counts[Int(entry &>> shift & mask)] &+= 1 }
          var sum = 0
          for digit in counts.indices {
            let count = counts[digit]
            counts[digit] = sum
            sum &+= count
          }
          for entry in source {
            let digit = Int(entry &>> shift & mask)
            target[counts[digit]] = entry
            counts[digit] &+= 1
          }
        }
      }
    }
    swap(&entries, &other)
    shift += width
  }
}
