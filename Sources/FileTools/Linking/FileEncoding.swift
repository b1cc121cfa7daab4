import Columns
import Definitions
import Engine
public import Foundation
public import Governance
public import Linkage
public import TableFiles

/// Makes encodings of the records of a file, for a linkage that must not know who they are about.
///
/// The file that goes out has a name for each record that says nothing, and its encoding: a keyed Bloom filter of all its
/// values together. The rows are in the order of those names. A second file, to be kept at home, says which record each
/// name is of.
public struct FileEncoding {
  /// What tokens are mixed with, so that encodings of people who differ in it have nothing to do with each other.
  public enum Salt: String, Sendable, CaseIterable {
    case none
    case birthYear = "birth_year"
  }

  private let model: LinkModel
  private let input: TableFile
  private let key: EncodingKey
  private let settings: BloomEncoder.Settings
  private let salt: Salt

  public init(
    _ model: LinkModel, _ input: TableFile, _ key: EncodingKey, _ settings: BloomEncoder.Settings,
    salt: Salt
  ) {
    (self.model, self.input, self.key) = (model, input, key)
    (self.settings, self.salt) = (settings, salt)
  }

  /// What was made.
  public struct Account: Sendable {
    /// The records, and those of them that say nothing of anybody or not what they would be salted by, so that they have
    /// no encoding.
    public let records: Int
    public let empty: Int
    public let unsalted: Int
    /// What was assumed of the columns, and which values were not understood.
    public let notes: [String]
    /// The mean share of bits that are set.
    public let fill: Double
  }

  /// Writes the encodings, and where wanted the names of the records.
  ///
  /// - Throws: ``Definitions/Problem`` for what is wrong with the file or the model.
  public func write(to url: URL, names: URL?, threads: Int) throws -> Account {
    guard !model.fields.contains(where: { $0.kind == .encoding }) else {
      throw Problem(
        file: input.url.path, "The model's fields are encodings already.",
        hint: "Give the model that says what the columns of the file hold.")
    }
    let builder = try RecordSetBuilder(model, threads: threads)
    builder.begin(input.source)
    let reader = try StreamReader()
    try reader.limitMemory(to: "400MB")
    try input.read(builder.columns, reader) { builder.append($0) }
    let records = try EncodableRecords(builder, notUnderstood: model.notUnderstood)
    if salt == .birthYear, !records.hasBirth {
      throw Problem(
        file: input.url.path, "There is no date of birth to salt by.",
        hint: "Give the model a field of the kind date_of_birth, or leave out --salt.")
    }
    let encoder = BloomEncoder(key, settings)
    let scheme = encoder.scheme(
      salt.rawValue + model.fields.map { " \($0.name)/\($0.separator ?? "")" }.joined()
        + records.parts.map { " \($0.name):\($0.kind.rawValue):\($0.hashes)" }.joined())
    var rows: [(name: String, encoding: String?, record: Int)] = []
    rows.reserveCapacity(records.count)
    var (empty, unsalted, set, encoded) = (0, 0, 0, 0)
    for record in 0..<records.count {
      let name = encoder.name(of: records.id(of: record), source: input.source)
      let year = salt == .birthYear ? records.birthYear(of: record) : []
      if salt == .birthYear, year.isEmpty {
        unsalted += 1
        rows.append((name, nil, record))
        continue
      }
      let bits = bits(of: record, records, encoder, salt: year)
      guard bits.contains(where: { $0 != 0 }) else {
        empty += 1
        rows.append((name, nil, record))
        continue
      }
      let hardened = encoder.finish(bits)
      set += hardened.reduce(0) { $0 + $1.nonzeroBitCount }
      encoded += 64 * hardened.count
      rows.append((name, EncodableRecords.text(hardened, scheme: scheme), record))
    }
    try checkNames(rows)
    rows.sort { $0.name < $1.name }
    try write(rows.map { [$0.name, $0.encoding] }, ["id", "encoding"], to: url)
    if let names {
      try write(
        rows.map { [$0.name, String(decoding: records.id(of: $0.record), as: UTF8.self)] },
        ["id", model.id == "id" ? "own_id" : model.id], to: names)
    }
    return Account(
      records: rows.count, empty: empty, unsalted: unsalted, notes: records.notes,
      fill: encoded > 0 ? Double(set) / Double(encoded) : 0)
  }

  private func bits(
    of record: Int, _ records: EncodableRecords, _ encoder: BloomEncoder, salt: [UInt8]
  ) -> [UInt64] {
    var bits = encoder.begin()
    for (part, known) in records.parts.enumerated() {
      let value = records.value(part, of: record)
      guard value != 0 else { continue }
      for token in records.tokens(part, value: value) {
        encoder.add(
          token, field: (part, known.name), hashes: known.hashes, salt: salt, to: &bits)
      }
    }
    return bits
  }

  private func checkNames(_ rows: [(name: String, encoding: String?, record: Int)]) throws {
    var seen: Set<String> = []
    for row in rows where !seen.insert(row.name).inserted {
      throw Problem(
        file: input.url.path, line: input.isParquet ? nil : row.record + 2,
        "The id in '\(model.id)' is that of an earlier record too.",
        hint: "Name the column whose values are all different as 'id'.")
    }
  }

  private func write(_ rows: [[String?]], _ names: [String], to url: URL) throws {
    let fields = names.map { Field($0, .utf8) }
    let columns = try fields.map { try ColumnWriter($0) }
    let partial = url.deletingLastPathComponent()
      .appendingPathComponent(".partial-\(url.lastPathComponent)")
    // Only its owner may read it, from its first byte on.
    unlink(partial.path)
    let descriptor = open(partial.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw StoreError.unwritable(url.path, errno) }
    close(descriptor)
    var next = 0
    do {
      try StreamWriter().write(
        fields, to: partial.path, url.pathExtension == "parquet" ? .parquet : .csv(.none)
      ) {
        guard next < rows.count else { return nil }
        let last = min(rows.count, next + 1 << 14)
        for row in rows[next..<last] {
          for (column, text) in zip(columns, row) {
            if let text { column.append(text: text) } else { column.appendNull() }
          }
        }
        next = last
        return FinishedBatch(columns)
      }
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o600], ofItemAtPath: partial.path)
      guard rename(partial.path, url.path) == 0 else {
        throw StoreError.unwritable(url.path, errno)
      }
    } catch {
      try? FileManager.default.removeItem(at: partial)
      throw error
    }
  }
}
