public import CADBC

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Rows being written, to be handed to an engine as one Arrow record batch.
public struct BatchBuilder: Sendable {
  public let fields: [Field]
  private var columns: [ColumnBuilder]

  public init(_ fields: [Field]) throws {
    self.fields = fields
    columns = try fields.map { try ColumnBuilder($0) }
  }

  public var rowCount: Int { columns.first?.count ?? 0 }

  /// Adds one row: as many values as there are fields, in their order.
  public mutating func append(_ row: [Value]) throws {
    precondition(row.count == columns.count, "a row has one value a field")
    for index in row.indices { try columns[index].append(row[index]) }
  }

  /// The schema as an Arrow structure that its receiver releases.
  public func exportSchema() -> ArrowSchema { ArrowSchema.exporting(fields) }

  /// The rows as an Arrow structure that its receiver releases.
  public func exportArray() -> ArrowArray {
    ArrowArray.exporting(
      length: rowCount, nullCount: 0, buffers: [nil], children: columns.map(ArrowArray.exporting))
  }
}

// The exported structures own C memory: `malloc` here, `free` in the release callback, because the
// receiver may call release from any thread and after every Swift reference is gone.

extension ArrowSchema {
  /// The structure whose members are the columns.
  static func exporting(_ fields: [Field]) -> ArrowSchema {
    exporting(format: "+s", name: "", children: fields.map(exporting))
  }

  static func exporting(_ field: Field) -> ArrowSchema {
    if case .list(let item) = field.type {
      return exporting(format: "+l", name: field.name, children: [exporting(item)])
    }
    let format =
      switch field.type {
      case .bool: "b"
      case .int32: "i"
      case .int64: "l"
      case .float64: "g"
      case .utf8: "u"
      case .date32: "tdD"
      case .timestamp(.second, let zone): "tss:\(zone ?? "")"
      case .timestamp(.millisecond, let zone): "tsm:\(zone ?? "")"
      case .timestamp(.microsecond, let zone): "tsu:\(zone ?? "")"
      case .timestamp(.nanosecond, let zone): "tsn:\(zone ?? "")"
      default: preconditionFailure("ColumnWriter refuses \(field.type)")
      }
    return exporting(format: format, name: field.name, children: [])
  }

  static func exporting(format: String, name: String, children: [ArrowSchema]) -> ArrowSchema {
    var schema = ArrowSchema()
    schema.format = UnsafePointer(strdup(format))
    schema.name = UnsafePointer(strdup(name))
    schema.flags = Int64(ARROW_FLAG_NULLABLE)
    schema.n_children = Int64(children.count)
    schema.children = pointers(to: children)
    schema.release = { schema in
      guard let schema else { return }
      for index in 0..<Int(schema.pointee.n_children) {
        guard let child = schema.pointee.children[index] else { continue }
        if let release = child.pointee.release { release(child) }
        free(child)
      }
      free(schema.pointee.children)
      free(UnsafeMutableRawPointer(mutating: schema.pointee.format))
      free(UnsafeMutableRawPointer(mutating: schema.pointee.name))
      schema.pointee.release = nil
    }
    return schema
  }
}

extension ArrowArray {
  static func exporting(_ column: ColumnBuilder) -> ArrowArray {
    var buffers = [column.nullCount == 0 ? nil : copy(column.validity)]
    switch column.storage {
    case .bits(let bits): buffers.append(copy(bits))
    case .int32(let values): buffers.append(copy(values))
    case .int64(let values): buffers.append(copy(values))
    case .float64(let values): buffers.append(copy(values))
    case .utf8(let offsets, let bytes):
      buffers.append(copy(offsets))
      buffers.append(copy(bytes))
    }
    return exporting(
      length: column.count, nullCount: column.nullCount, buffers: buffers, children: [])
  }

  static func exporting(
    length: Int, nullCount: Int, buffers: [UnsafeMutableRawPointer?], children: [ArrowArray]
  ) -> ArrowArray {
    var array = ArrowArray()
    array.length = Int64(length)
    array.null_count = Int64(nullCount)
    array.n_buffers = Int64(buffers.count)
    array.n_children = Int64(children.count)
    array.buffers = cAllocate(UnsafeRawPointer?.self, buffers.count)
    for (index, buffer) in buffers.enumerated() { array.buffers[index] = UnsafeRawPointer(buffer) }
    array.children = pointers(to: children)
    array.release = { array in
      guard let array else { return }
      for index in 0..<Int(array.pointee.n_children) {
        guard let child = array.pointee.children[index] else { continue }
        if let release = child.pointee.release { release(child) }
        free(child)
      }
      for index in 0..<Int(array.pointee.n_buffers) {
        free(UnsafeMutableRawPointer(mutating: array.pointee.buffers[index]))
      }
      free(array.pointee.children)
      free(array.pointee.buffers)
      array.pointee.release = nil
    }
    return array
  }

  private static func copy<Element: BitwiseCopyable>(
    _ elements: [Element]
  ) -> UnsafeMutableRawPointer? {
    elements.withUnsafeBytes { bytes in
      // An empty buffer still needs an address: some readers take nil for "no such buffer".
      let memory = malloc(max(8, bytes.count))
      if let source = bytes.baseAddress { memory?.copyMemory(from: source, byteCount: bytes.count) }
      return memory
    }
  }
}

/// C memory for `count` elements, at least one; `free` takes it back.
private func cAllocate<Element>(_: Element.Type, _ count: Int) -> UnsafeMutablePointer<Element> {
  guard let memory = calloc(max(1, count), MemoryLayout<Element>.stride) else {
    preconditionFailure("out of memory")
  }
  return memory.bindMemory(to: Element.self, capacity: max(1, count))
}

/// Moves each element to C memory of its own and returns the pointers.
private func pointers<Element>(
  to elements: [Element]
) -> UnsafeMutablePointer<UnsafeMutablePointer<Element>?> {
  let table = cAllocate(UnsafeMutablePointer<Element>?.self, elements.count)
  for (index, element) in elements.enumerated() {
    let pointer = cAllocate(Element.self, 1)
    pointer.initialize(to: element)
    table[index] = pointer
  }
  return table
}
