import Columns
import Engine
import Foundation
import Intake
import Linkage

/// How well the records of a place are linked, and for whom: the table `linkage_quality`.
///
/// A row is a measure (``QualityRow/Measure``) of a source, or of all, for everybody or a group (``Intake/PersonGroup``).
/// Of whom a source says nothing of a group is in its group `not_known`.
struct SpineQuality {
  static let table = """
    create or replace table linkage_quality (
      source varchar, measure varchar, group_kind varchar, group_id varchar, numerator double,
      denominator double, value double, lower double, upper double)
    """

  private(set) var rows: [QualityRow] = []

  private let records: SpineRecords
  private let identities: SourceIdentities
  private let clusters: [Int]
  private let members: SpineMembers
  private let kinds = PersonGroup.allCases.map(\.rawValue)
  /// By kind, the groups that there are; the first is that of whom it is not known.
  private let groups: [[String]]
  /// By kind and stratum, the place of the group.
  private let codes: [[UInt8]]

  /// - Parameters:
  ///   - pairs: by stratum, its pairs; nil where no pair of records was compared.
  init(
    _ records: SpineRecords, _ identities: SourceIdentities, _ clusters: [Int],
    _ members: SpineMembers, _ pairs: (counts: [PairCounts], calibration: Calibration)?
  ) {
    self.records = records
    self.identities = identities
    self.clusters = clusters
    self.members = members
    let strata = identities.strata
    let groups = kinds.indices.map { kind in
      [QualityRow.notKnown] + Set(strata.compactMap { $0.groups[kind] }).sorted()
    }
    self.groups = groups
    codes = kinds.indices.map { kind in
      strata.map { stratum in
        UInt8(clamping: stratum.groups[kind].flatMap { groups[kind].firstIndex(of: $0) } ?? 0)
      }
    }
    var quality: [String: LinkQuality] = [:]
    addLinked()
    if let pairs { quality = addPairs(pairs.counts, pairs.calibration) }
    addReach(quality)
  }

  /// Hands each group that strata are of to `body`: all of them, those of each source, and in both the groups of each
  /// kind that is said of any.
  private func forEachGroup(
    _ body: (_ source: String, _ kind: String, _ group: String, _ strata: [Int]) -> Void
  ) {
    let all = Array(identities.strata.indices)
    for source in [nil] + members.sources.indices.map(Optional.some) {
      let own = all.filter {
        source == nil || members.sourceOfTable[identities.strata[$0].table] == source
      }
      let name = source.map { members.sources[$0] } ?? ""
      body(name, "", "", own)
      for kind in kinds.indices {
        let byGroup = Dictionary(grouping: own) { Int(codes[kind][$0]) }
        guard byGroup.keys.contains(where: { $0 > 0 }) else { continue }
        for (code, strata) in byGroup.sorted(by: { $0.key < $1.key }) {
          body(name, kinds[kind], groups[kind][code], strata)
        }
      }
    }
  }

  private mutating func addLinked() {
    let count = identities.strata.count
    var (linked, all) = ([Int](repeating: 0, count: count), [Int](repeating: 0, count: count))
    for (place, record) in records.records.enumerated() {
      let stratum = Int(records.strata[place])
      all[stratum] += 1
      if members.sourceCount(clusters[Int(record)]) > 1 { linked[stratum] += 1 }
    }
    var rows: [QualityRow] = []
    forEachGroup { source, kind, group, strata in
      let (some, every) = strata.reduce((0, 0)) { ($0.0 + linked[$1], $0.1 + all[$1]) }
      guard every > 0 else { return }
      rows.append(
        QualityRow(
          source: source, measure: .linked, kind: kind, group: group, numerator: Double(some),
          denominator: Double(every)))
    }
    self.rows += rows
  }

  /// - Returns: by source, kind and group.
  private mutating func addPairs(
    _ counts: [PairCounts], _ calibration: Calibration
  ) -> [String: LinkQuality] {
    var rows: [QualityRow] = []
    var found: [String: LinkQuality] = [:]
    forEachGroup { source, kind, group, strata in
      var pairs = PairCounts()
      for stratum in strata { pairs += counts[stratum] }
      let quality = LinkQuality(pairs, calibration)
      found[Self.key(source, kind, group)] = quality
      rows += QualityRow.rows(source, kind, group, quality)
    }
    self.rows += rows
    return found
  }

  private static func key(_ source: String, _ kind: String, _ group: String) -> String {
    [source, kind, group].joined(separator: "\u{0}")
  }

  /// How far each source reaches those whom the register has.
  private mutating func addReach(_ quality: [String: LinkQuality]) {
    let registers = Set(
      identities.tables.indices.filter { identities.tables[$0].isRegister }
        .map { members.sourceOfTable[$0] })
    guard !registers.isEmpty else { return }
    var isRegistered = [Bool](repeating: false, count: clusters.count)
    for (place, record) in records.records.enumerated()
    where identities.tables[Int(records.tables[place])].isRegister {
      isRegistered[clusters[Int(record)]] = true
    }
    let cells = kinds.count + 1
    let width = (groups.map(\.count).max() ?? 1)
    func cell(_ kind: Int, _ group: Int) -> Int { kind * width + group }
    // Of each person of the register the groups, as it says them first.
    var own = [UInt8](repeating: 0, count: kinds.count * clusters.count)
    for (place, record) in records.records.enumerated()
    where identities.tables[Int(records.tables[place])].isRegister {
      let (root, stratum) = (clusters[Int(record)], Int(records.strata[place]))
      for kind in kinds.indices where own[kinds.count * root + kind] == 0 {
        own[kinds.count * root + kind] = codes[kind][stratum]
      }
    }
    var people = [Int](repeating: 0, count: cells * width)
    var reached = [[Int]](repeating: people, count: members.sources.count)
    for root in clusters.indices where clusters[root] == root && isRegistered[root] {
      let sources = members.sources.indices.filter { members.has($0, root) }
      for kind in 0..<cells {
        let place = kind == 0 ? 0 : cell(kind, Int(own[kinds.count * root + kind - 1]))
        people[place] += 1
        for source in sources { reached[source][place] += 1 }
      }
    }
    // Of each other person of a source the groups, as it says them.
    var strange = [[Int]](
      repeating: [Int](repeating: 0, count: cells * width), count: members.sources.count)
    var counted = Set<Int>()
    for (place, record) in records.records.enumerated() {
      let root = clusters[Int(record)]
      guard !isRegistered[root] else { continue }
      let source = members.sourceOfTable[Int(records.tables[place])]
      guard counted.insert(root * members.sources.count + source).inserted else { continue }
      strange[source][0] += 1
      for kind in kinds.indices {
        strange[source][cell(kind + 1, Int(codes[kind][Int(records.strata[place])]))] += 1
      }
    }
    for (source, name) in members.sources.enumerated() where !registers.contains(source) {
      for kind in 0..<cells {
        for group in 0..<(kind == 0 ? 1 : groups[kind - 1].count) {
          let place = cell(kind, group)
          guard people[place] > 0 else { continue }
          let kindName = kind == 0 ? "" : kinds[kind - 1]
          let groupName = kind == 0 ? "" : groups[kind - 1][group]
          let own =
            quality[Self.key(name, kindName, groupName)] ?? quality[Self.key(name, "", "")]
          addReach(
            source: name, kindName, groupName, reached: reached[source][place],
            people: people[place], strange: strange[source][place], own)
        }
      }
    }
  }

  private mutating func addReach(
    source: String, _ kind: String, _ group: String, reached: Int, people: Int, strange: Int,
    _ quality: LinkQuality?
  ) {
    let all = Double(people)
    var row = QualityRow(
      source: source, measure: .reach, kind: kind, group: group, numerator: Double(reached),
      denominator: all)
    if let precision = quality?.precision, let recall = quality?.recall, recall.lower > 0 {
      row.lower = Double(reached) * precision.lower / all
      // No more can have been missed than there are.
      let missed = min(Double(strange), Double(reached) * (1 - recall.lower) / recall.lower)
      row.upper = min(1, (Double(reached) + missed) / all)
    }
    rows.append(row)
    rows.append(
      QualityRow(
        source: source, measure: .reachAtMost, kind: kind, group: group,
        numerator: min(all, Double(reached + strange)), denominator: all))
  }

  // MARK: Writing

  func write(_ writer: StreamWriter, to url: URL) throws {
    let columns = try QualityRow.fields.map { try ColumnWriter($0) }
    var isDone = rows.isEmpty
    try writer.write(QualityRow.fields, to: url.path, .parquet) {
      guard !isDone else { return nil }
      isDone = true
      for row in rows { row.append(to: columns) }
      return FinishedBatch(columns)
    }
  }
}
