import Columns
import Definitions
public import Engine
public import FHIRViews
public import Foundation
import LineFiles

/// Runs one view over files and writes its rows to one file.
public struct ViewExport: Sendable {
  /// The form that a file's name asks for; nil where it has no ending that Kith writes.
  public static func format(forFileName name: String) -> StreamWriter.Format? {
    let parts = name.lowercased().split(separator: ".").dropFirst()
    let packing: StreamWriter.Packing =
      parts.last == "gz" ? .gzip : parts.last == "zst" ? .zstd : .none
    switch packing == .none ? parts.last : parts.dropLast().last {
    case "parquet": return packing == .none ? .parquet : nil
    case "csv": return .csv(packing)
    case "ndjson", "jsonl": return .jsonLines(packing)
    default: return nil
    }
  }

  /// What was read and written.
  public struct Result: Sendable {
    public let account: ViewAccount
    public let rows: Int
    /// The columns that have no value in any row; none where there are no rows.
    public let emptyColumns: [String]
    /// Bytes read, after unpacking.
    public let bytes: Int
    /// The first records that gave no rows; ``ViewAccount/rejected`` says how many there are.
    public let firstRejected: [RejectedRecord]
  }

  private let plan: ViewPlan
  private let files: [URL]
  private let threads: Int

  public init(_ plan: ViewPlan, files: [URL], threads: Int? = nil) {
    self.plan = plan
    self.files = files
    self.threads = threads ?? ProcessInfo.processInfo.activeProcessorCount
  }

  /// Writes the rows to `output`, which appears whole or not at all.
  ///
  /// - Parameters:
  ///   - rejects: where to write a line for each record that gives no rows; where it is nil, any such
  ///     record means that nothing is written.
  ///   - expectedRecords: how many records the files must have, where somebody counted them.
  ///   - progress: gets the number of bytes read so far, now and then.
  /// - Throws: ``LineFilesError``, `EngineError` or ``StoreError``.
  public func run(
    to output: URL, _ format: StreamWriter.Format, rejects: URL? = nil, expectedRecords: Int? = nil,
    progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) async throws -> Result {
    let folder = output.deletingLastPathComponent()
    let part = folder.appendingPathComponent(
      ".\(output.lastPathComponent).\(ProcessInfo.processInfo.processIdentifier).part")
    defer { try? FileManager.default.removeItem(at: part) }
    let rejectFile = try rejects.map { try RejectFile($0, files: files.map(\.path)) }
    // Writing blocks, so it stays off the cooperative threads.
    let result = try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(
          with: Swift.Result { try write(to: part, format, rejectFile, progress) })
      }
    }
    if let expectedRecords, result.account.records != expectedRecords {
      throw StoreError(
        files[0].deletingLastPathComponent().path,
        "The manifest counts \(expectedRecords) records; the files have \(result.account.records).",
        hint: "The export is not whole: fetch it again. Nothing was written.")
    }
    guard rejects != nil || result.account.rejected == 0 else { return result }
    try rejectFile?.finish()
    // A table without a row would be taken for an answer.
    guard expectedRecords == 0 || !result.account.hasNothing else { return result }
    guard rename(part.path, output.path) == 0 else {
      throw StoreError.unwritable(output.path, errno)
    }
    return result
  }

  private func write(
    to part: URL, _ format: StreamWriter.Format, _ rejectFile: RejectFile?,
    _ progress: @escaping (Int) -> Void
  ) throws -> Result {
    let writer = try StreamWriter(memoryLimit: "150MB")
    let reader = LineChunkReader(
      files.map(\.path), chunkSize: 1 << 20, isDocument: FHIRInputs.isDocument)
    let plan = plan
    let work = OrderedWork(reader, threads: threads) {
      let runner = try ViewRunner(plan)
      return { _, chunk in runner.run(chunk) }
    }
    defer { work.cancel() }
    var account = ViewAccount()
    var rows = 0
    var absent = [Int](repeating: 0, count: plan.columns.count)
    var first: [RejectedRecord] = []
    try writer.write(plan.columns.map(\.field), to: part.path, format) {
      while let batch = try work.next() {
        account += batch.account
        first += batch.rejected.prefix(Self.shown - first.count)
        try rejectFile?.write(batch.rejected)
        progress(work.bytesRead)
        rows += batch.rows.rowCount
        for (column, count) in batch.rows.nullCounts.enumerated() { absent[column] += count }
        if batch.rows.rowCount > 0 { return batch.rows }
      }
      return nil
    }
    let empty = zip(plan.columns, absent).filter { rows > 0 && $1 == rows }.map(\.0.field.name)
    return Result(
      account: account, rows: rows, emptyColumns: empty, bytes: work.bytesRead, firstRejected: first
    )
  }

  /// How many rejected records are kept to be shown.
  private static let shown = 20
}

/// A CSV of the records that gave no rows: where, which rule, and why; never what is in them.
private final class RejectFile: @unchecked Sendable {
  // Sendable because one thread at a time, the engine's, writes to it.
  private let url: URL
  private let part: URL
  private let handle: FileHandle
  private let files: [String]

  init(_ url: URL, files: [String]) throws {
    self.url = url
    self.files = files
    part = url.deletingLastPathComponent()
      .appendingPathComponent(
        ".\(url.lastPathComponent).\(ProcessInfo.processInfo.processIdentifier).part")
    guard FileManager.default.createFile(atPath: part.path, contents: nil),
      let handle = FileHandle(forWritingAtPath: part.path)
    else { throw StoreError.unwritable(url.path, errno) }
    self.handle = handle
    try handle.write(contentsOf: Data("file,line,rule,field,message\n".utf8))
  }

  deinit { try? FileManager.default.removeItem(at: part) }

  func write(_ rejected: [RejectedRecord]) throws {
    guard !rejected.isEmpty else { return }
    let lines = rejected.map { record in
      [
        files[record.file], String(record.line), record.failure.rule.rawValue,
        record.failure.field ?? "", record.failure.message,
      ].map(\.csvQuoted).joined(separator: ",") + "\n"
    }
    try handle.write(contentsOf: Data(lines.joined().utf8))
  }

  func finish() throws {
    try handle.close()
    guard rename(part.path, url.path) == 0 else { throw StoreError.unwritable(url.path, errno) }
  }
}
