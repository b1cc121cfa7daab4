/// The numbers of the parts of keys, for each value of the part of the records that they are of.
final class RecordKeys: Sendable {
  private let tables: [KeyPart: KeyTable]
  private let records: RecordSet
  /// The records in the sample, by the part of the key that it goes by.
  private let samples: [KeyPart: [UInt32]]

  /// How many records there are for each in the sample, about.
  let every: Int
  private static let sampleSize = 1 << 16

  /// - Parameters:
  ///   - sampled: parts of keys by which samples of the records are wanted.
  /// - Throws: ``LinkageError`` where a part names no field.
  init(
    _ keys: [KeyPart], _ records: RecordSet, threads: Int, sampled: [KeyPart] = []
  ) throws(LinkageError) {
    let distinct = Array(Set(keys)).sorted { $0.text < $1.text }
    for key in distinct where records.part(key.field) == nil {
      throw LinkageError(
        "A blocking rule has '\(key.text)', but there is no field '\(key.field)'.",
        hint: "The fields are \(records.parts.map(\.name).joined(separator: ", ")).")
    }
    let made = parallel(distinct.count, threads: threads) { index in
      let part = records.part(distinct[index].field) ?? 0
      let codes = KeyCodes.codes(distinct[index], records.parts[part])
      let memory = UnsafeMutablePointer<UInt32>.allocate(capacity: codes.count)
      memory.initialize(from: codes, count: codes.count)
      return KeyTable(part: part, codes: UnsafePointer(memory), count: codes.count)
    }
    tables = Dictionary(zip(distinct, made)) { first, _ in first }
    self.records = records
    let tables = tables
    // Few enough keys that the pairs of a rule can be compared; all of them where there are few records.
    var every = 1
    while records.count / every > Self.sampleSize { every *= 2 }
    self.every = every
    let mask = every - 1
    let ways = every > 1 ? Array(Set(sampled)).sorted { $0.text < $1.text } : []
    let lists = parallel(ways.count, threads: threads) { index -> [UInt32] in
      guard let table = tables[ways[index]] else { return [] }
      let isIn = (0..<table.count).map { value in
        let code = table.codes[value]
        return code != 0 && Int(truncatingIfNeeded: mixed(UInt64(code)) &>> 40) & mask == 0
      }
      return (0..<UInt32(records.count)).filter { isIn[Int(records.code(Int($0), table.part))] }
    }
    samples = Dictionary(uniqueKeysWithValues: zip(ways, lists))
  }

  deinit { for table in tables.values { table.codes.deallocate() } }

  /// The key of a rule, ready to be taken of records.
  func key(_ rule: BlockingRule) -> RuleKey { RuleKey(rule.parts.map(table), records) }

  func table(_ key: KeyPart) -> KeyTable {
    guard let found = tables[key] else { preconditionFailure("the key was asked for at the start") }
    return found
  }

  /// The records whose key's part is in the sample.
  func sampled(_ key: KeyPart) -> [UInt32] { samples[key] ?? [] }
}

/// Takes the key of a rule of records.
struct RuleKey: @unchecked Sendable {
  // Sendable because nothing changes once it is made; the keys and records are held by who made it.
  private let parts: (KeyTable, KeyTable, KeyTable)
  private let count: Int
  private let more: [KeyTable]
  private let rows: UnsafePointer<UInt32>
  private let width: Int

  init(_ parts: [KeyTable], _ records: RecordSet) {
    guard let rows = records.codes.baseAddress, let first = parts.first else {
      preconditionFailure("a rule has parts")
    }
    self.rows = UnsafePointer(rows)
    width = records.parts.count
    count = parts.count
    self.parts = (first, count > 1 ? parts[1] : first, count > 2 ? parts[2] : first)
    more = Array(parts.dropFirst(3))
  }

  /// A hash of a record's key; 0 where a part of it is missing.
  @inline(__always)
  func hash(_ record: Int) -> UInt64 {
    let row = rows + record &* width
    var hash: UInt64 = 0
    guard parts.0.add(row, &hash) else { return 0 }
    if count > 1, !parts.1.add(row, &hash) { return 0 }
    if count > 2, !parts.2.add(row, &hash) { return 0 }
    if count > 3 {
      for part in more where !part.add(row, &hash) { return 0 }
    }
    return hash
  }
}

/// For each value of a part of the records, the number of its key.
struct KeyTable: @unchecked Sendable {
  // Sendable because nothing changes once it is made.
  let part: Int
  let codes: UnsafePointer<UInt32>
  let count: Int

  @inline(__always)
  func add(_ row: UnsafePointer<UInt32>, _ hash: inout UInt64) -> Bool {
    let code = codes[Int(row[part])]
    hash = mixed(hash &+ UInt64(code) &+ 0x9E37_79B9_7F4A_7C15)
    return code != 0
  }
}
