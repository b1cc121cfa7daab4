/// What one worker has written for one small area: a block for each file, and the defects in them.
final class Outbox {
  let catalogue: FileCatalogue
  private var writers: [ByteWriter]
  private let compressor: ZstdCompressor
  var defects: [Defect] = []
  var tally: Tally

  /// The compression level of the extracts: the size of level 1 is within the disk that is allowed,
  /// and higher levels take longer than making the people does.
  static let level: Int32 = 1

  init(_ catalogue: FileCatalogue, tally: Tally) {
    self.catalogue = catalogue
    writers = catalogue.files.map { _ in ByteWriter(capacity: 1 << 12) }
    compressor = ZstdCompressor(level: Self.level)
    self.tally = tally
  }

  @inline(__always)
  func writer(_ stream: Stream, _ delivery: Int = 0) -> ByteWriter {
    writers[catalogue.slot(stream, delivery)]
  }

  func note(
    _ kind: Defect.Kind, _ stream: Stream, _ delivery: Int, record: String, person: Int,
    field: StaticString = "", detail: String = ""
  ) {
    let slot = catalogue.slot(stream, delivery)
    defects.append(
      Defect(
        kind: kind, slot: slot, line: writers[slot].lines, record: record, person: person,
        field: field, detail: detail))
  }

  /// The blocks compressed, and the outbox empty for the next area.
  func seal() -> SealedArea {
    var blocks: [SealedArea.Block] = []
    for (slot, writer) in writers.enumerated() where writer.count > 0 {
      blocks.append(
        SealedArea.Block(
          slot: slot, frame: compressor.frame(writer.buffer), lines: writer.lines,
          size: writer.count))
      writer.removeAll()
    }
    defer {
      defects.removeAll(keepingCapacity: true)
      tally.removeAll()
    }
    return SealedArea(blocks: blocks, defects: defects, tally: tally)
  }
}

/// The compressed blocks of one small area, ready to be written.
struct SealedArea: Sendable {
  struct Block: Sendable {
    let slot: Int
    let frame: [UInt8]
    let lines: Int
    let size: Int
  }
  let blocks: [Block]
  let defects: [Defect]
  let tally: Tally
}

/// Something wrong that was put into a record on purpose.
struct Defect: Sendable {
  enum Kind: String, Sendable, CaseIterable {
    case forenameTypo = "forename_typo"
    case surnameTypo = "surname_typo"
    case namesSwapped = "names_swapped"
    case nickname
    case maidenName = "maiden_name"
    case birthTransposed = "date_of_birth_transposed"
    case birthDigit = "date_of_birth_digit"
    case birthDefaulted = "date_of_birth_defaulted"
    case oldAddress = "old_address"
    case numberMissing = "nhs_number_missing"
    case numberWrong = "nhs_number_wrong"
    case duplicate
    case badCheckDigit = "bad_check_digit"
    case impossibleDate = "impossible_date"
    case unknownCode = "unknown_code"
    case truncatedLine = "truncated_line"
    case wrongResourceType = "wrong_resource_type"
    case wrongEncoding = "wrong_encoding"
    case late
    case corrected
    case repeated
    case deleted
  }

  let kind: Kind
  let slot: Int
  /// Lines of the block before the record's.
  let line: Int
  let record: String
  let person: Int
  let field: StaticString
  let detail: String
}
