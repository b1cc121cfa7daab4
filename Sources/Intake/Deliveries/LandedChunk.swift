import Columns
import FHIRViews
import Governance
import LineFiles

/// What a chunk of a file gave: rows, faults, and an account.
struct LandedChunk: Sendable {
  let rows: FinishedBatch
  let faults: [LineFault]
  let warnings: [FieldFault: Int]
  /// Where values were left out of records that landed.
  var leftOut: [LineFault] = []
  /// What belongs in the vault.
  var sealed: [SealedValue] = []
  let read: Int
  let blank: Int
}

/// Lands the chunks of one file. One thread uses a worker at a time.
protocol ChunkWorker {
  func land(_ chunk: LineChunk) -> LandedChunk
}

/// Lands lines of CSV.
final class CSVWorker: ChunkWorker {
  private let lines: CSVLines
  private let header: CSVHeader
  private let deletionValues: CodeTable
  private let lander: RecordLander
  private let block: RecordBlock
  /// The columns that the file has, each with its position.
  private let positions: UnsafeMutableBufferPointer<(column: Int, field: Int)>

  init(separator: UInt8, _ header: CSVHeader, _ file: FileMapping, _ lander: RecordLander) {
    lines = CSVLines(separator: separator)
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

  func land(_ chunk: LineChunk) -> LandedChunk {
    var faults: [LineFault] = []
    var (read, blank) = (0, 0)
    if chunk.oversized != nil {
      read = 1
      faults.append(LineFault(line: chunk.firstLine, fault: FieldFault(.tooLong)))
    }
    lines.forEach(chunk.bytes, firstLine: chunk.firstLine) { line, found in
      // The header was read before.
      guard line > 1 else { return }
      switch found {
      case .blank: blank += 1
      case .fault(let rule):
        read += 1
        faults.append(LineFault(line: line, fault: FieldFault(rule)))
      case .record(let fields):
        read += 1
        guard fields.count == header.fieldCount else {
          let rule: IntakeRule =
            fields.count < header.fieldCount ? .tooFewFields : .tooManyFields
          return faults.append(LineFault(line: line, fault: FieldFault(rule)))
        }
        let isDeletion = header.deletion.map { deletionValues.contains(fields[$0]) }
        block.add(
          line: line, isDeletion: isDeletion ?? false, fields, at: UnsafeBufferPointer(positions))
        if block.isFull { land(&faults) }
      }
    }
    land(&faults)
    faults.sort { $0.line < $1.line }
    return LandedChunk(
      rows: lander.finish(), faults: faults, warnings: lander.takeWarnings(),
      leftOut: lander.takeLeftOut().sorted { $0.line < $1.line }, sealed: lander.takeSealed(),
      read: read, blank: blank)
  }

  private func land(_ faults: inout [LineFault]) {
    lander.land(block) { line, fault, record in
      faults.append(LineFault(line: line, fault: fault, record: record))
    }
    block.removeAll()
  }
}

/// Lands FHIR resources through a view.
final class FHIRWorker: ChunkWorker {
  private let runner: ViewRunner
  private let receiver: RowReceiver
  private let lander: RecordLander

  init(_ plan: ViewPlan, _ file: FileMapping, _ lander: RecordLander) throws {
    self.lander = lander
    receiver = RowReceiver(plan, file, lander)
    runner = try ViewRunner(plan, rejectsOtherTypes: true, sink: receiver)
  }

  func land(_ chunk: LineChunk) -> LandedChunk {
    let batch = runner.run(chunk)
    var refused = receiver.takeFaults()[...]
    let faults = batch.rejected.map { record -> LineFault in
      let found = record.failure.rule == .refused ? refused.popFirst() : nil
      return LineFault(
        line: record.line, fault: found?.fault ?? FieldFault(record.failure),
        record: found?.record)
    }
    return LandedChunk(
      rows: lander.finish(), faults: faults, warnings: lander.takeWarnings(),
      leftOut: lander.takeLeftOut(), sealed: lander.takeSealed(), read: batch.account.records,
      blank: batch.account.blank)
  }

  /// Gives a view's rows to a lander.
  private final class RowReceiver: RowSink {
    private let lander: RecordLander
    /// For each column of the mapping, its position in the view's rows.
    private let positions: [Int?]
    /// The position of the column that tells deletions, and its values that do.
    private let deletion: (position: Int, values: Set<String>)?
    /// The faults of records that the lander refused, in the order of their lines.
    private var faults: [(fault: FieldFault, record: Int64?)] = []

    init(_ plan: ViewPlan, _ file: FileMapping, _ lander: RecordLander) {
      self.lander = lander
      let names = plan.columns.map(\.name)
      positions = file.columns.map { column in names.firstIndex(of: column.name) }
      deletion = file.deletion.flatMap { deletion in
        names.firstIndex(of: deletion.column).map { ($0, deletion.values) }
      }
    }

    var rowCount: Int { lander.rowCount }

    func truncate(to count: Int) { lander.truncate(to: count) }

    func write(line: Int, _ cell: (Int) -> Item) -> Bool {
      let isDeletion = deletion.map {
        let item = cell($0.position)
        return item.isText && $0.values.contains(item.string)
      }
      do throws(FieldFault) {
        try lander.land(line: line, isDeletion: isDeletion ?? false) { column in
          positions[column].map(cell) ?? .none
        }
        return true
      } catch {
        faults.append((error, lander.takeRefused()))
        return false
      }
    }

    func takeFaults() -> [(fault: FieldFault, record: Int64?)] {
      defer { faults.removeAll(keepingCapacity: true) }
      return faults
    }
  }
}

/// Lands a bulk export's list of what was deleted: of each DELETE request of each Bundle, the keyed hash
/// of the record that it means (FHIR Bulk Data Access, "deleted").
final class FHIRDeletionWorker: ChunkWorker {
  /// The columns that deletions land in.
  static let fields = [Field("line", .int64), Field("table", .utf8), Field("record", .int64)]

  private let runner: ViewRunner
  private let receiver: RequestReceiver

  /// - Parameter tables: the table of each resource type, and the domain of its records' keys.
  init(tables: [String: String], source: String, key: PseudonymKey) throws {
    let view = """
      {"resource": "Bundle", "select": [
        {"forEach": "entry.request.where(method = 'DELETE')", "column": [
          {"name": "url", "path": "url", "type": "uri"}]}]}
      """
    let plan = try ViewPlan(try ViewDefinition(json: Array(view.utf8)))
    receiver = try RequestReceiver(tables: tables, source: source, key: key)
    runner = try ViewRunner(plan, rejectsOtherTypes: true, sink: receiver)
  }

  func land(_ chunk: LineChunk) -> LandedChunk {
    let batch = runner.run(chunk)
    return LandedChunk(
      rows: FinishedBatch(receiver.writers),
      faults: batch.rejected.map { LineFault(line: $0.line, fault: FieldFault($0.failure)) },
      warnings: [:],
      read: batch.account.records, blank: batch.account.blank)
  }

  private final class RequestReceiver: RowSink {
    let writers: [ColumnWriter]
    private let pseudonymiser: Pseudonymiser
    private let types: [String: (table: String, domain: Int)]

    init(tables: [String: String], source: String, key: PseudonymKey) throws {
      writers = try FHIRDeletionWorker.fields.map { try ColumnWriter($0) }
      let sorted = tables.sorted { $0.key < $1.key }
      pseudonymiser = Pseudonymiser(key, domains: sorted.map { "\(source).\($0.value)" })
      types = Dictionary(
        uniqueKeysWithValues: sorted.enumerated().map { ($1.key, (table: $1.value, domain: $0)) })
    }

    var rowCount: Int { writers[0].count }

    func truncate(to count: Int) { for writer in writers { writer.truncate(to: count) } }

    func write(line: Int, _ cell: (Int) -> Item) -> Bool {
      let parts = cell(0).bytes.split(separator: UInt8(ascii: "/"))
      // Deletions of types that are not landed are nothing to act on.
      guard parts.count >= 2,
        let type = types[String(decoding: parts[parts.count - 2], as: UTF8.self)],
        let id = parts.last
      else { return true }
      writers[0].append(Int64(line))
      writers[1].append(text: type.table)
      writers[2].append(
        pseudonymiser.pseudonym(of: UnsafeRawBufferPointer(rebasing: id), domain: type.domain))
      return true
    }
  }
}
