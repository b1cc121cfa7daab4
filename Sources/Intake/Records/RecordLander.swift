import Columns
import FHIRViews
import Governance

/// Checks records field by field and writes those that hold into columns, typed and without what
/// identifies anybody.
///
/// A record is checked whole before anything of it is written. One thread uses a lander at a time.
final class RecordLander {
  let readers: UnsafeMutableBufferPointer<FieldReader>
  /// The same, for use on every value.
  private let fastReaders: UnsafeMutableBufferPointer<Uncounted<FieldReader>>
  let orders: [(earlier: Int, later: Int)]
  private let keyColumns: [Int]
  private let pseudonymiser: Pseudonymiser
  private static let keyDomain = 0
  private static let identityDomain = 1
  let context: LandingContext
  private let table: String
  let policies: RulePolicies
  /// The columns whose values go to the vault as one, and those whose free text does.
  private let identityColumns: [Int]
  private let noteColumns: [Int]
  /// By the place of an identity field, the column that has it; nil where the mapping does not say what tells who a
  /// record is about.
  private let evidenceColumns: [Int?]?
  /// The column of the source's own number of a person.
  private let ownNumberColumn: Int?
  /// The columns that a record's own columns are made of: its key's, those that go to the vault, and those that tell who
  /// it is about.
  let heldColumns: [Int]
  private let lineWriter: ColumnWriter
  private let recordWriter: ColumnWriter
  private let deletionWriter: ColumnWriter
  private let identityWriter: ColumnWriter?
  private let identityFieldsWriter: ColumnWriter?
  @exclusivity(unchecked) private var identityText = IdentityText()
  /// What was sealed since the last call of ``takeSealed()``.
  @exclusivity(unchecked) private var sealed: [SealedValue] = []
  @exclusivity(unchecked) private var lastIdentity: Int64?
  /// The number of the chunk at hand.
  @exclusivity(unchecked) var chunk = 0
  /// Where values were left out, since the last call of ``takeLeftOut()``.
  private var refused: Int64?
  /// Where among the sealed the notes are, and their rows.
  private var noteMarks: [(place: Int, row: Int)] = []
  @exclusivity(unchecked) private var leftOut: [(line: Int, row: Int, position: Int)] = []
  /// What was warned of in the rows of the line at hand: a record of several rows breaks a rule once.
  @exclusivity(unchecked) private var marks: (line: Int, positions: [(row: Int, position: Int)]) =
    (0, [])
  private let parsed: UnsafeMutableBufferPointer<ParsedField>
  @exclusivity(unchecked) private var keyText: [UInt8] = []
  /// What the values of the block or record at hand are spelt as, where that differs from the file.
  let spellings = TextArena()
  /// How often each rule was broken by a value that was left out: a stretch of rules a column.
  private let warnings: UnsafeMutableBufferPointer<Int>
  /// The warnings of the record at hand, as positions among them.
  @exclusivity(unchecked) private var pending: [Int] = []

  /// The columns before those of the mapping: the line in the file, the keyed hash of the record's key,
  /// whether the record takes back an earlier one, and the id of what the vault has of who it is about.
  static let ownFields = [
    Field("line", .int64), Field("record", .int64), Field("is_deletion", .bool),
  ]

  /// The columns that records of a file land in.
  static func fields(_ file: FileMapping) -> [Field] {
    ownFields + (file.identifying.isEmpty ? [] : [identityField, identityFieldsField])
      + file.columns.flatMap(\.landedFields)
  }

  /// The names that no column of a mapping may land under.
  static let reserved = Set((ownFields + [identityField, identityFieldsField]).map(\.name))

  private static let identityField = Field("identity", .int64)
  /// A bit for each identifying field, in the mapping's order, that says whether it has a value.
  private static let identityFieldsField = Field("identity_fields", .int64)

  /// The domain of a hashed column: NHS numbers and UPRNs are the same everywhere, other references
  /// mean something to their source only.
  private static func domain(of column: ColumnMapping, in source: String) -> String {
    if column.type == .nhsNumber { return "nhs_number" }
    return column.landed == "uprn" ? "uprn" : "\(source).\(column.landed)"
  }

  init(_ file: FileMapping, _ context: LandingContext) throws {
    let source = context.source
    let identifying = file.identifying.map(\.landed)
    var domains = [
      "\(source).\(file.table)",
      "identity.\(source).\(file.table).\(identifying.joined(separator: ","))",
    ]
    let fields = try file.columns.map { column in
      var number = 0
      if column.isHashed {
        domains.append(Self.domain(of: column, in: source))
        number = domains.count - 1
      }
      return try FieldReader(
        column, domain: number, postcodes: context.postcodes,
        commasPartThousands: file.format.commasPartThousands)
    }
    readers = .allocate(capacity: fields.count)
    _ = readers.initialize(from: fields)
    fastReaders = .allocate(capacity: fields.count)
    _ = fastReaders.initialize(from: fields.map { Uncounted($0) })
    let names = file.columns.map(\.landed)
    orders = file.orders.compactMap { order in
      guard let earlier = names.firstIndex(of: order.earlier),
        let later = names.firstIndex(of: order.later)
      else { return nil }
      return (earlier, later)
    }
    keyColumns = file.key.compactMap { names.firstIndex(of: $0) }
    identityColumns = identifying.compactMap { names.firstIndex(of: $0) }
    noteColumns = file.columns.indices.filter { index in
      file.columns[index].handling == .freeText
        && context.freeText.contains("\(file.table).\(names[index])")
    }
    let evidence = file.identity.map { identity in
      IdentityField.allCases.map { field in
        identity.columns[field].flatMap { names.firstIndex(of: $0) }
      }
    }
    evidenceColumns = evidence
    ownNumberColumn = file.identity?.ownNumber?.columns.last.flatMap { names.firstIndex(of: $0) }
    let held = keyColumns + identityColumns + noteColumns + (evidence ?? []).compactMap { $0 }
    heldColumns = Set(held + [ownNumberColumn].compactMap { $0 }).sorted()
    pseudonymiser = Pseudonymiser(context.pseudonyms, domains: domains)
    self.context = context
    table = file.table
    policies = context.policies
    lineWriter = try ColumnWriter(Self.ownFields[0])
    recordWriter = try ColumnWriter(Self.ownFields[1])
    deletionWriter = try ColumnWriter(Self.ownFields[2])
    identityWriter = identifying.isEmpty ? nil : try ColumnWriter(Self.identityField)
    identityFieldsWriter = identifying.isEmpty ? nil : try ColumnWriter(Self.identityFieldsField)
    parsed = .allocate(capacity: fields.count)
    parsed.initialize(repeating: ParsedField())
    warnings = .allocate(capacity: fields.count * IntakeRule.allCases.count)
    warnings.initialize(repeating: 0)
  }

  deinit {
    readers.deinitialize()
    readers.deallocate()
    fastReaders.deallocate()
    parsed.deallocate()
    warnings.deallocate()
  }

  var rowCount: Int { lineWriter.count }

  /// What was landed since the last call.
  func finish() -> FinishedBatch {
    // Rows are counted anew from here.
    marks = (0, [])
    return FinishedBatch(writers)
  }

  private var writers: [ColumnWriter] {
    [lineWriter, recordWriter, deletionWriter]
      + [identityWriter, identityFieldsWriter].compactMap { $0 }
      + readers.flatMap { [$0.writer, $0.monthWriter].compactMap { $0 } }
  }

  /// What belongs in the vault, since the last call.
  func takeSealed() -> [SealedValue] {
    defer {
      sealed.removeAll(keepingCapacity: true)
      noteMarks.removeAll()
    }
    return sealed
  }

  /// The fields that landed empty because their values broke a rule, since the last call.
  func takeLeftOut() -> [LineFault] {
    defer { leftOut.removeAll(keepingCapacity: true) }
    return leftOut.map { LineFault(line: $0.line, fault: fault(at: $0.position)) }
  }

  /// The keyed hash of the key of the record that was refused last; nil where it could not be read.
  func takeRefused() -> Int64? {
    defer { refused = nil }
    return refused
  }

  /// How often each rule was broken by a value that was left out, since the last call.
  func takeWarnings() -> [FieldFault: Int] {
    var taken: [FieldFault: Int] = [:]
    for position in warnings.indices where warnings[position] > 0 {
      taken[fault(at: position)] = warnings[position]
      warnings[position] = 0
    }
    return taken
  }

  private func fault(at position: Int) -> FieldFault {
    let rules = IntakeRule.allCases
    return FieldFault(rules[position % rules.count], readers[position / rules.count].mapping.name)
  }

  private func warn(_ rule: IntakeRule, _ column: Int) {
    pending.append(column * IntakeRule.allCases.count + rule.position)
  }

  /// Forgets the rows from `count` on: the record they are of turned out to be bad.
  func truncate(to count: Int) {
    for writer in writers { writer.truncate(to: count) }
    for mark in marks.positions where mark.row >= count { warnings[mark.position] -= 1 }
    marks.positions.removeAll { $0.row >= count }
    leftOut.removeAll { $0.row >= count }
    if let first = noteMarks.firstIndex(where: { $0.row >= count }) {
      // Identities stay: the set of those that are known has them already.
      let gone = Set(noteMarks[first...].map(\.place))
      sealed = sealed.enumerated().filter { !gone.contains($0.offset) }.map(\.element)
      noteMarks.removeSubrange(first...)
    }
  }

  /// Checks a record and writes it; `value` gives the item of a column of the mapping.
  ///
  /// - Throws: ``FieldFault``, the first that sets the record aside; nothing of it is then written.
  func land(
    line: Int, isDeletion: Bool, _ value: (Int) -> Item
  ) throws(FieldFault) {
    spellings.removeAll()
    try landSpelt(line: line, isDeletion: isDeletion) { index in
      fastReaders[index].use { $0.spell(value(index), spellings) }
    }
  }

  /// The same of values that are spelt as they are to be kept.
  func landSpelt(
    line: Int, isDeletion: Bool, _ value: (Int) -> Item
  ) throws(FieldFault) {
    pending.removeAll(keepingCapacity: true)
    for index in readers.indices {
      parsed[index] = ParsedField()
      guard let rule = read(index, value(index)) else { continue }
      // A record that takes another back need not be right itself.
      guard !isDeletion || keyColumns.contains(index) else { continue }
      guard policies[rule].action == .warn else {
        refuse(index, value)
        throw FieldFault(rule, readers[index].name)
      }
      parsed[index] = ParsedField()
      warn(rule, index)
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
      guard policies[.dateOrder].action == .warn else {
        refused = recordKey()
        throw FieldFault(
          .dateOrder, readers[order.later].name, other: readers[order.earlier].name)
      }
      warn(.dateOrder, order.later)
    }
  }

  /// Reads the rest of the key of a record that is refused at a column.
  private func refuse(_ column: Int, _ value: (Int) -> Item) {
    guard !keyColumns.contains(column) else { return refused = nil }
    for index in keyColumns where index > column {
      parsed[index] = ParsedField()
      guard read(index, value(index)) == nil else { return refused = nil }
    }
    refused = recordKey()
  }

  /// The keyed hash of the key of the record at hand.
  private func recordKey() -> Int64 {
    keyText.removeAll(keepingCapacity: true)
    for index in keyColumns {
      // A byte that no text has keeps "1", "23" and "12", "3" apart.
      if !keyText.isEmpty { keyText.append(0xFF) }
      if parsed[index].item.isText { keyText.append(contentsOf: parsed[index].item.bytes) }
    }
    return keyText.withUnsafeBytes { pseudonymiser.pseudonym(of: $0, domain: Self.keyDomain) }
  }

  private func write(_ line: Int, _ isDeletion: Bool) {
    writeOwn(line: line, isDeletion: isDeletion)
    if !pending.isEmpty { countWarnings(line) }
    for index in readers.indices { fastReaders[index].use { $0.write(parsed[index]) } }
  }

  /// Takes a value as that of the record at hand.
  func hold(_ index: Int, _ item: Item) { parsed[index].item = item }

  /// Counts values that hold and are told of all the same.
  func count(_ rule: IntakeRule, _ column: Int, _ times: Int) {
    warnings[column * IntakeRule.allCases.count + rule.position] += times
  }

  /// Writes what is kept of a record beside its columns: its line, key and identity, and its free text.
  func writeOwn(line: Int, isDeletion: Bool) {
    let record = recordKey()
    lineWriter.append(Int64(line))
    recordWriter.append(record)
    deletionWriter.append(isDeletion)
    if let identityWriter, let identityFieldsWriter {
      let (id, present) = identity(of: record)
      identityWriter.append(id)
      identityFieldsWriter.append(present)
    }
    if !noteColumns.isEmpty, !isDeletion { sealNotes(record) }
  }

  private func countWarnings(_ line: Int) {
    let row = lineWriter.count - 1
    if marks.line != line { marks = (line, []) }
    for position in pending where !marks.positions.contains(where: { $0.position == position }) {
      marks.positions.append((row, position))
      warnings[position] += 1
      if isFault(position) { leftOut.append((line, row, position)) }
    }
  }

  /// Whether a warning is of a value that is wrong. A number of the range for tests, an end that is open,
  /// and a birth of which only the year is known (the year lands) are counted only.
  private func isFault(_ position: Int) -> Bool {
    let rules = IntakeRule.allCases
    switch rules[position % rules.count] {
    case .nhsNumberTestRange, .openEnd: return false
    case .partialDate: return !readers[position / rules.count].isBirthDate
    default: return true
    }
  }

  /// The id of who the record is about, whose values are sealed where the vault has not got them, and
  /// which of them there are.
  private func identity(of record: Int64) -> (id: Int64, present: Int64) {
    identityText.removeAll()
    var present: Int64 = 0
    for (place, index) in identityColumns.enumerated() {
      let item = parsed[index].item
      identityText.add(item.isText ? item.bytes : nil)
      if item.isText { present |= 1 << Int64(place) }
    }
    let id = isWeak ? weakIdentity(of: record) : pseudonym(ofIdentity: identityText.bytes)
    if id != lastIdentity, context.known.insert(id, chunk: chunk) {
      sealed.append(
        .identity(
          id: id, context.sealer.seal(identityText.bytes, for: SealedPlace.identity(id))))
    }
    lastIdentity = id
    return (id, present)
  }

  private func pseudonym(ofIdentity text: [UInt8]) -> Int64 {
    text.withUnsafeBytes { pseudonymiser.pseudonym(of: $0, domain: Self.identityDomain) }
  }

  /// The id of an identity of this record alone: values that do not say who somebody is are not of the same person
  /// where another record says them too.
  private func weakIdentity(of record: Int64) -> Int64 {
    var text = identityText.bytes
    withUnsafeBytes(of: record.littleEndian) { text.append(contentsOf: $0) }
    return pseudonym(ofIdentity: text)
  }

  /// Whether the record at hand says something of who it is about that does not identify anybody.
  private var isWeak: Bool {
    guard let evidenceColumns else { return false }
    func text(_ column: Int?) -> UnsafeRawBufferPointer? {
      guard let column, parsed[column].item.isText else { return nil }
      return parsed[column].item.bytes
    }
    return IdentityEvidence(ownNumber: text(ownNumberColumn)) { text(evidenceColumns[$0.place]) }
      .strength == .weak
  }

  private func sealNotes(_ record: Int64) {
    for index in noteColumns where parsed[index].item.isText {
      let field = readers[index].mapping.landed
      let place = SealedPlace.note(context.source, table, record: record, field: field)
      noteMarks.append((sealed.count, lineWriter.count - 1))
      sealed.append(
        .note(
          record: record, field: field,
          context.sealer.seal(parsed[index].item.bytes, for: place)))
    }
  }

  @inline(__always)
  private func read(_ index: Int, _ item: Item) -> IntakeRule? {
    fastReaders[index].use { reader in
      if let rule = reader.read(item, &parsed[index], lastDay: context.lastDay) { return rule }
      if parsed[index].isNoted, let rule = note(index) { return rule }
      guard reader.isHashed, parsed[index].isPresent else { return nil }
      parsed[index].number = pseudonym(item, reader)
      return nil
    }
  }

  /// Counts what is told of a value that holds, unless its rule sets records aside.
  private func note(_ index: Int) -> IntakeRule? {
    let field = parsed[index]
    let noted: [(Bool, IntakeRule)] = [
      (field.isTestNumber, .nhsNumberTestRange), (field.isPartial, .partialDate),
      (field.isUnplaced, .postcodeUnknown), (field.isZoneless, .noZone),
    ]
    for (_, rule) in noted.filter(\.0) {
      guard policies[rule].action == .warn else { return rule }
      warn(rule, index)
    }
    return nil
  }

  func pseudonym(_ item: Item, _ reader: FieldReader) -> Int64 {
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
