import Columns
import FHIRViews

/// A field of the record at hand, after its checks.
struct ParsedField {
  var item = Item.none
  /// Days, a whole number, milliseconds or a pseudonym.
  var number: Int64 = 0
  /// Of a date or moment, its day, and whether it says a time too.
  var day: Int32 = 0
  var hasTime = false
  var decimal = 0.0
  var isPresent = false
  /// Whether it is an NHS number of the range that is kept for tests.
  var isTestNumber = false
  /// Whether it is a date of which only the year, or year and month, is known.
  var isPartial = false
  /// Whether it is a postcode that the directory has not got.
  var isUnplaced = false
}

extension FieldReader {
  /// Reads and checks a value; no value leaves the field as it is.
  ///
  /// - Parameter lastDay: the day of the delivery, counted from 1970-01-01.
  func read(
    _ item: Item, _ field: inout ParsedField, lastDay: Int32
  ) throws(FieldFault) {
    guard item.kind != .none, !(item.isText && isNull(item)) else {
      if isRequired { throw FieldFault(.missing, name) }
      return
    }
    field.item = item
    try check(item, &field, lastDay: lastDay)
    field.isPresent = true
  }

  /// Writes a field to its columns, if it has any.
  func write(_ field: ParsedField) {
    guard let writer else { return }
    guard field.isPresent else {
      writer.appendNull()
      monthWriter?.appendNull()
      return
    }
    switch layout {
    case .birth:
      let (year, month) = DateReader.yearAndMonth(ofDay: field.day)
      writer.append(Int32(year))
      if field.isPartial, field.item.count == 4 {
        monthWriter?.appendNull()
      } else {
        monthWriter?.append(Int32(month))
      }
    case .area:
      if let area = postcodes?.area(of: field.item.bytes) {
        writer.append(text: area)
      } else {
        writer.appendNull()
      }
    case .int64: writer.append(field.number)
    case .int32: writer.append(Int32(truncatingIfNeeded: field.number))
    case .double: writer.append(field.decimal)
    case .flag: writer.append(field.number != 0)
    case .text: writer.append(text: field.item.bytes)
    case .translated: writer.append(text: landed(field.item) ?? "")
    }
  }

  private func check(
    _ item: Item, _ field: inout ParsedField, lastDay: Int32
  ) throws(FieldFault) {
    switch type {
    case .integer, .number: try checkNumber(item, &field)
    case .flag:
      guard let isYes = flag(item) else { throw FieldFault(.unknownValue, name) }
      field.number = isYes ? 1 : 0
    case .date: try checkDate(item, &field, lastDay: lastDay)
    case .moment: try checkMoment(item, &field, lastDay: lastDay)
    default:
      guard item.isText else { throw FieldFault(.wrongType, name) }
      try checkText(item.bytes, &field)
      guard knows(item) else { throw FieldFault(.unknownValue, name) }
    }
    if item.isText, !hasShape(item) {
      throw FieldFault(.codeShape, name)
    }
  }

  private func checkText(
    _ bytes: UnsafeRawBufferPointer, _ field: inout ParsedField
  ) throws(FieldFault) {
    let rule: IntakeRule? =
      switch type {
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
    if let rule { throw FieldFault(rule, name) }
    if type == .nhsNumber, Identifiers.isTestRange(bytes) {
      field.isTestNumber = true
    }
    if let postcodes, postcodes.area(of: bytes) == nil { field.isUnplaced = true }
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
    _ item: Item, _ field: inout ParsedField
  ) throws(FieldFault) {
    let number: Double
    if let given = item.number {
      number = given
    } else {
      guard item.isText, let read = NumberReader.number(item.bytes) else {
        throw FieldFault(.wrongType, name)
      }
      number = read
    }
    if type == .integer {
      guard let whole = Int32(exactly: number) else { throw FieldFault(.wrongType, name) }
      field.number = Int64(whole)
    }
    if let range = range, !range.contains(number) {
      throw FieldFault(.outOfRange, name)
    }
    field.decimal = number
  }

  private func flag(_ item: Item) -> Bool? {
    if item.kind == .boolean { return item.flag }
    guard item.isText else { return nil }
    switch landed(item) ?? item.string {
    case "Y", "y", "Yes", "YES", "yes", "true", "TRUE", "True", "1": return true
    case "N", "n", "No", "NO", "no", "false", "FALSE", "False", "0": return false
    default: return nil
    }
  }

  private func checkDate(
    _ item: Item, _ field: inout ParsedField, lastDay: Int32
  ) throws(FieldFault) {
    guard item.isText, let reader = date else { throw FieldFault(.wrongType, name) }
    switch reader.days(item.bytes) {
    case .success(let day):
      try checkDay(day, lastDay: lastDay)
      field.day = day
      field.number = Int64(day)
    case .failure(.impossible): throw FieldFault(.impossibleDate, name)
    case .failure(.shape):
      guard item.isTemporal, let day = item.firstDay else { throw FieldFault(.wrongType, name) }
      try checkPartial(day, &field, lastDay: lastDay)
    }
  }

  private func checkDay(_ day: Int32, lastDay: Int32) throws(FieldFault) {
    // A delivery's day is its last; an event that began on it may end on the next.
    if day > lastDay + 1 {
      // Who was born in the future was mistyped: that is not known, and the record holds.
      guard isBirthDate else { throw FieldFault(.futureDate, name) }
      throw FieldFault(.unlikelyDate, name)
    }
    // Nobody alive, and nobody who lived with a computer's record, was born before 1880.
    if day < -32_872 { throw FieldFault(.unlikelyDate, name) }
  }

  /// Takes a date without a day as a breach of its own; of a birth its year is known all the same.
  private func checkPartial(
    _ firstDay: Int32, _ field: inout ParsedField, lastDay: Int32
  ) throws(FieldFault) {
    guard isBirthDate else { throw FieldFault(.partialDate, name) }
    try checkDay(firstDay, lastDay: lastDay)
    field.day = firstDay
    field.number = Int64(firstDay)
    field.isPartial = true
  }

  private static let dayReader = DateReader(yearMonthDay: ())

  private func checkMoment(
    _ item: Item, _ field: inout ParsedField, lastDay: Int32
  ) throws(FieldFault) {
    guard item.isText else { throw FieldFault(.wrongType, name) }
    // Most moments are days alone, which are read faster.
    if item.count == 10, case .success(let day) = Self.dayReader.days(item.bytes) {
      try checkDay(day, lastDay: lastDay)
      field.day = day
      field.number = Int64(day) * 86_400_000
      return
    }
    guard let moment = item.moment else {
      guard let day = item.firstDay else { throw FieldFault(.impossibleDate, name) }
      return try checkPartial(day, &field, lastDay: lastDay)
    }
    try checkDay(Int32(clamping: moment.day), lastDay: lastDay)
    field.day = Int32(clamping: moment.day)
    field.hasTime = moment.hasTime
    field.number = moment.milliseconds
  }
}
