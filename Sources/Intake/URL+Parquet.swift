import Foundation

extension URL {
  /// Whether a file is here that begins and ends as Parquet does; one that was cut short does not.
  var isWholeParquet: Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    let magic = UInt32(littleEndian: 0x3152_4150)  // PAR1
    let size = UInt32.bitWidth / 8
    let end = lseek(descriptor, 0, SEEK_END)
    guard end >= 2 * size else { return false }
    var (first, last): (UInt32, UInt32) = (0, 0)
    return pread(descriptor, &first, size, 0) == size
      && pread(descriptor, &last, size, end - size) == size && first == magic && last == magic
  }
}
