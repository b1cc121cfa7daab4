import Governance
import LineFiles

/// Seals the text of records that are set aside, so that whoever has the key can see what was sent.
struct HeldLines: Sendable {
  /// How many bytes of a record are kept.
  static let longest = 1 << 16

  let context: LandingContext
  let file: String

  /// The text of each line of `chunk` that has a fault, sealed.
  func seal(_ chunk: LineChunk, _ faults: [LineFault]) -> [SealedValue] {
    guard !faults.isEmpty else { return [] }
    guard !chunk.isWholeFile else {
      // Of a document, whose entries are counted as lines, the whole is kept, as far as it is.
      return Set(faults.map(\.line)).sorted().map { seal(chunk.bytes, line: $0) }
    }
    var sealed: [SealedValue] = []
    var wanted = faults.map(\.line).sorted()[...]
    var (line, start) = (chunk.firstLine, 0)
    while let next = wanted.first, start < chunk.bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: chunk.bytes[start...])
      let length = firstLineFeed(rest) ?? rest.count
      if line == next {
        sealed.append(seal(UnsafeRawBufferPointer(rebasing: rest[..<length]), line: line))
        wanted = wanted.drop { $0 == line }
      }
      start += length + 1
      line += 1
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
