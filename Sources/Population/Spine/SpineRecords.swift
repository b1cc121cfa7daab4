import Columns
import Crypto
import Governance
import Intake
import Linkage

/// The records that a place's people are found among: the identities of all sources, those that say the same of
/// somebody with a number taken together.
struct SpineRecords {
  /// The fields of the model that the records are compared by.
  static func model(_ identities: SourceIdentities) -> LinkModel {
    var fields: [LinkField] = []
    let has = Set(identities.fields)
    func add(_ field: IdentityField, _ kind: FieldKind, dates: DateForm? = nil) {
      guard has.contains(field) else { return }
      fields.append(LinkField(field.rawValue, kind, dates: dates))
    }
    add(.forename, .forename)
    add(.surname, .surname)
    add(.dateOfBirth, .dateOfBirth, dates: .yearFirst)
    add(.sex, .sex)
    add(.nhsNumber, .nhsNumber)
    if identities.hasOwnNumbers { fields.append(LinkField(ownNumber, .localNumber)) }
    if has.contains(.address), has.contains(.postcode) {
      fields.append(
        LinkField(
          "home", .address,
          columns: [IdentityField.address.rawValue, IdentityField.postcode.rawValue]
        ))
    } else {
      add(.address, .address)
      add(.postcode, .postcode)
    }
    add(.phone, .phone)
    add(.email, .email)
    var model = LinkModel(id: "identity", fields: fields)
    // Values were checked when they landed, by rules that count them and stop a delivery.
    model.notUnderstood = 1
    return model
  }

  private static let ownNumber = "own_number"

  /// By record, the identity that it goes by: the first that says what it says.
  private(set) var names: [Int64] = []
  /// By record, a number that changes where what landed beside the identity does.
  private(set) var marks: [Int64] = []
  /// By record, whether it does not say who it is about.
  private(set) var isWeak: [Bool] = []
  /// By identity in the order they came: its id, its table, and its record.
  private(set) var ids: [Int64] = []
  private(set) var tables: [UInt16] = []
  private(set) var records: [UInt32] = []
  /// By identity, its groups.
  private(set) var strata: [UInt32] = []
  /// How many identities say nothing of anybody.
  private(set) var silent = 0
  /// The records' values, until they were linked.
  private(set) var builder: RecordSetBuilder?

  /// Reads the identities of a vault.
  init(
    _ identities: SourceIdentities, _ vault: Vault, _ model: LinkModel, threads: Int
  ) throws {
    let builder = try RecordSetBuilder(model, threads: threads)
    builder.begin(Self.source)
    // Where among the values of an identity each column and each field is.
    let all = identities.fields.map(\.rawValue) + [Self.ownNumber]
    let places = builder.columns.dropFirst().map { all.firstIndex(of: $0) ?? 0 }
    let placeOf = IdentityField.allCases.map { identities.fields.firstIndex(of: $0) }
    let rows = try RecordRows(builder.columns)
    // By the first half of the hash of what they say, the records with a number, and by record the other half.
    var known = IdentityTable()
    var checks: [Int64] = []
    try identities.forEach(in: vault, threads: threads) { identity in
      let values = identity.values
      let evidence = IdentityEvidence(ownNumber: values[identities.fields.count]) { field in
        placeOf[field.place].flatMap { values[$0] }
      }
      guard evidence.strength != .nobody else {
        silent += 1
        return
      }
      ids.append(identity.id)
      tables.append(UInt16(identity.table))
      strata.append(UInt32(identity.stratum))
      // What says the same, a number of the person's own among it, is said of the same person.
      let (hash, check) =
        evidence.hasNumber ? Self.digest(of: places.lazy.map { values[$0] }) : (0, 0)
      if evidence.hasNumber, let record = known[hash], checks[Int(record)] == check {
        records.append(record)
        return
      }
      let record = UInt32(names.count)
      if evidence.hasNumber, known[hash] == nil { known.set(hash, record) }
      checks.append(check)
      records.append(record)
      names.append(identity.id)
      marks.append(Int64(bitPattern: identity.landedHash))
      isWeak.append(evidence.strength == .weak)
      if rows.add(identity.id, places.lazy.map { values[$0] }) { builder.append(try rows.take()) }
    }
    builder.append(try rows.take())
    self.builder = builder
  }

  mutating func forgetValues() { builder = nil }

  /// 128 bits that stand for values: SHA-256, cut.
  static func digest(of values: some Sequence<UnsafeRawBufferPointer?>) -> (Int64, Int64) {
    var hash = SHA256()
    for value in values {
      // The length keeps "1", "23" and "12", "3" apart, and no value from an empty one.
      let length = Int64(value?.count ?? -1)
      withUnsafeBytes(of: length.littleEndian) { hash.update(bufferPointer: $0) }
      if let value { hash.update(bufferPointer: value) }
    }
    return hash.finalize().withUnsafeBytes {
      (
        Int64(bigEndian: $0.loadUnaligned(as: Int64.self)),
        Int64(bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: Int64.self))
      )
    }
  }

  /// What the records' source is called: they are all in one, for all are linked with all.
  static let source = "vault"

  /// What an identity's record is called: no spreadsheet takes it for a number and rounds it.
  static func name(of identity: Int64) -> String {
    "k" + String(UInt64(bitPattern: identity), radix: 16)
  }

  /// The identity of a record's name; nil for what is none.
  static func identity(named name: String) -> Int64? {
    guard name.first == "k" else { return nil }
    return UInt64(name.dropFirst(), radix: 16).map(Int64.init(bitPattern:))
  }
}

/// Rows on their way to the records.
private final class RecordRows {
  private let fields: [Field]
  private let columns: [ColumnWriter]

  init(_ names: [String]) throws {
    fields = names.map { Field($0, .utf8) }
    columns = try fields.map { try ColumnWriter($0) }
  }

  /// Adds a row.
  ///
  /// - Returns: whether there are enough for a batch.
  func add(_ id: Int64, _ values: some Sequence<UnsafeRawBufferPointer?>) -> Bool {
    columns[0].append(text: SpineRecords.name(of: id))
    for (column, value) in zip(columns.dropFirst(), values) {
      if let value { column.append(text: value) } else { column.appendNull() }
    }
    return columns[0].count == 1 << 14
  }

  func take() throws -> Batch { try Batch(taking: FinishedBatch(columns).take(), fields: fields) }
}
