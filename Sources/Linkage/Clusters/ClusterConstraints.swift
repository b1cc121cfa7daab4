/// What the records of one person cannot be.
struct ClusterConstraints {
  private let records: RecordSet
  /// Parts of which a person has one value, as codes that count: 0 for values that say nothing.
  private let single: [(part: Int, counts: [Bool])]
  /// Sources that have one record a person.
  private let oncePerSource: [Bool]
  private let twins: Twins?

  /// Brothers or sisters of one birth: the same day, surname and address, and forenames that are not alike.
  private struct Twins {
    let birth: Int
    let surname: Int
    let address: [Int]
    let forename: Int
    let areDifferent: (Int, Int) -> Bool
    let areOne: (Int, Int) -> Bool
  }

  /// - Parameters:
  ///   - hasTwins: whether twins are to be kept apart.
  ///   - areDifferent: whether the forenames of two records are there and not alike at all.
  ///   - areOne: whether a number or the like of one person's own says that two records are of one.
  init(
    _ records: RecordSet, _ rules: ClusterRules, scope: LinkScope, hasTwins: Bool,
    areDifferent: @escaping (Int, Int) -> Bool, areOne: @escaping (Int, Int) -> Bool
  ) {
    self.records = records
    single =
      records.parts.indices.compactMap { part in
        let kind = records.parts[part].kind
        guard kind == .nhsNumber, rules.oneNHSNumber else { return nil }
        let table = records.parts[part].table
        let counts = (0...table.count).map { code in
          code > 0 && isValidNHSNumber(table.text(UInt32(code)).bytes)
        }
        return (part, counts)
      }
      + records.parts.indices.compactMap { part in
        guard rules.single.contains(records.parts[part].name) else { return nil }
        return (part, (0...records.parts[part].table.count).map { $0 > 0 })
      }
    oncePerSource = records.sources.map {
      rules.onePerPerson.contains($0.name) || scope.isOneToOne
    }
    func first(_ kind: FieldKind) -> Int? { records.parts.firstIndex { $0.kind == kind } }
    let address = [first(.address), first(.postcode)].compactMap { $0 }
    if hasTwins, let birth = first(.dateOfBirth), let surname = first(.surname),
      let forename = first(.forename), !address.isEmpty
    {
      twins = Twins(
        birth: birth, surname: surname, address: address, forename: forename,
        areDifferent: areDifferent, areOne: areOne)
    } else {
      twins = nil
    }
  }

  /// Whether two clusters can be of one person.
  func allow(_ one: [Int], _ other: [Int]) -> Bool {
    for (part, counts) in single {
      // A cluster has one value at most, for it was made so.
      if let first = value(part, counts, one), let second = value(part, counts, other),
        first != second
      {
        return false
      }
    }
    if oncePerSource.contains(true) {
      let sources = Set(one.map { records.source(of: $0) }.filter { oncePerSource[$0] })
      if other.contains(where: { sources.contains(records.source(of: $0)) }) { return false }
    }
    if let twins {
      func any(_ holds: (Int, Int) -> Bool) -> Bool {
        one.contains { a in other.contains { holds(a, $0) } }
      }
      if any({ areTwins($0, $1, twins) }), !any(twins.areOne) { return false }
    }
    return true
  }

  /// The value that a cluster has of a part of which there is one.
  private func value(_ part: Int, _ counts: [Bool], _ cluster: [Int]) -> UInt32? {
    for record in cluster {
      let code = records.code(record, part)
      if counts[Int(code)] { return code }
    }
    return nil
  }

  private func areTwins(_ a: Int, _ b: Int, _ twins: Twins) -> Bool {
    func agree(_ part: Int) -> Bool {
      let code = records.code(a, part)
      return code != 0 && code == records.code(b, part)
    }
    return agree(twins.birth) && agree(twins.surname) && twins.address.allSatisfy(agree)
      && twins.areDifferent(a, b)
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
