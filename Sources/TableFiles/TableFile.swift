import Codes
package import Columns
package import Definitions
package import Engine
public import Foundation
import LineFiles

/// A file with a table, CSV or Parquet.
public struct TableFile: Sendable {
  public let url: URL
  /// The file's name without its ending, by which its rows are told from those of other files.
  public let source: String
  /// Whether it is said that full stops in its numbers are decimal points, also where they may part thousands.
  let hasDecimalPoints: Bool

  /// - Parameter hasDecimalPoints: whether full stops in its numbers are decimal points, also in a file of semicolons
  ///   whose numbers all have three digits behind them.
  public init(_ url: URL, hasDecimalPoints: Bool = false) {
    self.url = url
    self.hasDecimalPoints = hasDecimalPoints
    var name = url.lastPathComponent
    for ending in [".gz", ".zst", ".csv", ".parquet", ".tsv", ".txt"] where name.hasSuffix(ending) {
      name.removeLast(ending.count)
    }
    source = name
  }

  package var isParquet: Bool { url.lastPathComponent.hasSuffix(".parquet") }

  /// The form of a CSV file and the names of its columns.
  struct Layout {
    let survey: CSVSurvey
    let names: [String]
    /// The line of the names: blank lines and rows of separators may be above it.
    let line: Int

    /// Whether DuckDB would refuse the file or read it otherwise than it is meant.
    func needsPlainReader(_ url: URL) -> Bool {
      let name = url.lastPathComponent.lowercased()
      return survey.hasMixedLineEnds || line > 1 || names.count == 1
        || survey.isPacked != (name.hasSuffix(".gz") || name.hasSuffix(".zst"))
        // To SQL names that differ by capitals only are one.
        || Set(names.map { $0.lowercased() }).count < Set(names).count
    }

    var separator: Character { Character(UnicodeScalar(survey.separator)) }
  }

  /// Looks at the form of a CSV file.
  ///
  /// - Throws: ``Definitions/Problem`` that names what is there in place of lines of UTF-8 with a header.
  func layout() throws -> Layout {
    let survey = try surveyed()
    if let form = survey.form {
      throw Problem(file: url.path, line: 1, form.words, hint: form.hint)
    }
    var names: [String]?
    var line = 1
    SeparatedText(survey.first, separator: survey.separator).forEach { row in
      names = row.texts.map(WrittenValue.trimmed)
      line = row.line
      return false
    }
    guard let names else {
      throw Problem(
        file: url.path, line: 1, "The file is empty.", hint: "Its first line names the columns.")
    }
    return Layout(
      survey: survey,
      names: names.enumerated().map { $1.isEmpty ? "column \($0 + 1)" : $1 }, line: line)
  }

  private func separator() throws -> UInt8 {
    do throws(LineFilesError) {
      return try CSVSurvey.separator(of: url.path)
    } catch {
      throw Problem(file: error.file, line: error.line, error.message, hint: error.hint)
    }
  }

  private func surveyed() throws -> CSVSurvey {
    do throws(LineFilesError) {
      return try CSVSurvey(url.path)
    } catch {
      throw Problem(file: error.file, line: error.line, error.message, hint: error.hint)
    }
  }

  /// Whether commas in the file's numbers may part thousands: where other marks part the columns they may as well be
  /// decimal commas.
  func commasPartThousands() throws -> Bool {
    isParquet ? true : try separator() == UInt8(ascii: ",")
  }

  /// Whether full stops in the file's numbers may part thousands, as where a continental language is set.
  func pointsMayPartThousands() throws -> Bool {
    guard !isParquet, !hasDecimalPoints else { return false }
    return try separator() == UInt8(ascii: ";")
  }

  private func options(_ separator: Character) -> String {
    "delim = '\(separator)', quote = '\"', escape = '\"', auto_detect = false, nullstr = ''"
  }

  /// The names of the columns, and what DuckDB reads the file as: a CSV's columns as text.
  package func table(_ reader: StreamReader) throws -> (names: [String], sql: String) {
    if isParquet {
      let dialect = Dialect(.duckdb)
      let names = try reader.query("describe select * from \(dialect.parquet(url.path))").rows
        .compactMap { if case .string(let name) = $0[0] { name } else { nil } }
      return (names, dialect.parquet(url.path))
    }
    let layout = try layout()
    return (layout.names, try sql(layout))
  }

  private func sql(_ layout: Layout) throws -> String {
    let dialect = Dialect(.duckdb)
    for (index, name) in layout.names.enumerated() where layout.names[..<index].contains(name) {
      throw Problem(
        file: url.path, line: 1,
        "Columns \((layout.names.firstIndex(of: name) ?? 0) + 1) and \(index + 1) have the same name.",
        hint: "Give one of them another name.")
    }
    let columns = layout.names.map { "\(dialect.literal($0)): 'varchar'" }.joined(separator: ", ")
    let table =
      "read_csv(\(dialect.path(url.path)), \(options(layout.separator)), header = true, "
      + "columns = {\(columns)})"
    guard layout.survey.mayHaveEmptyRows else { return table }
    let values = layout.names.map { "trim(\(dialect.identifier($0)), ' \t')" }.joined(
      separator: ", ")
    return "(select * from \(table) where concat(\(values)) != '')"
  }

  /// The names of the columns.
  ///
  /// - Throws: ``Definitions/Problem`` where the file cannot be read.
  package func columnNames() throws -> [String] {
    try requireFile()
    do {
      return try isParquet ? table(StreamReader()).names : layout().names
    } catch let error as EngineError {
      throw problem(error)
    }
  }

  private func requireFile() throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
      throw Problem(file: url.path, "There is no such file.")
    }
    guard !isFolder.boolValue else {
      throw Problem(file: url.path, "This is a folder.", hint: "Name a file in it.")
    }
    try url.requireRegularFile()
    guard isParquet else { return }
    let file = try FileHandle(forReadingFrom: url)
    let start = try file.read(upToCount: 4)
    try file.close()
    guard start == Data("PAR1".utf8) else {
      throw Problem(
        file: url.path, "The file is named .parquet and is not Parquet.",
        hint: "Give it the ending of what it is, such as .csv.")
    }
  }

  /// Hands the rows to `body`, the named columns as text; those that need not be there are null where they are not.
  ///
  /// - Throws: ``Definitions/Problem`` where the file cannot be read or lacks a column. What DuckDB says of a
  ///   file that it cannot read may hold values, and is not passed on.
  ///
  /// - Returns: the names of all columns of the file.
  @discardableResult
  package func read(
    _ columns: [String], optional: Set<String> = [], _ reader: StreamReader,
    _ body: (Batch) throws -> Void
  ) throws -> [String] {
    try requireFile()
    let layout = isParquet ? nil : try layout()
    do {
      let (names, table) =
        try layout.map { ($0.names, try sql($0)) } ?? table(reader)
      for column in columns where !names.contains(column) && !optional.contains(column) {
        throw missing(column, columns, names, layout)
      }
      if let layout, layout.needsPlainReader(url) {
        try readPlainly(columns, layout, body)
        return names
      }
      let dialect = Dialect(.duckdb)
      let types = layout == nil ? try columnTypes(reader) : [:]
      let values = columns.map { name in
        guard names.contains(name) else { return "null::varchar" }
        let column = dialect.identifier(name)
        guard let (exact, digits) = Self.exact[types[name] ?? ""] else {
          return "cast(\(column) as varchar)"
        }
        // Beyond these, whole numbers of the type are no longer told apart: such a one keeps its exponent, with all of
        // its digits.
        return
          "case when isnan(\(column)) then null when abs(\(column)) >= \(exact) then format('{:.\(digits)e}', \(column)) "
          + "else cast(\(column) as varchar) end"
      }
      try reader.open("select \(values.joined(separator: ", ")) from \(table)")
      while let batch = try reader.next() { try body(batch) }
      return names
    } catch let error as EngineError {
      throw problem(error)
    }
  }

  /// From which size on a type of decimals does not tell whole numbers apart.
  private static let exact = [
    "FLOAT": (size: "16777216", digits: 8), "DOUBLE": (size: "9007199254740992", digits: 16),
  ]

  /// The types of the columns of a Parquet file.
  private func columnTypes(_ reader: StreamReader) throws -> [String: String] {
    var types: [String: String] = [:]
    let path = Dialect(.duckdb).parquet(url.path)
    for row in try reader.query("describe select * from \(path)").rows {
      if case .string(let name) = row[0], case .string(let type) = row[1] { types[name] = type }
    }
    return types
  }

  /// Reads a file that DuckDB refuses, such as one whose lines end in several ways.
  private func readPlainly(
    _ columns: [String], _ layout: Layout, _ body: (Batch) throws -> Void
  ) throws {
    let places = columns.map { layout.names.firstIndex(of: $0) }
    let fields = columns.enumerated().map { Field("c\($0.offset)", .utf8) }
    var writers = try fields.map { try ColumnWriter($0) }
    func hand() throws {
      try body(Batch(taking: FinishedBatch(writers).take(), fields: fields))
      writers = try fields.map { try ColumnWriter($0) }
    }
    let text: SeparatedText
    do throws(LineFilesError) {
      text = try SeparatedText(url.path, separator: layout.survey.separator)
    } catch {
      throw Problem(file: error.file, line: error.line, error.message, hint: error.hint)
    }
    var isHeader = true
    var count = 0
    try text.forEach { row in
      if isHeader {
        isHeader = false
        return true
      }
      guard row.fields.count == layout.names.count else {
        throw wrongWidth(row, layout.names.count)
      }
      for (writer, place) in zip(writers, places) {
        guard let place, !row.fields[place].isEmpty else {
          writer.appendNull()
          continue
        }
        guard String(validating: row.fields[place], as: UTF8.self) != nil else {
          throw wrongEncoding(row.line)
        }
        row.fields[place].withUnsafeBytes { writer.append(text: $0) }
      }
      count += 1
      if count % 2_048 == 0 { try hand() }
      return true
    }
    if count % 2_048 > 0 { try hand() }
  }

  /// What to say of a column that is not there.
  ///
  /// The names of the others are told only where one of those that were asked for is among them: else the first line may
  /// be a record.
  private func missing(
    _ column: String, _ wanted: [String], _ names: [String], _ layout: Layout?
  ) -> Problem {
    var hint: String?
    // One name that was asked for says that the first line is a header, however it is written.
    let small = Set(names.map { $0.lowercased() })
    let isHeader = wanted.contains { small.contains($0.lowercased()) }
    if let layout, let line = lineOfHeader(wanted, layout) {
      hint = "Line \(line) has the columns that were asked for: take out the lines above it."
    } else if isParquet || isHeader, let near = nearestName(to: column, among: names) {
      hint = "Did you mean '\(near)'?"
    } else if isParquet || isHeader {
      let told = names.prefix(40).map { $0.count > 60 ? $0.prefix(60) + "…" : $0 }
      hint =
        "The columns are \(told.joined(separator: ", "))\(names.count > 40 ? " and \(names.count - 40) more" : "")."
    } else {
      hint =
        "None of the columns that were asked for is in the first line, which may be no header; it has \(names.count) columns."
    }
    return Problem(
      file: url.path, line: isParquet ? nil : 1, "There is no column '\(column)'.", hint: hint)
  }

  /// The line below the first that has all the columns that were asked for; nil for none.
  private func lineOfHeader(_ wanted: [String], _ layout: Layout) -> Int? {
    var (found, seen): (Int?, Int) = (nil, 0)
    for separator in [UInt8(ascii: ","), UInt8(ascii: ";"), 0x09] where found == nil {
      seen = 0
      SeparatedText(layout.survey.first, separator: separator).forEach { row in
        seen += 1
        let names = row.texts.map(WrittenValue.trimmed)
        if seen > 1, wanted.allSatisfy(names.contains) { found = row.line }
        return found == nil && seen < 30
      }
    }
    return found
  }

  package func problem(_ error: EngineError) -> Problem {
    // "CSV Error on Line: 17" is all of the message that holds no values.
    let line = error.message.firstMatch(of: /CSV Error on Line: (\d+)/).flatMap { Int($0.output.1) }
    if !isParquet, let text = plainText() {
      if let wrong = text.lineOfWrongEncoding { return wrongEncoding(wrong) }
      var (width, odd): (Int?, SeparatedText.Row?) = (nil, nil)
      text.forEach { row in
        if width == nil { width = row.fields.count }
        if row.fields.count != width { odd = row }
        return odd == nil
      }
      if let odd, let width { return wrongWidth(odd, width) }
    }
    return Problem(
      file: url.path, line: line,
      "The file cannot be read as \(isParquet ? "Parquet" : "CSV").",
      hint: isParquet
        ? "Check that it is whole."
        : "Check that every row has as many values as the first, and that quotation marks are closed."
    )
  }

  private func wrongWidth(_ row: SeparatedText.Row, _ width: Int) -> Problem {
    Problem(
      file: url.path, line: row.line,
      "The row has \(row.fields.count) values, and the header \(width).",
      hint:
        "Put values that have a separator or a quotation mark in quotation marks, and close those.")
  }

  private func wrongEncoding(_ line: Int) -> Problem {
    Problem(
      file: url.path, line: line,
      "The line is not UTF-8; the file may be Windows-1252 (ANSI), as some spreadsheet programs save CSV.",
      hint: "Save it as 'CSV UTF-8', or convert it: iconv -f WINDOWS-1252 -t UTF-8.")
  }

  /// The file in the plainest reader; nil where it cannot be read.
  private func plainText() -> SeparatedText? {
    do throws(LineFilesError) {
      return try SeparatedText(url.path, separator: try CSVSurvey(url.path).separator)
    } catch {
      // It is asked for only to say more of an error that is told in any case.
      return nil
    }
  }

  /// The lines in which some rows begin, by the rows, counted from 0; none where the file has no lines.
  ///
  /// The file is read once more, so that it is asked for errors only.
  package func lines(ofRows rows: some Sequence<Int>) -> [Int: Int] {
    guard !isParquet, let text = plainText() else { return [:] }
    return text.lines(ofRows: Set(rows))
  }

  /// The line in which a row begins, counted from 0; nil where the file has no lines.
  package func line(ofRow row: Int) -> Int? { lines(ofRows: CollectionOfOne(row))[row] }
}
