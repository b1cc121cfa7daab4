import Synchronization

/// Finds units by name, code or postcode district.
public struct UnitSearch: Sendable {
  public struct Hit: Sendable, Equatable {
    public let unit: AtlasUnit
    /// How it was found, where that is not plain: "has the surgery …".
    public let note: String
  }

  let atlas: Atlas
  /// The names in lower case, in order of unit.
  private let names: [String]

  public init(_ atlas: Atlas) {
    self.atlas = atlas
    names = atlas.units.map { $0.name.lowercased() }
  }

  /// The units that answer to `text`: those of the place first, then the nearest match first.
  ///
  /// - Parameters:
  ///   - kind: takes only units of one kind.
  ///   - isEverywhere: whether units outside the place are found too.
  ///   - limit: how many hits at the most.
  public func find(
    _ text: String, kind: String? = nil, isEverywhere: Bool = false, limit: Int = 50
  ) -> [Hit] {
    let wanted = text.trimmed.lowercased()
    guard !wanted.isEmpty else { return [] }
    var scored: [(score: Int, hit: Hit)] = []
    for (index, unit) in atlas.units.enumerated() {
      guard kind == nil || unit.kind == kind, isEverywhere || unit.isInPlace,
        let score = score(wanted, unit, names[index])
      else { continue }
      scored.append((score + (unit.isInPlace ? 0 : 10), Hit(unit: unit, note: "")))
    }
    let direct = scored.sorted {
      ($0.score, -$0.hit.unit.parts, $0.hit.unit.name) < (
        $1.score, -$1.hit.unit.parts, $1.hit.unit.name
      )
    }.map(\.hit)
    let hits = direct + byPostcode(wanted, kind: kind)
    var seen: Set<Int> = []
    return Array(hits.filter { seen.insert($0.unit.id).inserted }.prefix(limit))
  }

  /// 0 for the code or the whole name, then the beginning, the beginning of a word, within a word.
  private func score(_ wanted: String, _ unit: AtlasUnit, _ name: String) -> Int? {
    if unit.code.lowercased() == wanted || unit.alternativeCode?.lowercased() == wanted { return 0 }
    if name == wanted { return 0 }
    if name.hasPrefix(wanted) { return 1 }
    if name.contains(" " + wanted) { return 2 }
    return wanted.utf8.count >= 3 && name.contains(wanted) ? 3 : nil
  }

  /// Areas and practices with a surgery, library or hospital whose postcode begins so: "BB1", "BB1 5".
  private func byPostcode(_ wanted: String, kind: String?) -> [Hit] {
    let compact = wanted.filter { $0 != " " }.uppercased()
    guard compact.count >= 2, compact.contains(where: \.isNumber), compact.first?.isLetter == true
    else { return [] }
    var hits: [Hit] = []
    for point in atlas.points {
      guard let postcode = point.postcode, postcode.matches(district: compact),
        let area = point.unit
      else { continue }
      let note = "\(point.name), \(postcode), is here"
      let unit = atlas.units[area]
      let related = [unit] + atlas.ancestors(of: unit).filter { $0.kind.hasPrefix("ward") }
      hits += related.filter { kind == nil || $0.kind == kind }.map { Hit(unit: $0, note: note) }
    }
    for unit in atlas.units where unit.isInPlace && (kind == nil || unit.kind == kind) {
      if let postcode = unit.postcode, postcode.matches(district: compact) {
        hits.append(Hit(unit: unit, note: postcode))
      }
    }
    return hits
  }
}

extension String {
  /// Whether the postcode lies in a district, "BB1", or begins with more of it, "BB1 5".
  fileprivate func matches(district: String) -> Bool {
    let parts = split(separator: " ")
    guard parts.count == 2 else { return false }
    // "BB1" is a district of its own and not the beginning of BB12.
    return parts[0] == district
      || (district.count > parts[0].count && filter { $0 != " " }.hasPrefix(district))
  }

  fileprivate var trimmed: String {
    var text = Substring(self)
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
