import CADBC

/// A fixed-width type that Arrow stores as a plain buffer.
public protocol ColumnElement: BitwiseCopyable, Sendable {
  /// Whether a column of `type` is a buffer of this element.
  static func matches(_ type: ColumnType) -> Bool
}

extension Int8: ColumnElement {
  public static func matches(_ type: ColumnType) -> Bool { type == .int8 }
}
extension Int16: ColumnElement {
  public static func matches(_ type: ColumnType) -> Bool { type == .int16 }
}
extension Int32: ColumnElement {
  public static func matches(_ type: ColumnType) -> Bool { type == .int32 || type == .date32 }
}
extension Int64: ColumnElement {
  public static func matches(_ type: ColumnType) -> Bool {
    switch type {
    case .int64, .date64, .timestamp, .time64, .duration: true
    default: false
    }
  }
}
extension UInt8: ColumnElement {
  public static func matches(_ type: ColumnType) -> Bool { type == .uint8 }
}
extension UInt16: ColumnElement {
  public static func matches(_ type: ColumnType) -> Bool { type == .uint16 }
}
extension UInt32: ColumnElement {
  public static func matches(_ type: ColumnType) -> Bool { type == .uint32 }
}
extension UInt64: ColumnElement {
  public static func matches(_ type: ColumnType) -> Bool { type == .uint64 }
}
extension Float: ColumnElement {
  public static func matches(_ type: ColumnType) -> Bool { type == .float32 }
}
extension Double: ColumnElement {
  public static func matches(_ type: ColumnType) -> Bool { type == .float64 }
}

extension Column {
  /// Hands all values to `body` as one span, nulls included with whatever bits stand there.
  ///
  /// - Throws: ``ColumnsError`` where the column is not a buffer of `Element`.
  public func withValues<Element: ColumnElement, Result>(
    of type: Element.Type, _ body: (Span<Element>) throws -> Result
  ) throws -> Result {
    guard Element.matches(field.type) else {
      throw ColumnsError(
        "Column '\(field.name)' is \(field.type), not \(Element.self).",
        hint: "Cast it in SQL to the type that is read.")
    }
    guard count > 0, let values = buffer(1, of: Element.self) else {
      return try body(Span())
    }
    return try body(
      Span(_unsafeElements: UnsafeBufferPointer(start: values + start, count: count)))
  }

  /// The value in `row` as a whole number: integers, booleans as 0 and 1, dates as days, times as
  /// counts of their unit; nil where it is null or no whole number of 64 bits.
  public func int64(_ row: Int) -> Int64? {
    guard !isNull(row) else { return nil }
    if let values = dictionaryValues, let key = dictionaryKey(row) { return values.int64(key) }
    return integer(at: row, type: field.type)
  }

  /// The value in `row` as a floating-point number; nil where it is null or no number.
  public func double(_ row: Int) -> Double? {
    guard !isNull(row) else { return nil }
    let position = start + row
    switch field.type {
    case .float64: return buffer(1, of: Double.self)?[position]
    case .float32: return buffer(1, of: Float.self).map { Double($0[position]) }
    case .uint64: return buffer(1, of: UInt64.self).map { Double($0[position]) }
    case .decimal128: return decimal(row)?.doubleValue
    case .dictionary:
      guard let values = dictionaryValues, let key = dictionaryKey(row) else { return nil }
      return values.double(key)
    default: return integer(at: row, type: field.type).map(Double.init)
    }
  }

  /// The value in `row` as text; nil where it is null or no text.
  public func string(_ row: Int) -> String? {
    switch field.type {
    case .utf8, .largeUTF8, .utf8View, .dictionary: break
    default: return nil
    }
    return withBytes(row) { String(decoding: $0, as: UTF8.self) }
  }

  /// The value in `row` as an exact decimal; nil where it is null or no decimal.
  public func decimal(_ row: Int) -> Decimal128? {
    guard !isNull(row), case .decimal128(_, let scale) = field.type,
      let words = buffer(1, of: UInt64.self)
    else { return nil }
    // Sixteen bytes, little-endian; read as two words because only eight-byte alignment is sure.
    let position = 2 * (start + row)
    let bits = UInt128(words[position + 1]) << 64 | UInt128(words[position])
    return Decimal128(unscaled: Int128(truncatingIfNeeded: bits), scale: scale)
  }

  /// Puts the texts of some rows side by side, each where the column has it; a null one is empty and has no
  /// address. They are valid while the column is held.
  ///
  /// - Precondition: the column is `utf8`, and `texts` has room for the rows.
  public func copyTexts(
    _ rows: Range<Int>, to texts: UnsafeMutableBufferPointer<UnsafeRawBufferPointer>
  ) {
    precondition(field.type == .utf8 && rows.upperBound <= count && rows.count <= texts.count)
    let none = UnsafeRawBufferPointer(start: nil, count: 0)
    guard let offsets = buffer(1, of: Int32.self) else {
      return texts[..<rows.count].update(repeating: none)
    }
    let bytes = array.pointee.buffers?[2]
    let bits =
      array.pointee.null_count == 0
      ? nil : array.pointee.buffers?[0]?.assumingMemoryBound(to: UInt8.self)
    for (index, row) in rows.enumerated() {
      let position = start + row
      if let bits, bits[position >> 3] & (1 << UInt8(position & 7)) == 0 {
        texts[index] = none
      } else {
        let from = Int(offsets[position])
        texts[index] = UnsafeRawBufferPointer(
          start: bytes.map { $0 + from }, count: Int(offsets[position + 1]) - from)
      }
    }
  }

  /// Hands the bytes of the text or binary value in `row` to `body`; nil where there are none.
  public func withBytes<Result>(
    _ row: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
  ) rethrows -> Result? {
    guard !isNull(row) else { return nil }
    let position = start + row
    switch field.type {
    case .utf8, .binary:
      guard let offsets = buffer(1, of: Int32.self) else { return nil }
      let from = Int(offsets[position])
      return try body(
        UnsafeBufferPointer(
          start: buffer(2, of: UInt8.self).map { $0 + from },
          count: Int(offsets[position + 1]) - from))
    case .largeUTF8, .largeBinary:
      guard let offsets = buffer(1, of: Int64.self) else { return nil }
      let from = Int(offsets[position])
      return try body(
        UnsafeBufferPointer(
          start: buffer(2, of: UInt8.self).map { $0 + from },
          count: Int(offsets[position + 1]) - from))
    case .utf8View, .binaryView: return try withViewBytes(position, body)
    case .fixedSizeBinary(let width):
      return try body(
        UnsafeBufferPointer(
          start: buffer(1, of: UInt8.self).map { $0 + position * width }, count: width))
    case .dictionary:
      guard let values = dictionaryValues, let key = dictionaryKey(row) else { return nil }
      return try values.withBytes(key, body)
    default: return nil
    }
  }

  /// A view is 16 bytes: a length, then the value itself where it fits in 12 bytes, else a prefix,
  /// a buffer number and an offset (Arrow columnar format, "Variable-size Binary View Layout").
  private func withViewBytes<Result>(
    _ position: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
  ) rethrows -> Result? {
    guard let views = buffer(1, of: UInt8.self) else { return nil }
    let view = UnsafeRawPointer(views + position * 16)
    let length = Int(view.loadUnaligned(as: Int32.self))
    if length <= 12 {
      let inline = (view + 4).assumingMemoryBound(to: UInt8.self)
      return try body(UnsafeBufferPointer(start: inline, count: length))
    }
    let index = Int(view.loadUnaligned(fromByteOffset: 8, as: Int32.self))
    let offset = Int(view.loadUnaligned(fromByteOffset: 12, as: Int32.self))
    guard let data = buffer(2 + index, of: UInt8.self) else { return nil }
    return try body(UnsafeBufferPointer(start: data + offset, count: length))
  }

  func integer(at row: Int, type: ColumnType) -> Int64? {
    let position = start + row
    switch type {
    case .bool:
      return buffer(1, of: UInt8.self).map {
        Int64($0[position >> 3] >> UInt8(position & 7) & 1)
      }
    case .int8: return buffer(1, of: Int8.self).map { Int64($0[position]) }
    case .int16: return buffer(1, of: Int16.self).map { Int64($0[position]) }
    case .int32, .date32, .time32, .interval(.months):
      return buffer(1, of: Int32.self).map { Int64($0[position]) }
    case .int64, .date64, .timestamp, .time64, .duration:
      return buffer(1, of: Int64.self)?[position]
    case .uint8: return buffer(1, of: UInt8.self).map { Int64($0[position]) }
    case .uint16: return buffer(1, of: UInt16.self).map { Int64($0[position]) }
    case .uint32: return buffer(1, of: UInt32.self).map { Int64($0[position]) }
    case .uint64: return buffer(1, of: UInt64.self).flatMap { Int64(exactly: $0[position]) }
    case .decimal128:
      guard let value = decimal(row), value.scale == 0 else { return nil }
      return Int64(exactly: value.unscaled)
    default: return nil
    }
  }
}
