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
    /// Rows that were set aside once they were seen beside others.
    public var setAside = 0
    /// Rows that hold.
    public var current: Int

    /// Whether every row is accounted for.
    public var isReconciled: Bool {
      landed == repeated + corrected + deleted + replaced + deletions + setAside + current
    }
  }

  private let source: String
  private let mapping: SourceMapping
  private let parts: [LandedPart]
  private let connection: Connection
  private let dialect = Dialect(.duckdb)

  /// - Parameter accounts: those of the deliveries that count, the oldest first.
  public init(
    source: String, _ mapping: SourceMapping, _ accounts: [DeliveryAccount], in landing: URL,
    connection: Connection
  ) {
    self.source = source
    self.mapping = mapping
    parts = LandedPart.all(of: source, accounts, in: landing)
    self.connection = connection
  }

  /// The columns of the table `superseded`.
  static let table = """
    create table if not exists superseded (
      source varchar, delivery varchar, file varchar, table_name varchar, line bigint,
      reason varchar)
    """

  /// Works out the succession and adds the rows that no longer hold to the table `superseded`, which
  /// has source, delivery, file, table_name, line and reason; it is made where it is missing.
  public func make() throws -> [Outcome] {
    try connection.execute(Self.table)
    var outcomes: [Outcome] = []
    var done: Set<String> = []
    for file in mapping.files where file.format != .fhirDeletions {
      guard done.insert(file.table).inserted else { continue }
      outcomes.append(try make(file))
    }
    return outcomes
  }

  private func make(_ file: FileMapping) throws -> Outcome {
    let own = parts.filter { $0.table == file.table }
    guard let newest = own.map(\.rank).max() else {
      return Outcome(
        source: source, table: file.table, landed: 0, repeated: 0, corrected: 0, deleted: 0,
        replaced: 0, deletions: 0, current: 0)
    }
    var rows = LandedPart.rows(own, ["line", "record", "is_deletion"])
    // Deletions of a bulk export come after the lines of their delivery.
    let lists = Set(mapping.files.filter { $0.format == .fhirDeletions }.map(\.table))
    for list in parts where lists.contains(list.table) {
      rows += """
         union all select \(list.rank), (1 << 16) - 1, (1::bigint << 32) - 1, record, true
        from \(dialect.parquet(list.url.path)) where "table" = \(dialect.literal(file.table))
        """
    }
    try connection.execute("create or replace temp view landed as \(rows)")
    try makeLatest()
    let replaced = file.isWhole ? "landed.kith_rank < \(newest)" : "false"
    try connection.execute(
      """
      create or replace temp table judged as
      select landed.kith_rank, landed.kith_part, landed.line,
        case
          when landed.is_deletion then 'deletion'
          when \(LandedPart.place) < latest.place >> 1 and latest.place & 1 = 1 then 'deleted'
          when \(replaced) then 'replaced'
          when \(LandedPart.place) < latest.place >> 1
            then case when latest.place >> 49 = landed.kith_rank then 'repeated' else 'corrected' end
        end as reason
      from landed left join latest using (record)
      where landed.is_deletion or latest.record is not null or \(replaced)
      """)
    try connection.execute(
      """
      insert into superseded
      select \(dialect.literal(source)), kith_delivery, kith_file, \(dialect.literal(file.table)),
        line, reason
      from judged join \(LandedPart.list(own)) using (kith_rank, kith_part)
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
        select record, max((\(LandedPart.place)) * 2 + is_deletion::bigint)
        from landed where record & \(parts - 1) = \(part)
        group by record
        having min(\(LandedPart.place)) <> max(\(LandedPart.place))
        """)
    }
  }

  private static let recordsAtOnce: Int64 = 4_000_000
}
