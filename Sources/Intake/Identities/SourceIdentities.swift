import Codes
import Columns
import Crypto
import Definitions
import Engine
import Foundation
public import Governance

/// Who the landed records of all sources are about: what the vault has of them, with what landed beside it.
public final class SourceIdentities {
  /// The tables that say who their records are about, and whether each is a register of those who live here.
  public let tables: [(source: String, name: String, isRegister: Bool)]
  /// What any of them says.
  public let fields: [IdentityField]
  public let hasOwnNumbers: Bool
  /// The groups that identities are of: each combination that there is.
  public let strata: [Stratum]
  private let readers: [IdentityReader]

  /// Identities of one table and of the same groups.
  public struct Stratum: Sendable {
    /// The place of the table among ``SourceIdentities/tables``.
    public let table: Int
    /// What the table said last of each person, in the order of ``PersonGroup``; nil where it said nothing.
    public let groups: [String?]
  }

  /// Reads what landed of the identities.
  ///
  /// - Parameter connection: has the tables `superseded` and `small_area` (code, quintile 1 for the most deprived,
  ///   area).
  init(_ tables: [LandedTable], _ connection: Connection) throws {
    let own = tables.filter { $0.file.identity != nil && !$0.file.identifying.isEmpty }
    self.tables = own.map { ($0.source, $0.name, $0.quality.isRegister) }
    let mapped = Set(own.flatMap { $0.file.identity.map { Array($0.columns.keys) } ?? [] })
    let fields = IdentityField.allCases.filter(mapped.contains)
    self.fields = fields
    hasOwnNumbers = own.contains { $0.file.identity?.ownNumber != nil }
    let same = try SameCodes()
    readers = try own.map { try IdentityReader($0, fields, same, connection) }
    var strata: [Stratum] = []
    for (table, reader) in readers.enumerated() {
      reader.firstStratum = strata.count
      strata += reader.groups.map { Stratum(table: table, groups: $0) }
    }
    self.strata = strata
  }

  /// How many identities there are.
  public var count: Int { readers.reduce(0) { $0 + $1.facts.count } }

  /// An identity of a table of a source.
  public struct Identity {
    public let id: Int64
    /// The place of its table among ``SourceIdentities/tables``.
    public let table: Int
    /// What it says, in the order of ``SourceIdentities/fields``, and last the source's own number of the person
    /// with what tells it from another source's; nil where it says nothing. Gone once it was looked at.
    public let values: UnsafeBufferPointer<UnsafeRawBufferPointer?>
    /// A number that changes where what landed beside the vault's part does.
    public let landedHash: UInt64
    /// The place of its groups among ``SourceIdentities/strata``.
    public let stratum: Int
  }

  /// Hands all identities that records have to `body`, in the order in which the vault got them.
  ///
  /// An identity whose records were all taken back is left out. What landed beside the identities is forgotten
  /// afterwards, for it takes much room: they are handed over once.
  ///
  /// - Throws: ``Governance/GovernanceError`` where one does not open.
  public func forEach(
    in vault: Vault, threads: Int, _ body: (Identity) throws -> Void
  ) throws {
    var places: [String: Int] = [:]
    for (place, reader) in readers.enumerated() {
      places["\(reader.source)\u{0}\(reader.table)"] = place
    }
    var plans: [Int: (place: Int, plan: IdentityReader.Plan)] = [:]
    for layout in try vault.identityLayouts() {
      guard let place = places["\(layout.source)\u{0}\(layout.table)"] else { continue }
      plans[layout.number] = (place, readers[place].plan(layout.fields))
    }
    try vault.forEachIdentity(threads: threads) { id, layout, bytes in
      guard let (place, plan) = plans[layout], let fact = readers[place].facts[id] else { return }
      try readers[place].withValues(bytes, plan, fact) { values, hash in
        try body(
          Identity(
            id: id, table: place, values: values, landedHash: hash,
            stratum: readers[place].stratum(fact)))
      }
    }
    for reader in readers { reader.forget() }
  }
}

/// Reads the identities of one table.
private final class IdentityReader {
  let source: String
  let table: String
  private let identity: IdentityMapping
  private let fields: [IdentityField]
  private let dates: [String: DateReader]
  /// The columns that are not in the vault.
  private let landed: [String]
  /// What landed beside identities, each different saying once; nil where the records of one do not agree.
  private var combinations: [Combination] = []
  /// The groups that identities are of, each combination once.
  private(set) var groups: [[String?]] = []
  /// The number of the first of them among those of all tables.
  var firstStratum = 0
  /// By identity, the number of what landed beside it.
  private(set) var facts = IdentityTable()
  private let slots: UnsafeMutableBufferPointer<UnsafeRawBufferPointer?>
  private var sealed: [UnsafeRawBufferPointer?] = []
  private let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 12, alignment: 1)
  private var used = 0

  private struct Combination {
    let values: [UnsafeRawBufferPointer?]
    let hash: UInt64
    /// The place among `groups`.
    let groups: Int
  }

  /// Where a value comes from.
  fileprivate enum Origin {
    case nowhere
    case sealed(Int)
    case number(Int)
    case date(Int, DateReader)
    case landed(Int)
  }

  /// Where the values of identities of one layout come from.
  struct Plan {
    fileprivate let fields: [Origin]
    fileprivate let ownNumber: [Origin]
  }

  init(
    _ table: LandedTable, _ fields: [IdentityField], _ same: SameCodes, _ connection: Connection
  ) throws {
    guard let identity = table.file.identity else { preconditionFailure("the table has one") }
    source = table.source
    self.table = table.name
    self.identity = identity
    self.fields = fields
    dates = Dictionary(
      table.file.identifying.compactMap { column in column.date.map { (column.landed, $0) } }
    ) { first, _ in first }
    landed = identity.names.subtracting(table.file.identifying.map(\.landed)).sorted()
    slots = .allocate(capacity: fields.count + 1)
    slots.initialize(repeating: nil)
    try readFacts(table, same, connection)
  }

  deinit {
    slots.deallocate()
    room.deallocate()
    for value in combinations.lazy.flatMap(\.values) { value?.deallocate() }
  }

  private func readFacts(
    _ table: LandedTable, _ same: SameCodes, _ connection: Connection
  ) throws {
    let dialect = Dialect(.duckdb)
    let values = landed.map { name in
      let column = "r.\(dialect.identifier(name))"
      return "case when min(\(column)) = max(\(column)) then min(\(column))::varchar end"
    }
    // What was said last: one number of all groups, six bits for each.
    let areas = try connection.query(
      "select distinct area from small_area where area is not null order by area"
    ).rows.compactMap { row -> String? in if case .string(let area) = row[0] { area } else { nil } }
    let known = PersonGroup.allCases.map { $0.groups(same, areas: areas) }
    let numbers = zip(PersonGroup.allCases, known).enumerated().map { place, group in
      let number = group.0.number(
        table, row: "r", day: "r.kith_day", same: same, groups: group.1)
      return "((\(number))::bigint << \(6 * place))"
    }
    let groups = "arg_max(\(numbers.joined(separator: " + ")), \(LandedPart.place))"
    let about = [PersonField.smallArea, .ethnicGroup, .sex, .birthYear].compactMap {
      table.quality.about[$0]
    }
    let columns = ["identity"] + Set(landed + about).sorted()
    let area = table.column(.smallArea).map { "left join small_area on small_area.code = r.\($0)" }
    let names = (0...values.count).map { "v\($0)" }
    try connection.execute(
      """
      create or replace temp table fact as
      select identity, \(zip(values + [groups], names).map { "\($0) as \($1)" }.joined(separator: ", "))
      from (\(table.standing(columns))) as r
      \(area ?? "")
      where identity is not null group by identity
      """)
    // Each different saying has a number.
    try connection.execute(
      """
      create or replace temp table saying as
      select (row_number() over (order by \(names.joined(separator: ", "))) - 1)::bigint as number, *
      from (select distinct \(names.joined(separator: ", ")) from fact)
      """)
    var places: [Int64: Int] = [:]
    try connection.stream("select number, \(names.joined(separator: ", ")) from saying order by 1")
    {
      batch in
      for row in 0..<batch.rowCount {
        let own = batch.columns[names.count].int64(row) ?? 0
        let place = places[own] ?? self.groups.count
        if place == self.groups.count {
          places[own] = place
          self.groups.append(
            known.enumerated().map { index, groups in
              let number = Int(own >> Int64(6 * index)) & 63
              return number > 0 ? groups[number - 1] : nil
            })
        }
        combinations.append(
          Self.combination(
            batch.columns[1..<names.count].map { $0.withBytes(row) { Array($0) } }, groups: place))
      }
    }
    let equal = names.map { "fact.\($0) is not distinct from saying.\($0)" }
    try connection.stream(
      "select identity, number from fact join saying on \(equal.joined(separator: " and "))"
    ) { batch in
      for row in 0..<batch.rowCount {
        guard let id = batch.columns[0].int64(row), let number = batch.columns[1].int64(row) else {
          continue
        }
        facts.set(id, UInt32(number))
      }
    }
    try connection.execute("drop table fact")
    try connection.execute("drop table saying")
  }

  private static func combination(_ values: [[UInt8]?], groups: Int) -> Combination {
    var hash = SHA256()
    let kept = values.map { value -> UnsafeRawBufferPointer? in
      // The length keeps values apart, and no value from an empty one.
      let length = Int64(value?.count ?? -1)
      withUnsafeBytes(of: length.littleEndian) { hash.update(bufferPointer: $0) }
      guard let value else { return nil }
      value.withUnsafeBytes { hash.update(bufferPointer: $0) }
      let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: value.count, alignment: 1)
      memory.copyBytes(from: value)
      return UnsafeRawBufferPointer(memory)
    }
    let mark = hash.finalize().withUnsafeBytes {
      UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self))
    }
    return Combination(values: kept, hash: mark, groups: groups)
  }

  func plan(_ sealed: [String]) -> Plan {
    func origin(_ name: String?) -> Origin {
      guard let name else { return .nowhere }
      if let place = landed.firstIndex(of: name) { return .landed(place) }
      guard let place = sealed.firstIndex(of: name) else { return .nowhere }
      return dates[name].map { .date(place, $0) } ?? .sealed(place)
    }
    return Plan(
      fields: fields.map { field in
        let found = origin(identity.columns[field])
        if field == .nhsNumber, case .sealed(let place) = found { return .number(place) }
        return found
      },
      ownNumber: identity.ownNumber?.columns.map(origin) ?? [])
  }

  func withValues(
    _ bytes: UnsafeRawBufferPointer, _ plan: Plan, _ fact: UInt32,
    _ body: (UnsafeBufferPointer<UnsafeRawBufferPointer?>, UInt64) throws -> Void
  ) rethrows {
    IdentityText.read(bytes, into: &sealed)
    let beside = combinations[Int(fact)]
    used = 0
    for (slot, origin) in plan.fields.enumerated() { slots[slot] = value(origin, beside) }
    slots[fields.count] = ownNumber(plan.ownNumber, beside)
    try body(UnsafeBufferPointer(slots), beside.hash)
  }

  /// The number of the groups that go with what landed beside an identity.
  func stratum(_ fact: UInt32) -> Int { firstStratum + combinations[Int(fact)].groups }

  func forget() { facts = IdentityTable() }

  private func value(_ origin: Origin, _ beside: Combination) -> UnsafeRawBufferPointer? {
    switch origin {
    case .nowhere: return nil
    case .landed(let place): return beside.values[place]
    case .sealed(let place): return place < sealed.count ? sealed[place] : nil
    case .number(let place): return place < sealed.count ? sealed[place].flatMap(number) : nil
    case .date(let place, let reader):
      guard place < sealed.count, let bytes = sealed[place] else { return nil }
      let start = used
      used += 10
      let target = UnsafeMutableRawBufferPointer(rebasing: room[start..<used])
      return reader.writeYearFirst(bytes, to: target) ? UnsafeRawBufferPointer(target) : nil
    }
  }

  /// An NHS number as its ten digits, however it is written; nil where it is none or a placeholder.
  private func number(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    if bytes.count == 10 { return WrittenCode.isFillerNHSNumber(bytes) ? nil : bytes }
    var digits: [UInt8] = []
    guard WrittenCode.appendNHSNumber(bytes, to: &digits), !WrittenCode.isFillerNHSNumber(digits),
      used + digits.count <= room.count
    else { return nil }
    let start = used
    for digit in digits {
      room[used] = digit
      used += 1
    }
    return UnsafeRawBufferPointer(rebasing: room[start..<used])
  }

  /// The range of the number, with the parts of it that say whose it is, a stroke, and the number.
  private func ownNumber(_ parts: [Origin], _ beside: Combination) -> UnsafeRawBufferPointer? {
    guard !parts.isEmpty else { return nil }
    let start = used
    func add(_ bytes: some Collection<UInt8>) -> Bool {
      guard used + bytes.count < room.count else { return false }
      for byte in bytes {
        room[used] = byte
        used += 1
      }
      return true
    }
    guard add((identity.ownNumber?.range ?? source).utf8) else { return nil }
    for (place, part) in parts.enumerated() {
      let separator: UInt8 = place == parts.count - 1 ? 0x2F : 0x20
      guard let value = value(part, beside), !value.isEmpty, add(CollectionOfOne(separator)),
        add(value)
      else { return nil }
    }
    return UnsafeRawBufferPointer(rebasing: room[start..<used])
  }
}
