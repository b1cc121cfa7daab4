import CADBC
import Columns

/// The result of a query, batch by batch. One thread uses a cursor at a time.
final class BatchCursor {
  let fields: [Field]
  private var stream: ArrowArrayStream
  private let sql: String
  private let kind: EngineKind
  private let release: () -> Void

  /// Takes over a stream.
  ///
  /// - Parameter release: gives back what the stream comes from, once the cursor is gone.
  init(
    _ stream: ArrowArrayStream, sql: String, _ kind: EngineKind, release: @escaping () -> Void
  ) throws {
    var stream = stream
    do {
      fields = try Self.fields(&stream, sql, kind)
    } catch {
      stream.release?(&stream)
      release()
      throw error
    }
    self.stream = stream
    self.sql = sql
    self.kind = kind
    self.release = release
  }

  deinit {
    stream.release?(&stream)
    release()
  }

  /// The next rows; nil after the last.
  func next() throws -> Batch? {
    var array = ArrowArray()
    guard stream.get_next(&stream, &array) == 0 else { throw Self.error(&stream, sql, kind) }
    // A released array marks the end (Arrow C stream interface, "get_next").
    guard array.release != nil else { return nil }
    return try Batch(taking: array, fields: fields)
  }

  private static func fields(
    _ stream: inout ArrowArrayStream, _ sql: String, _ kind: EngineKind
  ) throws -> [Field] {
    var schema = ArrowSchema()
    guard stream.get_schema(&stream, &schema) == 0 else { throw error(&stream, sql, kind) }
    defer { schema.release?(&schema) }
    return try (0..<Int(schema.n_children)).compactMap { index in
      try schema.children?[index].map { try Field(reading: $0.pointee) }
    }
  }

  private static func error(
    _ stream: inout ArrowArrayStream, _ sql: String, _ kind: EngineKind
  ) -> EngineError {
    let text = stream.get_last_error(&stream).map { String(cString: $0) } ?? "no reason was given."
    let cancelled = text.contains("INTERRUPT") || text.contains("Interrupted")
    return EngineError(
      cancelled ? .cancelled : .query, "Read a result from \(kind.title)", text, sql: sql)
  }
}
