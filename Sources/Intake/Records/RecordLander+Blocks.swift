import Columns
import FHIRViews

extension RecordLander {
  /// Lands the records of a block: those with nothing to tell of column by column, and after them the
  /// others one by one, as ``land(line:isDeletion:_:)`` does.
  ///
  /// - Parameter refused: gets the line and fault of each record that is set aside, and the keyed hash of
  ///   its key where that could be read.
  func land(_ block: RecordBlock, _ refused: (Int, FieldFault, Int64?) -> Void) {
    guard block.count > 0 else { return }
    spellings.removeAll()
    for index in readers.indices { readers[index].spell(block.column(index).cells, spellings) }
    for row in 0..<block.count { block.isOdd[row] = block.deletions[row] }
    let testsAreOdd = policies[.nhsNumberTestRange].action != .warn
    for index in readers.indices {
      readers[index].read(
        block.column(index), lastDay: context.lastDay, testsAreOdd: testsAreOdd)
    }
    for order in orders { check(order, block) }
    withUnsafeTemporaryAllocation(of: Int.self, capacity: block.count) { rows in
      var count = 0
      for row in 0..<block.count where !block.isOdd[row] {
        rows.initializeElement(at: count, to: row)
        count += 1
      }
      write(block, UnsafeBufferPointer(rebasing: rows[..<count]))
    }
    for row in 0..<block.count where block.isOdd[row] {
      do throws(FieldFault) {
        try landSpelt(line: block.lines[row], isDeletion: block.deletions[row]) { index in
          .text(block.column(index).cells[row])
        }
      } catch {
        refused(block.lines[row], error, takeRefused())
      }
    }
  }

  /// Marks rows whose dates may be in the wrong order; whether they are is decided one by one.
  private func check(_ order: (earlier: Int, later: Int), _ block: RecordBlock) {
    let (earlier, later) = (block.column(order.earlier), block.column(order.later))
    let (first, second) = (
      readers[order.earlier].millisecondsPerNumber, readers[order.later].millisecondsPerNumber
    )
    for row in 0..<block.count where !earlier.cells[row].isEmpty && !later.cells[row].isEmpty {
      if earlier.numbers[row] &* first > later.numbers[row] &* second {
        block.isOdd[row] = true
      }
    }
  }

  private func write(_ block: RecordBlock, _ rows: UnsafeBufferPointer<Int>) {
    for row in rows {
      for index in heldColumns {
        let bytes = block.column(index).cells[row]
        hold(index, bytes.isEmpty ? .none : .text(bytes))
      }
      writeOwn(line: block.lines[row], isDeletion: false)
    }
    for index in readers.indices {
      let (reader, column) = (readers[index], block.column(index))
      if reader.isHashed {
        for row in rows where !column.cells[row].isEmpty {
          column.numbers[row] = pseudonym(.text(column.cells[row]), reader)
        }
      }
      let tests = reader.testNumbers(column, rows)
      if tests > 0 { count(.nhsNumberTestRange, index, tests) }
      reader.write(column, rows)
    }
  }
}
