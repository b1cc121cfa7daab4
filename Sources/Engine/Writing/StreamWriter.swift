import CADBC
public import Columns
public import Foundation

/// Writes batches to one file, Parquet, CSV or JSON lines, without a table between.
///
/// DuckDB's ADBC takes a stream of batches into a table only; its C interface
/// (https://duckdb.org/docs/stable/clients/c/api) lets a query read the stream itself, which is what
/// `COPY` needs to write as the batches come: half the work, and memory that does not grow with the
/// rows. Where a library lacks that call, the rows go through a table. One thread uses a writer at a
/// time.
public final class StreamWriter {
  /// The form of the file, as options of DuckDB's `COPY`.
  public enum Format: Sendable {
    case parquet
    /// Parquet that is written in less time and takes more room.
    case quickParquet
    case csv(Packing)
    case jsonLines(Packing)
  }

  /// How a text file is compressed.
  public enum Packing: String, Sendable { case none, gzip, zstd }

  private let driver: Driver
  private let memoryLimit: String
  private let threads: Int
  private let usesTable: Bool
  /// DuckDB, opened for the first file and kept: opening takes longer than writing a small file.
  private var session: DuckDBLibrary.Session?
  private let spill: String

  /// - Parameters:
  ///   - memoryLimit: what DuckDB may use, as it writes it ("200MB").
  ///   - threads: how many threads it may use.
  ///   - spillFolder: where it may put what does not fit in memory, in a folder of its own that goes with the
  ///     writer; the system's folder for temporary files if left out.
  ///   - usesTable: whether to go through a table even where that is not needed; for tests.
  public init(
    memoryLimit: String = "200MB", threads: Int = 1, spillFolder: URL? = nil,
    usesTable: Bool = false,
    search: DriverSearch = DriverSearch()
  ) throws {
    spill =
      (spillFolder ?? FileManager.default.temporaryDirectory)
      .appendingPathComponent(".partial-writer-\(UUID())").path
    driver = try Driver.load(.duckdb, search: search)
    self.memoryLimit = memoryLimit
    self.threads = threads
    self.usesTable = usesTable
  }

  deinit {
    session?.close()
    try? FileManager.default.removeItem(atPath: spill)
  }

  /// Writes what `next` gives, until it gives nil, to a file at `path`. The call blocks.
  ///
  /// What `next` throws is thrown, and the file is then to be thrown away.
  public func write(
    _ fields: [Field], to path: String, _ format: Format,
    next: @escaping () throws -> FinishedBatch?
  ) throws {
    var failure: (any Error)?
    // A stream that fails ends: where its statement is broken off while rows are being written, DuckDB 2.0 may wait for
    // itself for ever (AsyncFileWriter::AbortWrite).
    let given: () -> FinishedBatch? = {
      do {
        return try failure == nil ? next() : nil
      } catch {
        failure = error
        return nil
      }
    }
    do {
      if !usesTable, let library = DuckDBLibrary(driver) {
        try write(library, fields, path, format, next: given)
      } else {
        try writeThroughTable(fields, path, format, next: given)
      }
    } catch {
      throw failure ?? error
    }
    if let failure { throw failure }
  }

  private func copy(_ table: String, _ path: String, _ format: Format) -> String {
    // Groups of half of DuckDB's usual size: what is kept until one is full fits memory that is warm still,
    // which takes an eighth off the time of wide tables.
    let options =
      switch format {
      case .parquet: "format parquet, compression zstd, row_group_size 61440"
      case .quickParquet: "format parquet, compression snappy, row_group_size 122880"
      case .csv(let packing): "format csv, header true, compression \(packing.rawValue)"
      case .jsonLines(let packing): "format json, compression \(packing.rawValue)"
      }
    return "copy (select * from \(table)) to '\(path.replacing("'", with: "''"))' (\(options))"
  }

  private var settings: [(String, String)] {
    [
      ("autoinstall_known_extensions", "false"), ("autoload_known_extensions", "false"),
      ("temp_directory", spill), ("memory_limit", memoryLimit), ("threads", String(threads)),
    ]
  }

  private func write(
    _ library: DuckDBLibrary, _ fields: [Field], _ path: String, _ format: Format,
    next: @escaping () throws -> FinishedBatch?
  ) throws {
    let session = try self.session ?? library.open(settings)
    self.session = session
    let stream = UnsafeMutablePointer<ArrowArrayStream>.allocate(capacity: 1)
    defer { stream.deallocate() }
    stream.initialize(to: try ArrowArrayStream.exporting(fields: fields) { try next()?.take() })
    defer { stream.pointee.release?(stream) }
    try session.scan(stream, as: "batches")
    // The view goes with its stream.
    defer { try? session.run("drop view if exists batches") }
    try session.run(copy("batches", path, format))
  }

  private func writeThroughTable(
    _ fields: [Field], _ path: String, _ format: Format,
    next: @escaping () throws -> FinishedBatch?
  ) throws {
    let database = try Database(driver: driver, options: settings)
    let connection = try database.connect()
    try connection.ingestBatches(into: "batches", fields, next: next)
    try connection.execute(copy("batches", path, format))
  }
}
