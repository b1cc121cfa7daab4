public import CADBC

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A column being written fast: values go straight into the memory that an engine will take over.
///
/// ``ColumnBuilder`` is the plain one, for rows of any ``Value``; this one is for kernels, which know
/// what they write. It writes bool, int32, int64, float64, utf8, date32, timestamps, and lists of these.
/// One thread uses a writer at a time.
public final class ColumnWriter {
  public let field: Field
  /// How many values were written since the last ``finish()``.
  @exclusivity(unchecked) public private(set) var count = 0
  @exclusivity(unchecked) fileprivate private(set) var nullCount = 0
  /// One bit a row, 1 where the value is present; nothing until the first null.
  @exclusivity(unchecked) private var validity = CBuffer()
  /// Bits, numbers, or the offsets of texts and lists.
  @exclusivity(unchecked) private var values = CBuffer()
  @exclusivity(unchecked) private var text = CBuffer()
  private let layout: Layout
  /// The items of a list.
  public let items: ColumnWriter?

  private enum Layout { case bits, four, eight, text, list }

  /// Starts an empty column.
  ///
  /// - Throws: ``ColumnsError`` for a type that Kith does not write.
  public init(_ field: Field) throws {
    self.field = field
    switch field.type {
    case .bool: (layout, items) = (.bits, nil)
    case .int32, .date32: (layout, items) = (.four, nil)
    case .int64, .float64, .timestamp: (layout, items) = (.eight, nil)
    case .utf8: (layout, items) = (.text, nil)
    case .list(let item):
      layout = .list
      items = try ColumnWriter(item)
    default:
      throw ColumnsError(
        "Kith does not write columns of type \(field.type) ('\(field.name)').",
        hint: "Write bool, int32, int64, float64, utf8, date32, a timestamp or a list of these.")
    }
    start()
  }

  /// Offsets begin with a zero of their own.
  private func start() {
    if layout == .text || layout == .list { values.append(Int32(0)) }
  }

  public func append(_ value: Bool) {
    if count & 7 == 0 { values.append(UInt8(0)) }
    if value { values.setBit(count) }
    markPresent()
  }

  /// Adds a value to a column of int32 or date32.
  public func append(_ value: Int32) {
    assert(layout == .four)
    values.append(value)
    markPresent()
  }

  /// Adds a value to a column of int64 or timestamps.
  public func append(_ value: Int64) {
    assert(layout == .eight)
    values.append(value)
    markPresent()
  }

  public func append(_ value: Double) {
    assert(layout == .eight)
    values.append(value)
    markPresent()
  }

  /// Adds a text, which must be valid UTF-8.
  public func append(text bytes: UnsafeRawBufferPointer) {
    text.append(bytes)
    values.append(Int32(truncatingIfNeeded: text.count))
    markPresent()
  }

  /// Adds texts, which must be valid UTF-8; one without an address is null, and so is an empty one.
  public func append(texts: UnsafeBufferPointer<UnsafeRawBufferPointer>) {
    assert(layout == .text)
    var (size, absent) = (0, 0)
    for text in texts {
      size += text.count
      absent += text.isEmpty ? 1 : 0
    }
    guard absent < texts.count else { return appendNulls(absent) }
    if absent > 0, nullCount == 0 { validity.fillBits(count) }
    if nullCount + absent > 0 {
      for (row, text) in texts.enumerated() {
        if (count + row) & 7 == 0 { validity.append(UInt8(0)) }
        if !text.isEmpty { validity.setBit(count + row) }
      }
    }
    text.reserve(size)
    values.reserve(4 * texts.count)
    for item in texts {
      text.append(item)
      values.append(Int32(truncatingIfNeeded: text.count))
    }
    nullCount += absent
    count += texts.count
  }

  public func append(text: some StringProtocol) {
    var text = String(text)
    text.withUTF8 { append(text: UnsafeRawBufferPointer($0)) }
  }

  /// Ends a list: its items are those written to ``items`` since the list before.
  public func endList() {
    values.append(Int32(truncatingIfNeeded: items?.count ?? 0))
    markPresent()
  }

  public func appendNull() {
    switch layout {
    case .bits: if count & 7 == 0 { values.append(UInt8(0)) }
    case .four: values.append(Int32(0))
    case .eight: values.append(Int64(0))
    case .text: values.append(Int32(truncatingIfNeeded: text.count))
    case .list: values.append(Int32(truncatingIfNeeded: items?.count ?? 0))
    }
    if nullCount == 0 { validity.fillBits(count) }
    if count & 7 == 0 { validity.append(UInt8(0)) }
    nullCount += 1
    count += 1
  }

  private func appendNulls(_ added: Int) {
    for _ in 0..<added { appendNull() }
  }

  private func markPresent() {
    if nullCount > 0 {
      if count & 7 == 0 { validity.append(UInt8(0)) }
      validity.setBit(count)
    }
    count += 1
  }

  /// Bytes of text in the column; a batch must stay under 2 GiB.
  public var textSize: Int { text.count + (items?.textSize ?? 0) }

  /// Forgets every value from row `start` on: a record turned out to be bad halfway.
  public func truncate(to start: Int) {
    // A list that was not ended may have items already.
    if layout == .list { items?.truncate(to: Int(values.load(Int32.self, at: start))) }
    guard start < count else { return }
    // Few records are bad, so counting the nulls that go is cheap enough.
    if nullCount > 0 {
      for row in start..<count where !validity.bit(row) { nullCount -= 1 }
      validity.truncateBits(nullCount == 0 ? 0 : start)
    }
    switch layout {
    case .bits: values.truncateBits(start)
    case .four: values.count = 4 * start
    case .eight: values.count = 8 * start
    case .text, .list:
      values.count = 4 * (start + 1)
      let end = Int(values.load(Int32.self, at: start))
      if layout == .text { text.count = end }
    }
    count = start
  }

  /// The column as an Arrow array that its receiver releases; the writer is empty again.
  public func finish() -> ArrowArray {
    defer {
      (count, nullCount) = (0, 0)
      start()
    }
    let present = nullCount == 0 ? nil : validity.take()
    if nullCount == 0 { validity.count = 0 }
    var buffers = [present, values.take()]
    if layout == .text { buffers.append(text.take()) }
    return ArrowArray.exporting(
      length: count, nullCount: nullCount, buffers: buffers,
      children: items.map { [$0.finish()] } ?? [])
  }
}

/// Columns of one length, finished and on their way to an engine.
public final class FinishedBatch: @unchecked Sendable {
  // Sendable because the memory is immutable until one receiver takes it.
  public let rowCount: Int
  /// How many rows of each column have no value.
  public let nullCounts: [Int]
  private var array: ArrowArray?

  /// Takes what `writers` hold, which leaves them empty.
  public init(_ writers: [ColumnWriter]) {
    rowCount = writers.first?.count ?? 0
    nullCounts = writers.map(\.nullCount)
    array = ArrowArray.exporting(
      length: rowCount, nullCount: 0, buffers: [nil], children: writers.map { $0.finish() })
  }

  /// The rows as an Arrow structure that its receiver releases; to be called once.
  public func take() -> ArrowArray {
    guard let taken = array else { preconditionFailure("a batch is taken once") }
    array = nil
    return taken
  }

  deinit {
    if var left = array { left.release?(&left) }
  }
}

/// A growing block of C memory, which an Arrow array can take over.
private struct CBuffer: ~Copyable {
  private var base: UnsafeMutableRawPointer?
  private var capacity = 0
  /// Bytes in use.
  var count = 0

  deinit { free(base) }

  private mutating func grow(by more: Int) {
    capacity = max(256, max(2 * capacity, count + more))
    guard let moved = realloc(base, capacity) else { preconditionFailure("out of memory") }
    base = moved
  }

  mutating func reserve(_ more: Int) { if count + more > capacity { grow(by: more) } }

  @inline(__always)
  mutating func append<Element: BitwiseCopyable>(_ element: Element) {
    let size = MemoryLayout<Element>.size
    if count + size > capacity { grow(by: size) }
    base.unsafelyUnwrapped.storeBytes(of: element, toByteOffset: count, as: Element.self)
    count += size
  }

  @inline(__always)
  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress, !bytes.isEmpty else { return }
    if count + bytes.count > capacity { grow(by: bytes.count) }
    let target = base.unsafelyUnwrapped + count
    if bytes.count >= 8, bytes.count <= 16 {
      // Most texts are short, and a call costs more than two words that overlap.
      let last = bytes.count - 8
      target.storeBytes(of: source.loadUnaligned(as: UInt64.self), as: UInt64.self)
      target.storeBytes(
        of: source.loadUnaligned(fromByteOffset: last, as: UInt64.self), toByteOffset: last,
        as: UInt64.self)
    } else if bytes.count < 8 {
      for index in bytes.indices {
        target.storeBytes(of: bytes[index], toByteOffset: index, as: UInt8.self)
      }
    } else {
      target.copyMemory(from: source, byteCount: bytes.count)
    }
    count += bytes.count
  }

  func load<Element: BitwiseCopyable>(_: Element.Type, at index: Int) -> Element {
    base.unsafelyUnwrapped.load(
      fromByteOffset: index * MemoryLayout<Element>.size, as: Element.self)
  }

  @inline(__always)
  mutating func setBit(_ index: Int) {
    let byte = base.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self) + index >> 3
    byte.pointee |= 1 << UInt8(index & 7)
  }

  func bit(_ index: Int) -> Bool {
    let byte = base.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self)[index >> 3]
    return byte & (1 << UInt8(index & 7)) != 0
  }

  /// Makes the block `bits` ones, with zeros to the end of the last byte.
  mutating func fillBits(_ bits: Int) {
    count = 0
    for _ in 0..<(bits >> 3) { append(UInt8.max) }
    if bits & 7 != 0 { append(UInt8((1 << (bits & 7)) - 1)) }
  }

  /// Keeps `bits` bits; those after them in the last byte become 0.
  mutating func truncateBits(_ bits: Int) {
    count = (bits + 7) >> 3
    guard bits & 7 != 0 else { return }
    let byte = base.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self) + bits >> 3
    byte.pointee &= UInt8((1 << (bits & 7)) - 1)
  }

  /// The memory, which `free` takes back; the block is empty again.
  mutating func take() -> UnsafeMutableRawPointer? {
    // An empty buffer still needs an address: some readers take nil for "no such buffer".
    if base == nil { grow(by: 8) }
    let taken = base
    (base, capacity, count) = (nil, 0, 0)
    return taken
  }
}
