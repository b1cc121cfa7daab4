import Columns
public import Engine
import FHIRViews
public import Foundation
public import Governance
import LineFiles

/// Lands the deliveries of one source: every record checked, typed and without what identifies
/// anybody, or set aside with the reason.
public struct DeliveryLanding: Sendable {
  /// Raised whenever the same delivery would land otherwise.
  static let version = 1

  public let source: String
  public let mapping: SourceMapping
  private let plans: [String: ViewPlan]
  private let policies: RulePolicies
  private let key: PseudonymKey
  private let threads: Int
  /// A hash of the mapping, its views and the rules.
  private let definitions: String

  /// - Throws: ``Definitions/Problem`` where a view is missing or lacks a column of its mapping.
  public init(
    source: String, _ mapping: SourceMapping, _ catalogue: MappingCatalogue, key: PseudonymKey,
    threads: Int
  ) throws {
    self.source = source
    self.mapping = mapping
    self.key = key
    self.threads = threads
    policies = try catalogue.policies()
    var plans: [String: ViewPlan] = [:]
    for file in mapping.files {
      guard case .fhir(let view) = file.format else { continue }
      plans[view] = try catalogue.view(view)
    }
    self.plans = plans
    definitions = try catalogue.fingerprint(of: mapping)
  }

  /// The account of a delivery that landed before, if it still holds; nil where it is to be landed.
  public func landed(_ delivery: Delivery, in landing: URL) throws -> DeliveryAccount? {
    let url = folder(delivery, landing).appendingPathComponent("account.json")
    guard let data = FileManager.default.contents(atPath: url.path),
      let account = try? JSONDecoder().decode(DeliveryAccount.self, from: data)
    else { return nil }
    return account.key == (try fingerprint(delivery)) ? account : nil
  }

  private func folder(_ delivery: Delivery, _ landing: URL) -> URL {
    landing.appendingPathComponent(source).appendingPathComponent(delivery.name)
  }

  private func fingerprint(_ delivery: Delivery) throws -> String {
    "\(Self.version):\(definitions):\(key.fingerprint):" + (try delivery.fingerprint())
  }

  /// Lands a delivery below `landing`, which then has its tables, `quarantine.parquet` and
  /// `account.json`; what was there of it before is replaced at the end. The call blocks.
  ///
  /// - Parameter progress: gets the bytes read, unpacked, now and then.
  /// - Returns: the account; where it says that the delivery was stopped, no table was landed.
  /// - Throws: ``LineFilesError``, `EngineError` or ``StoreError``.
  public func land(
    _ delivery: Delivery, in landing: URL, writer: StreamWriter,
    progress: @escaping (Int) -> Void = { _ in }
  ) throws -> DeliveryAccount {
    let final = folder(delivery, landing)
    let staging = final.deletingLastPathComponent()
      .appendingPathComponent(".\(delivery.name).part", isDirectory: true)
    try? FileManager.default.removeItem(at: staging)
    try FileManager.default.createDirectory(at: staging, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: staging) }
    var account = DeliveryAccount(
      source: source, delivery: delivery.name, mapping: mapping.id,
      mappingVersion: mapping.version, key: try fingerprint(delivery), files: [],
      unknownFiles: delivery.unknown)
    let quarantine = try QuarantineWriter()
    var before = 0
    for (index, file) in delivery.files.enumerated() {
      let result = try land(
        file.mapping, file.url, day: delivery.day, writer, quarantine,
        to: staging.appendingPathComponent(tableFile(delivery, index)).path
      ) { progress(before + $0) }
      before += result.bytes
      account.files.append(result.account)
      account.stops += result.stops
      if account.isStopped { break }
    }
    if account.isStopped {
      for name in try FileManager.default.contentsOfDirectory(atPath: staging.path) {
        try FileManager.default.removeItem(at: staging.appendingPathComponent(name))
      }
    }
    try quarantine.write(to: staging.appendingPathComponent("quarantine.parquet").path, writer)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try encoder.encode(account).write(to: staging.appendingPathComponent("account.json"))
    try? FileManager.default.removeItem(at: final)
    guard rename(staging.path, final.path) == 0 else {
      throw StoreError.unwritable(final.path, errno)
    }
    return account
  }

  /// The Parquet file of a delivery's file: named for its table, and numbered where several land in it.
  private func tableFile(_ delivery: Delivery, _ index: Int) -> String {
    let table = delivery.files[index].mapping.table
    let earlier = delivery.files[..<index].filter { $0.mapping.table == table }.count
    return table + (earlier == 0 ? "" : "-\(earlier + 1)") + ".parquet"
  }

  private struct FileResult {
    var account: DeliveryAccount.File
    var stops: [String] = []
    var bytes = 0
  }

  private func land(
    _ file: FileMapping, _ url: URL, day: Int32, _ writer: StreamWriter,
    _ quarantine: QuarantineWriter, to path: String,
    progress: @escaping (Int) -> Void
  ) throws -> FileResult {
    var result = FileResult(
      account: DeliveryAccount.File(file: url.lastPathComponent, table: file.table))
    let makeWorker = try worker(file, url, day, &result)
    guard result.stops.isEmpty else { return result }
    let reader = LineChunkReader([url.path])
    let work = OrderedWork(reader, threads: threads, makeWorker: makeWorker)
    defer { work.cancel() }
    var tally = BreachTally(policies)
    struct Stopped: Error {}
    do {
      let fields =
        file.format == .fhirDeletions ? FHIRDeletionWorker.fields : RecordLander.fields(file)
      try writer.write(fields, to: path, .parquet) {
        while let chunk = try work.next() {
          result.account.read += chunk.read
          result.account.blank += chunk.blank
          result.account.quarantined += chunk.faults.count
          result.account.rows += chunk.rows.rowCount
          tally.add(chunk)
          quarantine.add(url.lastPathComponent, chunk.faults)
          progress(work.bytesRead)
          result.stops = tally.stops(url.lastPathComponent, read: result.account.read)
          guard result.stops.isEmpty || result.account.read < BreachTally.enough else {
            throw Stopped()
          }
          if chunk.rows.rowCount > 0 { return chunk.rows }
        }
        return nil
      }
    } catch is Stopped {}
    result.bytes = work.bytesRead
    result.account.landed = result.account.read - result.account.quarantined
    result.account.breaches = tally.breaches
    return result
  }

  /// What makes the workers of a file; a file that cannot be read as the mapping says is a reason to
  /// stop, before anything of it lands.
  private func worker(
    _ file: FileMapping, _ url: URL, _ day: Int32, _ result: inout FileResult
  ) throws -> @Sendable () throws -> (LineChunk) throws -> LandedChunk {
    let (source, key, policies) = (source, key, policies)
    let makeLander: @Sendable () throws -> RecordLander = {
      try RecordLander(file, domain: source, key: key, policies: policies, lastDay: day)
    }
    switch file.format {
    case .csv(let separator):
      guard let first = try LineChunkReader([url.path]).next() else {
        result.stops = ["\(url.lastPathComponent) is empty: it has not even a header."]
        return { { _ in throw StoreError(url.path, "The file is empty.") } }
      }
      let names = Self.header(first, separator)
      let header = CSVHeader(names, file)
      var drift = header.drift
      if drift.missing.isEmpty {
        let worker = CSVWorker(separator: separator, header, file, try makeLander())
        drift.retyped = Self.retyped(worker.land(first))
      }
      result.account.drift = drift.sentences
      if drift.isFatal { result.stops = drift.sentences.map { "\(url.lastPathComponent): \($0)" } }
      return {
        let worker = CSVWorker(separator: separator, header, file, try makeLander())
        return { worker.land($0) }
      }
    case .fhir(let view):
      guard let plan = plans[view] else { preconditionFailure("every view was compiled") }
      return {
        let worker = try FHIRWorker(plan, file, try makeLander())
        return { worker.land($0) }
      }
    case .fhirDeletions:
      var tables: [String: String] = [:]
      for other in mapping.files {
        if case .fhir(let view) = other.format, let plan = plans[view] {
          tables[plan.definition.resource] = other.table
        }
      }
      return { [tables] in
        let worker = try FHIRDeletionWorker(tables: tables, source: source, key: key)
        return { worker.land($0) }
      }
    }
  }

  /// The names in the first line.
  private static func header(_ chunk: LineChunk, _ separator: UInt8) -> [String] {
    var names: [String] = []
    CSVLines(separator: separator).forEach(chunk.bytes, firstLine: 1) { line, found in
      guard line == 1, case .record(let fields) = found else { return }
      names = fields.map { String(decoding: $0, as: UTF8.self) }
    }
    if let first = names.first, first.hasPrefix("\u{FEFF}") { names[0] = String(first.dropFirst()) }
    return names
  }

  /// Columns that set most records of a sample aside because their values are of another type.
  private static func retyped(_ sample: LandedChunk) -> [String] {
    var counts: [String: Int] = [:]
    for (_, fault) in sample.faults {
      let isOfType = [.wrongType, .impossibleDate, .nhsNumberShape].contains(fault.rule)
      if isOfType, let field = fault.field { counts[field, default: 0] += 1 }
    }
    return counts.filter { 2 * $0.value > sample.read && sample.read >= 10 }.map(\.key).sorted()
  }
}
