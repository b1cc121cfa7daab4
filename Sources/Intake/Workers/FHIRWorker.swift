import Columns
import FHIRViews
import Governance
import LineFiles

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

  func begin(chunk: Int) { lander.chunk = chunk }

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
