#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The number of line feeds among `bytes`.
public func lineFeeds(_ bytes: UnsafeRawBufferPointer) -> Int {
  var total = 0
  var rest = bytes
  // The C library searches with the widest registers that the machine has.
  while let next = firstLineFeed(rest) {
    total += 1
    rest = UnsafeRawBufferPointer(rebasing: rest[(next + 1)...])
  }
  return total
}

/// The position of the first line feed.
@inline(__always)
public func firstLineFeed(_ bytes: UnsafeRawBufferPointer) -> Int? {
  guard let base = bytes.baseAddress, let found = memchr(base, 0x0A, bytes.count) else {
    return nil
  }
  return UnsafeRawPointer(found) - base
}

/// The position of the first carriage return.
@inline(__always)
func firstReturn(_ bytes: UnsafeRawBufferPointer) -> Int? {
  guard let base = bytes.baseAddress, let found = memchr(base, 0x0D, bytes.count) else {
    return nil
  }
  return UnsafeRawPointer(found) - base
}

/// The position of the last line feed.
func lastLineFeed(_ bytes: UnsafeRawBufferPointer) -> Int? {
  var position = bytes.count - 1
  while position >= 0 {
    if bytes[position] == 0x0A { return position }
    position -= 1
  }
  return nil
}
