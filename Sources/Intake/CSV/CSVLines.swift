import CScan

/// Cuts lines of a CSV file into their fields (RFC 4180), a record a line: a line break inside
/// quotation marks ends its record as a fault, so that one lost mark does not swallow the rest of a file.
///
/// One thread uses a cutter at a time.
final class CSVLines {
  private let separator: UInt8
  @exclusivity(unchecked) private var positions: UnsafeMutableBufferPointer<UInt32>
  /// Quoted values with their doubled marks undone.
  private var scratch: [UnsafeMutableRawBufferPointer] = []
  /// The fields of the line at hand.
  @exclusivity(unchecked) private var fields: UnsafeMutableBufferPointer<UnsafeRawBufferPointer>
  @exclusivity(unchecked) private var fieldCount = 0

  init(separator: UInt8) {
    self.separator = separator
    positions = .allocate(capacity: 1 << 16)
    fields = .allocate(capacity: 256)
  }

  deinit {
    positions.deallocate()
    fields.deallocate()
    forgetScratch()
  }

  private func forgetScratch() {
    for block in scratch { block.deallocate() }
    scratch.removeAll(keepingCapacity: true)
  }

  /// What a line is.
  enum Line {
    case blank
    case record(UnsafeBufferPointer<UnsafeRawBufferPointer>)
    case fault(IntakeRule)
  }

  /// Calls `body` with each line of `bytes`, counted from `firstLine`; the fields are valid during the
  /// call.
  func forEach(
    _ bytes: UnsafeRawBufferPointer, firstLine: Int, _ body: (_ line: Int, Line) -> Void
  ) {
    guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
    forgetScratch()
    if positions.count < bytes.count {
      positions.deallocate()
      positions = .allocate(capacity: bytes.count)
    }
    var (hasHigh, hasQuote): (Int32, Int32) = (0, 0)
    let count = kith_scan_csv(
      base.assumingMemoryBound(to: UInt8.self), bytes.count, separator,
      positions.baseAddress.unsafelyUnwrapped, &hasHigh, &hasQuote)
    guard hasQuote != 0 else {
      return forEachPlain(bytes, count, firstLine, hasHigh != 0, body)
    }
    var (line, lineStart, fieldStart) = (firstLine, 0, 0)
    var (isQuoted, hasMarks) = (false, false)
    fieldCount = 0
    for index in 0...count {
      // After the last line feed there may be a line without one.
      let position = index < count ? Int(positions[index]) : bytes.count
      let byte = index < count ? bytes[position] : 0x0A
      if index == count, lineStart == bytes.count { break }
      switch byte {
      case UInt8(ascii: "\""):
        if isQuoted || position == fieldStart {
          isQuoted.toggle()
          hasMarks = true
        } else if hasMarks, position > 0, bytes[position - 1] == UInt8(ascii: "\"") {
          // A doubled mark closes and opens again.
          isQuoted = true
        }
      case 0x0A:
        let end = position > lineStart && bytes[position - 1] == 0x0D ? position - 1 : position
        let text = UnsafeRawBufferPointer(rebasing: bytes[lineStart..<end])
        if isQuoted {
          body(line, .fault(.unclosedQuote))
        } else {
          add(field(bytes, fieldStart, max(fieldStart, end), hasMarks))
          body(line, kind(text, hasHigh != 0))
        }
        line += 1
        (lineStart, fieldStart, isQuoted, hasMarks) = (position + 1, position + 1, false, false)
        fieldCount = 0
      default:
        guard !isQuoted else { continue }
        add(field(bytes, fieldStart, position, hasMarks))
        fieldStart = position + 1
        hasMarks = false
      }
    }
  }

  /// The same of bytes without a quotation mark, as most are.
  private func forEachPlain(
    _ bytes: UnsafeRawBufferPointer, _ count: Int, _ firstLine: Int, _ mayBeNoASCII: Bool,
    _ body: (_ line: Int, Line) -> Void
  ) {
    var (line, lineStart, fieldStart) = (firstLine, 0, 0)
    var found = 0
    for index in 0...count {
      // After the last line feed there may be a line without one.
      let position = index < count ? Int(positions[index]) : bytes.count
      if index == count, lineStart == bytes.count { break }
      let isEnd = index == count || bytes[position] == 0x0A
      let isAfterReturn = isEnd && position > lineStart && bytes[position - 1] == 0x0D
      let end = isAfterReturn ? position - 1 : position
      if found == fields.count { grow() }
      fields.initializeElement(
        at: found, to: UnsafeRawBufferPointer(rebasing: bytes[fieldStart..<max(fieldStart, end)]))
      found += 1
      fieldStart = position + 1
      guard isEnd else { continue }
      fieldCount = found
      body(line, kind(UnsafeRawBufferPointer(rebasing: bytes[lineStart..<end]), mayBeNoASCII))
      line += 1
      (lineStart, found) = (position + 1, 0)
    }
  }

  private func kind(_ text: UnsafeRawBufferPointer, _ mayBeNoASCII: Bool) -> Line {
    let fields = UnsafeBufferPointer(rebasing: fields[..<fieldCount])
    // Spreadsheets write empty rows as separators alone.
    if Self.isBlank(fields[0]), fields.allSatisfy(Self.isBlank) { return .blank }
    guard mayBeNoASCII, text.contains(where: { $0 >= 0x80 }) else { return .record(fields) }
    return String(validating: text, as: UTF8.self) == nil
      ? .fault(.wrongEncoding) : .record(fields)
  }

  @inline(__always)
  private static func isBlank(_ field: UnsafeRawBufferPointer) -> Bool {
    field.allSatisfy { $0 == 0x20 || $0 == 0x09 }
  }

  @inline(__always)
  private func add(_ field: UnsafeRawBufferPointer) {
    if fieldCount == fields.count { grow() }
    fields.initializeElement(at: fieldCount, to: field)
    fieldCount += 1
  }

  private func grow() {
    let larger = UnsafeMutableBufferPointer<UnsafeRawBufferPointer>.allocate(
      capacity: 2 * fields.count)
    _ = larger.moveInitialize(fromContentsOf: fields)
    fields.deallocate()
    fields = larger
  }

  /// The value between two positions, without its quotation marks.
  @inline(__always)
  private func field(
    _ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int, _ hasMarks: Bool
  ) -> UnsafeRawBufferPointer {
    guard hasMarks else { return UnsafeRawBufferPointer(rebasing: bytes[start..<end]) }
    return unquoted(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
  }

  private func unquoted(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    let mark = UInt8(ascii: "\"")
    guard text.count >= 2, text.last == mark else { return text }
    let inner = UnsafeRawBufferPointer(rebasing: text[1..<(text.count - 1)])
    guard inner.contains(mark) else { return inner }
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: inner.count, alignment: 1)
    scratch.append(block)
    var (made, position) = (0, 0)
    while position < inner.count {
      block[made] = inner[position]
      made += 1
      position +=
        inner[position] == mark && position + 1 < inner.count
          && inner[position + 1] == mark ? 2 : 1
    }
    return UnsafeRawBufferPointer(rebasing: block[..<made])
  }
}

extension UnsafeRawBufferPointer {
  /// The bytes after the mark that some programs begin a file of UTF-8 with.
  var withoutByteOrderMark: UnsafeRawBufferPointer {
    starts(with: [0xEF, 0xBB, 0xBF]) ? UnsafeRawBufferPointer(rebasing: self[3...]) : self
  }
}
