public import CADBC

extension ArrowArrayStream {
  /// A stream that an engine pulls batches from, for bulk ingest; `next` returns nil at the end.
  ///
  /// The receiver releases the stream. An error thrown by `next` reaches the engine as the text of
  /// the stream's last error.
  public static func exporting(
    fields: [Field], next: @escaping () throws -> ArrowArray?
  ) throws -> ArrowArrayStream {
    // Refuses here, once, a type that is not written.
    for field in fields { _ = try ColumnWriter(field) }
    let source = BatchSource(fields: fields, next: next)
    var stream = ArrowArrayStream()
    stream.private_data = Unmanaged.passRetained(source).toOpaque()
    stream.get_schema = { stream, out in
      out?.initialize(to: ArrowSchema.exporting(BatchSource.of(stream).fields))
      return 0
    }
    stream.get_next = { stream, out in
      let source = BatchSource.of(stream)
      do {
        out?.initialize(to: try source.next() ?? ArrowArray())
        return 0
      } catch {
        source.fail(String(describing: error))
        return 5  // EIO
      }
    }
    stream.get_last_error = { stream in BatchSource.of(stream).lastError }
    stream.release = { stream in
      guard let stream, let data = stream.pointee.private_data else { return }
      Unmanaged<BatchSource>.fromOpaque(data).release()
      stream.pointee.private_data = nil
      stream.pointee.release = nil
    }
    return stream
  }
}

private final class BatchSource {
  let fields: [Field]
  let next: () throws -> ArrowArray?
  private var messageMemory: UnsafeMutablePointer<CChar>?

  init(fields: [Field], next: @escaping () throws -> ArrowArray?) {
    self.fields = fields
    self.next = next
  }

  static func of(_ stream: UnsafeMutablePointer<ArrowArrayStream>?) -> BatchSource {
    guard let data = stream?.pointee.private_data else {
      preconditionFailure("the stream was used after its release")
    }
    return Unmanaged<BatchSource>.fromOpaque(data).takeUnretainedValue()
  }

  /// The text of the last error, valid until the next call or the release.
  var lastError: UnsafePointer<CChar>? { messageMemory.map { UnsafePointer($0) } }

  func fail(_ text: String) {
    messageMemory?.deallocate()
    let bytes = text.utf8CString
    let memory = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
    for (index, byte) in bytes.enumerated() { memory[index] = byte }
    messageMemory = memory
  }

  deinit { messageMemory?.deallocate() }
}
