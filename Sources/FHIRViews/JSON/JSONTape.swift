#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A parsed document as simdjson lays it out: a tape of 64-bit words with a type letter in the highest
/// byte, and a buffer of unescaped strings that it points into
/// (https://github.com/simdjson/simdjson/blob/master/doc/tape.md).
///
/// A place is the number of a word. Place 1 is the document's only value.
struct JSONTape {
  let words: UnsafePointer<UInt64>
  let strings: UnsafeRawPointer

  static let root = 1

  enum Kind: UInt8 {
    case object = 0x7B  // {
    case array = 0x5B  // [
    case string = 0x22  // "
    case integer = 0x6C  // l
    case unsigned = 0x75  // u
    case double = 0x64  // d
    case yes = 0x74  // t
    case no = 0x66  // f
    case null = 0x6E  // n
  }

  @inline(__always)
  func letter(_ place: Int) -> UInt8 { UInt8(truncatingIfNeeded: words[place] >> 56) }

  func kind(_ place: Int) -> Kind? { Kind(rawValue: letter(place)) }

  /// The place after the value at `place`.
  @inline(__always)
  func next(_ place: Int) -> Int {
    switch letter(place) {
    case Kind.object.rawValue, Kind.array.rawValue:
      return Int(UInt32(truncatingIfNeeded: words[place]))
    case Kind.integer.rawValue, Kind.unsigned.rawValue, Kind.double.rawValue: return place + 2
    default: return place + 1
    }
  }

  /// The bytes of the string or key at `place`.
  @inline(__always)
  func string(_ place: Int) -> UnsafeRawBufferPointer {
    let start = strings + Int(words[place] & 0x00FF_FFFF_FFFF_FFFF)
    return UnsafeRawBufferPointer(
      start: start + 4, count: Int(start.loadUnaligned(as: UInt32.self)))
  }

  func integer(_ place: Int) -> Int64 { Int64(bitPattern: words[place + 1]) }
  func double(_ place: Int) -> Double { Double(bitPattern: words[place + 1]) }

  /// The place of the value that the object at `object` has under `name`; nil where it has none.
  @inline(__always)
  func find(_ name: FieldName, in object: Int) -> Int? {
    let close = Int(UInt32(truncatingIfNeeded: words[object])) - 1
    var key = object + 1
    while key < close {
      let start = strings + Int(words[key] & 0x00FF_FFFF_FFFF_FFFF)
      if name.matches(start) { return key + 1 }
      key = next(key + 1)
    }
    return nil
  }

  /// Calls `body` with the place of each key of the object at `object`; its value is one further.
  @inline(__always)
  func forEachKey<Failure: Error>(
    of object: Int, _ body: (Int) throws(Failure) -> Void
  ) throws(Failure) {
    let close = Int(UInt32(truncatingIfNeeded: words[object])) - 1
    var key = object + 1
    while key < close {
      try body(key)
      key = next(key + 1)
    }
  }

  /// Calls `body` with the place of each item of the array at `array`.
  @inline(__always)
  func forEachItem<Failure: Error>(
    of array: Int, _ body: (Int) throws(Failure) -> Void
  ) throws(Failure) {
    let close = Int(UInt32(truncatingIfNeeded: words[array])) - 1
    var item = array + 1
    while item < close {
      try body(item)
      item = next(item)
    }
  }
}

/// The name of an element, laid out to be compared with keys on a tape; lives as long as its plan.
struct FieldName: @unchecked Sendable {
  // Sendable because the bytes are never written after `init`.
  let bytes: UnsafeRawBufferPointer
  /// The first eight bytes, zeros after the name's end, and the mask that cuts a key alike.
  private let head: UInt64
  private let mask: UInt64

  /// Copies the name to memory that ``deallocate()`` frees.
  init(_ name: String) {
    let utf8 = Array(name.utf8)
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(8, utf8.count), alignment: 8)
    for index in copy.indices { copy[index] = index < utf8.count ? utf8[index] : 0 }
    head = UnsafeRawBufferPointer(copy).load(as: UInt64.self).littleEndian
    mask = utf8.count >= 8 ? .max : (1 << UInt64(8 * utf8.count)) - 1
    bytes = UnsafeRawBufferPointer(start: copy.baseAddress, count: utf8.count)
  }

  func deallocate() { bytes.deallocate() }

  /// Whether the string that `start` points at, its length first, is this name.
  ///
  /// Eight bytes may be read whatever the length: simdjson's string buffer has room after each string.
  @inline(__always)
  func matches(_ start: UnsafeRawPointer) -> Bool {
    guard start.loadUnaligned(as: UInt32.self) == UInt32(truncatingIfNeeded: bytes.count) else {
      return false
    }
    let key = (start + 4).loadUnaligned(as: UInt64.self).littleEndian
    guard key & mask == head else { return false }
    guard bytes.count > 8 else { return true }
    for index in 8..<bytes.count
    where (start + 4 + index).load(as: UInt8.self) != bytes[index] { return false }
    return true
  }
}

/// Whether two texts have the same bytes.
@inline(__always)
func isSame(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Bool {
  guard one.count == other.count, let a = one.baseAddress, let b = other.baseAddress else {
    return one.count == other.count
  }
  return memcmp(a, b, one.count) == 0
}
