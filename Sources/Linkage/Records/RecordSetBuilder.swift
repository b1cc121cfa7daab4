public import Columns

/// Takes in the records of sources, batch by batch, and makes a ``RecordSet`` of them.
///
/// Each raw value is looked up once a record and cleaned once in all.
public final class RecordSetBuilder {
  /// The columns that batches must have, in this order: the id, and those of the fields.
  public let columns: [String]
  private let model: LinkModel
  private let threads: Int
  private let columnsOfPart: [[Int]]
  private let specs: [(name: String, kind: FieldKind, dates: DateForm?, separator: String?)]
  private let raw: [RawColumn]
  private let ids = TextColumn()
  private let truth: RawColumn?
  /// The columns that records are grouped by, to see whom a linkage is good for.
  private let groups: [(name: String, values: RawColumn)]
  /// Where postcodes lie, for distances between them.
  public var gazetteer: Gazetteer?
  private var sources: [RecordSet.Source] = []
  private var name: String?
  private var pending: [Batch] = []
  private var pendingRows = 0

  /// Raw values and their codes, a record after the other.
  private final class RawColumn: @unchecked Sendable {
    // Sendable because one thread at a time fills it.
    @exclusivity(unchecked) var table = ValueTable()
    @exclusivity(unchecked) var codes: [UInt32] = []
    @exclusivity(unchecked) var joined: [UInt8] = []
  }

  /// - Parameters:
  ///   - truth: the column that says who a record is of, where it is known.
  ///   - groups: the columns that say which groups a record is of.
  public init(
    _ model: LinkModel, threads: Int, truth: String? = nil, groups: [String] = []
  ) throws(LinkageError) {
    self.model = model
    self.threads = threads
    var columns = [model.id]
    var columnsOfPart: [[Int]] = []
    var specs: [(name: String, kind: FieldKind, dates: DateForm?, separator: String?)] = []
    func position(_ column: String) -> Int {
      if let known = columns.firstIndex(of: column), known > 0 { return known }
      columns.append(column)
      return columns.count - 1
    }
    for field in model.fields {
      if field.kind == .address, field.columns.count == 2 {
        for part in field.parts {
          specs.append((part.name, part.kind, nil, nil))
          columnsOfPart.append([position(part.column)])
        }
      } else {
        specs.append((field.name, field.kind, field.dates, field.separator))
        columnsOfPart.append(field.columns.map(position))
      }
    }
    let names = specs.map(\.name)
    for (index, name) in names.enumerated() where names[..<index].contains(name) {
      throw LinkageError(
        "Two fields are called '\(name)'.",
        hint: "A postcode that is part of an address is compared with it: leave it out beside it.")
    }
    if let truth {
      columnsOfPart.append([position(truth)])
      self.truth = RawColumn()
    } else {
      self.truth = nil
    }
    for name in groups { columnsOfPart.append([position(name)]) }
    self.groups = groups.map { ($0, RawColumn()) }
    self.columns = columns
    self.columnsOfPart = columnsOfPart
    self.specs = specs
    raw = specs.map { _ in RawColumn() }
  }

  /// Begins the next source.
  public func begin(_ source: String) {
    finishSource()
    name = source
  }

  /// How many groups there are in each respect, of the records so far.
  public func groupCounts() -> [(name: String, count: Int)] {
    flush()
    return groups.map { ($0.name, $0.values.table.count) }
  }

  private func finishSource() {
    flush()
    let from = sources.last?.records.upperBound ?? 0
    if let name { sources.append(.init(name: name, records: from..<ids.count)) }
    name = nil
  }

  /// Takes in rows whose columns are those of ``columns``, as text.
  public func append(_ batch: Batch) {
    pending.append(batch)
    pendingRows += batch.rowCount
    // Enough rows that handing columns to threads costs nothing.
    if pendingRows >= 1 << 17 { flush() }
  }

  private func flush() {
    guard !pending.isEmpty else { return }
    let batches = pending
    (pending, pendingRows) = ([], 0)
    let raw = raw + (truth.map { [$0] } ?? []) + groups.map(\.values)
    let columnsOfPart = columnsOfPart
    // Between the range of a local number and the number itself stands a stroke.
    let separators =
      specs.map { $0.kind == .localNumber ? UInt8(ascii: "/") : 0x20 }
      + [UInt8](repeating: 0x20, count: raw.count - specs.count)
    let ids = ids
    _ = parallel(raw.count + 1, threads: threads) { index in
      guard index > 0 else {
        for batch in batches { Self.take(batch, into: ids) }
        return
      }
      for batch in batches {
        Self.take(
          batch, columnsOfPart[index - 1], joinedBy: separators[index - 1], into: raw[index - 1])
      }
    }
  }

  private static func take(_ batch: Batch, into ids: TextColumn) {
    let column = batch.columns[0]
    for row in 0..<batch.rowCount {
      if column.withBytes(row, { ids.append(UnsafeRawBufferPointer($0)) }) == nil {
        ids.append(UnsafeRawBufferPointer(start: nil, count: 0))
      }
    }
  }

  private static func take(
    _ batch: Batch, _ columns: [Int], joinedBy separator: UInt8, into raw: RawColumn
  ) {
    withUnsafeTemporaryAllocation(of: UnsafeRawBufferPointer.self, capacity: batch.rowCount) {
      texts in
      if columns.count == 1 {
        batch.columns[columns[0]].copyTexts(0..<batch.rowCount, to: texts)
        raw.table.appendCodes(
          of: UnsafeBufferPointer(rebasing: texts[..<batch.rowCount]), to: &raw.codes)
        return
      }
      for row in 0..<batch.rowCount {
        raw.joined.removeAll(keepingCapacity: true)
        for column in columns {
          batch.columns[column].withBytes(row) { bytes in
            if !raw.joined.isEmpty, !bytes.isEmpty { raw.joined.append(separator) }
            raw.joined.append(contentsOf: bytes)
          }
        }
        raw.codes.append(raw.table.code(of: raw.joined))
      }
    }
  }

  /// Two-digit years are of the hundred years that end with this one: nobody was born later.
  private var latestYear: Int { model.latestYear ?? ColumnForm.thisYear }

  /// The records, with their values cleaned.
  func finish() -> RecordSet {
    finishSource()
    let count = ids.count
    let width = self.raw.count
    // Forenames and surnames share their table, so that names in each other's place have the same codes.
    let names = ValueTable()
    let shared: Set<FieldKind> = [.forename, .surname]
    let inOrder = self.specs.indices.filter { shared.contains(self.specs[$0].kind) }
    let others = self.specs.indices.filter { !shared.contains(self.specs[$0].kind) }
    let codes = UnsafeMutableBufferPointer<UInt32>.allocate(capacity: max(1, count * width))
    let (specs, raw, gazetteer) = (self.specs, self.raw, self.gazetteer)
    let (sources, latestYear) = (self.sources, self.latestYear)
    let target = Shared(codes)
    let tables = parallel(others.count + 1, threads: threads) {
      index -> [Int: (ValueTable, [ColumnReading])] in
      let mine = index == 0 ? inOrder : [others[index - 1]]
      var tables: [Int: (ValueTable, [ColumnReading])] = [:]
      for part in mine {
        let table = index == 0 ? names : ValueTable()
        let kind = specs[part].kind
        var readings = ColumnReading.read(
          raw[part].table, raw[part].codes, sources.map(\.records), kind, said: specs[part].dates,
          latestYear: latestYear)
        // Columns that are read alike share their clean values.
        for form in Self.distinct(readings.map(\.form)) {
          let cleaning = Cleaning(kind, form: form, separator: specs[part].separator)
          let (clean, understood) = Self.cleaned(raw[part].table, cleaning, into: table)
          raw[part].codes.withUnsafeBufferPointer { codes in
            for (place, source) in sources.enumerated() where readings[place].form == form {
              for record in source.records {
                target.pointer[record &* width &+ part] = clean[Int(codes[record])]
              }
              if kind.canBeNotUnderstood {
                readings[place].count(
                  codes, source.records, raw[part].table, understood, clean: clean, cleaning)
              }
            }
          }
        }
        // What is not needed again gives its memory back at once.
        raw[part].codes = []
        raw[part].table = ValueTable()
        if index > 0 { table.seal() }
        tables[part] = (table, readings)
      }
      return tables
    }
    names.seal()
    let parts = specs.indices.map { part in
      let (table, readings) = tables.lazy.compactMap { $0[part] }.first ?? (names, [])
      return RecordSet.Part(
        name: specs[part].name, kind: specs[part].kind, table: table, readings: readings,
        encodings: specs[part].kind == .encoding ? EncodedBits(table) : nil,
        places: specs[part].kind == .postcode ? gazetteer : nil)
    }
    let notes = emptyFillers(parts, codes, count)
    return RecordSet(
      parts: parts, sources: sources, codes: codes, ids: ids, truth: truth?.codes,
      groups: groups.map { name, values in
        RecordSet.Groups(
          name: name,
          values: [""] + (1..<(values.table.count + 1)).map { values.table.string(UInt32($0)) },
          codes: values.codes)
      }, notes: notes)
  }

  /// Takes numbers that many people have for no values: numbers that go with five dates of birth or more, and with more
  /// dates than half of their records.
  ///
  /// - Returns: what the reader should know.
  private func emptyFillers(
    _ parts: [RecordSet.Part], _ codes: UnsafeMutableBufferPointer<UInt32>, _ count: Int
  ) -> [String] {
    guard let birth = parts.firstIndex(where: { $0.kind == .dateOfBirth }) else { return [] }
    let width = parts.count
    return parts.indices.compactMap { part in
      guard parts[part].kind.isOwnNumber else { return nil }
      var counts = [UInt32](repeating: 0, count: parts[part].table.count + 1)
      for record in 0..<count { counts[Int(codes[record * width + part])] += 1 }
      counts[0] = 0
      guard counts.contains(where: { $0 >= 5 }) else { return nil }
      // The dates of each number that five records or more have, in order.
      var dates: [UInt64] = []
      for record in 0..<count {
        let (number, date) = (codes[record * width + part], codes[record * width + birth])
        if counts[Int(number)] >= 5, date != 0 { dates.append(UInt64(number) << 32 | UInt64(date)) }
      }
      radixSort(&dates, from: 0, bits: 64)
      var distinct = [UInt32](repeating: 0, count: counts.count)
      for place in dates.indices where place == 0 || dates[place] != dates[place - 1] {
        distinct[Int(dates[place] >> 32)] += 1
      }
      let isFiller = counts.indices.map { distinct[$0] >= 5 && 2 * distinct[$0] > counts[$0] }
      guard isFiller.contains(true) else { return nil }
      var records = 0
      for record in 0..<count where isFiller[Int(codes[record * width + part])] {
        codes[record * width + part] = 0
        records += 1
      }
      return
        "\(isFiller.count { $0 }) values of '\(parts[part].name)' are on \(records) records with many dates of birth: "
        + "they are no person's own, and are left out."
    }
  }

  /// Memory that threads write to, each where no other does.
  private struct Shared: @unchecked Sendable {
    let pointer: UnsafeMutableBufferPointer<UInt32>
    init(_ pointer: UnsafeMutableBufferPointer<UInt32>) { self.pointer = pointer }
  }

  /// Each form once, in the order of the sources.
  private static func distinct(_ forms: [ColumnForm]) -> [ColumnForm] {
    forms.enumerated().filter { !forms[..<$0.offset].contains($0.element) }.map(\.element)
  }

  /// For each raw code the code of its clean value, and whether it was understood.
  private static func cleaned(
    _ raw: ValueTable, _ cleaning: Cleaning, into table: ValueTable
  ) -> (codes: [UInt32], isUnderstood: [Bool]) {
    var understood = [true]
    if cleaning.kind.canBeNotUnderstood { understood.reserveCapacity(raw.count + 1) }
    var codes: [UInt32] = [0]
    codes.reserveCapacity(raw.count + 1)
    // Some at a time, so that slow memory can be asked for many slots at once.
    let size = 1 << 10
    var room: [UInt8] = []
    var ends: [Int] = []
    for first in stride(from: 1, through: raw.count, by: size) {
      room.removeAll(keepingCapacity: true)
      ends.removeAll(keepingCapacity: true)
      for code in first..<min(raw.count + 1, first + size) {
        let isUnderstood = cleaning.clean(
          UnsafeRawBufferPointer(raw.text(UInt32(code)).bytes), to: &room)
        if cleaning.kind.canBeNotUnderstood { understood.append(isUnderstood) }
        ends.append(room.count)
      }
      room.withUnsafeBytes { room in
        withUnsafeTemporaryAllocation(of: UnsafeRawBufferPointer.self, capacity: ends.count) {
          texts in
          var from = 0
          for (index, end) in ends.enumerated() {
            texts[index] = UnsafeRawBufferPointer(rebasing: room[from..<end])
            from = end
          }
          table.appendCodes(of: UnsafeBufferPointer(texts), to: &codes)
        }
      }
    }
    return (codes, understood)
  }
}
