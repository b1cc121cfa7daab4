import Engine

/// SQL for the values of a column of a Parquet file as the texts that a mapping reads.
///
/// Whatever type the sender's program gave the column, a value becomes what the same value is in CSV. What
/// has no such text keeps its own, and fails the mapping's checks: a time of day in a column of days, say.
struct ParquetText {
  /// The name as DuckDB has it, quoted.
  let sql: String
  /// DuckDB's type.
  let type: String
  /// The column's mapping; nil for one that only tells deletions.
  let mapping: ColumnMapping?
  /// The values that tell deletions, where it does.
  let deletions: Set<String>

  /// Whether the column has lists or structures, which no mapping reads.
  var isNested: Bool {
    type.hasSuffix("]") || ["STRUCT", "MAP", "UNION"].contains { type.hasPrefix($0) }
  }

  /// SQL that is true of a value that is no text; nil where every value is.
  var isBroken: String? {
    type == "BLOB" ? "(\(sql) is not null and try(decode(\(sql))) is null)" : nil
  }

  /// SQL that is true where the column's numbers are too large for what wrote them: from 2^53 on, decimals
  /// of 64 bits no longer tell whole numbers apart, and a code or key of them is not to be trusted. Nil where
  /// that cannot be.
  var isBlurred: String? {
    guard ["FLOAT", "DOUBLE"].contains(type), !isNumeric else { return nil }
    return
      "coalesce(bool_or(not isnan(\(sql)) and abs(\(sql)) >= \(type == "FLOAT" ? "16777216" : "9007199254740992")), false)"
  }

  private var isNumeric: Bool { mapping.map { [.integer, .number].contains($0.type) } ?? false }

  var text: String {
    switch type {
    case "VARCHAR": sql
    case "BLOB": "try(decode(\(sql)))"
    case "FLOAT", "DOUBLE": number
    case "BOOLEAN": flag
    case "DATE": "strftime(\(sql), '\(datePattern)')"
    case "TIME": "regexp_replace(\(sql)::varchar, '[.]0+$', '')"
    case "TIME WITH TIME ZONE":
      "regexp_replace(\(sql)::varchar, '([.]0+)?([+]00(:00)?)?$', '')"
    case _ where type.hasPrefix("TIMESTAMP"): moment
    case _ where type.hasPrefix("DECIMAL") && !type.hasSuffix(",0)"):
      "rtrim(rtrim(\(sql)::varchar, '0'), '.')"
    default: "\(sql)::varchar"
    }
  }

  /// Without a fraction where there is none, and never with an exponent.
  private var number: String {
    """
    case when isnan(\(sql)) then null when isinf(\(sql)) then \(sql)::varchar \
    when \(sql) = trunc(\(sql)) then format('{:.0f}', \(sql)) \
    when abs(\(sql)) < 0.0001 then format('{:.25f}', \(sql)) else \(sql)::varchar end
    """
  }

  /// The words that the mapping has for yes and no, if it has any.
  private var flag: String {
    let words = deletions.union(mapping?.values.map { Set($0.keys) } ?? [])
    func word(_ candidates: [String], _ fallback: String) -> String {
      let found = candidates.first { words.contains($0) } ?? fallback
      return Dialect(.duckdb).literal(found)
    }
    let yes = word(["true", "1", "Y", "Yes", "YES", "y", "yes", "TRUE", "True"], "true")
    let no = word(["false", "0", "N", "No", "NO", "n", "no", "FALSE", "False"], "false")
    return "case when \(sql) then \(yes) when not \(sql) then \(no) end"
  }

  /// A moment as FHIR writes it. In a column of days only midnight is a day: which day another moment belongs
  /// to depends on a zone that nobody named.
  private var moment: String {
    let isZoned = type.hasSuffix("WITH TIME ZONE")
    let value = isZoned ? "(\(sql) at time zone 'UTC')" : sql
    let zone = isZoned ? "Z" : ""
    let whole = """
      case when date_trunc('second', \(value)) = \(value) \
      then strftime(\(value), '%Y-%m-%dT%H:%M:%S\(zone)') \
      else strftime(\(value), '%Y-%m-%dT%H:%M:%S.%f\(zone)') end
      """
    guard mapping?.date != nil else { return whole }
    return """
      case when date_trunc('day', \(value)) = \(value) then strftime(\(value), '\(datePattern)') \
      else \(whole) end
      """
  }

  /// The form that the mapping reads a date in, as DuckDB writes forms.
  private var datePattern: String {
    (mapping?.date?.pattern ?? "yyyy-MM-dd").replacing("yyyy", with: "%Y")
      .replacing("MM", with: "%m").replacing("dd", with: "%d").replacing("'", with: "''")
  }
}
