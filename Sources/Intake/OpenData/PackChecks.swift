import Columns
import Definitions
import Engine
import Foundation

/// Checks what the columns of a pack hold: codes, duplicates, numbers, references between files.
struct PackChecks {
  let pack: OpenDataPack
  let connection: Connection
  let texts: [String: TextFile]
  let dialect = Dialect(.duckdb)

  /// Runs every check.
  ///
  /// - Throws: ``Problems`` with what was found, each at its file and line.
  func run() throws {
    var problems: [Problem] = []
    for table in pack.units { problems += try check(table) }
    if !problems.isEmpty { throw Problems(problems) }
    try makeKnownCodes()
    for table in pack.units { problems += try checkParents(table) }
    for table in pack.links { problems += try check(table) }
    problems += try checkCodes()
    for table in pack.measures { problems += try check(table) }
    for table in pack.points { problems += try check(table) }
    for boundary in pack.boundaries { problems += try check(boundary) }
    if !problems.isEmpty { throw Problems(problems) }
  }

  // MARK: Units

  private func check(_ table: OpenDataPack.UnitTable) throws -> [Problem] {
    guard let kind = pack.kinds.first(where: { $0.id == table.kind }) else { return [] }
    let code = dialect.identifier(table.code)
    var rules = [
      Rule(
        "not regexp_full_match(\(code), \(dialect.literal(kind.pattern)))\(except(table.file))",
        "'%' is not the code of a \(kind.title).", "A code looks like \(kind.pattern).")
    ]
    // A row of a table that repeats its units may belong to none, as a practice to no network.
    if !table.isRepeated {
      rules.append(
        Rule("\(code) is null", "The \(table.code) is missing.", "Give every row a code."))
      rules.append(
        Rule(
          "\(code) in (select \(code) from \(dialect.identifier(table.file)) group by \(code) "
            + "having count(*) > 1)",
          "The \(kind.title) '%' stands in more than one row.", "Leave one row a \(kind.title)."))
    }
    if let population = table.population {
      let column = dialect.identifier(population)
      rules.append(
        Rule(
          "\(column) is null or not isfinite(\(column)) or \(column) < 0",
          "The \(population) of '%' is missing or is no number of people.",
          "Give the number of residents, 0 or more."))
    }
    if let latitude = table.latitude, let longitude = table.longitude {
      rules += positionRules(latitude, longitude)
    }
    return try find(rules, file: table.file, label: code, only: table.only)
  }

  /// Codes that a measure of the same file sets aside are no units, and no error.
  private func except(_ file: String) -> String {
    pack.measures.filter { $0.file == file }.compactMap { table in
      table.setAside.map {
        " and not regexp_full_match(\(dialect.identifier(table.code)), "
          + "\(dialect.literal($0.pattern)))"
      }
    }.joined()
  }

  /// Gathers the codes of every kind in the table `known_code`.
  private func makeKnownCodes() throws {
    let selects = pack.units.map { table in
      let code = dialect.identifier(table.code)
      return """
        select \(dialect.literal(table.kind)) as kind, \(code) as code
        from \(dialect.identifier(table.file)) where \(code) is not null
        \(table.only.map { "and \(dialect.condition($0))" } ?? "")
        """
    }
    let whole = pack.whole.map {
      ["select \(dialect.literal($0.kind)), \(dialect.literal($0.code))"]
    }
    try connection.execute(
      """
      create or replace temp table known_code as
      \((selects + (whole ?? [])).joined(separator: "\nunion\n"))
      """)
  }

  private func checkParents(_ table: OpenDataPack.UnitTable) throws -> [Problem] {
    var rules = table.parents.filter { !table.optionalParents.contains($0.kind) }.map { parent in
      Rule(
        "\(dialect.identifier(parent.column)) is null",
        "The \(parent.column) of '%' is missing, so it would be left out of its \(title(parent.kind)).",
        "Give the code, or say 'optional: [\(parent.kind)]' in the pack.")
    }
    rules += table.parents.map { parent in
      let column = dialect.identifier(parent.column)
      let aside =
        table.setAside.map {
          " and not regexp_full_match(\(column), \(dialect.literal($0.pattern)))"
        } ?? ""
      return Rule(
        "\(column) is not null\(aside) and \(column) not in "
          + "(select code from known_code where kind = \(dialect.literal(parent.kind)))",
        "'%' is no known \(title(parent.kind)).",
        "Correct the code, or set it aside in the pack with a reason.", label: column)
    }
    return try find(rules, file: table.file, label: dialect.identifier(table.code))
  }

  /// A link to a unit that does not exist would leave it out of a sum without a word.
  private func check(_ table: OpenDataPack.LinkTable) throws -> [Problem] {
    guard let file = table.file else {
      let named =
        table.pairs.map { (table.child, $0.child) } + table.pairs.map { (table.parent, $0.parent) }
      let values = named.map { "(\(dialect.literal($0.0)), \(dialect.literal($0.1)))" }
      let unknown = try connection.query(
        """
        select p.kind, p.code from (values \(values.joined(separator: ", "))) as p(kind, code)
        anti join known_code k on k.kind = p.kind and k.code = p.code
        """)
      return unknown.rows.compactMap { row in
        guard case .string(let kind) = row[0], case .string(let code) = row[1] else { return nil }
        return Problem(
          file: pack.file, line: table.line, "'\(code)' is no known \(title(kind)).",
          hint: "Correct the pair.")
      }
    }
    let rules = [(table.child, table.childColumn), (table.parent, table.parentColumn)].map {
      kind, name in
      let column = dialect.identifier(name)
      return Rule(
        "\(column) is null or \(column) not in "
          + "(select code from known_code where kind = \(dialect.literal(kind)))",
        "'%' is no known \(title(kind)).", "Correct the code, or leave the row out.",
        label: column)
    }
    return try find(
      rules, file: file, label: dialect.identifier(table.childColumn), only: table.only)
  }

  // MARK: Measures

  /// The codes of every file with measures, in one query: the known ones are many, and are gathered
  /// once.
  private func checkCodes() throws -> [Problem] {
    var lists: Set<[String]> = []
    let selects = pack.measures.enumerated().map { index, table in
      lists.insert(table.kinds)
      let code = dialect.identifier(table.code)
      var conditions = ["\(code) is not null"]
      if let only = table.only { conditions.append(dialect.condition(only)) }
      if let aside = table.setAside {
        conditions.append("not regexp_full_match(\(code), \(dialect.literal(aside.pattern)))")
      }
      return """
        select \(index) as number, rowid as record, \(code) as code,
          \(dialect.literal(table.kinds.joined(separator: " "))) as kinds
        from \(dialect.identifier(table.file)) where \(conditions.joined(separator: " and "))
        """
    }
    guard !selects.isEmpty else { return [] }
    let known = lists.map { kinds in
      """
      select \(dialect.literal(kinds.joined(separator: " "))) as kinds, code from known_code
      where kind in (\(kinds.map(dialect.literal).joined(separator: ", ")))
      """
    }
    let unknown = try connection.query(
      """
      select number, record, code from (\(selects.joined(separator: "\nunion all\n"))) f
      anti join (\(known.joined(separator: "\nunion all\n"))) k using (kinds, code)
      qualify row_number() over (partition by number order by record) <= \(CSVLanding.mostProblems)
      order by number, record
      """)
    return unknown.rows.compactMap { row in
      guard case .int(let number) = row[0], case .int(let record) = row[1],
        case .string(let code) = row[2]
      else { return nil }
      let table = pack.measures[Int(number)]
      guard let text = texts[table.file] else { return nil }
      return Problem(
        file: text.url.path, line: text.lineOfCSVRecord(Int(record) + 1),
        "'\(code)' is no known \(table.kinds.map(title).joined(separator: " or ")).",
        hint: "Correct the code, or set it aside in the pack with a reason.")
    }
  }

  private func check(_ table: OpenDataPack.MeasureTable) throws -> [Problem] {
    let code = dialect.identifier(table.code)
    let aside =
      table.setAside.map { " and not regexp_full_match(\(code), \(dialect.literal($0.pattern)))" }
      ?? ""
    var rules = [
      Rule("\(code) is null", "The \(table.code) is missing.", "Give every row a code.")
    ]
    var key = [table.code]
    switch table.period {
    case .fixed: break
    case .column(let column):
      key.append(column)
      let period = dialect.identifier(column)
      rules.append(
        Rule(
          "regexp_full_match(\(period), '(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[A-Za-z]*"
            + "[ -][0-9]{2,4}|[0-9]{1,2}[-/][0-9]{4}|[0-9]{1,2}/[0-9]{1,2}/[0-9]{2,4}')\(aside)",
          "'%' cannot be put in order of time.",
          "Write months as 2024-09, or say month_name in the pack.", label: period))
    case .monthName(let column):
      key.append(column)
      let month = dialect.identifier(column)
      rules.append(
        Rule(
          "try_strptime(\(month), '%B %Y') is null", "'%' is not a month and a year.",
          "Write it as July 2022.", label: month))
    }
    if let spread = table.spread { key.append(spread.name) }
    for column in key.dropFirst() {
      rules.append(
        Rule(
          "\(dialect.identifier(column)) is null\(aside)", "The \(column) of '%' is missing.",
          "Give it, or leave the row out."))
    }
    if let only = table.only { key.append(only.column) }
    let columns = key.map(dialect.identifier).joined(separator: ", ")
    rules.append(
      Rule(
        "(\(columns)) in (select (\(columns)) from \(dialect.identifier(table.file)) "
          + "group by \(columns) having count(*) > 1)\(aside)",
        "The figures of '%' stand in more than one row.",
        "Leave one row for each \(key.joined(separator: ", "))."))
    let methods = (table.measures + (table.spread.map { [$0.template] } ?? [])).map(\.method)
    rules += numberRules(methods)
    rules += shareRules(methods, except: aside)
    return try find(rules, file: table.file, label: code, only: table.only)
  }

  private func numberRules(_ methods: [OpenDataPack.Method]) -> [Rule] {
    var counts: [String] = []
    var all: [String] = []
    func add(_ column: String, to list: inout [String]) {
      if !list.contains(column) { list.append(column) }
    }
    for method in methods {
      for column in method.columns.numbers { add(column, to: &all) }
      switch method {
      case .count, .proportion, .rate, .groups:
        for column in method.columns.numbers { add(column, to: &counts) }
      case .score, .rank, .decile, .published: break
      }
    }
    return all.map { name in
      let column = dialect.identifier(name)
      let negative = counts.contains(name) ? " or \(column) < 0" : ""
      return Rule(
        "not isfinite(\(column)) or abs(\(column)) > 1e15\(negative)",
        counts.contains(name)
          ? "The \(name) of '%' is negative or no number." : "The \(name) of '%' is no number.",
        "Correct the value, or leave it empty where it is not known.")
    }
  }

  /// No numerator is above its denominator. Where the denominator is 0 the proportion is not known, and no error.
  private func shareRules(_ methods: [OpenDataPack.Method], except aside: String) -> [Rule] {
    methods.compactMap { method in
      guard case .proportion(let part, let whole) = method else { return nil }
      let (numerator, denominator) = (sql(part), sql(whole))
      return Rule(
        // Sums of decimals differ in their last digits.
        "\(denominator) > 0 and \(numerator) > \(denominator) * (1 + 1e-9)\(aside)",
        "The numerator is above the denominator in the row of '%': "
          + "\(part.columns.joined(separator: " + ")) of "
          + "\(whole.columns.joined(separator: " + ")).",
        "Check what each of the two counts, or leave both empty where they are not known.")
    }
  }

  private func sql(_ quantity: OpenDataPack.Quantity) -> String {
    let sum = "(\(quantity.columns.map(dialect.identifier).joined(separator: " + ")))"
    guard let when = quantity.when else { return sum }
    return "(case when \(dialect.condition(when)) then \(sum) else 0 end)"
  }

  // MARK: Points and boundaries

  /// Positions that cannot be, and latitude and longitude in each other's column.
  private func positionRules(_ latitude: String, _ longitude: String) -> [Rule] {
    let (latitude, longitude) = (dialect.identifier(latitude), dialect.identifier(longitude))
    return [
      Rule(
        "\(latitude) not between -90 and 90 or \(longitude) not between -180 and 180",
        "The position of '%' is not on Earth.",
        "Give latitude and longitude in degrees, or neither."),
      Rule(
        "\(latitude) between -30 and 10 and \(longitude) between 49 and 61.5",
        "Latitude and longitude of '%' seem to be in each other's column.",
        "Swap the two columns, or their names in the pack."),
    ]
  }

  private func check(_ table: OpenDataPack.PointTable) throws -> [Problem] {
    let area = dialect.identifier(table.area.column)
    return try find(
      [
        Rule(
          "\(area) is not null and \(area) not in (select code from known_code where kind = "
            + "\(dialect.literal(table.area.kind)))",
          "'%' is no known \(title(table.area.kind)).", "Correct the code or leave it empty.",
          label: area)
      ] + positionRules(table.latitude, table.longitude), file: table.file,
      label: dialect.identifier(table.id))
  }

  private func check(_ boundary: OpenDataPack.BoundaryFile) throws -> [Problem] {
    let unknown = try connection.query(
      """
      select distinct code from \(dialect.identifier(boundary.file))
      where code not in (select code from known_code where kind = \(dialect.literal(boundary.kind)))
      order by code
      """)
    return unknown.rows.compactMap { row in
      guard case .string(let code) = row[0], let text = texts[boundary.file] else { return nil }
      if let aside = boundary.setAside, code.matchesWhole(aside.pattern) { return nil }
      return Problem(
        file: text.url.path, line: text.line(of: code),
        "The outline '\(code)' is of no known \(title(boundary.kind)).",
        hint: "Correct the code.")
    }
  }

  // MARK: Rules

  /// A condition that no row may meet; `%` in the message stands for the row's label.
  private struct Rule {
    let condition: String
    let message: String
    let hint: String
    let label: String?

    init(_ condition: String, _ message: String, _ hint: String, label: String? = nil) {
      self.condition = condition
      self.message = message
      self.hint = hint
      self.label = label
    }
  }

  /// Rows of `file` that break a rule: one query a file, because most files break none.
  private func find(
    _ rules: [Rule], file: String, label: String, only: (column: String, values: [String])? = nil
  ) throws -> [Problem] {
    guard let text = texts[file], !rules.isEmpty else { return [] }
    let filter = only.map { "where \(dialect.condition($0))" }
    let cases = rules.enumerated().map { "when \($0.element.condition) then \($0.offset)" }
    let labels = rules.enumerated().map { "when \($0.offset) then \($0.element.label ?? label)" }
    let broken = try connection.query(
      """
      select record, rule, case rule \(labels.joined(separator: " ")) end::varchar as label
      from (
        select *, rowid as record, case \(cases.joined(separator: "\n  ")) end as rule
        from \(dialect.identifier(file)) \(filter ?? "")
      )
      where rule is not null order by record limit \(CSVLanding.mostProblems)
      """)
    return broken.rows.compactMap { row in
      guard case .int(let record) = row[0], case .int(let index) = row[1] else { return nil }
      let rule = rules[Int(index)]
      let label = if case .string(let label) = row[2] { label } else { "" }
      return Problem(
        file: text.url.path, line: text.lineOfCSVRecord(Int(record) + 1),
        rule.message.replacing("'%'", with: "'\(label)'"), hint: rule.hint)
    }
  }

  private func title(_ kind: String) -> String {
    pack.kinds.first { $0.id == kind }?.title ?? kind
  }
}

extension String {
  fileprivate func matchesWhole(_ pattern: String) -> Bool {
    range(of: "^(?:\(pattern))$", options: .regularExpression) != nil
  }
}

extension TextFile {
  /// The line on which `needle` first stands.
  fileprivate func line(of needle: String) -> Int? {
    bytes.range(of: Data(needle.utf8)).map { line(atByte: $0.lowerBound - bytes.startIndex) }
  }
}
