import Columns
import Definitions
import Engine
import Foundation

/// Reads CSV files with the engine into checked tables.
///
/// The engine parses and types; it reports what it refuses by byte position, from which the line is
/// found. No text of a file is put into SQL: names are quoted, paths are literals.
struct CSVLanding {
  let connection: Connection
  let dialect = Dialect(.duckdb)
  /// How many problems of one file are told; the rest are counted.
  static let mostProblems = 20

  /// Reads `file` into the table `table`, keeping the columns that the pack uses.
  func land(_ file: PackFile, at text: TextFile, table: String, pack: OpenDataPack) throws {
    if file.encoding == nil { try text.requireUTF8() }
    let header = try text.csvHeader()
    try requireColumns(file, header: header, text: text, pack: pack)
    let types = header.map { name in
      "\(dialect.literal(name)): '\(file.columns[name] == .number ? "DOUBLE" : "VARCHAR")'"
    }
    let kept = header.filter { file.columns[$0] != nil }.map { name -> String in
      let column = dialect.identifier(name)
      guard file.periods.contains(name), file.columns[name] == .text else { return column }
      // A spreadsheet's 2024-9 is 2024-09: as texts they would be two months, in the wrong order.
      return """
        nullif(case when length(trim(\(column))) = 6
          then regexp_replace(trim(\(column)), '^([0-9]{4})-([0-9])$', '\\1-0\\2')
          else trim(\(column)) end, '') as \(column)
        """
    }
    let blanks = file.blanks.sorted().map(dialect.literal).joined(separator: ", ")
    let encoding = file.encoding.map { ", encoding = \(dialect.literal($0))" } ?? ""
    do {
      try connection.execute(
        """
        create or replace table \(table) as
        select \(kept.joined(separator: ", "))
        from read_csv(\(dialect.path(text.url.path)), header = true, auto_detect = false,
          hive_partitioning = false,
          delim = ',', quote = '"', escape = '"', nullstr = [\(blanks)],
          columns = {\(types.joined(separator: ", "))}, store_rejects = true\(encoding))
        """)
    } catch let error as EngineError {
      throw Problem(
        file: text.url.path, line: csvLine(in: error.message),
        "The file cannot be read as CSV: \(error.message.firstLine)",
        hint: "Check that it is comma-separated with a header row.")
    }
    try refuseUnderscores(file, header, text, blanks: blanks, encoding)
  }

  /// Whether the engine refused rows of a file.
  private func hasRejects(_ path: String) throws -> Bool {
    let exists = try connection.query(
      "select count(*) from duckdb_tables() where table_name = 'reject_errors'")
    guard exists.scalar != .int(0) else { return false }
    let count = try connection.query(
      """
      select count(*)::bigint from reject_errors e join reject_scans s using (scan_id, file_id)
      where s.file_path = \(dialect.literal(path))
      """)
    return count.scalar != .int(0)
  }

  private static func hasDigitsWithUnderscore(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let base = bytes.baseAddress else { return false }
    var place = 1
    while place < bytes.count - 1,
      let found = memchr(base + place, Int32(UInt8(ascii: "_")), bytes.count - 1 - place)
    {
      place = UnsafeRawPointer(found) - base
      if bytes[place - 1].isDigit, bytes[place + 1].isDigit { return true }
      place += 1
    }
    return false
  }

  /// Refuses numbers such as `1_000`, which the engine takes for 1000.
  private func refuseUnderscores(
    _ file: PackFile, _ header: [String], _ text: TextFile, blanks: String, _ encoding: String
  ) throws {
    let numbers = header.filter { file.columns[$0] == .number }
    guard !numbers.isEmpty, text.bytes.withUnsafeBytes(Self.hasDigitsWithUnderscore),
      // Rows that are wrong in another way are told, and would not be counted here.
      try !hasRejects(text.url.path)
    else { return }
    let types = header.map { "\(dialect.literal($0)): 'VARCHAR'" }.joined(separator: ", ")
    let wrong = numbers.map { name in
      "case when regexp_matches(\(dialect.identifier(name)), '[0-9]_[0-9]') then \(dialect.literal(name)) end"
    }
    let found = try connection.query(
      """
      select row, name from (
        select row_number() over ()::bigint as row, coalesce(\(wrong.joined(separator: ", "))) as name
        from read_csv(\(dialect.path(text.url.path)), header = true, auto_detect = false,
          hive_partitioning = false, delim = ',', quote = '"', escape = '"', parallel = false,
          nullstr = [\(blanks)], columns = {\(types)}, ignore_errors = true\(encoding)))
      where name is not null order by row limit 1
      """)
    guard case .int(let row)? = found.rows.first?[0], case .string(let name)? = found.rows.first?[1]
    else { return }
    throw Problem(
      file: text.url.path, line: text.lineOfCSVRecord(Int(row)),
      "Column '\(name)' should be a number and is not.",
      hint: "Write it without marks between its digits, or leave it empty where it is not known.")
  }

  /// The problems that the engine met in the files read so far, each at its line.
  func rejects(in files: [String: TextFile]) throws -> [Problem] {
    let exists = try connection.query(
      "select count(*) from duckdb_tables() where table_name = 'reject_errors'")
    guard exists.scalar != .int(0) else { return [] }
    let rejects = try connection.query(
      """
      select s.file_path, e.line, e.line_byte_position, e.error_type::varchar,
        e.column_name, e.error_message
      from reject_errors e join reject_scans s using (scan_id, file_id)
      order by s.file_path, e.line
      """)
    var problems: [Problem] = []
    var counts: [String: Int] = [:]
    for row in rejects.rows {
      guard case .string(let path) = row[0] else { continue }
      guard let text = files[path] else {
        throw Problem(file: path, "A row of this file cannot be read.")
      }
      counts[path, default: 0] += 1
      guard counts[path, default: 0] <= Self.mostProblems else { continue }
      problems.append(problem(row, text: text))
    }
    for (path, count) in counts.sorted(by: { $0.key < $1.key }) where count > Self.mostProblems {
      problems.append(
        Problem(file: path, "\(count - Self.mostProblems) more rows of this file are wrong."))
    }
    return problems
  }

  private func problem(_ row: [Value], text: TextFile) -> Problem {
    func number(_ value: Value) -> Int? {
      switch value {
      case .int(let number): Int(number)
      case .uint(let number): Int(exactly: number)
      default: nil
      }
    }
    // By position, because the engine counts records where a value may hold line breaks; but it
    // counts the bytes of its own encoding, so for another the record has to do.
    let line =
      (try? text.requireUTF8()) == nil
      ? number(row[1]) : number(row[2]).map { text.line(atByte: max(0, $0 - 1)) }
    let column = if case .string(let name) = row[4] { name } else { "" }
    let kind = if case .string(let kind) = row[3] { kind } else { "" }
    let detail = if case .string(let message) = row[5] { message.firstLine } else { "" }
    let (message, hint): (String, String?)
    switch kind {
    case "CAST":
      (message, hint) = (
        "Column '\(column)' should be a number and is not.",
        "Correct the value, or leave it empty where it is not known."
      )
    case "MISSING COLUMNS":
      (message, hint) = (
        "The row is too short. \(detail).", "Check for a missing comma or a cut-off line."
      )
    case "TOO MANY COLUMNS":
      (message, hint) = (
        "The row is too long. \(detail).", "Put values that hold a comma in quotation marks."
      )
    case "UNQUOTED VALUE":
      (message, hint) = (
        "A quotation mark is opened and never closed, or stands inside a value.",
        "Write a quotation mark inside a value twice."
      )
    case "INVALID ENCODING":
      (message, hint) = (
        "The row is not in the file's encoding.", "Save the file as UTF-8."
      )
    default: (message, hint) = ("The row cannot be read. \(detail)", nil)
    }
    return Problem(file: text.url.path, line: line, message, hint: hint)
  }

  private func requireColumns(
    _ file: PackFile, header: [String], text: TextFile, pack: OpenDataPack
  ) throws {
    var problems: [Problem] = []
    // SQL does not tell "a" from "A".
    let repeated = Dictionary(grouping: header, by: { $0.lowercased() })
      .values.filter { $0.count > 1 }.map { $0[0] }
    for name in repeated.sorted() where !name.isEmpty {
      problems.append(
        Problem(file: text.url.path, line: 1, "The column '\(name)' stands twice in the header."))
    }
    if let blank = header.firstIndex(of: "") {
      problems.append(
        Problem(
          file: text.url.path, line: 1, "Column \(blank + 1) has no name in the header.",
          hint: "Name it, or remove it."))
    }
    for column in file.columns.keys.sorted() where !header.contains(column) {
      let near = nearestName(to: column, among: header).map { "Is it '\($0)'? " } ?? ""
      problems.append(
        Problem(
          file: text.url.path, line: 1,
          "The column '\(column)' is missing, which the pack '\(pack.id)' reads.",
          hint: "\(near)Correct the header, or the pack (\(pack.file):\(file.line))."))
    }
    if !problems.isEmpty { throw Problems(problems) }
  }

  /// The line that DuckDB names in the text of an error.
  private func csvLine(in message: String) -> Int? {
    guard let range = message.range(of: "Line: ") else { return nil }
    return Int(message[range.upperBound...].prefix { $0.isNumber })
  }
}

extension String {
  var firstLine: String { String(prefix { !$0.isNewline }) }
}
