import Columns
import FHIRViews
import Governance

/// Checks records field by field and writes those that hold into columns, typed and without what
/// identifies anybody.
///
/// A record is checked whole before anything of it is written. One thread uses a lander at a time.
final class RecordLander {
  /// A field of the record at hand, after its checks.
  private struct Parsed {
    var item = Item.none
    /// Days, a whole number, milliseconds or a pseudonym.
    var number: Int64 = 0
    /// Of a date or moment, its day, and whether it says a time too.
    var day: Int32 = 0
    var hasTime = false
    var decimal = 0.0
    var isPresent = false
  }

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
  private let parsed: UnsafeMutableBufferPointer<Parsed>
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
    parsed.initialize(repeating: Parsed())
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
      parsed[index] = Parsed()
      do throws(FieldFault) {
        try read(index, value(index))
      } catch {
        // A record that takes another back need not be right itself.
        guard !isDeletion || keyColumns.contains(index) else { continue }
        guard policies[error.rule].action == .warn else { throw error }
        parsed[index] = Parsed()
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
    for index in readers.indices {
      let value = parsed[index]
      guard let writer = readers[index].writer else { continue }
      guard value.isPresent else {
        writer.appendNull()
        continue
      }
      switch readers[index].layout {
      case .year: writer.append(Int32(DateReader.year(ofDay: value.day)))
      case .int64: writer.append(value.number)
      case .int32: writer.append(Int32(truncatingIfNeeded: value.number))
      case .double: writer.append(value.decimal)
      case .flag: writer.append(value.number != 0)
      case .text: writer.append(text: value.item.bytes)
      case .translated: writer.append(text: readers[index].landed(value.item) ?? "")
      }
    }
  }

  // MARK: Fields

  private func read(_ index: Int, _ item: Item) throws(FieldFault) {
    let reader = readers[index]
    guard item.kind != .none, !(item.isText && reader.isNull(item)) else {
      if reader.isRequired { throw FieldFault(.missing, reader.name) }
      return
    }
    parsed[index].item = item
    try check(index, item, reader)
    parsed[index].isPresent = true
    if reader.isHashed { parsed[index].number = pseudonym(item, reader) }
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

  private func check(
    _ index: Int, _ item: Item, _ mapping: FieldReader
  ) throws(FieldFault) {
    switch mapping.type {
    case .integer, .number: try checkNumber(index, item, mapping)
    case .flag:
      guard let flag = flag(item, mapping) else { throw FieldFault(.unknownValue, mapping.name) }
      parsed[index].number = flag ? 1 : 0
    case .date: try checkDate(index, item, mapping)
    case .moment: try checkMoment(index, item, mapping)
    default:
      guard item.isText else { throw FieldFault(.wrongType, mapping.name) }
      try checkText(index, item.bytes, mapping)
      guard mapping.knows(item) else { throw FieldFault(.unknownValue, mapping.name) }
    }
    if item.isText, !mapping.hasShape(item) {
      throw FieldFault(.codeShape, mapping.name)
    }
  }

  private func checkText(
    _ index: Int, _ bytes: UnsafeRawBufferPointer, _ mapping: FieldReader
  ) throws(FieldFault) {
    let rule: IntakeRule? =
      switch mapping.type {
      case .nhsNumber:
        switch Identifiers.fault(ofNHSNumber: bytes) {
        case .shape: .nhsNumberShape
        case .checkDigit: .nhsNumberCheckDigit
        case nil: nil
        }
      case .postcode: Identifiers.isPostcode(bytes) ? nil : .postcodeShape
      case .lsoa: Identifiers.isLSOA(bytes) ? nil : .lsoaShape
      case .ods: Identifiers.isODS(bytes) ? nil : .odsShape
      case .icd10: Identifiers.isICD10(bytes) ? nil : .icd10Shape
      case .opcs4: Identifiers.isOPCS4(bytes) ? nil : .opcs4Shape
      case .snomed: Identifiers.isSNOMED(bytes) ? nil : .snomedIdentifier
      case .time: Self.isTime(bytes) ? nil : .impossibleDate
      default: nil
      }
    if let rule { throw FieldFault(rule, mapping.name) }
    if mapping.type == .nhsNumber, Identifiers.isTestRange(bytes) {
      warn(.nhsNumberTestRange, index)
    }
  }

  /// Whether the bytes are HH:mm or HH:mm:ss.
  private static func isTime(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count == 5 || bytes.count == 8 else { return false }
    for (index, byte) in bytes.enumerated() {
      guard index % 3 == 2 ? byte == UInt8(ascii: ":") : byte.isDigit else { return false }
    }
    func two(_ at: Int) -> Int { Int(bytes[at] - 0x30) * 10 + Int(bytes[at + 1] - 0x30) }
    return two(0) < 24 && two(3) < 60 && (bytes.count == 5 || two(6) < 60)
  }

  private func checkNumber(
    _ index: Int, _ item: Item, _ mapping: FieldReader
  ) throws(FieldFault) {
    let number: Double
    if let given = item.number {
      number = given
    } else {
      guard item.isText, let read = NumberReader.number(item.bytes) else {
        throw FieldFault(.wrongType, mapping.name)
      }
      number = read
    }
    if mapping.type == .integer {
      guard let whole = Int32(exactly: number) else { throw FieldFault(.wrongType, mapping.name) }
      parsed[index].number = Int64(whole)
    }
    if let range = mapping.range, !range.contains(number) {
      throw FieldFault(.outOfRange, mapping.name)
    }
    parsed[index].decimal = number
  }

  private func flag(_ item: Item, _ mapping: FieldReader) -> Bool? {
    if item.kind == .boolean { return item.flag }
    guard item.isText else { return nil }
    switch mapping.landed(item) ?? item.string {
    case "Y", "y", "Yes", "YES", "yes", "true", "TRUE", "True", "1": return true
    case "N", "n", "No", "NO", "no", "false", "FALSE", "False", "0": return false
    default: return nil
    }
  }

  private func checkDate(
    _ index: Int, _ item: Item, _ mapping: FieldReader
  ) throws(FieldFault) {
    guard item.isText, let reader = mapping.date else { throw FieldFault(.wrongType, mapping.name) }
    switch reader.days(item.bytes) {
    case .success(let day):
      try checkDay(day, mapping)
      parsed[index].day = day
      parsed[index].number = Int64(day)
    case .failure(.impossible): throw FieldFault(.impossibleDate, mapping.name)
    case .failure(.shape): throw FieldFault(.wrongType, mapping.name)
    }
  }

  private func checkDay(_ day: Int32, _ mapping: FieldReader) throws(FieldFault) {
    // A delivery's day is its last; an event that began on it may end on the next.
    if day > lastDay + 1 {
      // Who was born in the future was mistyped: that is not known, and the record holds.
      guard mapping.isBirthDate else { throw FieldFault(.futureDate, mapping.name) }
      throw FieldFault(.unlikelyDate, mapping.name)
    }
    // Nobody alive, and nobody who lived with a computer's record, was born before 1880.
    if day < -32_872 { throw FieldFault(.unlikelyDate, mapping.name) }
  }

  private static let dayReader = DateReader(yearMonthDay: ())

  private func checkMoment(
    _ index: Int, _ item: Item, _ mapping: FieldReader
  ) throws(FieldFault) {
    guard item.isText else { throw FieldFault(.wrongType, mapping.name) }
    // Most moments are days alone, which are read faster.
    if item.count == 10, case .success(let day) = Self.dayReader.days(item.bytes) {
      try checkDay(day, mapping)
      parsed[index].day = day
      parsed[index].number = Int64(day) * 86_400_000
      return
    }
    guard let moment = item.moment else { throw FieldFault(.impossibleDate, mapping.name) }
    try checkDay(Int32(clamping: moment.day), mapping)
    parsed[index].day = Int32(clamping: moment.day)
    parsed[index].hasTime = moment.hasTime
    parsed[index].number = moment.milliseconds
  }
}

extension ColumnMapping {
  /// How the column lands.
  var landedType: ColumnType {
    if handling == .hash { return .int64 }
    switch type {
    case .integer: return .int32
    case .number: return .float64
    case .date: return isBirthDate ? .int32 : .date32
    case .moment: return .timestamp(.millisecond, zone: "UTC")
    case .flag: return .bool
    default: return .utf8
    }
  }
}
