import LineFiles

extension TableHeader {
  /// Why the first line of a file is not the header that the mapping expects, where its first bytes tell; nil where it
  /// is one, or nothing tells. Nothing of what the line says is in it.
  ///
  /// - Parameters:
  ///   - bytes: the first lines of the file.
  ///   - separator: what the mapping parts columns by.
  static func doubt(
    _ bytes: UnsafeRawBufferPointer, separator: UInt8, _ file: FileMapping
  ) -> String? {
    if let form = TextForm(bytes) { return form.words + " " + form.hint }
    guard TableHeader(names(bytes, line: 1, separator), file).drift.isNoHeader else { return nil }
    let marks: [(UInt8, String)] = [
      (UInt8(ascii: ";"), "semicolons"), (0x09, "tabs"), (UInt8(ascii: "|"), "vertical bars"),
      (UInt8(ascii: ","), "commas"),
    ]
    for (mark, name) in marks where mark != separator {
      if !TableHeader(names(bytes, line: 1, mark), file).drift.isNoHeader {
        return "Its columns are parted by \(name), which the mapping does not expect. "
          + "Set 'separator' in the mapping, or ask the sender for the agreed form."
      }
    }
    for line in 2...20
    where !TableHeader(names(bytes, line: line, separator), file).drift.isNoHeader {
      return "The names of the columns are in line \(line), and not in the first. "
        + "Ask the sender to leave out the lines above them."
    }
    return nil
  }

  /// The fields of a line.
  static func names(
    _ bytes: UnsafeRawBufferPointer, line wanted: Int, _ separator: UInt8
  ) -> [String] {
    var names: [String] = []
    // The first lines are in the first bytes.
    let bytes = UnsafeRawBufferPointer(rebasing: bytes.prefix(1 << 16))
    CSVLines(separator: separator).forEach(bytes.withoutByteOrderMark, firstLine: 1) {
      line, found in
      guard line == wanted, case .record(let fields) = found else { return }
      names = fields.map { String(decoding: $0, as: UTF8.self) }
    }
    return names
  }
}
