import FHIRViews
import Governance

/// Puts the records of a table with a header into blocks and lands them.
final class BlockRecords {
  private let header: TableHeader
  private let deletionValues: CodeTable
  private let lander: RecordLander
  private let block: RecordBlock
  /// The columns that the file has, each with its position.
  private let positions: UnsafeMutableBufferPointer<(column: Int, field: Int)>
  private var faults: [LineFault] = []
  private var read = 0

  init(_ header: TableHeader, _ file: FileMapping, _ lander: RecordLander) {
    self.header = header
    deletionValues = CodeTable(file.deletion?.values ?? [])
    self.lander = lander
    block = RecordBlock(width: header.positions.count)
    let found = header.positions.enumerated().compactMap { column, field in
      field.map { (column: column, field: $0) }
    }
    positions = .allocate(capacity: found.count)
    _ = positions.initialize(from: found)
  }

  deinit { positions.deallocate() }

  /// Says the number of the chunk whose records come next.
  func begin(chunk: Int) { lander.chunk = chunk }

  /// Sets aside a record that is none.
  func refuse(_ line: Int, _ rule: IntakeRule) {
    read += 1
    faults.append(LineFault(line: line, fault: FieldFault(rule)))
  }

  /// Adds a record, whose memory stays until ``finish(blank:)``.
  func add(_ line: Int, _ fields: UnsafeBufferPointer<UnsafeRawBufferPointer>) {
    guard fields.count == header.fieldCount else {
      return refuse(line, fields.count < header.fieldCount ? .tooFewFields : .tooManyFields)
    }
    read += 1
    let isDeletion = header.deletion.map { deletionValues.contains(fields[$0]) }
    block.add(
      line: line, isDeletion: isDeletion ?? false, fields, at: UnsafeBufferPointer(positions))
    if block.isFull { land() }
  }

  /// Lands the records of some lines, at most ``RecordBlock/capacity`` of them.
  ///
  /// - Parameter fill: writes the values of a field of the file that the mapping knows.
  func land(
    _ lines: some Collection<Int>,
    fill: (_ field: Int, UnsafeMutableBufferPointer<UnsafeRawBufferPointer>) -> Void
  ) {
    read += lines.count
    block.set(lines)
    for position in positions { fill(position.field, block.column(position.column).cells) }
    if let deletion = header.deletion {
      withUnsafeTemporaryAllocation(of: UnsafeRawBufferPointer.self, capacity: lines.count) {
        texts in
        texts.initialize(repeating: UnsafeRawBufferPointer(start: nil, count: 0))
        fill(deletion, texts)
        for row in texts.indices { block.deletions[row] = deletionValues.contains(texts[row]) }
      }
    }
    land()
  }

  private func land() {
    lander.land(block) { line, fault, record in
      faults.append(LineFault(line: line, fault: fault, record: record))
    }
    block.removeAll()
  }

  /// What was landed since the last call.
  func finish(blank: Int) -> LandedChunk {
    land()
    defer { (faults, read) = ([], 0) }
    return LandedChunk(
      rows: lander.finish(), faults: faults.sorted { $0.line < $1.line },
      warnings: lander.takeWarnings(),
      leftOut: lander.takeLeftOut().sorted { $0.line < $1.line }, sealed: lander.takeSealed(),
      read: read, blank: blank)
  }
}
