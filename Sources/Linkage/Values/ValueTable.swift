/// Distinct texts, numbered from 1 in the order in which they came; 0 stands for no value.
///
/// The texts lie one after the other in memory that may be read 16 bytes past its end, so that the kernels
/// of ``PaddedText`` can take them in place. One thread adds; any number may read once nothing is added.
final class ValueTable: @unchecked Sendable {
  // Sendable because nothing is added once records are compared.
  @exclusivity(unchecked) private var bytes: UnsafeMutablePointer<UInt8>
  @exclusivity(unchecked) private var size = 0
  @exclusivity(unchecked) private var capacity = 1 << 12
  /// Where each text begins; the one after the last is where the next will. No value begins and ends at 0.
  @exclusivity(unchecked) private var starts: UnsafeMutablePointer<UInt32>
  @exclusivity(unchecked) private var room = 1 << 8
  /// How many texts there are; codes go from 1 to this.
  @exclusivity(unchecked) private(set) var count = 0
  /// Open addressing: a code, and above it 32 bits of its text's hash. 0 is free.
  @exclusivity(unchecked) private var slots: UnsafeMutableBufferPointer<UInt64>

  init() {
    slots = .allocate(capacity: 1 << 8)
    slots.initialize(repeating: 0)
    bytes = .allocate(capacity: capacity + 16)
    bytes.initialize(repeating: 0, count: capacity + 16)
    starts = .allocate(capacity: room + 2)
    starts.initialize(repeating: 0, count: room + 2)
  }

  deinit {
    bytes.deallocate()
    starts.deallocate()
    slots.deallocate()
  }

  /// Gives back what only adding needs; nothing is added afterwards.
  func seal() {
    slots.deallocate()
    slots = .allocate(capacity: 1)
    slots.initialize(repeating: 0)
  }

  /// The texts as they lie in memory: valid while the table is held and nothing is added.
  struct View {
    let bytes: UnsafePointer<UInt8>
    let starts: UnsafePointer<UInt32>

    /// The text of a code.
    @inline(__always)
    func text(_ code: UInt32) -> PaddedText {
      let from = Int(starts[Int(code)])
      return PaddedText(start: bytes + from, count: Int(starts[Int(code) &+ 1]) &- from)
    }
  }

  var view: View { View(bytes: bytes, starts: starts) }

  /// The code of a text, which is added where it is new. An empty text is no value.
  func code(of text: UnsafeRawBufferPointer) -> UInt32 {
    text.isEmpty ? 0 : code(of: text, hashed(text))
  }

  /// Appends the codes of texts to `codes`.
  ///
  /// Memory is slow and can be asked for many things at once, so all slots are touched before any is read.
  func appendCodes(
    of texts: UnsafeBufferPointer<UnsafeRawBufferPointer>, to codes: inout [UInt32]
  ) {
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: texts.count) { hashes in
      var touched: UInt64 = 0
      for (index, text) in texts.enumerated() {
        let hash = hashed(text)
        hashes[index] = hash
        touched &+= slots[Int(truncatingIfNeeded: hash) & (slots.count - 1)]
      }
      // Kept, so that the reading is not left out.
      self.touched = touched
      for (index, text) in texts.enumerated() {
        codes.append(text.isEmpty ? 0 : code(of: text, hashes[index]))
      }
    }
  }

  @inline(__always)
  private func code(of text: UnsafeRawBufferPointer, _ hash: UInt64) -> UInt32 {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    let tag = hash & 0xFFFF_FFFF_0000_0000
    while slots[slot] != 0 {
      if slots[slot] & 0xFFFF_FFFF_0000_0000 == tag {
        let code = UInt32(truncatingIfNeeded: slots[slot])
        if isEqual(code, text) { return code }
      }
      slot = (slot + 1) & mask
    }
    let code = UInt32(count + 1)
    append(text)
    slots[slot] = tag | UInt64(code)
    if 2 * count > slots.count { grow() }
    return code
  }

  func code(of text: [UInt8]) -> UInt32 { text.withUnsafeBytes { code(of: $0) } }

  /// The code of a text that is there; nil where it is not.
  func known(_ text: [UInt8]) -> UInt32? {
    text.withUnsafeBytes { text in
      let (hash, mask) = (hashed(text), slots.count - 1)
      var slot = Int(truncatingIfNeeded: hash) & mask
      while slots[slot] != 0 {
        let code = UInt32(truncatingIfNeeded: slots[slot])
        if slots[slot] ^ hash < 1 << 32, isEqual(code, text) { return code }
        slot = (slot + 1) & mask
      }
      return nil
    }
  }

  /// The text of a code from 1 to ``count``, valid while the table is held and nothing is added.
  @inline(__always)
  func text(_ code: UInt32) -> PaddedText { view.text(code) }

  func string(_ code: UInt32) -> String { String(decoding: text(code).bytes, as: UTF8.self) }

  @exclusivity(unchecked) private var touched: UInt64 = 0

  private func isEqual(_ code: UInt32, _ text: UnsafeRawBufferPointer) -> Bool {
    let from = Int(starts[Int(code)])
    guard Int(starts[Int(code) + 1]) - from == text.count else { return false }
    return UnsafeRawBufferPointer(start: bytes + from, count: text.count).elementsEqual(text)
  }

  private func append(_ text: UnsafeRawBufferPointer) {
    if size + text.count > capacity {
      let larger = max(2 * capacity, size + text.count)
      bytes = Self.grown(bytes, from: capacity + 16, to: larger + 16)
      capacity = larger
    }
    UnsafeMutableRawBufferPointer(start: bytes + size, count: text.count).copyMemory(from: text)
    size += text.count
    precondition(size <= Int(UInt32.max), "the distinct texts of a column need under 4 GiB")
    count += 1
    if count > room {
      starts = Self.grown(starts, from: room + 2, to: 2 * room + 2)
      room *= 2
    }
    starts[count + 1] = UInt32(size)
  }

  private static func grown<Element: BitwiseCopyable & ExpressibleByIntegerLiteral>(
    _ memory: UnsafeMutablePointer<Element>, from: Int, to: Int
  ) -> UnsafeMutablePointer<Element> {
    let moved = UnsafeMutablePointer<Element>.allocate(capacity: to)
    moved.update(from: memory, count: from)
    (moved + from).initialize(repeating: 0, count: to - from)
    memory.deallocate()
    return moved
  }

  private func grow() {
    let old = slots
    slots = .allocate(capacity: 2 * old.count)
    slots.initialize(repeating: 0)
    let mask = slots.count - 1
    for entry in old where entry != 0 {
      let text = text(UInt32(truncatingIfNeeded: entry))
      var slot = Int(truncatingIfNeeded: hashed(UnsafeRawBufferPointer(text.bytes))) & mask
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = entry
    }
    old.deallocate()
  }
}

/// A hash of some bytes, the same in every run: words are folded by multiplication, as in wyhash (Wang Yi).
func hashed(_ bytes: UnsafeRawBufferPointer, seed: UInt64 = 0) -> UInt64 {
  guard let start = bytes.baseAddress else { return mixed(seed) }
  let count = bytes.count
  var hash = seed ^ UInt64(count) &* 0x9E37_79B9_7F4A_7C15
  var (low, high): (UInt64, UInt64)
  if count >= 8 {
    var offset = 0
    while offset + 16 < count {
      hash = folded(
        start.loadUnaligned(fromByteOffset: offset, as: UInt64.self) ^ hash,
        start.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self) ^ 0x8BB8_4B93_962E_ACC9)
      offset += 16
    }
    low = start.loadUnaligned(fromByteOffset: min(offset, count - 8), as: UInt64.self)
    high = start.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
  } else if count >= 4 {
    low = UInt64(start.loadUnaligned(as: UInt32.self))
    high = UInt64(start.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self))
  } else if count > 0 {
    low = UInt64(start.load(as: UInt8.self))
    high =
      UInt64(start.load(fromByteOffset: count / 2, as: UInt8.self)) << 8
      | UInt64(start.load(fromByteOffset: count - 1, as: UInt8.self))
  } else {
    (low, high) = (0, 0)
  }
  return folded(low ^ 0xA076_1D64_78BD_642F ^ hash, high ^ 0xE703_7ED1_A0B4_28DB)
}

@inline(__always)
private func folded(_ a: UInt64, _ b: UInt64) -> UInt64 {
  let product = a.multipliedFullWidth(by: b)
  return product.high ^ product.low
}
