import Columns
public import Crypto
public import Definitions
import Dispatch
public import Engine
public import Foundation
import Synchronization

/// Reads the files of an open-data pack into checked tables of the engine.
///
/// Afterwards the engine has one table a CSV file, called as the file, with the columns that the
/// pack uses, and one a boundary file with its rings. Nothing is landed where anything is wrong.
public struct PackLanding: Sendable {
  /// Raised whenever the same file would land differently, so that old landings are not used.
  static let version = 2

  public let pack: OpenDataPack
  public let folder: URL
  let connection: Connection
  /// Where checked tables are kept as Parquet, so that an unchanged file is not read twice.
  let landing: URL
  let dialect = Dialect(.duckdb)

  public init(pack: OpenDataPack, folder: URL, connection: Connection, landing: URL) {
    self.pack = pack
    self.folder = folder
    self.connection = connection
    self.landing = landing
  }

  /// A file of the pack in memory.
  public struct ReadFile: Sendable {
    let text: TextFile
    /// The SHA-256 of its bytes, for the keys of the stages.
    public let sha256: String
    /// The records of a CSV file, or what is wrong with its lines.
    let records: Result<Int, any Error>
    /// What the file was like when it was read.
    let state: FileState
  }

  /// Reads every file, on as many threads as there are.
  ///
  /// - Throws: ``Definitions/Problems`` with those that are missing or empty.
  public func read() throws -> [String: ReadFile] {
    let names = pack.files
    let results = Mutex<[String: Result<ReadFile, any Error>]>([:])
    DispatchQueue.concurrentPerform(iterations: names.count) { index in
      let name = names[index]
      let result = Result {
        let state = state(of: name)
        let url = pack.url(of: name, in: folder)
        try url.requireRegularFile()
        let text = try TextFile(reading: url)
        return ReadFile(
          text: text, sha256: text.sha256, records: Result { try text.countCSVRecords() },
          state: state)
      }
      results.withLock { $0[name] = result }
    }
    let read = results.withLock { $0 }
    let problems = names.compactMap { name -> Problem? in
      if case .failure(let error as Problem) = read[name] { error } else { nil }
    }
    if !problems.isEmpty { throw Problems(problems) }
    return try read.mapValues { try $0.get() }
  }

  /// Lands every file and accounts for its rows.
  ///
  /// - Parameters:
  ///   - read: what ``read()`` gave.
  ///   - progress: is told each file's name as it is begun.
  /// - Throws: ``Definitions/Problems`` with what is wrong in the files, each at its line.
  public func land(
    _ read: [String: ReadFile], progress: (String) -> Void
  ) throws -> [FileAccount] {
    try FileManager.default.createDirectory(at: landing, withIntermediateDirectories: true)
    let csv = CSVLanding(connection: connection)
    var texts: [String: TextFile] = [:]
    var records: [String: Int] = [:]
    var problems: [Problem] = []
    var written = WrittenFiles(keptIn: landing)
    var used: [URL] = []
    var fresh: [(table: String, parquet: URL)] = []
    func attempt(_ body: () throws -> Void) throws {
      do {
        try body()
      } catch let error as Problems {
        problems += error.all
      } catch let problem as Problem {
        problems.append(problem)
      }
    }
    let files = PackFile.csvFiles(of: pack)
    for file in files {
      progress(file.name)
      try attempt {
        guard let read = read[file.name] else { return }
        texts[read.text.url.path] = read.text
        records[file.name] = try read.records.get()
        let parquet = parquet(for: file.name, sha256: read.sha256, uses: file.uses)
        used.append(parquet)
        let table = dialect.identifier(file.name)
        if written.isWhole(parquet) {
          try connection.execute(
            "create or replace table \(table) as from \(dialect.parquet(parquet.path))")
        } else {
          try csv.land(file, at: read.text, table: table, pack: pack)
          fresh.append((table, parquet))
        }
      }
    }
    for boundary in pack.boundaries {
      progress(boundary.file)
      try attempt {
        guard let read = read[boundary.file] else { return }
        texts[read.text.url.path] = read.text
        let parquet = parquet(
          for: boundary.file, sha256: read.sha256,
          uses: "\(boundary.code)|\(boundary.setAside?.pattern ?? "")")
        used.append(parquet)
        let table = dialect.identifier(boundary.file)
        if written.isWhole(parquet) {
          try connection.execute(
            "create or replace table \(table) as from \(dialect.parquet(parquet.path))")
        } else {
          try GeoJSONLanding(connection: connection).land(boundary, at: read.text, table: table)
          fresh.append((table, parquet))
        }
      }
    }
    problems += try csv.rejects(in: texts)
    for (name, file) in read.sorted(by: { $0.key < $1.key }) where state(of: name) != file.state {
      problems.append(
        Problem(
          file: pack.url(of: name, in: folder).path,
          "The file changed while it was read.",
          hint: "Run again when it is complete."))
    }
    if !problems.isEmpty { throw Problems(problems) }
    let byName = Dictionary(
      texts.values.map { ($0.url.lastPathComponent, $0) }
    ) { first, _ in first }
    try PackChecks(pack: pack, connection: connection, texts: byName).run()
    let accounts = try pack.files.compactMap { name in
      try read[name].map { try account(name, $0, records: records[name]) }
    }
    if !fresh.isEmpty {
      for (table, parquet) in fresh {
        let partial = parquet.appendingPathExtension("partial")
        try connection.writeParquet("from \(table)", to: partial)
        try FileManager.default.replace(parquet, with: partial)
        try written.add(parquet)
      }
      written.forget(allBut: used)
      try written.keep(in: landing)
    }
    return accounts
  }

  /// When a file was changed and how long it is, to notice a change while it is read.
  private func state(of name: String) -> FileState {
    let path = pack.url(of: name, in: folder).path
    let attributes = (try? FileManager.default.attributesOfItem(atPath: path)) ?? [:]
    return FileState(
      modified: attributes[.modificationDate] as? Date, bytes: attributes[.size] as? Int,
      number: attributes[.systemFileNumber] as? Int)
  }

  struct FileState: Equatable, Sendable {
    let modified: Date?
    let bytes: Int?
    let number: Int?
  }

  private func parquet(for name: String, sha256: String, uses: String) -> URL {
    let key = SHA256.hash(data: Data("\(Self.version)\n\(name)\n\(sha256)\n\(uses)".utf8)).hex
    return landing.appendingPathComponent("\(name)-\(key.prefix(16)).parquet")
  }

  /// What became of the rows of a file: those in the file's own bytes against those in its table.
  private func account(
    _ name: String, _ file: ReadFile, records: Int?
  ) throws -> FileAccount {
    let text = file.text
    let table = dialect.identifier(name)
    let boundary = pack.boundaries.first { $0.file == name }
    let landedAll = try connection.query(
      "select count(\(boundary == nil ? "*" : "distinct code")) from \(table)"
    ).scalar.count
    let read = records.map { $0 - 1 } ?? landedAll
    guard read == landedAll else {
      throw Problem(
        file: text.url.path, "The file has \(read) rows, but \(landedAll) were read from it.",
        hint: "Check its quotation marks and line endings.")
    }
    guard read > 0 else {
      throw Problem(file: text.url.path, line: 1, "The file has a header and no rows.")
    }
    var asides = pack.measures.filter { $0.file == name }.compactMap { table in
      table.setAside.map { (column: table.code, aside: $0) }
    }
    if let aside = boundary?.setAside { asides.append(("code", aside)) }
    var setAside = 0
    if !asides.isEmpty {
      let conditions = asides.map { column, aside in
        "regexp_full_match(\(dialect.identifier(column)), \(dialect.literal(aside.pattern)))"
      }
      setAside = try connection.query(
        """
        select count(\(boundary == nil ? "*" : "distinct code")) from \(table)
        where \(conditions.joined(separator: " or "))
        """
      ).scalar.count
    }
    var reasons: [String] = []
    for reason in asides.map(\.aside.reason) where !reasons.contains(reason) {
      reasons.append(reason)
    }
    return FileAccount(
      file: name, sha256: file.sha256, bytes: text.bytes.count, read: read,
      landed: read - setAside, setAside: setAside, setAsideReasons: setAside > 0 ? reasons : [])
  }
}

extension PackFile {
  /// What is read from the file, as one text for the key of its landing.
  var uses: String {
    columns.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: ",")
      + "|\(encoding ?? "")|\(blanks.sorted())|\(periods.sorted())"
  }
}

extension TextFile {
  /// The SHA-256 of the bytes, in hexadecimal.
  var sha256: String { SHA256.hash(data: bytes).hex }
}

extension Digest {
  /// The digest in hexadecimal.
  public var hex: String { map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}

extension Value {
  /// A count that a query returned; 0 where it returned none.
  var count: Int { if case .int(let number) = self { Int(number) } else { 0 } }
}

extension Connection {
  /// Writes the result of `query` to a Parquet file.
  ///
  /// - Throws: ``StoreError`` where the file cannot be written, as on a full disk.
  public func writeParquet(_ query: String, to file: URL) throws {
    do {
      try execute(
        """
        copy (\(query)) to \(Dialect(kind).literal(file.path))
        (format parquet, compression snappy)
        """)
    } catch let error as EngineError {
      guard error.message.hasPrefix("IO Error") else { throw error }
      let isFull = error.message.contains("No space left")
      throw StoreError(
        file.path,
        isFull ? "The disk is full." : "The file cannot be written: \(error.message.firstLine)",
        hint: isFull ? "Free some space and run again." : "Check that you may write here.")
    }
  }
}
