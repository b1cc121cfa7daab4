import Columns
import FHIRViews
import Governance
import LineFiles

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
