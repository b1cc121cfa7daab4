import Columns
import FHIRViews
import Governance

/// Checks records field by field and writes those that hold into columns, typed and without what
/// identifies anybody.
///
/// A record is checked whole before anything of it is written. One thread uses a lander at a time.
final class RecordLander {
  private let readers: UnsafeMutableBufferPointer<FieldReader>
  private let orders: [(earlier: Int, later: Int)]
  private let keyColumns: [Int]
  private let pseudonymiser: Pseudonymiser
  private let keyDomain: Int
  private let policies: RulePolicies
  /// The last day that something may have happened on, counted from 1970-01-01.
  private let lastDay: Int32
  private let lineWriter: ColumnWriter
  private let recordWriter: ColumnWriter
  private let deletionWriter: ColumnWriter
  private let parsed: UnsafeMutableBufferPointer<ParsedField>
  @exclusivity(unchecked) private var keyText: [UInt8] = []
  /// How often each rule was broken by a value that was left out: a stretch of rules a column.
  private let warnings: UnsafeMutableBufferPointer<Int>
  /// The warnings of the record at hand, as positions among them.
  @exclusivity(unchecked) private var pending: [Int] = []

  /// The columns before those of the mapping: the line in the file, the keyed hash of the record's key,
  /// and whether the record takes back an earlier one.
  static let ownFields = [
    Field("line", .int64), Field("record", .int64), Field("is_deletion", .bool),
  ]

  /// The columns that records of a file land in.
  static func fields(_ file: FileMapping) -> [Field] {
    ownFields + file.landed.map { Field($0.landed, $0.landedType) }
  }

  /// The domain of a hashed column: NHS numbers and UPRNs are the same everywhere, other references
  /// mean something to their source only.
  private static func domain(of column: ColumnMapping, in source: String) -> String {
    if column.type == .nhsNumber { return "nhs_number" }
    return column.landed == "uprn" ? "uprn" : "\(source).\(column.landed)"
  }

  /// - Parameter domain: what the keys of the source's records are told apart by from others'.
  init(
    _ file: FileMapping, domain: String, key: PseudonymKey, policies: RulePolicies, lastDay: Int32
  ) throws {
    var domains = ["\(domain).\(file.table)"]
    keyDomain = 0
    let fields = try file.columns.map { column in
      let lands = file.landed.contains { $0.landed == column.landed }
      var number = 0
      if column.handling == .hash {
        domains.append(Self.domain(of: column, in: domain))
        number = domains.count - 1
      }
      return FieldReader(
        column, writer: lands ? try ColumnWriter(Field(column.landed, column.landedType)) : nil,
        domain: number)
    }
    readers = .allocate(capacity: fields.count)
    _ = readers.initialize(from: fields)
    let names = file.columns.map(\.landed)
    orders = file.orders.compactMap { order in
      guard let earlier = names.firstIndex(of: order.earlier),
        let later = names.firstIndex(of: order.later)
      else { return nil }
      return (earlier, later)
    }
    keyColumns = file.key.compactMap { names.firstIndex(of: $0) }
    pseudonymiser = Pseudonymiser(key, domains: domains)
    self.policies = policies
    self.lastDay = lastDay
    lineWriter = try ColumnWriter(Self.ownFields[0])
    recordWriter = try ColumnWriter(Self.ownFields[1])
    deletionWriter = try ColumnWriter(Self.ownFields[2])
    parsed = .allocate(capacity: fields.count)
    parsed.initialize(repeating: ParsedField())
    warnings = .allocate(capacity: fields.count * IntakeRule.allCases.count)
    warnings.initialize(repeating: 0)
  }

  deinit {
    readers.deinitialize()
    readers.deallocate()
    parsed.deallocate()
    warnings.deallocate()
  }

  var rowCount: Int { lineWriter.count }

  /// What was landed since the last call.
  func finish() -> FinishedBatch {
    FinishedBatch([lineWriter, recordWriter, deletionWriter] + readers.compactMap(\.writer))
  }

  /// How often each rule was broken by a value that was left out, since the last call.
  func takeWarnings() -> [FieldFault: Int] {
    let rules = IntakeRule.allCases
    var taken: [FieldFault: Int] = [:]
    for position in warnings.indices where warnings[position] > 0 {
      let fault = FieldFault(
        rules[position % rules.count], readers[position / rules.count].mapping.name)
      taken[fault] = warnings[position]
      warnings[position] = 0
    }
    return taken
  }

  private func warn(_ rule: IntakeRule, _ column: Int) {
    pending.append(column * IntakeRule.allCases.count + rule.position)
  }

  /// Forgets the rows from `count` on: the record they are of turned out to be bad.
  func truncate(to count: Int) {
    for writer in [lineWriter, recordWriter, deletionWriter] + readers.compactMap(\.writer) {
      writer.truncate(to: count)
    }
  }

  /// Checks a record and writes it; `value` gives the item of a column of the mapping.
  ///
  /// - Throws: ``FieldFault``, the first that sets the record aside; nothing of it is then written.
  func land(
    line: Int, isDeletion: Bool, _ value: (Int) -> Item
  ) throws(FieldFault) {
    pending.removeAll(keepingCapacity: true)
    for index in readers.indices {
      parsed[index] = ParsedField()
      do throws(FieldFault) {
        try read(index, value(index))
      } catch {
        // A record that takes another back need not be right itself.
        guard !isDeletion || keyColumns.contains(index) else { continue }
        guard policies[error.rule].action == .warn else { throw error }
        parsed[index] = ParsedField()
        warn(error.rule, index)
      }
    }
    if !isDeletion { try checkOrders() }
    write(line, isDeletion)
  }

  private func checkOrders() throws(FieldFault) {
    for order in orders {
      let (earlier, later) = (parsed[order.earlier], parsed[order.later])
      guard earlier.isPresent, later.isPresent else { continue }
      let isBroken =
        earlier.hasTime && later.hasTime
        ? earlier.number > later.number : earlier.day > later.day
      guard isBroken else { continue }
      let fault = FieldFault(.dateOrder, readers[order.later].mapping.name)
      guard policies[.dateOrder].action == .warn else { throw fault }
      warn(.dateOrder, order.later)
    }
  }

  private func write(_ line: Int, _ isDeletion: Bool) {
    keyText.removeAll(keepingCapacity: true)
    for index in keyColumns {
      // A byte that no text has keeps "1", "23" and "12", "3" apart.
      if !keyText.isEmpty { keyText.append(0xFF) }
      if parsed[index].item.isText { keyText.append(contentsOf: parsed[index].item.bytes) }
    }
    lineWriter.append(Int64(line))
    recordWriter.append(
      keyText.withUnsafeBytes { pseudonymiser.pseudonym(of: $0, domain: keyDomain) })
    deletionWriter.append(isDeletion)
    for position in pending { warnings[position] += 1 }
    for index in readers.indices { readers[index].write(parsed[index]) }
  }

  private func read(_ index: Int, _ item: Item) throws(FieldFault) {
    try readers[index].read(item, &parsed[index], lastDay: lastDay)
    let field = parsed[index]
    if field.isTestNumber { warn(.nhsNumberTestRange, index) }
    guard field.isPresent, readers[index].isHashed else { return }
    parsed[index].number = pseudonym(item, readers[index])
  }

  private func pseudonym(_ item: Item, _ reader: FieldReader) -> Int64 {
    let domain = reader.domain
    guard reader.type == .nhsNumber, item.count != 10 else {
      return item.isText
        ? pseudonymiser.pseudonym(of: item.bytes, domain: domain)
        : withUnsafeBytes(of: item.bits) { pseudonymiser.pseudonym(of: $0, domain: domain) }
    }
    return Identifiers.digits(item.bytes).withUnsafeBytes {
      pseudonymiser.pseudonym(of: $0, domain: domain)
    }
  }
}
