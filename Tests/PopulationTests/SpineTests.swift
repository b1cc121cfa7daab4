import Columns
import Engine
import Foundation
import Governance
import Linkage
import Places
import Synthetic
import TestPlaces
import Testing

@testable import Population

/// The people of a synthetic place as the link stage finds them, beside the truth.
@Suite("The person spine", .serialized)
struct SpineTests {
  /// A place of some people, of which some deliveries have not come yet.
  private final class Place {
    let folder: URL
    private let aside: URL
    var store: PlaceStore { PlaceStore(place: folder) }

    init(people: Int, seed: UInt64, only source: String? = nil) async throws {
      folder = try TestPlaces.emptyFolder()
      aside = try TestPlaces.emptyFolder()
      _ = try await SyntheticPlace(.fictional, .init(people: people, seed: seed)).write(to: folder)
      try NewPlace(
        folder: folder, name: FictionalPlace.name, kind: FictionalPlace.kind,
        code: FictionalPlace.code, pack: nil,
        openData: folder.appendingPathComponent("extracts/open-data"),
        sources: SyntheticPlace.sources.filter { source == nil || $0.id == source },
        postcodes: SyntheticPlace.postcodes
      ).write()
    }

    deinit {
      try? FileManager.default.removeItem(at: folder)
      try? FileManager.default.removeItem(at: aside)
    }

    private func deliveries(in folder: URL) throws -> [(source: String, name: String)] {
      try FileManager.default.contentsOfDirectory(atPath: folder.path).flatMap { source in
        let own = folder.appendingPathComponent(source)
        return try FileManager.default.contentsOfDirectory(atPath: own.path)
          .filter { $0.hasPrefix("202") }.map { (source, $0) }
      }
    }

    /// Takes the deliveries from a day on away, or those of them that are of a source.
    func hold(from day: String, of source: String? = nil) throws {
      let extracts = folder.appendingPathComponent("extracts")
      for delivery in try deliveries(in: extracts)
      where delivery.name >= day && source ?? delivery.source == delivery.source {
        try FileManager.default.createDirectory(
          at: aside.appendingPathComponent(delivery.source), withIntermediateDirectories: true)
        try FileManager.default.moveItem(
          at: extracts.appendingPathComponent("\(delivery.source)/\(delivery.name)"),
          to: aside.appendingPathComponent("\(delivery.source)/\(delivery.name)"))
      }
    }

    /// Brings them.
    func bring() throws {
      for delivery in try deliveries(in: aside) {
        try FileManager.default.moveItem(
          at: aside.appendingPathComponent("\(delivery.source)/\(delivery.name)"),
          to: folder.appendingPathComponent("extracts/\(delivery.source)/\(delivery.name)"))
      }
    }

    @discardableResult
    func run() async throws -> Manifest {
      switch try await PlaceRun(place: folder).run() {
      case .published(let manifest), .unchanged(let manifest): manifest
      }
    }

    /// By identity of the current snapshot, the person.
    func people() throws -> [Int64: Int64] {
      let current = try #require(try store.currentID())
      let table = store.folder(of: current).appendingPathComponent("person_record.parquet").path
      var people: [Int64: Int64] = [:]
      for row in try StreamReader().query("select identity, person_id from '\(table)'").rows {
        guard case .int(let identity) = row[0], case .int(let person) = row[1] else {
          Issue.record("\(row)")
          continue
        }
        people[identity] = person
      }
      return people
    }

    /// By identity of the patients and tenants, who they are in truth: found again by their lines.
    func truth() throws -> [Int64: String] {
      var truth: [Int64: String] = [:]
      let landing = folder.appendingPathComponent("store/landing/sources")
      let reader = try StreamReader()
      try reader.limitMemory(to: "1GB")
      for (source, file, table, key, record) in [
        ("gp", "Patient.ndjson", "patient", "patient", "json_extract_string(raw.text, '$.id')"),
        (
          "housing", "housing.csv", "tenancy", "person_reference",
          "trim(string_split(raw.text, ',')[4], '\"')"
        ),
        ("apc", "apc.csv", "episode", "record", "trim(string_split(raw.text, ',')[2], '\"')"),
      ] {
        let folders =
          (try? FileManager.default.contentsOfDirectory(
            atPath: landing.appendingPathComponent(source).path)) ?? []
        for delivery in folders where delivery.hasPrefix("202") {
          let raw = folder.appendingPathComponent("extracts/\(source)/\(delivery)/\(file).zst")
          let landed = landing.appendingPathComponent("\(source)/\(delivery)/\(table).parquet")
          let rows = try reader.query(
            """
            select landed.identity, truth.person
            from '\(landed.path)' as landed
              join (select text, row_number() over () as number from read_csv('\(raw.path)',
                delim = '\u{1}', quote = '', escape = '', header = false, auto_detect = false,
                encoding = 'latin-1', columns = {'text': 'varchar'}, parallel = false,
                max_line_size = 1000000)) as raw on raw.number = landed.line
              join read_csv('\(folder.path)/truth/records/\(source).csv.zst', header = true,
                all_varchar = true) as truth on truth."\(key)" = \(record)
            where not landed.is_deletion and truth.person <> ''
            """)
          for row in rows.rows {
            guard case .int(let identity) = row[0], case .string(let person) = row[1] else {
              continue
            }
            truth[identity] = person
          }
        }
      }
      return truth
    }
  }

  /// How many pairs two ways to say who is who have in common, and each has.
  private func pairs(
    _ one: [Int64: some Hashable], _ other: [Int64: some Hashable]
  ) -> (both: Int, one: Int, other: Int) {
    func count(_ groups: some Sequence<Int>) -> Int { groups.reduce(0) { $0 + $1 * ($1 - 1) / 2 } }
    let common = one.keys.filter { other[$0] != nil }
    func sizes(_ key: (Int64) -> String) -> Int {
      count(Dictionary(grouping: common, by: key).values.map(\.count))
    }
    func text(_ value: (some Hashable)?) -> String { value.map { "\($0)" } ?? "" }
    return (
      sizes { text(one[$0]) + " " + text(other[$0]) }, sizes { text(one[$0]) },
      sizes { text(other[$0]) }
    )
  }

  @Test("People are found as they are, keep their ids when more comes, and what is undone stays so")
  func spine() async throws {
    let place = try await Place(people: 3_000, seed: 29)
    try place.hold(from: "2025-05")
    let first = try await place.run()
    let before = try place.people()
    let account = try #require(first.linkage)
    #expect(account.identities == before.count)
    #expect(account.people == Set(before.values).count)
    #expect(account.new == nil)
    let truth = try place.truth()
    #expect(truth.count > 4_000)
    let found = pairs(before, truth)
    let (precision, recall) = (
      Double(found.both) / Double(found.one), Double(found.both) / Double(found.other)
    )
    #expect(precision > 0.985)
    #expect(recall > 0.96)

    try quality(of: place, truth, precision: precision, recall: recall)

    // More deliveries: only what is new is compared, and people keep their ids.
    try place.bring()
    let second = try await place.run()
    let after = try place.people()
    let grown = try #require(second.linkage)
    let new = try #require(grown.new)
    #expect(new > 0 && new < grown.records / 2)
    #expect(after.count > before.count)
    let same = before.count { after[$0.key] == $0.value }
    #expect(Double(same) > 0.99 * Double(before.count))

    // All pairs compared anew by the same model come to the same people.
    let vault = try place.store.openVault()
    let two = try #require(
      Dictionary(grouping: after.keys, by: { after[$0] ?? 0 }).values.first { $0.count == 4 })
    let records = try records(of: two, in: vault)
    let keep = try #require(records.count > 1 ? (records[0], records[1]) : nil)
    try vault.keep([VaultDecision(keep.0, keep.1, isSame: true, because: "a test")])
    let spine = place.store.spine
    for file in try FileManager.default.contentsOfDirectory(atPath: spine.path) {
      try FileManager.default.removeItem(at: spine.appendingPathComponent(file))
    }
    let third = try await place.run()
    #expect(third.id != second.id)
    #expect(third.linkage?.new == nil)
    #expect(third.linkage?.decisions == 1)
    #expect(try place.people() == after)

    // Two records that are decided to be of two people become two, and that is undone.
    try vault.keep([VaultDecision(keep.0, keep.1, isSame: false, because: "a test")])
    try await place.run()
    let parted = try place.people()
    #expect(parted[keep.0] != parted[keep.1])
    let event = try #require(try vault.personEvents(limit: 1).first)
    #expect(event.kind == "split")
    #expect(event.from == after[keep.0])
    try vault.undo(event: event.number)
    #expect(throws: GovernanceError.self) { try vault.undo(event: event.number) }
    #expect(throws: GovernanceError.self) { try vault.undo(event: 1_000_000) }
    try await place.run()
    let whole = try place.people()
    #expect(whole[keep.0] == after[keep.0])
    #expect(whole[keep.1] == after[keep.1])

    // Pairs in doubt go out to people, and what they decide is kept for good.
    let review = SpineReview(place: place.folder)
    let file = place.folder.appendingPathComponent("pairs.csv")
    #expect(try await review.write(30, seed: 1, to: file) == 30)
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    #expect(lines[0].contains("left_surname,right_surname"))
    // A spreadsheet leaves the names of the records as they are.
    #expect(lines.dropFirst().allSatisfy { $0.contains(/,vault,k[0-9a-f]+,vault,k[0-9a-f]+,/) })
    let said = lines.enumerated().map { $0 == 0 ? "\($1)" : "same\($1)" }.joined(separator: "\n")
    try Data((said + "\n").utf8).write(to: file)
    let (round, total) = try review.decide([file])
    #expect(round.decided.count == 30)
    #expect(total >= 31)
    let decided = try await place.run()
    #expect(decided.linkage?.decisions == total)
    let last = try place.people()
    for decision in round.decisions {
      let (one, other) = (
        try #require(SpineRecords.identity(named: decision.one.id)),
        try #require(SpineRecords.identity(named: decision.other.id))
      )
      #expect(last[one] == last[other])
    }

    // What was decided of another identity of the same record goes for the record.
    var rows: [VaultPerson] = []
    try vault.forEachPerson { rows.append($0) }
    let twin = try #require(
      rows.first { row in
        row.identity != row.record
          && rows.contains { $0.person == row.person && $0.record != row.record }
      })
    let apart = try #require(
      rows.first { $0.person == twin.person && $0.record != twin.record }?.record)
    try vault.keep([VaultDecision(twin.identity, apart, isSame: false, because: "a test")])
    try await place.run()
    let again = try place.people()
    #expect(again[twin.identity] != again[apart])
    #expect(again[twin.identity] == again[twin.record])

    // What lies beside the vault is numbers.
    let pairsFile = try #require(
      try FileManager.default.contentsOfDirectory(atPath: spine.path).first)
    let types = try StreamReader().query(
      "select distinct column_type from (describe select * from '\(spine.path)/\(pairsFile)')"
    ).rows.map { $0[0] }
    #expect(Set(types) == [.string("BIGINT"), .string("DOUBLE")])
  }

  @Test(
    "People have the ids they had when deliveries that were away are back",
    arguments: [(seed: 29, source: "gp"), (seed: 3, source: "apc"), (seed: 8, source: nil)])
  func back(seed: UInt64, source: String?) async throws {
    let place = try await Place(people: 1_500, seed: seed)
    try await place.run()
    let before = try place.people()
    try place.hold(from: source == nil ? "2025-01" : "2020", of: source)
    let without = try await place.run()
    #expect(try place.people().count < before.count)
    #expect(try #require(without.linkage?.identities) < before.count)
    #expect(try place.store.openVault().check() == nil)
    try place.bring()
    try await place.run()
    let after = try place.people()
    #expect(after.keys == before.keys)
    #expect(before.allSatisfy { after[$0.key] == $0.value })
    // Nobody who is gone gives their id to anybody else, and everybody is counted.
    #expect(try place.store.openVault().check() == nil)
  }

  /// What the place says of its linkage, beside its tables and the truth.
  private func quality(
    of place: Place, _ truth: [Int64: String], precision: Double, recall: Double
  ) throws {
    let current = place.store.folder(of: try #require(try place.store.currentID()))
    let reader = try StreamReader()
    func value(_ sql: String) throws -> Double {
      guard case .double(let number)? = try reader.query(sql).rows.first?.first else {
        Issue.record("no number: \(sql)")
        return .nan
      }
      return number
    }
    let table = "'\(current.path)/linkage_quality.parquet'"
    func row(_ column: String, _ measure: String, _ source: String = "") throws -> Double {
      try value(
        "select \(column) from \(table) where measure = '\(measure)' and source = '\(source)' and group_kind = ''"
      )
    }
    // Estimated without the truth. The pairs are those of all sources, and not of the three only whose truth is looked at.
    #expect(abs(try row("value", "precision") - precision) < 0.01)
    #expect(try row("upper", "recall") > recall - 0.01)
    #expect(try row("lower", "recall") < recall + 0.01)
    // Counted again from the tables of the snapshot.
    let records = "'\(current.path)/person_record.parquet'"
    #expect(
      try row("value", "linked", "apc")
        == value(
          """
          select avg((sources > 1)::integer) from \(records)
          join '\(current.path)/person.parquet' using (person_id) where source = 'apc'
          """))
    #expect(
      try row("value", "reach", "apc")
        == value(
          """
          select count(*) filter (person_id in (select person_id from \(records) where source = 'apc')) / count(*)
          from (select distinct person_id from \(records) where source = 'gp')
          """))
    // Groups add up to everybody, and no bound lies on the wrong side.
    for kind in ["deprivation", "ethnic_group", "age", "sex", "area"] {
      #expect(
        try value(
          "select sum(denominator) from \(table) where measure = 'linked' and source = 'gp' and group_kind = '\(kind)'"
        )
          == row("denominator", "linked", "gp"))
    }
    #expect(
      try value(
        """
        select count(*)::double from \(table)
        where lower > value or upper < value or lower < 0 or upper > 1 or numerator > denominator
        """) == 0)
    #expect(
      try value(
        """
        select count(*)::double from \(table) reach join \(table) most using (source, group_kind, group_id)
        where reach.measure = 'reach' and most.measure = 'reach_at_most' and reach.upper > most.value + 1e-12
        """) == 0)
  }

  /// The records that some identities are of.
  private func records(of identities: [Int64], in vault: Vault) throws -> [Int64] {
    var records: Set<Int64> = []
    try vault.forEachPerson { if identities.contains($0.identity) { records.insert($0.record) } }
    return records.sorted()
  }

  @Test("With few records people are found by the same method")
  func fewRecords() async throws {
    let place = try await Place(people: 100, seed: 3, only: "apc")
    let manifest = try await place.run()
    let account = try #require(manifest.linkage)
    #expect(account.learntFrom != nil)
    #expect(account.people < account.identities)
    let truth = try place.truth()
    let found = pairs(try place.people(), truth)
    #expect(found.both == found.one)
    #expect(found.both > 0)
    // What people decide holds here too, until they take it back.
    let people = try place.people()
    let vault = try place.store.openVault()
    let pair = try #require(
      try Dictionary(grouping: people.keys, by: { people[$0] ?? 0 }).values
        .map { try records(of: $0, in: vault) }.first { $0.count > 1 })
    let (a, b) = (pair[0], pair[1])
    try vault.keep([VaultDecision(a, b, isSame: false, because: "a test")])
    try await place.run()
    let parted = try place.people()
    #expect(parted[a] != parted[b])
    let names = try #require(try vault.linkDecisions().first).names
    #expect(throws: (any Error).self) { try place.store.retract("17", names.other) }
    try place.store.retract(names.one, names.other)
    #expect(throws: (any Error).self) { try place.store.retract(names.one, names.other) }
    try await place.run()
    let whole = try place.people()
    #expect(whole[a] == whole[b])
  }
}
