import Codes

/// Records to be linked: for each, the codes of its values, side by side so that a pair of records is two
/// stretches of memory.
final class RecordSet: @unchecked Sendable {
  // Sendable because nothing changes once it is made.

  /// A column of values: which field's part it is, and its distinct values.
  struct Part {
    let name: String
    let kind: FieldKind
    let table: ValueTable
    /// How the column of each source was read.
    let readings: [ColumnReading]
    /// The bits of its values, where they are encodings.
    var encodings: EncodedBits?
    /// Where its values lie, where they are postcodes and that is known.
    var places: Gazetteer?
  }

  struct Source {
    let name: String
    let records: Range<Int>
  }

  /// What groups the records are of in one respect.
  struct Groups {
    let name: String
    /// By code; that of whom nothing is said is empty.
    let values: [String]
    /// By record.
    let codes: [UInt32]
  }

  /// The order of days and months that the columns of all sources were found or said to have; nil where they differ, or
  /// the part has no dates. Where no date told an order, none is laid down for later records.
  func dateForm(_ part: Int) -> DateForm? {
    guard parts[part].kind == .dateOfBirth else { return nil }
    let telling = parts[part].readings.filter { $0.isSaid || $0.dayFirst + $0.monthFirst > 0 }
    guard !telling.isEmpty else { return .yearFirst }
    let orders = Set(telling.map(\.form.order))
    return orders.count == 1 ? orders.first == .monthFirst ? .monthFirst : .dayFirst : nil
  }

  let parts: [Part]
  let sources: [Source]
  /// `count` rows of `parts.count` codes.
  let codes: UnsafeMutableBufferPointer<UInt32>
  let count: Int
  /// What the records are called in their sources.
  let ids: TextColumn
  /// Who each record is of, where that is known, to see how right a linkage is; 0 where it is not.
  let truth: [UInt32]?
  let groups: [Groups]
  /// What the reader should know of the values.
  let notes: [String]

  init(
    parts: [Part], sources: [Source], codes: UnsafeMutableBufferPointer<UInt32>, ids: TextColumn,
    truth: [UInt32]? = nil, groups: [Groups] = [], notes: [String] = []
  ) {
    self.notes = notes
    self.groups = groups
    self.truth = truth
    self.parts = parts
    self.sources = sources
    self.codes = codes
    self.ids = ids
    count = sources.last?.records.upperBound ?? 0
  }

  deinit { codes.deallocate() }

  @inline(__always)
  func code(_ record: Int, _ part: Int) -> UInt32 { codes[record &* parts.count &+ part] }

  func part(_ name: String) -> Int? { parts.firstIndex { $0.name == name } }

  /// A hash of what a record is called, with its source: the same wherever it stands.
  func nameHash(_ record: Int) -> UInt64 {
    var name = sources[source(of: record)].name
    let seed = name.withUTF8 { hashed(UnsafeRawBufferPointer($0)) }
    return ids.withText(record) { hashed($0, seed: seed) }
  }

  func source(of record: Int) -> Int {
    sources.firstIndex { $0.records.contains(record) } ?? 0
  }

  /// How many records of a source have each value of a part; what none has is at 0.
  func counts(_ part: Int, in records: Range<Int>) -> [UInt32] {
    var counts = [UInt32](repeating: 0, count: parts[part].table.count + 1)
    counts.withUnsafeMutableBufferPointer { counts in
      for record in records { counts[Int(code(record, part))] &+= 1 }
    }
    return counts
  }
}

/// Texts one after the other, by number.
final class TextColumn: @unchecked Sendable {
  // Sendable because it is read only once it is filled.
  @exclusivity(unchecked) private var bytes: [UInt8] = []
  @exclusivity(unchecked) private var starts: [Int] = [0]

  var count: Int { starts.count - 1 }

  func append(_ text: UnsafeRawBufferPointer) {
    bytes.append(contentsOf: text)
    starts.append(bytes.count)
  }

  func withText<Result>(_ index: Int, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows
    -> Result
  {
    let range = starts[index]..<starts[index + 1]
    return try bytes.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[range])) }
  }

  /// Hands some texts to `body`, in the order of their numbers.
  func withTexts<Result>(
    _ some: [Int], _ body: (UnsafeBufferPointer<UnsafeRawBufferPointer>) throws -> Result
  ) rethrows -> Result {
    try bytes.withUnsafeBytes { bytes in
      try starts.withUnsafeBufferPointer { starts in
        try withUnsafeTemporaryAllocation(of: UnsafeRawBufferPointer.self, capacity: some.count) {
          texts in
          for (place, index) in some.enumerated() {
            texts[place] = UnsafeRawBufferPointer(
              rebasing: bytes[starts[index]..<starts[index + 1]])
          }
          return try body(UnsafeBufferPointer(texts))
        }
      }
    }
  }

  func string(_ index: Int) -> String { withText(index) { String(decoding: $0, as: UTF8.self) } }
}
