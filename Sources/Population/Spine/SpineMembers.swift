import Intake

/// How many identities each person has, and of which sources. People go by the lowest record of their cluster.
struct SpineMembers {
  /// The sources, in the order of the alphabet.
  let sources: [String]
  /// By table of identities, the place of its source.
  let sourceOfTable: [Int]
  /// By record: 0 where it is not the lowest of its cluster.
  private(set) var counts: [UInt32]
  private var seen: [UInt64]
  private let words: Int

  /// - Parameter clusters: by record, the lowest record of its cluster.
  init(_ records: SpineRecords, _ identities: SourceIdentities, _ clusters: [Int]) {
    let sources = Array(Set(identities.tables.map(\.source))).sorted()
    sourceOfTable = identities.tables.map { sources.firstIndex(of: $0.source) ?? 0 }
    self.sources = sources
    words = (sources.count + 63) / 64
    counts = [UInt32](repeating: 0, count: records.names.count)
    seen = [UInt64](repeating: 0, count: words * records.names.count)
    for (place, record) in records.records.enumerated() {
      let root = clusters[Int(record)]
      let source = sourceOfTable[Int(records.tables[place])]
      counts[root] += 1
      seen[words * root + source / 64] |= 1 << UInt64(source % 64)
    }
  }

  /// Whether a person has an identity of a source.
  func has(_ source: Int, _ root: Int) -> Bool {
    seen[words * root + source / 64] >> UInt64(source % 64) & 1 == 1
  }

  /// Of how many sources a person has identities.
  func sourceCount(_ root: Int) -> Int {
    seen[(words * root)..<(words * (root + 1))].reduce(0) { $0 + $1.nonzeroBitCount }
  }
}
