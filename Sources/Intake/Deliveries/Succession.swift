import Columns
import Definitions
public import Engine
public import Foundation

/// Which landed records still hold, once every delivery of a source is there: later ones repeat,
/// correct, replace or take back earlier ones.
public struct Succession: Sendable {
  /// What became of the landed rows of one table.
  public struct Outcome: Codable, Hashable, Sendable {
    public let source: String
    public let table: String
    /// Rows that landed, those that take others back among them.
    public let landed: Int
    /// Rows that came again later in their own delivery.
    public let repeated: Int
    /// Rows that a later delivery has anew.
    public let corrected: Int
    /// Rows that were taken back.
    public let deleted: Int
    /// Rows of earlier deliveries that each had everything.
    public let replaced: Int
    /// Rows that take others back.
    public let deletions: Int
    /// Rows that hold.
    public let current: Int

    /// Whether every row is accounted for.
    public var isReconciled: Bool {
      landed == repeated + corrected + deleted + replaced + deletions + current
    }
  }

  private let source: String
  private let mapping: SourceMapping
  /// The folders of the deliveries that count, the oldest first.
  private let folders: [(delivery: String, folder: URL)]
  private let connection: Connection

  public init(
    source: String, _ mapping: SourceMapping, folders: [(delivery: String, folder: URL)],
    connection: Connection
  ) {
    self.source = source
    self.mapping = mapping
    self.folders = folders
    self.connection = connection
  }

  /// Works out the succession and adds the rows that no longer hold to the table `superseded`, which
  /// has source, delivery, table_name, line and reason; it is made where it is missing.
  public func make() throws -> [Outcome] {
    try connection.execute(
      """
      create table if not exists superseded (
        source varchar, delivery varchar, table_name varchar, line bigint, reason varchar)
      """)
    var outcomes: [Outcome] = []
    var done: Set<String> = []
    for file in mapping.files where file.format != .fhirDeletions {
      guard done.insert(file.table).inserted else { continue }
      outcomes.append(try make(file))
    }
    return outcomes
  }

  private func make(_ file: FileMapping) throws -> Outcome {
    let dialect = Dialect(.duckdb)
    // The place in the order of all rows: the delivery, then the line; deletions of a bulk export come
    // after the lines of their delivery.
    var parts: [String] = []
    for (rank, entry) in folders.enumerated() {
      let names =
        (try? FileManager.default.contentsOfDirectory(atPath: entry.folder.path))?.sorted() ?? []
      for name in names where Self.isTable(name, file.table) {
        let path = dialect.parquet(entry.folder.appendingPathComponent(name).path)
        parts.append("select \(rank) as rank, line, record, is_deletion from \(path)")
      }
      for deletions in mapping.files where deletions.format == .fhirDeletions {
        let url = entry.folder.appendingPathComponent("\(deletions.table).parquet")
        guard FileManager.default.fileExists(atPath: url.path) else { continue }
        parts.append(
          """
          select \(rank) as rank, (1::bigint << 40) - 1 as line, record, true as is_deletion
          from \(dialect.parquet(url.path)) where "table" = \(dialect.literal(file.table))
          """)
      }
    }
    guard !parts.isEmpty else {
      return Outcome(
        source: source, table: file.table, landed: 0, repeated: 0, corrected: 0, deleted: 0,
        replaced: 0, deletions: 0, current: 0)
    }
    try connection.execute(
      "create or replace temp view landed as \(parts.joined(separator: " union all "))")
    try makeLatest()
    let newest = folders.count - 1
    let replaced = file.isWhole ? "landed.rank < \(newest)" : "false"
    try connection.execute(
      """
      create or replace temp table judged as
      select landed.rank, landed.line,
        case
          when landed.is_deletion then 'deletion'
          when (landed.rank::bigint << 40) + landed.line < latest.place >> 1
            and latest.place & 1 = 1 then 'deleted'
          when \(replaced) then 'replaced'
          when (landed.rank::bigint << 40) + landed.line < latest.place >> 1
            then case when latest.place >> 41 = landed.rank then 'repeated' else 'corrected' end
        end as reason
      from landed left join latest using (record)
      where landed.is_deletion or latest.record is not null or \(replaced)
      """)
    let names = folders.enumerated().map { "(\($0), \(dialect.literal($1.delivery)))" }
    try connection.execute(
      """
      insert into superseded
      select \(dialect.literal(source)), delivery, \(dialect.literal(file.table)), line, reason
      from judged join (values \(names.joined(separator: ", "))) as names(rank, delivery) using (rank)
      where reason is not null and reason <> 'deletion'
      """)
    let counts = try connection.query(
      """
      select (select count(*) from landed)::bigint,
        count(*) filter (reason = 'repeated')::bigint,
        count(*) filter (reason = 'corrected')::bigint,
        count(*) filter (reason = 'deleted')::bigint,
        count(*) filter (reason = 'replaced')::bigint,
        count(*) filter (reason = 'deletion')::bigint,
        ((select count(*) from landed) - count(reason))::bigint
      from judged
      """
    ).rows[0].map { value -> Int in if case .int(let count) = value { Int(count) } else { 0 } }
    return Outcome(
      source: source, table: file.table, landed: counts[0], repeated: counts[1],
      corrected: counts[2], deleted: counts[3], replaced: counts[4], deletions: counts[5],
      current: counts[6])
  }

  /// Fills the table `latest` with the last place of each record that comes more than once; the lowest
  /// bit of a place says whether the record is taken back there.
  private func makeLatest() throws {
    try connection.execute("create or replace temp table latest (record bigint, place bigint)")
    guard
      case .int(let rows) = try connection.query("select count(*)::bigint from landed").scalar
    else { return }
    // In parts of the records, so that memory does not grow with them.
    var parts: Int64 = 1
    while rows / parts > Self.recordsAtOnce { parts *= 2 }
    for part in 0..<parts {
      try connection.execute(
        """
        insert into latest
        select record, max(((rank::bigint << 40) + line) * 2 + is_deletion::bigint)
        from landed where record & \(parts - 1) = \(part)
        group by record
        having min((rank::bigint << 40) + line) <> max((rank::bigint << 40) + line)
        """)
    }
  }

  private static let recordsAtOnce: Int64 = 4_000_000

  /// Whether a file holds rows of `table`: `table.parquet` or `table-2.parquet`.
  private static func isTable(_ name: String, _ table: String) -> Bool {
    guard name.hasPrefix(table), name.hasSuffix(".parquet") else { return false }
    let middle = name.dropFirst(table.count).dropLast(".parquet".count)
    return middle.isEmpty || (middle.first == "-" && middle.dropFirst().allSatisfy(\.isNumber))
  }
}
