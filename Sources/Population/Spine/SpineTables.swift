import Columns
import Engine
import Foundation
import Intake

/// The tables of the spine: `person`, `person_record` with the person of each identity, and `linkage_quality`.
struct SpineTables {
  static let names = ["person", "person_record", "linkage_quality"]

  /// The tables of a place without sources.
  static let empty = [
    """
    create or replace table person (
      person_id bigint, identities bigint, sources bigint, cohesion double, flagged varchar)
    """,
    """
    create or replace table person_record (
      source varchar, table_name varchar, identity bigint, person_id bigint)
    """,
    SpineQuality.table,
  ]

  private let records: SpineRecords
  private let identities: SourceIdentities
  private let people: [Int64]
  private let made: SpineLinkage.Made
  private let members: SpineMembers

  /// - Parameter people: by record, who it is of.
  init(
    _ records: SpineRecords, _ identities: SourceIdentities, _ people: [Int64],
    _ made: SpineLinkage.Made
  ) {
    self.records = records
    self.identities = identities
    self.people = people
    self.made = made
    members = SpineMembers(records, identities, made.clusters)
  }

  func write(to folder: URL) throws {
    let writer = try StreamWriter()
    try writePeople(writer, folder.appendingPathComponent("person.parquet"))
    try writeRecords(writer, folder.appendingPathComponent("person_record.parquet"))
    try SpineQuality(records, identities, made.clusters, members, made.quality)
      .write(writer, to: folder.appendingPathComponent("linkage_quality.parquet"))
  }

  private func writePeople(_ writer: StreamWriter, _ url: URL) throws {
    let fields = [
      Field("person_id", .int64), Field("identities", .int64), Field("sources", .int64),
      Field("cohesion", .float64), Field("flagged", .utf8),
    ]
    let roots = records.names.indices.filter { made.clusters[$0] == $0 }
      .sorted { people[$0] < people[$1] }
    let columns = try fields.map { try ColumnWriter($0) }
    try write(writer, fields, columns, to: url, count: roots.count) { place in
      let root = roots[place]
      let facts = made.facts[UInt32(root)] ?? (1, nil)
      columns[0].append(people[root])
      columns[1].append(Int64(members.counts[root]))
      columns[2].append(Int64(members.sourceCount(root)))
      columns[3].append(facts.cohesion)
      if let flag = facts.flag { columns[4].append(text: flag) } else { columns[4].appendNull() }
    }
  }

  private func writeRecords(_ writer: StreamWriter, _ url: URL) throws {
    let fields = [
      Field("source", .utf8), Field("table_name", .utf8), Field("identity", .int64),
      Field("person_id", .int64),
    ]
    let columns = try fields.map { try ColumnWriter($0) }
    // In an order that tells nothing of when they came.
    var order = records.ids.indices.map { (id: records.ids[$0], index: UInt32($0)) }
    order.sort { $0.id < $1.id }
    try write(writer, fields, columns, to: url, count: order.count) { place in
      let index = Int(order[place].index)
      let table = identities.tables[Int(records.tables[index])]
      columns[0].append(text: table.source)
      columns[1].append(text: table.name)
      columns[2].append(records.ids[index])
      columns[3].append(people[Int(records.records[index])])
    }
  }

  private func write(
    _ writer: StreamWriter, _ fields: [Field], _ columns: [ColumnWriter], to url: URL, count: Int,
    _ row: (Int) -> Void
  ) throws {
    var next = 0
    try withoutActuallyEscaping(row) { row in
      try writer.write(fields, to: url.path, .parquet) {
        guard next < count else { return nil }
        let last = min(count, next + 1 << 16)
        for place in next..<last { row(place) }
        next = last
        return FinishedBatch(columns)
      }
    }
  }
}
