import Governance
import LineFiles

/// Seals the text of records that are set aside, so that whoever has the key can see what was sent.
struct HeldLines: Sendable {
  /// How many bytes of a record are kept.
  static let longest = 1 << 16

  let context: LandingContext
  let file: String

  /// The text of each record of `chunk` that has a fault, sealed.
  func seal(_ chunk: some RecordTexts, _ faults: [LineFault]) -> [SealedValue] {
    guard !faults.isEmpty else { return [] }
    var sealed: [SealedValue] = []
    chunk.forEachText(of: Set(faults.map(\.line)).sorted()) { line, text in
      sealed.append(seal(text, line: line))
    }
    return sealed
  }

  private func seal(_ text: UnsafeRawBufferPointer, line: Int) -> SealedValue {
    let kept = UnsafeRawBufferPointer(rebasing: text.prefix(Self.longest))
    let place = SealedPlace.held(context.source, context.delivery, file, line: line)
    return .held(
      line: line, isCut: kept.count < text.count, context.sealer.seal(kept, for: place))
  }
}

extension LineChunk: RecordTexts {
  func forEachText(of lines: [Int], _ body: (_ line: Int, UnsafeRawBufferPointer) -> Void) {
    // Of a document, whose entries are counted as lines, the whole is each one's text.
    guard !isWholeFile else { return lines.forEach { body($0, bytes) } }
    var wanted = lines[...]
    var (line, start) = (firstLine, 0)
    while let next = wanted.first, start < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[start...])
      let length = firstLineFeed(rest) ?? rest.count
      if line == next {
        body(line, UnsafeRawBufferPointer(rebasing: rest[..<length]))
        wanted.removeFirst()
      }
      start += length + 1
      line += 1
    }
  }
}
