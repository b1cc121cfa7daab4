import Columns
import Definitions
import Engine
import Foundation
import Intake

/// Writes the figures of indicators to Parquet files, in order of their slices and units. One thread uses it at a time.
final class IndicatorFiles {
  private let files: @Sendable (String) -> IndicatorStage.Files
  private let index: FigureIndex
  private let writer: StreamWriter
  private let figures: [ColumnWriter]
  private let summaries: [ColumnWriter]

  static let figureFields = [
    Field("indicator", .utf8), Field("version", .int32), Field("period", .utf8),
    Field("kind", .utf8), Field("area", .utf8), Field("unit_id", .int32), Field("breakdown", .utf8),
    Field("group", .utf8), Field("numerator", .float64), Field("denominator", .float64),
    Field("value", .float64), Field("lower", .float64), Field("upper", .float64),
    Field("method", .utf8), Field("status", .utf8), Field("reason", .utf8),
  ]
  static let summaryFields = [
    Field("indicator", .utf8), Field("version", .int32), Field("period", .utf8),
    Field("kind", .utf8), Field("area", .utf8), Field("unit_id", .int32), Field("breakdown", .utf8),
    Field("summary", .utf8), Field("value", .float64), Field("lower", .float64),
    Field("upper", .float64), Field("status", .utf8), Field("reason", .utf8),
  ]

  init(
    _ files: @escaping @Sendable (String) -> IndicatorStage.Files, _ index: FigureIndex,
    search: DriverSearch
  ) throws {
    self.files = files
    self.index = index
    writer = try StreamWriter(search: search)
    figures = try Self.figureFields.map { try ColumnWriter($0) }
    summaries = try Self.summaryFields.map { try ColumnWriter($0) }
  }

  /// Writes the two files of an indicator, each whole or not at all.
  func write(_ result: IndicatorResult) throws {
    let indicator = result.indicator
    var place = 0
    try write(Self.figureFields, to: files(indicator.id).figures) { [self] in
      while place < result.slices.count, result.slices[place].count == 0 { place += 1 }
      guard place < result.slices.count else { return nil }
      defer { place += 1 }
      append(result.slices[place], indicator)
      return FinishedBatch(figures)
    }
    var isDone = false
    try write(Self.summaryFields, to: files(indicator.id).inequality) { [self] in
      guard !isDone, !result.summaries.isEmpty else { return nil }
      isDone = true
      for row in result.summaries { append(row, indicator) }
      return FinishedBatch(summaries)
    }
  }

  private func write(
    _ fields: [Field], to file: URL, next: @escaping () throws -> FinishedBatch?
  ) throws {
    let partial = file.deletingLastPathComponent().appendingPathComponent(
      ".partial-\(file.lastPathComponent)")
    do {
      try writer.write(fields, to: partial.path, .quickParquet, next: next)
    } catch let error as EngineError {
      throw StoreError(
        file.path, "The file cannot be written: \(error.message)",
        hint: "Check that the disk is not full and that you may write here.")
    }
    try FileManager.default.replace(file, with: partial)
  }

  private func append(_ slice: SliceFigures, _ indicator: Indicator) {
    /// The same text in every row of a column.
    func repeated(_ text: String, _ column: Int) {
      var text = text
      text.withUTF8 { bytes in
        let bytes = UnsafeRawBufferPointer(bytes)
        for _ in slice.units { figures[column].append(text: bytes) }
      }
    }
    func numbers(_ values: [Double], _ column: Int) {
      let writer = figures[column]
      for value in values {
        if value.isFinite { writer.append(value) } else { writer.appendNull() }
      }
    }
    repeated(indicator.id, 0)
    repeated(slice.period, 2)
    repeated(slice.breakdown, 6)
    repeated(slice.group, 7)
    repeated(indicator.method.rawValue, 13)
    for unit in slice.units {
      figures[1].append(Int32(indicator.version))
      figures[3].append(text: index.kinds[Int(unit)])
      figures[4].append(text: index.codes[Int(unit)])
      figures[5].append(unit)
    }
    numbers(slice.numerator, 8)
    numbers(slice.denominator, 9)
    numbers(slice.value, 10)
    numbers(slice.lower, 11)
    numbers(slice.upper, 12)
    for row in slice.units.indices {
      figures[14].append(text: slice.status[row].name)
      if slice.status[row] != .known, let reason = slice.reasons[row] {
        figures[15].append(text: reason)
      } else {
        figures[15].appendNull()
      }
    }
  }

  private func append(_ row: InequalitySummaries.Row, _ indicator: Indicator) {
    let unit = Int(row.unit)
    let texts = [
      (0, indicator.id), (2, row.period), (3, index.kinds[unit]), (4, index.codes[unit]),
      (6, row.breakdown), (7, row.summary.rawValue),
      (11, row.value.isFinite ? UnitStatus.known.name : UnitStatus.unknown.name),
    ]
    for (column, text) in texts { summaries[column].append(text: text) }
    summaries[1].append(Int32(indicator.version))
    summaries[5].append(row.unit)
    for (column, value) in [(8, row.value), (9, row.lower), (10, row.upper)] {
      if value.isFinite { summaries[column].append(value) } else { summaries[column].appendNull() }
    }
    if let reason = row.reason {
      summaries[12].append(text: reason)
    } else {
      summaries[12].appendNull()
    }
  }
}
