/// The pairs that an earlier run has weighed: those of the blocks that the records of that run make among
/// themselves.
struct EarlierBlocks: Sendable {
  /// By record, whether it was there.
  let wasThere: [Bool]
  /// The blocks of those that were.
  let blocks: Blocks

  /// Whether a pair was weighed.
  func has(_ one: UInt32, _ other: UInt32) -> Bool {
    wasThere[Int(one)] && wasThere[Int(other)] && blocks.isFound(Int(one), Int(other))
  }

  /// Whether those of a block's records that were there were one block then too, so that all pairs of theirs
  /// were weighed.
  func isUnbroken(_ members: ArraySlice<UInt32>, rule: Int) -> Bool {
    let width = blocks.rules.count
    var common: UInt32 = 0
    for member in members where wasThere[Int(member)] {
      let group = blocks.groups[Int(member) &* width &+ rule]
      if group == 0 || (common != 0 && group != common) {
        return members.count { wasThere[Int($0)] } < 2
      }
      common = group
    }
    return true
  }
}

extension Blocks {
  /// Hands each pair of a stretch that was not weighed before to `body`, those that earlier rules find too,
  /// the record with the lower number first.
  func forEachNewPair(
    _ stretch: Stretch, since earlier: EarlierBlocks, _ body: (UInt32, UInt32) -> Void
  ) {
    let rule = rules[stretch.rule]
    let universe = PairUniverse(records, scope)
    for block in stretch.blocks {
      let members = rule.members[Int(rule.starts[block])..<Int(rule.starts[block + 1])]
      let fresh = members.filter { !earlier.wasThere[Int($0)] }
      let isUnbroken = earlier.isUnbroken(members, rule: stretch.rule)
      if isUnbroken, fresh.isEmpty { continue }
      var next = 0
      for (place, one) in members.enumerated() {
        while next < fresh.count, fresh[next] <= one { next += 1 }
        // Two records that were there are a new pair only where blocks were parted otherwise then.
        let others =
          isUnbroken && earlier.wasThere[Int(one)]
          ? fresh[next...] : members[(members.startIndex + place + 1)...]
        for other in others
        where universe.isInScope(Int(one), Int(other)) && !earlier.has(one, other) {
          body(one, other)
        }
      }
    }
  }
}

/// What an earlier run with the same model came to, so that only what is new has to be compared.
///
/// Records are numbered as they are handed to the ``RecordSetBuilder``; those that were there before come in the
/// same order as then.
public struct EarlierRun: Sendable {
  /// By record, whether it was there, the same in all its values.
  public let wasThere: [Bool]
  /// The pairs that it kept, of records that are still there.
  public let pairs: ScoredPairs

  public init(wasThere: [Bool], pairs: ScoredPairs) {
    self.wasThere = wasThere
    self.pairs = pairs
  }
}
