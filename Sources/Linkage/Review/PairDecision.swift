/// What people decided of two records: evidence that every later linkage respects.
public struct PairDecision: Hashable, Sendable {
  public enum Verdict: String, Sendable, CaseIterable {
    /// Both are of one person.
    case same
    /// They are of two people.
    case different
  }

  /// What a record is called.
  public struct Record: Hashable, Sendable, Comparable {
    public let source: String
    public let id: String

    public init(source: String, id: String) {
      self.source = source
      self.id = id
    }

    public static func < (one: Record, other: Record) -> Bool {
      (one.source, one.id) < (other.source, other.id)
    }
  }

  /// The records, the one whose name comes first in the alphabet first.
  public let one: Record
  public let other: Record
  public let verdict: Verdict

  public init(_ one: Record, _ other: Record, _ verdict: Verdict) {
    self.one = min(one, other)
    self.other = max(one, other)
    self.verdict = verdict
  }
}

extension PairDecision {
  /// A decision that two records are different people, although others hold them together in a chain.
  public static func brokenChain(in decisions: [PairDecision]) -> PairDecision? {
    var next: [Record: [Record]] = [:]
    for decision in decisions where decision.verdict == .same {
      next[decision.one, default: []].append(decision.other)
      next[decision.other, default: []].append(decision.one)
    }
    var chain: [Record: Record] = [:]
    for start in next.keys.sorted() where chain[start] == nil {
      var open = [start]
      chain[start] = start
      while let record = open.popLast() {
        for other in next[record] ?? [] where chain[other] == nil {
          chain[other] = start
          open.append(other)
        }
      }
    }
    return decisions.first {
      $0.verdict == .different && chain[$0.one] != nil && chain[$0.one] == chain[$0.other]
    }
  }
}

/// The decisions that are about records of a set, by their numbers.
struct DecidedPairs: Sendable {
  private(set) var same: Set<UInt64> = []
  private(set) var different: Set<UInt64> = []
  /// For each record, those that it is not of one person with.
  private(set) var apart: [UInt32: [UInt32]] = [:]
  /// How many are about records that are not there.
  private(set) var strangers = 0

  var isEmpty: Bool { same.isEmpty && different.isEmpty }

  init() {}

  /// - Throws: ``LinkageError`` where decisions contradict each other.
  init(_ decisions: [PairDecision], _ records: RecordSet) throws(LinkageError) {
    guard !decisions.isEmpty else { return }
    let numbers = Self.numbers(Set(decisions.flatMap { [$0.one, $0.other] }), records)
    var verdicts: [UInt64: PairDecision.Verdict] = [:]
    for decision in decisions {
      guard let one = numbers[decision.one], let other = numbers[decision.other], one != other
      else {
        strangers += 1
        continue
      }
      let key = Self.key(one, other)
      if let known = verdicts[key], known != decision.verdict {
        throw LinkageError(
          "Two decisions about one pair contradict each other: that of a record of "
            + "'\(decision.one.source)' and one of '\(decision.other.source)'.",
          hint: "Leave one of them out; `kith link decide` finds such pairs.")
      }
      verdicts[key] = decision.verdict
    }
    for (key, verdict) in verdicts {
      let (one, other) = (UInt32(key >> 32), UInt32(key & 0xFFFF_FFFF))
      switch verdict {
      case .same:
        same.insert(key)
      case .different:
        different.insert(key)
        apart[one, default: []].append(other)
        apart[other, default: []].append(one)
      }
    }
    guard PairDecision.brokenChain(in: decisions) == nil else {
      throw LinkageError(
        "Decisions contradict each other: two records are different people, and others make them one.",
        hint: "`kith link decide` finds such chains; leave one of their decisions out.")
    }
  }

  /// The numbers of records by name, of those that are there.
  private static func numbers(
    _ wanted: Set<PairDecision.Record>, _ records: RecordSet
  ) -> [PairDecision.Record: UInt32] {
    var byID: [String: [PairDecision.Record]] = [:]
    for name in wanted { byID[name.id, default: []].append(name) }
    let hashes = Set(
      byID.keys.map { id in
        var id = id
        return id.withUTF8 { hashed(UnsafeRawBufferPointer($0)) }
      })
    var numbers: [PairDecision.Record: UInt32] = [:]
    for source in records.sources {
      for record in source.records
      where hashes.contains(records.ids.withText(record) { hashed($0) }) {
        for name in byID[records.ids.string(record)] ?? [] where name.source == source.name {
          numbers[name] = UInt32(record)
        }
      }
    }
    return numbers
  }

  static func key(_ one: UInt32, _ other: UInt32) -> UInt64 {
    UInt64(min(one, other)) << 32 | UInt64(max(one, other))
  }

  func isSame(_ one: UInt32, _ other: UInt32) -> Bool { same.contains(Self.key(one, other)) }
  func isDifferent(_ one: UInt32, _ other: UInt32) -> Bool {
    different.contains(Self.key(one, other))
  }

  /// Whether some records have two among them that are not of one person.
  func areApart(_ cluster: [UInt32]) -> Bool {
    !apart.isEmpty
      && cluster.contains { record in apart[record]?.contains(where: cluster.contains) ?? false }
  }

  /// Whether a record of each of two clusters is known not to be of one person with one of the other.
  func areApart(_ one: [UInt32], _ other: [UInt32]) -> Bool {
    !apart.isEmpty
      && one.contains { record in apart[record]?.contains(where: other.contains) ?? false }
  }

  /// What a pair weighs that is known to be of one person: more than evidence could.
  static let certain: Float = 128

  /// Makes pairs say what was decided.
  ///
  /// - Returns: those that say something else now, as they were.
  func apply(to pairs: inout ScoredPairs, pattern: (UInt32, UInt32) -> UInt32) -> ScoredPairs {
    var overruled = ScoredPairs()
    var rest = same
    for place in pairs.left.indices {
      let (one, other) = (pairs.left[place], pairs.right[place])
      let key = Self.key(one, other)
      let isSame = rest.remove(key) != nil
      guard isSame || different.contains(key) else { continue }
      overruled.append(
        one, other, weight: pairs.weights[place], pattern: pairs.patterns[place])
      if isSame { pairs.weights[place] = Self.certain }
    }
    let (left, right) = (pairs.left, pairs.right)
    if !different.isEmpty { pairs.keep { !isDifferent(left[$0], right[$0]) } }
    for key in rest.sorted() {
      let (one, other) = (UInt32(key >> 32), UInt32(key & 0xFFFF_FFFF))
      pairs.append(one, other, weight: Self.certain, pattern: pattern(one, other))
    }
    return overruled
  }
}
