/// Bytes being written: lines of text built without making strings.
///
/// Not `Sendable`: each worker has its own.
final class ByteWriter {
  private(set) var bytes: UnsafeMutablePointer<UInt8>
  private(set) var count = 0
  /// How many lines were ended.
  private(set) var lines = 0
  private var capacity: Int

  init(capacity: Int = 1 << 14) {
    self.capacity = capacity
    bytes = .allocate(capacity: capacity)
  }

  deinit { bytes.deallocate() }

  var buffer: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: bytes, count: count) }

  func removeAll() {
    count = 0
    lines = 0
  }

  /// Takes back what was written after `length` bytes, which must be on the line being written.
  func truncate(to length: Int) { count = min(count, length) }

  @inline(__always)
  private func reserve(_ more: Int) {
    if count + more > capacity { grow(more) }
  }

  @inline(never)
  private func grow(_ more: Int) {
    capacity = max(capacity * 2, count + more)
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    larger.update(from: bytes, count: count)
    bytes.deallocate()
    bytes = larger
  }

  @inline(__always)
  func text(_ text: StaticString) {
    let length = text.utf8CodeUnitCount
    reserve(length)
    (bytes + count).update(from: text.utf8Start, count: length)
    count += length
  }

  @inline(__always)
  func text(_ text: String) {
    var text = text
    text.withUTF8 { utf8 in
      guard let start = utf8.baseAddress else { return }
      reserve(utf8.count)
      (bytes + count).update(from: start, count: utf8.count)
      count += utf8.count
    }
  }

  @inline(__always)
  func byte(_ value: UInt8) {
    reserve(1)
    bytes[count] = value
    count += 1
  }

  @inline(__always)
  func comma() { byte(UInt8(ascii: ",")) }

  /// Ends the line.
  @inline(__always)
  func endLine() {
    byte(UInt8(ascii: "\n"))
    lines += 1
  }

  /// A whole number.
  func number(_ value: Int) {
    if value < 0 { byte(UInt8(ascii: "-")) }
    var rest = value.magnitude
    var digits = 1
    var limit: UInt = 10
    while rest >= limit, digits < 19 {
      digits += 1
      limit *= 10
    }
    reserve(digits)
    var position = count + digits
    count = position
    repeat {
      position -= 1
      bytes[position] = UInt8(ascii: "0") + UInt8(rest % 10)
      rest /= 10
      digits -= 1
    } while digits > 0
  }

  /// A whole number of exactly `digits` digits, with noughts before it.
  func padded(_ value: Int, _ digits: Int) {
    reserve(digits)
    var rest = value
    for position in stride(from: count + digits - 1, through: count, by: -1) {
      bytes[position] = UInt8(ascii: "0") + UInt8(rest % 10)
      rest /= 10
    }
    count += digits
  }

  /// A number with one decimal place, given in tenths.
  func tenths(_ value: Int) {
    number(value / 10)
    byte(UInt8(ascii: "."))
    byte(UInt8(ascii: "0") + UInt8(abs(value % 10)))
  }

  /// Pounds and pence, given in pence.
  func pounds(pence: Int) {
    number(pence / 100)
    byte(UInt8(ascii: "."))
    padded(abs(pence % 100), 2)
  }

  /// Changes a byte that was written.
  func set(_ position: Int, to value: UInt8) { bytes[position] = value }
}
