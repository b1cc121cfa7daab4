import Definitions
import Foundation

/// A file of a pack with what is read from it: gathered from every table that names the file.
struct PackFile {
  let name: String
  /// Where the description first names the file.
  let line: Int
  var encoding: String?
  /// Columns that must be there, and whether they hold numbers.
  var columns: [String: ColumnUse] = [:]
  var blanks: Set<String> = [""]
  /// Columns with periods, whose months land with two digits.
  var periods: Set<String> = []

  enum ColumnUse { case text, number }

  /// The CSV files of `pack`, in its order.
  static func csvFiles(of pack: OpenDataPack) -> [PackFile] {
    var files = FileList()
    for table in pack.units {
      files.use(table.file, table.line, table.encoding, texts: table.textColumns)
      files.use(
        table.file, table.line, nil,
        numbers: [table.population, table.latitude, table.longitude].compactMap { $0 })
      files.blanks(table.file, table.blanks)
    }
    for table in pack.links {
      guard let file = table.file else { continue }
      files.use(
        file, table.line, table.encoding,
        texts: [table.childColumn, table.parentColumn] + (table.only.map { [$0.column] } ?? []))
    }
    for table in pack.points {
      files.use(
        table.file, table.line, table.encoding,
        texts: [table.type, table.id, table.name, table.area.column]
          + (table.postcode.map { [$0] } ?? []),
        numbers: [table.latitude, table.longitude])
    }
    for table in pack.measures {
      var texts = [table.code] + (table.only.map { [$0.column] } ?? [])
      switch table.period {
      case .fixed: break
      case .column(let column), .monthName(let column): texts.append(column)
      }
      var numbers: [String] = []
      for measure in table.measures + (table.spread.map { [$0.template] } ?? []) {
        numbers += measure.method.columns.numbers
        texts += measure.method.columns.texts
      }
      if let spread = table.spread { texts.append(spread.name) }
      files.use(table.file, table.line, table.encoding, texts: texts, numbers: numbers)
      if case .column(let column) = table.period { files.periods(table.file, column) }
    }
    return files.all
  }

  private struct FileList {
    var all: [PackFile] = []

    private mutating func index(_ name: String, _ line: Int) -> Int {
      if let index = all.firstIndex(where: { $0.name == name }) { return index }
      all.append(PackFile(name: name, line: line))
      return all.count - 1
    }

    mutating func use(
      _ name: String, _ line: Int, _ encoding: String?, texts: [String] = [],
      numbers: [String] = []
    ) {
      let index = index(name, line)
      if let encoding { all[index].encoding = encoding }
      for column in texts where all[index].columns[column] == nil {
        all[index].columns[column] = .text
      }
      for column in numbers { all[index].columns[column] = .number }
    }

    mutating func periods(_ name: String, _ column: String) {
      if let index = all.firstIndex(where: { $0.name == name }) {
        all[index].periods.insert(column)
      }
    }

    mutating func blanks(_ name: String, _ words: [String]) {
      if let index = all.firstIndex(where: { $0.name == name }) {
        all[index].blanks.formUnion(words)
      }
    }
  }
}

extension OpenDataPack.UnitTable {
  /// The columns read as text.
  var textColumns: [String] {
    [code, name, alternativeCode, postcode, ruralUrban, only?.column].compactMap { $0 }
      + parents.map(\.column)
  }
}
