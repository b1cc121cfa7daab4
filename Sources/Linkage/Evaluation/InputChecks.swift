/// Looks at the records before the long work, for what would make it useless.
struct InputChecks {
  /// The model, without comparisons that cannot say anything.
  private(set) var model: LinkModel
  private(set) var notes: [String] = []

  /// - Throws: ``LinkageError`` for what makes a linkage senseless.
  init(_ model: LinkModel, _ records: RecordSet) throws(LinkageError) {
    self.model = model
    for source in records.sources where source.records.isEmpty {
      throw LinkageError(
        "The source '\(source.name)' has no records.", hint: "Leave it out, or check the file.")
    }
    if !model.scope.within, records.sources.count < 2 {
      throw LinkageError(
        "There is one source only, and pairs within a source are not looked for.",
        hint: "Give a second file, or leave out 'within: false'.")
    }
    try checkIDs(records)
    try records.checkUnderstood(share: model.notUnderstood ?? LinkModel.usualNotUnderstood)
    notes += records.notes + records.readingNotes + records.notUnderstoodNotes
    try checkEncodings(records)
    checkParts(records)
    guard !self.model.comparisons.isEmpty else { throw .nothingToCompare }
  }

  private func checkIDs(_ records: RecordSet) throws(LinkageError) {
    for source in records.sources {
      var seen = [UInt64](repeating: 0, count: 1 << 4)
      while seen.count < 2 * source.records.count { seen += seen }
      let mask = seen.count - 1
      for record in source.records {
        let hash = records.ids.withText(record) { $0.isEmpty ? 0 : hashed($0) | 1 }
        guard hash != 0 else {
          throw LinkageError(
            "the record has no id in '\(model.id)'.", hint: "Every record needs one.",
            source: source.name, record: record - source.records.lowerBound + 1)
        }
        var slot = Int(truncatingIfNeeded: hash >> 20) & mask
        while seen[slot] != 0 {
          if seen[slot] == hash, Self.hasEarlier(record, source, records) {
            throw LinkageError(
              "the id in '\(model.id)' is that of an earlier record too.",
              hint: "Name the column whose values are all different as 'id'.",
              source: source.name, record: record - source.records.lowerBound + 1)
          }
          slot = (slot + 1) & mask
        }
        seen[slot] = hash
      }
    }
  }

  /// Whether an earlier record of the source has the same id: looked at only where the hashes of two ids are equal.
  private static func hasEarlier(
    _ record: Int, _ source: RecordSet.Source, _ records: RecordSet
  ) -> Bool {
    records.ids.withText(record) { id in
      (source.records.lowerBound..<record).contains { earlier in
        records.ids.withText(earlier) { $0.elementsEqual(id) }
      }
    }
  }

  private func checkEncodings(_ records: RecordSet) throws(LinkageError) {
    for part in records.parts {
      guard let encodings = part.encodings else { continue }
      if encodings.broken > 0 {
        throw LinkageError(
          "\(encodings.broken) values of '\(part.name)' are no encodings.",
          hint: "Give the column 'encoding' of files that `kith link encode` wrote.")
      }
      if encodings.schemes.count > 1 {
        throw LinkageError(
          "The encodings of '\(part.name)' were made with different keys or settings, and cannot be compared.",
          hint:
            "All partners need the same key, the same model and the same options of `kith link encode`."
        )
      }
    }
  }

  private mutating func checkParts(_ records: RecordSet) {
    // A trained model compares what it has learnt of; what is empty says nothing then.
    guard model.trained == nil else { return }
    var silent: Set<String> = []
    for (index, part) in records.parts.enumerated() {
      var present: [String: Int] = [:]
      for source in records.sources {
        let counts = records.counts(index, in: source.records)
        present[source.name] = source.records.count - Int(counts[0])
      }
      if present.values.allSatisfy({ $0 == 0 }) {
        notes.append("'\(part.name)' is empty in all sources, and is left out.")
        silent.insert(part.name)
      } else if part.table.count == 1, !isOnePersons(part, present) {
        notes.append(
          "'\(part.name)' has one and the same value wherever it has one, and is left out.")
        silent.insert(part.name)
      } else {
        for (place, source) in records.sources.enumerated() where present[source.name] == 0 {
          // What was not understood is not empty, and is told as such.
          guard part.readings.isEmpty || part.readings[place].notUnderstood == 0 else { continue }
          notes.append("'\(part.name)' is empty in \(source.name).")
        }
      }
    }
    for (determined, by) in predicted(records) where !silent.contains(determined) {
      notes.append(
        "'\(determined)' follows from '\(by)' in every record, so that it would count twice; it is left out."
      )
      silent.insert(determined)
    }
    model.comparisons.removeAll { !$0.fields.isEmpty && $0.fields.isSubset(of: silent) }
    model.blocking.candidates.removeAll { !$0.fields.isDisjoint(with: silent) }
  }

  /// Whether the only value of a part is a number that few records have: then it is one person's, and no filler.
  private func isOnePersons(_ part: RecordSet.Part, _ present: [String: Int]) -> Bool {
    part.kind.isOwnNumber && present.values.reduce(0, +) < 5
  }

  /// Parts whose values follow from those of another, where that has values that many records have.
  private func predicted(_ records: RecordSet) -> [(String, String)] {
    var found: [(String, String)] = []
    for (index, part) in records.parts.enumerated() {
      let counts = records.counts(index, in: 0..<records.count)
      // Of a value that few records have anything follows.
      guard part.table.count > 1, records.count - Int(counts[0]) > 20 * part.table.count else {
        continue
      }
      for (other, second) in records.parts.enumerated()
      where other != index && second.table.count > 1 && second.table.count <= part.table.count {
        if found.contains(where: { $0 == (part.name, second.name) }) { continue }
        if follows(other, from: index, records) { found.append((second.name, part.name)) }
      }
    }
    return found
  }

  private func follows(_ part: Int, from other: Int, _ records: RecordSet) -> Bool {
    var value = [UInt32](repeating: 0, count: records.parts[other].table.count + 1)
    var seen = 0
    for record in 0..<records.count {
      let (from, to) = (records.code(record, other), records.code(record, part))
      guard from != 0, to != 0 else { continue }
      seen += 1
      if value[Int(from)] == 0 { value[Int(from)] = to }
      if value[Int(from)] != to { return false }
    }
    return 2 * seen > records.count
  }
}
