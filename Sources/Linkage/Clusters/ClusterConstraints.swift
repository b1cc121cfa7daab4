import Codes

/// What the records of one person cannot be.
struct ClusterConstraints: @unchecked Sendable {
  // Sendable because nothing changes once it is made.
  private let records: RecordSet
  /// Parts of which a person has one value, with the codes that count: some values say nothing.
  private let single: [(part: Int, counts: [Bool])]
  /// Sources that have one record a person.
  private let oncePerSource: [Bool]
  private let twins: Twins?
  private let decided: DecidedPairs

  /// Brothers or sisters of one birth: the same day, surname and address, and forenames that are not alike.
  private struct Twins {
    let birth: Int
    let surname: Int
    let address: [Int]
    /// The comparison of forenames.
    let forename: Int
    /// The levels, by comparison, that say by themselves that two records are of one person.
    let telling: [Int: Set<Int>]
  }

  /// - Parameters:
  ///   - hasTwins: whether twins are to be kept apart.
  ///   - kinds: what each comparison is of.
  ///   - telling: the levels, by comparison, of numbers and the like of one person's own that say that two
  ///     records are of one.
  ///   - decided: what people decided, which goes before anything else.
  init(
    _ records: RecordSet, _ rules: ClusterRules, scope: LinkScope, hasTwins: Bool,
    kinds: [FieldKind], telling: [Int: Set<Int>], decided: DecidedPairs
  ) {
    self.records = records
    self.decided = decided
    single = records.parts.indices.compactMap { index -> (part: Int, counts: [Bool])? in
      let part = records.parts[index]
      if rules.single.contains(part.name) {
        return (index, (0...part.table.count).map { $0 > 0 })
      }
      guard part.kind == .nhsNumber, rules.oneNHSNumber else { return nil }
      return (
        index,
        (0...part.table.count).map {
          $0 > 0 && WrittenCode.hasNHSCheckDigit(part.table.text(UInt32($0)).bytes)
        }
      )
    }
    oncePerSource = records.sources.map {
      rules.onePerPerson.contains($0.name) || scope.isOneToOne
    }
    func first(_ kind: FieldKind) -> Int? { records.parts.firstIndex { $0.kind == kind } }
    let address = [first(.address), first(.postcode)].compactMap { $0 }
    if hasTwins, let birth = first(.dateOfBirth), let surname = first(.surname),
      let forename = kinds.firstIndex(of: .forename), !address.isEmpty
    {
      twins = Twins(
        birth: birth, surname: surname, address: address, forename: forename, telling: telling)
    } else {
      twins = nil
    }
  }

  /// Whether the records of a cluster can all be of one person.
  func hold(of cluster: [UInt32], _ weigher: PairWeigher) -> Bool {
    if decided.areApart(cluster) { return false }
    for (part, counts) in single {
      var known: UInt32 = 0
      for record in cluster {
        let code = records.code(Int(record), part)
        guard counts[Int(code)] else { continue }
        if known == 0 { known = code }
        if code != known { return false }
      }
    }
    for place in cluster.indices.dropFirst() {
      for earlier in 0..<place {
        let (one, other) = (cluster[earlier], cluster[place])
        if isOfOneSource(one, other) { return false }
        if let twins, areTwins(one, other, twins, weigher) { return false }
      }
    }
    return true
  }

  /// Whether two clusters can be of one person.
  func allow(_ one: [UInt32], _ other: [UInt32], _ weigher: PairWeigher) -> Bool {
    if decided.areApart(one, other) { return false }
    for (part, counts) in single {
      // A cluster has one value at most, for it was made so.
      if let first = value(part, counts, one), let second = value(part, counts, other),
        first != second
      {
        return false
      }
    }
    func any(_ holds: (UInt32, UInt32) -> Bool) -> Bool {
      one.contains { a in other.contains { holds(a, $0) } }
    }
    if oncePerSource.contains(true), any(isOfOneSource) { return false }
    if let twins, any({ areTwins($0, $1, twins, weigher) }),
      !any({ weigher.isAny(twins.telling, Int($0), Int($1)) })
    {
      return false
    }
    return true
  }

  /// Whether two records are known to be of one person.
  func demand(_ one: UInt32, _ other: UInt32) -> Bool { decided.isSame(one, other) }

  /// The value that a cluster has of a part of which there is one.
  private func value(_ part: Int, _ counts: [Bool], _ cluster: [UInt32]) -> UInt32? {
    for record in cluster {
      let code = records.code(Int(record), part)
      if counts[Int(code)] { return code }
    }
    return nil
  }

  private func isOfOneSource(_ one: UInt32, _ other: UInt32) -> Bool {
    let source = records.source(of: Int(one))
    return oncePerSource[source] && source == records.source(of: Int(other))
  }

  private func areTwins(
    _ one: UInt32, _ other: UInt32, _ twins: Twins, _ weigher: PairWeigher
  ) -> Bool {
    func agree(_ part: Int) -> Bool {
      let code = records.code(Int(one), part)
      return code != 0 && code == records.code(Int(other), part)
    }
    return agree(twins.birth) && agree(twins.surname) && twins.address.allSatisfy(agree)
      && weigher.isElse(twins.forename, Int(one), Int(other))
  }
}

/// What is taken to hold of the records of one person.
public struct ClusterRules: Codable, Sendable, Hashable {
  /// A person has one valid NHS number.
  public var oneNHSNumber = true
  /// Other fields of which a person has one value, such as a date of death.
  public var single: [String] = []
  /// Sources that have one record a person.
  public var onePerPerson: [String] = []
  /// Two of one birth date, surname and address whose forenames are not alike are two people, unless a
  /// number of their own says otherwise. Where nil, they are if training found that there are such pairs.
  public var separateTwins: Bool?

  public init() {}
}
