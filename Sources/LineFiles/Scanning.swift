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
  var position = 0
  // Sums of bytes vectorise; 255 rounds fit a byte.
  while position + 64 <= bytes.count {
    var counts = SIMD64<UInt8>(repeating: 0)
    let rounds = min(255, (bytes.count - position) / 64)
    for _ in 0..<rounds {
      let block = bytes.loadUnaligned(fromByteOffset: position, as: SIMD64<UInt8>.self)
      counts.replace(with: counts &+ 1, where: block .== 0x0A)
      position += 64
    }
    for lane in 0..<64 { total += Int(counts[lane]) }
  }
  for byte in bytes[position...] where byte == 0x0A { total += 1 }
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

/// The position of the last line feed.
func lastLineFeed(_ bytes: UnsafeRawBufferPointer) -> Int? {
  var position = bytes.count - 1
  while position >= 0 {
    if bytes[position] == 0x0A { return position }
    position -= 1
  }
  return nil
}
