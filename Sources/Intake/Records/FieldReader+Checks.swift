import Codes
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
  /// Whether it is a moment with a time of which nobody said in which zone, so that only its day is known.
  var isZoneless = false
  /// Whether something is to be told of it.
  var isNoted: Bool { isTestNumber || isPartial || isUnplaced || isZoneless }
}

extension FieldReader {
  /// Reads and checks a value; no value leaves the field as it is.
  ///
  /// - Parameter lastDay: the day of the delivery, counted from 1970-01-01.
  /// - Returns: the rule that the value breaks; nil for none. Rules are returned rather than thrown: a
  ///   check is made for each of billions of values.
  func read(
    _ item: Item, _ field: inout ParsedField, lastDay: Int32
  ) -> IntakeRule? {
    guard item.kind != .none, !(item.isText && isNull(item.bytes)) else {
      return isRequired ? .missing : nil
    }
    field.item = item
    if let rule = check(item, &field, lastDay: lastDay) { return rule }
    field.isPresent = true
    return nil
  }

  /// Writes a field to its columns, if it has any.
  func write(_ field: ParsedField) {
    guard let fastWriter else { return }
    fastWriter.use { write(field, to: $0) }
    guard layout == .birth, let fastMonthWriter else { return }
    if !field.isPresent || (field.isPartial && field.item.count == 4) {
      fastMonthWriter.use { $0.appendNull() }
    } else {
      fastMonthWriter.use { $0.append(Int32(DateReader.yearAndMonth(ofDay: field.day).month)) }
    }
  }

  @inline(__always)
  private func write(_ field: ParsedField, to writer: ColumnWriter) {
    guard field.isPresent else { return writer.appendNull() }
    switch layout {
    case .text: writer.append(text: field.item.bytes)
    case .int64: writer.append(field.number)
    case .int32: writer.append(Int32(truncatingIfNeeded: field.number))
    case .double: writer.append(field.decimal)
    case .flag: writer.append(field.number != 0)
    case .translated: writer.append(text: landed(field.item) ?? "")
    case .birth: writer.append(Int32(DateReader.yearAndMonth(ofDay: field.day).year))
    case .area:
      if let area = postcodes?.area(of: field.item.bytes) {
        writer.append(text: area)
      } else {
        writer.appendNull()
      }
    }
  }

  private func check(
    _ item: Item, _ field: inout ParsedField, lastDay: Int32
  ) -> IntakeRule? {
    switch type {
    case .integer, .number:
      if let rule = checkNumber(item, &field) { return rule }
    case .flag:
      guard let isYes = flag(item) else { return .unknownValue }
      field.number = isYes ? 1 : 0
    case .date:
      if let rule = checkDate(item, &field, lastDay: lastDay) { return rule }
    case .moment:
      if let rule = checkMoment(item, &field, lastDay: lastDay) { return rule }
    default:
      guard item.isText else { return .wrongType }
      if let rule = checkText(item.bytes, &field) { return rule }
      guard knows(item.bytes) else { return .unknownValue }
    }
    return item.isText && !hasShape(item.bytes) ? .codeShape : nil
  }

  func checkText(
    _ bytes: UnsafeRawBufferPointer, _ field: inout ParsedField
  ) -> IntakeRule? {
    let rule: IntakeRule? =
      switch type {
      case .nhsNumber:
        switch Identifiers.fault(ofNHSNumber: bytes) {
        case .shape: .nhsNumberShape
        case .checkDigit: .nhsNumberCheckDigit
        case .placeholder: .nhsNumberPlaceholder
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
    if let rule { return rule }
    if type == .nhsNumber, Identifiers.isTestRange(bytes) {
      field.isTestNumber = true
    }
    if let postcodes, postcodes.area(of: bytes) == nil { field.isUnplaced = true }
    return nil
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
  ) -> IntakeRule? {
    let number: Double
    if let given = item.number {
      number = given
    } else {
      guard item.isText, let read = NumberReader.number(item.bytes) else {
        return .wrongType
      }
      number = read
    }
    if type == .integer {
      guard let whole = Int32(exactly: number) else { return .wrongType }
      field.number = Int64(whole)
    }
    if let range = range, !range.contains(number) {
      return .outOfRange
    }
    field.decimal = number
    return nil
  }

  private func flag(_ item: Item) -> Bool? {
    if item.kind == .boolean { return item.flag }
    guard item.isText else { return nil }
    return yes.contains(item.bytes) ? true : no.contains(item.bytes) ? false : nil
  }

  private func checkDate(
    _ item: Item, _ field: inout ParsedField, lastDay: Int32
  ) -> IntakeRule? {
    guard item.isText, let fastDate else { return .wrongType }
    switch fastDate.use({ $0.days(item.bytes) }) {
    case .success(let day):
      if let rule = checkDay(day, lastDay: lastDay) { return rule }
      field.day = day
      field.number = Int64(day)
      return nil
    case .failure(.impossible): return .impossibleDate
    case .failure(.shape):
      guard item.isTemporal, let day = item.firstDay else { return .wrongType }
      return checkPartial(day, &field, lastDay: lastDay)
    }
  }

  func checkDay(_ day: Int32, lastDay: Int32) -> IntakeRule? {
    // A delivery's day is its last; an event that began on it may end on the next.
    if day > lastDay + 1 {
      // Who was born in the future was mistyped: that is not known, and the record holds.
      guard !isBirthDate else { return .unlikelyDate }
      return !isRequired && FillerDates.openEnds.contains(day) ? .openEnd : .futureDate
    }
    guard day <= FillerDates.last else { return nil }
    // Nobody alive, and nobody who lived with a computer's record, was born before 1880.
    return day < -32_872 || FillerDates.begins.contains(day) ? .unlikelyDate : nil
  }

  /// Takes a date without a day as a breach of its own; of a birth its year is known all the same.
  private func checkPartial(
    _ firstDay: Int32, _ field: inout ParsedField, lastDay: Int32
  ) -> IntakeRule? {
    guard isBirthDate else { return .partialDate }
    if let rule = checkDay(firstDay, lastDay: lastDay) { return rule }
    field.day = firstDay
    field.number = Int64(firstDay)
    field.isPartial = true
    return nil
  }

  private static let dayReader = DateReader(yearMonthDay: ())

  private func checkMoment(
    _ item: Item, _ field: inout ParsedField, lastDay: Int32
  ) -> IntakeRule? {
    guard item.isText else { return .wrongType }
    // Most moments are days alone, which are read faster.
    if item.count == 10, case .success(let day) = Self.dayReader.days(item.bytes) {
      if let rule = checkDay(day, lastDay: lastDay) { return rule }
      field.day = day
      field.number = Int64(day) * 86_400_000
      return nil
    }
    guard let moment = item.moment else {
      guard let day = item.firstDay else {
        return Self.isOfMomentForm(item.bytes) ? .impossibleDate : .wrongType
      }
      return checkPartial(day, &field, lastDay: lastDay)
    }
    let day = Int32(clamping: moment.day)
    if let rule = checkDay(day, lastDay: lastDay) { return rule }
    field.day = day
    field.hasTime = moment.hasTime
    field.isZoneless = !moment.hasTime && item.count > 10
    field.number = moment.milliseconds
    return nil
  }

  /// Whether a text that is no moment is one of a day that does not exist, or of a time that does not, rather than another
  /// thing.
  private static func isOfMomentForm(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count >= 10 else { return false }
    switch dayReader.days(UnsafeRawBufferPointer(rebasing: bytes[..<10])) {
    case .failure(let fault): return fault == .impossible
    case .success:
      return bytes.count >= 16 && bytes[10] == UInt8(ascii: "T") && bytes[11].isDigit
        && bytes[12].isDigit && bytes[13] == UInt8(ascii: ":")
    }
  }
}
