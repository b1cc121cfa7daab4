/// Puts records with one key together.
struct Grouping {
  let keys: RecordKeys
  let records: RecordSet
  let scope: LinkScope
  let largestBlock: Int
  let splits: [KeyPart]
  /// The records that blocks are made of; all where nil.
  let isIn: [Bool]?

  init(
    _ keys: RecordKeys, _ records: RecordSet, scope: LinkScope, largestBlock: Int,
    splits: [KeyPart], only isIn: [Bool]? = nil
  ) {
    self.isIn = isIn
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
      } else if let isIn {
        for record in 0..<size where isIn[record] { add(record) }
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
