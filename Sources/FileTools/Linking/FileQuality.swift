public import Linkage

/// How well the records of files are linked, and for whom.
public struct FileQuality: Sendable {
  /// The measures: of all files and of each, for everybody and for each group.
  public private(set) var rows: [QualityRow] = []
  /// How many decisions of people went into it.
  public let reviewed: Int
  /// Whether what blocking misses is known and in it.
  public let knowsBlocking: Bool

  /// Records of one source and of the same groups.
  private struct Stratum: Hashable {
    let source: Int
    let groups: [Int]
  }

  public init(_ result: LinkResult) {
    let groups = result.groups
    var strata: [Stratum: UInt32] = [:]
    var order: [Stratum] = []
    var (linked, all): ([Int], [Int]) = ([], [])
    var sourcesOf: [Int: Set<Int>] = [:]
    var ofRecord: [UInt32] = []
    ofRecord.reserveCapacity(result.recordCount)
    var sources: [Int] = []
    for (source, count) in result.sources.enumerated() {
      sources += Array(repeating: source, count: count.count)
    }
    for record in 0..<result.recordCount where result.cluster(of: record).size > 1 {
      sourcesOf[result.root(of: record), default: []].insert(sources[record])
    }
    for record in 0..<result.recordCount {
      let stratum = Stratum(
        source: sources[record],
        groups: groups.indices.map { respect in
          let group = result.group(respect, of: record)
          return groups[respect].values[group] == QualityRow.notKnown ? 0 : group
        })
      let number = strata[stratum] ?? UInt32(order.count)
      if Int(number) == order.count {
        strata[stratum] = number
        order.append(stratum)
        linked.append(0)
        all.append(0)
      }
      ofRecord.append(number)
      all[Int(number)] += 1
      let isLinked =
        result.sources.count == 1
        ? result.cluster(of: record).size > 1
        : sourcesOf[result.root(of: record)].map { $0.count > 1 } ?? false
      if isLinked { linked[Int(number)] += 1 }
    }
    let calibration = result.calibration()
    reviewed = calibration.reviewed
    knowsBlocking = calibration.knowsBlocking
    let pairs = result.pairCounts(RecordStrata(ofRecord, count: order.count), calibration)
    func add(_ source: String, _ kind: String, _ group: String, _ own: [Int]) {
      var counts = PairCounts()
      for stratum in own { counts += pairs[stratum] }
      rows.append(
        QualityRow(
          source: source, measure: .linked, kind: kind, group: group,
          numerator: Double(own.reduce(0) { $0 + linked[$1] }),
          denominator: Double(own.reduce(0) { $0 + all[$1] })))
      rows += QualityRow.rows(source, kind, group, LinkQuality(counts, calibration))
    }
    for source in [nil] + result.sources.indices.map(Optional.some)
    where source != 0 || result.sources.count > 1 {
      let own = order.indices.filter { source == nil || order[$0].source == source }
      let name = source.map { result.sources[$0].name } ?? ""
      add(name, "", "", own)
      for (kind, respect) in groups.enumerated() {
        let byGroup = Dictionary(grouping: own) { order[$0].groups[kind] }
        // A file that says nothing of it has no groups.
        guard byGroup.keys.contains(where: { $0 > 0 }) else { continue }
        for (group, strata) in byGroup.map({
          ($0.key == 0 ? QualityRow.notKnown : respect.values[$0.key], $0.value)
        }).sorted(by: { $0.0 < $1.0 }) {
          add(name, respect.name, group, strata)
        }
      }
    }
  }
}
