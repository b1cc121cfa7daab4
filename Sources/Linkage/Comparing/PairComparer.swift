/// Compares pairs of records in every respect, some at a time. One thread uses it at a time.
final class PairComparer {
  private let comparers: [Comparer]
  private let code: PatternCode
  private let rows: UnsafePointer<UInt32>
  private let width: Int

  init(_ plans: [ComparisonPlan], _ code: PatternCode, _ records: RecordSet) {
    comparers = plans.map { $0.comparer() }
    self.code = code
    guard let rows = records.codes.baseAddress else { preconditionFailure("there are records") }
    self.rows = UnsafePointer(rows)
    width = records.parts.count
  }

  /// Writes the patterns of pairs.
  func patterns(
    _ left: UnsafePointer<UInt32>, _ right: UnsafePointer<UInt32>, count: Int,
    to patterns: UnsafeMutablePointer<UInt32>
  ) {
    touch(rows, width, left, right, count, patterns)
    patterns.update(repeating: 0, count: count)
    for (comparer, step) in zip(comparers, code.steps) {
      for pair in 0..<count {
        let level = comparer.level(
          rows + Int(left[pair]) &* width, rows + Int(right[pair]) &* width)
        patterns[pair] &+= UInt32(level) &* step
      }
    }
  }
}

extension PairComparer {
  /// The patterns of pairs.
  func patterns(_ left: ArraySlice<UInt32>, _ right: ArraySlice<UInt32>) -> [UInt32] {
    left.withUnsafeBufferPointer { left in
      right.withUnsafeBufferPointer { right in
        [UInt32](unsafeUninitializedCapacity: left.count) { room, count in
          guard let one = left.baseAddress, let other = right.baseAddress,
            let room = room.baseAddress
          else { return }
          patterns(one, other, count: left.count, to: room)
          count = left.count
        }
      }
    }
  }
}

/// Pairs and what was found of them.
struct ComparedPairs: Sendable {
  var left: [UInt32] = []
  var right: [UInt32] = []
  var patterns: [UInt32] = []

  var count: Int { left.count }
}
