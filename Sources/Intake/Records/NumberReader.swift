import Codes

/// Reads numbers of extracts: what ``Codes/WrittenNumber`` reads, but for marks that part thousands, which
/// ``FieldReader`` takes away where the file allows it.
enum NumberReader {
  /// The number, or nil for anything else.
  static func number(_ bytes: UnsafeRawBufferPointer) -> Double? {
    if let plain = WrittenNumber.plain(bytes) { return plain }
    guard !bytes.contains(where: { $0 == UInt8(ascii: ",") || $0 == 0x20 }),
      case .number(let number) = WrittenNumber.read(bytes)
    else { return nil }
    return number
  }
}
