import Columns
import FHIRViews

extension FieldReader {
  /// Reads and checks a column of a block: what ``read(_:_:lastDay:)`` does for a value.
  ///
  /// Words for nothing become empty. Numbers of the range for tests are not told of here, unless they are to
  /// be odd.
  func read(_ column: RecordBlock.Column, lastDay: Int32, testsAreOdd: Bool) {
    if isRequired || mayBeNull {
      for row in column.cells.indices {
        if isNull(column.cells[row]) {
          column.cells[row] = UnsafeRawBufferPointer(start: nil, count: 0)
          if isRequired { column.isOdd[row] = true }
        }
      }
    }
    switch type {
    case .date where fastDate != nil: readDates(column, lastDay)
    case .integer, .number, .flag, .date, .moment: readValues(column, lastDay)
    default:
      if isText { checkTexts(column, testsAreOdd) }
    }
  }

  /// Whether values must be looked at, rather than landed as they are.
  private var isText: Bool { type != .text || isCoded || postcodes != nil }

  private func checkTexts(_ column: RecordBlock.Column, _ testsAreOdd: Bool) {
    var field = ParsedField()
    for row in column.cells.indices {
      let bytes = column.cells[row]
      guard !bytes.isEmpty else { continue }
      if checkText(bytes, &field) != nil || field.isUnplaced || !knows(bytes) || !hasShape(bytes) {
        column.isOdd[row] = true
      }
      if testsAreOdd, field.isTestNumber { column.isOdd[row] = true }
      (field.isUnplaced, field.isTestNumber) = (false, false)
    }
  }

  private func readDates(_ column: RecordBlock.Column, _ lastDay: Int32) {
    guard let fastDate else { return }
    fastDate.use { date in
      for row in column.cells.indices where !column.cells[row].isEmpty {
        guard case .success(let day) = date.days(column.cells[row]),
          checkDay(day, lastDay: lastDay) == nil,
          !isCoded || hasShape(column.cells[row])
        else {
          column.isOdd[row] = true
          continue
        }
        column.numbers[row] = Int64(day)
      }
    }
  }

  private func readValues(_ column: RecordBlock.Column, _ lastDay: Int32) {
    for row in column.cells.indices where !column.cells[row].isEmpty {
      var field = ParsedField()
      if read(.text(column.cells[row]), &field, lastDay: lastDay) != nil || field.isNoted {
        column.isOdd[row] = true
      }
      column.numbers[row] =
        layout == .double ? Int64(bitPattern: field.decimal.bitPattern) : field.number
    }
  }

  /// How many of the rows have a number of the range for tests.
  func testNumbers(_ column: RecordBlock.Column, _ rows: UnsafeBufferPointer<Int>) -> Int {
    guard type == .nhsNumber else { return 0 }
    return rows.count { Identifiers.isTestRange(column.cells[$0]) }
  }

  /// Writes the values of some rows of a block: what ``write(_:)`` does for a value.
  func write(_ column: RecordBlock.Column, _ rows: UnsafeBufferPointer<Int>) {
    guard let writer else { return }
    switch layout {
    case .text where rows.count == column.cells.count:
      writer.append(texts: UnsafeBufferPointer(column.cells))
    case .text:
      withUnsafeTemporaryAllocation(of: UnsafeRawBufferPointer.self, capacity: rows.count) { kept in
        for (index, row) in rows.enumerated() {
          kept.initializeElement(at: index, to: column.cells[row])
        }
        writer.append(texts: UnsafeBufferPointer(kept))
      }
    case .translated: each(column, rows, writer) { writer.append(text: landed(.text($1)) ?? "") }
    case .area:
      each(column, rows, writer) { _, bytes in
        if let area = postcodes?.area(of: bytes) {
          writer.append(text: area)
        } else {
          writer.appendNull()
        }
      }
    case .int64: each(column, rows, writer) { number, _ in writer.append(number) }
    case .int32:
      each(column, rows, writer) { number, _ in writer.append(Int32(truncatingIfNeeded: number)) }
    case .double:
      each(column, rows, writer) { number, _ in
        writer.append(Double(bitPattern: UInt64(bitPattern: number)))
      }
    case .flag: each(column, rows, writer) { number, _ in writer.append(number != 0) }
    case .birth:
      each(column, rows, writer) { number, _ in
        writer.append(Int32(DateReader.yearAndMonth(ofDay: day(number)).year))
      }
      guard let monthWriter else { return }
      each(column, rows, monthWriter) { number, _ in
        monthWriter.append(Int32(DateReader.yearAndMonth(ofDay: day(number)).month))
      }
    }
  }

  /// The day of a date's or a moment's number, counted from 1970-01-01.
  private func day(_ number: Int64) -> Int32 {
    let days = number * millisecondsPerNumber / 86_400_000
    let isBefore = number < 0 && days * 86_400_000 != number * millisecondsPerNumber
    return Int32(clamping: isBefore ? days - 1 : days)
  }

  @inline(__always)
  private func each(
    _ column: RecordBlock.Column, _ rows: UnsafeBufferPointer<Int>, _ writer: ColumnWriter,
    _ append: (Int64, UnsafeRawBufferPointer) -> Void
  ) {
    for row in rows {
      if column.cells[row].isEmpty {
        writer.appendNull()
      } else {
        append(column.numbers[row], column.cells[row])
      }
    }
  }
}
