import Codes
import Columns
public import Definitions
public import Engine
import FHIRViews
public import Foundation
public import Governance
import LineFiles

/// Lands the deliveries of one source: every record checked, typed and without what identifies
/// anybody, or set aside with the reason.
public struct DeliveryLanding: Sendable {
  /// Raised whenever the same delivery would land otherwise.
  static let version = 10

  public let source: String
  private let plan: LandingPlan
  private let vault: Vault
  private let postcodes: PostcodeDirectory?
  private let agreements: [PlaceFile.Agreement]
  private let threads: Int

  /// - Parameters:
  ///   - postcodes: places postcodes in small areas; without it those columns land empty.
  ///   - agreements: those of the place.
  public init(
    source: String, _ plan: LandingPlan, vault: Vault, postcodes: PostcodeDirectory? = nil,
    agreements: [PlaceFile.Agreement] = [], threads: Int
  ) {
    self.source = source
    self.plan = plan
    self.vault = vault
    self.postcodes = postcodes
    self.agreements = agreements
    self.threads = threads
  }

  /// What there is of a delivery from an earlier run.
  public enum Earlier: Sendable {
    case none
    /// It landed, and everything is as it was.
    case landed(DeliveryAccount)
    /// It landed, and what it landed in was damaged since; how, in words.
    case damaged(String)
  }

  /// What an earlier run landed of a delivery, if it landed from the same.
  ///
  /// - Parameter key: what ``key(of:)`` gives.
  /// - Throws: where the vault cannot be read.
  public func earlier(_ delivery: Delivery, key: String, in landing: URL) throws -> Earlier {
    let folder = folder(delivery, landing)
    guard try vault.landing(source: source, delivery: delivery.name) == key else { return .none }
    guard FileManager.default.fileExists(atPath: folder.path) else {
      return .damaged("\(folder.path) is missing.")
    }
    let account: DeliveryAccount
    let url = folder.appendingPathComponent("account.json")
    do {
      account = try JSONDecoder().decode(DeliveryAccount.self, from: Data(contentsOf: url))
    } catch {
      return .damaged("\(url.path) cannot be read.")
    }
    guard account.key == key else { return .none }
    if let damage = WrittenFiles.damage(in: folder) { return .damaged(damage) }
    if let loss = try vault.loss(source: source, delivery: delivery.name) { return .damaged(loss) }
    return .landed(account)
  }

  private func folder(_ delivery: Delivery, _ landing: URL) -> URL {
    landing.appendingPathComponent(source).appendingPathComponent(delivery.name)
  }

  /// What the landing of a delivery follows from: its files, mapping, views, rules and keys.
  public func key(of delivery: Delivery) throws -> String {
    [
      "\(Self.version)", plan.fingerprint, vault.pseudonyms.fingerprint,
      postcodes?.fingerprint ?? "",
      freeText(delivery).sorted().joined(separator: ","), try delivery.fingerprint(),
    ].joined(separator: ":")
  }

  /// The columns of free text that agreements let into the vault, as `table.column`.
  private func freeText(_ delivery: Delivery) -> Set<String> {
    let day = String(delivery.name.prefix(10))
    let names = agreements.filter { $0.until >= day }.flatMap(\.freeText)
    let start = source + "."
    return Set(names.filter { $0.hasPrefix(start) }.map { String($0.dropFirst(start.count)) })
  }

  /// Lands a delivery below `landing`, which then has its tables, `quarantine.parquet`,
  /// `left-out.parquet`, `account.json` and `files.json`; what was there of it before is replaced at the end. The call
  /// blocks.
  ///
  /// - Parameters:
  ///   - key: what ``key(of:)`` gives.
  ///   - known: the identities that the vault has.
  ///   - progress: gets the bytes read, unpacked, now and then.
  /// - Returns: the account; where it says that the delivery was stopped, no table was landed.
  /// - Throws: ``LineFilesError``, `EngineError` or ``StoreError``.
  public func land(
    _ delivery: Delivery, key: String, in landing: URL, writer: StreamWriter,
    known: KnownIdentities,
    progress: @escaping (Int) -> Void = { _ in }
  ) throws -> DeliveryAccount {
    let final = folder(delivery, landing)
    let staging = final.deletingLastPathComponent()
      .appendingPathComponent(".\(delivery.name).part", isDirectory: true)
    try FileManager.default.removeIfThere(staging)
    try FileManager.default.createDirectory(at: staging, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: staging) }
    var account = DeliveryAccount(
      source: source, delivery: delivery.name, mapping: plan.mapping.id,
      mappingVersion: plan.mapping.version, key: key, files: [],
      unknownFiles: delivery.unknown)
    let context = LandingContext(
      source: source, delivery: delivery.name, lastDay: delivery.day, policies: plan.policies,
      pseudonyms: vault.pseudonyms, sealer: try vault.sealer(), known: known,
      postcodes: postcodes, freeText: freeText(delivery))
    let output = try Output(
      writer: writer,
      vault: vault.begin(source: source, delivery: delivery.name, known: known),
      quarantine: FaultWriter(), leftOut: FaultWriter())
    account.stops = delivery.faults
    var before = 0
    for (index, file) in delivery.files.enumerated() where !account.isStopped {
      let result = try land(
        file.mapping, file.url, context, output,
        to: staging.appendingPathComponent(tableFile(delivery, index))
      ) { progress(before + $0) }
      before += result.bytes
      account.files.append(result.account)
      account.stops += result.stops
    }
    if !account.isStopped, account.files.contains(where: { $0.read > 0 }),
      account.files.allSatisfy({ $0.landed == 0 })
    {
      account.stops = account.files.filter { $0.read > 0 }.map {
        "\($0.file): \($0.reasons)"
      }
    }
    if account.isStopped {
      for name in try FileManager.default.contentsOfDirectory(atPath: staging.path) {
        try FileManager.default.removeItem(at: staging.appendingPathComponent(name))
      }
      for index in account.files.indices {
        (account.files[index].landed, account.files[index].rows) = (0, 0)
      }
    }
    for (faults, name) in [(output.quarantine, "quarantine"), (output.leftOut, "left-out")] {
      try faults.write(to: staging.appendingPathComponent("\(name).parquet").path, writer)
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try encoder.encode(account).write(to: staging.appendingPathComponent("account.json"))
    try WrittenFiles(of: staging).keep(in: staging)
    // First the vault: landed rows without what they stand for would be worse than the reverse.
    for name in try FileManager.default.contentsOfDirectory(atPath: staging.path) {
      try staging.appendingPathComponent(name).syncToDisk()
    }
    try output.vault.commit(landing: key, isStopped: account.isStopped)
    try FileManager.default.removeIfThere(final)
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

  /// What a delivery is written to.
  private struct Output {
    let writer: StreamWriter
    let vault: VaultDelivery
    /// Where records were set aside, and where values were left out of those that landed.
    let quarantine: FaultWriter
    let leftOut: FaultWriter
  }

  private struct FileResult {
    var account: DeliveryAccount.File
    var stops: [String] = []
    var bytes = 0
  }

  /// Lands a file; where what is in it cannot be read, that is a reason to stop the delivery.
  private func land(
    _ file: FileMapping, _ url: URL, _ context: LandingContext, _ output: Output,
    to landed: URL, progress: @escaping (Int) -> Void
  ) throws -> FileResult {
    var result = FileResult(
      account: DeliveryAccount.File(
        file: url.lastPathComponent, table: file.table, landedAs: landed.lastPathComponent))
    let stop: String
    do {
      try landRecords(file, url, context, output, to: landed, into: &result, progress: progress)
      return result
    } catch let error as UnreadableDelivery {
      stop = "\(error.message) \(error.hint)"
    } catch let error as LineFilesError where error.isDamage {
      stop = error.message + (error.hint.map { " \($0)" } ?? "")
    }
    // What was read before counts as read, and what was set aside is accounted for.
    result.account.landed = result.account.read - result.account.quarantined
    result.stops = ["\(url.lastPathComponent): \(stop)"]
    return result
  }

  private func landRecords(
    _ file: FileMapping, _ url: URL, _ context: LandingContext, _ output: Output,
    to landed: URL, into result: inout FileResult, progress: @escaping (Int) -> Void
  ) throws {
    guard let work = try work(file, url, context, &result) else { return }
    defer { work.cancel() }
    var found = result
    var tally = BreachTally(plan.policies)
    // Also where the file breaks off.
    defer {
      found.account.breaches = tally.breaches
      found.bytes = work.bytesRead
      result = found
    }
    struct Stopped: Error {}
    do {
      let fields =
        file.format == .fhirDeletions ? FHIRDeletionWorker.fields : RecordLander.fields(file)
      let identifying = file.identifying.map(\.landed)
      try output.writer.write(fields, to: landed.path, .parquet) {
        while let chunk = try work.next() {
          found.account.read += chunk.read
          found.account.blank += chunk.blank
          found.account.quarantined += chunk.faults.count
          found.account.rows += chunk.rows.rowCount
          tally.add(chunk)
          output.quarantine.add(url.lastPathComponent, chunk.faults)
          output.leftOut.add(url.lastPathComponent, chunk.leftOut)
          try output.vault.add(
            chunk.sealed, file: url.lastPathComponent, table: file.table, fields: identifying)
          progress(work.bytesRead)
          found.stops = tally.stops(url.lastPathComponent, read: found.account.read)
          guard found.stops.isEmpty || found.account.read < BreachTally.enough else {
            throw Stopped()
          }
          if chunk.rows.rowCount > 0 { return chunk.rows }
        }
        return nil
      }
    } catch is Stopped {}
    found.account.landed = found.account.read - found.account.quarantined
    found.account.breaches = tally.breaches
    if found.stops.isEmpty, file.isWhole, found.account.read == 0 {
      found.stops = [
        "\(url.lastPathComponent) has no record, and each delivery of it is to have everybody: all that there was would be gone."
      ]
    }
    if found.stops.isEmpty, let reason = found.account.nothingLanded {
      found.stops = ["\(url.lastPathComponent): \(reason)"]
    }
  }

  /// The work on a file; nil where it cannot be read as the mapping says, which is a reason to stop before
  /// anything of it lands.
  private func work(
    _ file: FileMapping, _ url: URL, _ context: LandingContext, _ result: inout FileResult
  ) throws -> OrderedWork<LandedChunk>? {
    let held = HeldLines(context: context, file: url.lastPathComponent)
    let makeLander: @Sendable () throws -> RecordLander = { try RecordLander(file, context) }
    switch file.format {
    case .csv(let separator) where url.pathExtension != "parquet":
      guard let first = try LineChunkReader([url.path]).next() else {
        result.stops = ["\(url.lastPathComponent) is empty: it has not even a header."]
        return nil
      }
      if let doubt = TableHeader.doubt(first.bytes, separator: separator, file) {
        result.stops = ["\(url.lastPathComponent): \(doubt)"]
        return nil
      }
      let names = TableHeader.names(first.bytes, line: 1, separator)
      let header = TableHeader(names, file)
      try checkDrift(url, header, &result) {
        CSVWorker(separator: separator, header, file, try RecordLander(file, context.forTrial))
          .land(first)
      } shape: { column, line in
        guard let place = names.map(WrittenValue.trimmed).firstIndex(of: column) else { return nil }
        var shape: String?
        SeparatedText(Array(first.bytes), separator: separator).forEach { row in
          if row.line == line, row.fields.indices.contains(place) {
            shape = row.fields[place].withUnsafeBytes { WrittenValue.shape($0) }
          }
          return row.line < line
        }
        return shape
      }
      guard result.stops.isEmpty else { return nil }
      return start(LineChunkReader([url.path]), held) {
        CSVWorker(separator: separator, header, file, try makeLander())
      }
    case .csv, .parquet:
      let sample = try ParquetSource(url, file)
      let header = TableHeader(sample.names, file)
      try checkDrift(url, header, &result) {
        let worker = ParquetWorker(header, file, try RecordLander(file, context.forTrial))
        return try sample.next().map { worker.land($0) }
      } shape: { _, _ in
        nil
      }
      guard result.stops.isEmpty else { return nil }
      return start(try ParquetSource(url, file), held) {
        ParquetWorker(header, file, try makeLander())
      }
    case .fhir(let view):
      guard let plan = plan.views[view] else { preconditionFailure("every view was compiled") }
      if let first = try LineChunkReader([url.path]).next(), let form = TextForm(first.bytes) {
        result.stops = ["\(url.lastPathComponent): \(form.words) \(form.hint)"]
        return nil
      }
      // A FHIR document is read whole.
      let reader = LineChunkReader([url.path], isDocument: FHIRInputs.isDocument)
      return start(reader, held) { try FHIRWorker(plan, file, try makeLander()) }
    case .fhirDeletions:
      var tables: [String: String] = [:]
      for other in plan.mapping.files {
        if case .fhir(let view) = other.format, let plan = plan.views[view] {
          tables[plan.definition.resource] = other.table
        }
      }
      return start(LineChunkReader([url.path]), held) { [tables] in
        try FHIRDeletionWorker(tables: tables, source: context.source, key: context.pseudonyms)
      }
    }
  }

  /// Starts the threads that land a file.
  private func start<Source: ChunkSource, Worker: ChunkWorker<Source.Chunk>>(
    _ source: Source, _ held: HeldLines, makeWorker: @escaping @Sendable () throws -> Worker
  ) -> OrderedWork<LandedChunk> {
    OrderedWork(source, threads: threads) {
      let worker = try makeWorker()
      return { number, chunk in
        worker.begin(chunk: number)
        var landed = worker.land(chunk)
        landed.sealed += held.seal(chunk, landed.faults)
        return landed
      }
    }
  }

  /// Sets a file's columns, and a trial of its first records, against the mapping.
  ///
  /// - Parameter shape: what a column's value in a line looks like, where the file is text.
  private func checkDrift(
    _ url: URL, _ header: TableHeader, _ result: inout FileResult,
    trial: () throws -> LandedChunk?, shape: (String, Int) -> String?
  ) throws {
    var drift = header.drift
    if drift.missing.isEmpty, let sample = try trial() {
      drift.retyped = Self.retyped(sample).map { column, line in
        SchemaDrift.Retyped(name: column, shape: shape(column, line))
      }
    }
    result.account.drift = drift.sentences
    if drift.isFatal { result.stops = drift.sentences.map { "\(url.lastPathComponent): \($0)" } }
  }

  /// Columns that set most records of a sample aside because their values are of another type, each with the first line
  /// that has such a value.
  private static func retyped(_ sample: LandedChunk) -> [(column: String, line: Int)] {
    var found: [String: (count: Int, line: Int)] = [:]
    for one in sample.faults {
      let isOfType = [.wrongType, .impossibleDate, .nhsNumberShape].contains(one.fault.rule)
      guard isOfType, let field = one.fault.field else { continue }
      let earlier = found[field] ?? (0, one.line)
      found[field] = (earlier.count + 1, min(earlier.line, one.line))
    }
    return found.filter { 2 * $0.value.count > sample.read && sample.read >= 10 }
      .map { ($0.key, $0.value.line) }.sorted { $0.0 < $1.0 }
  }
}
