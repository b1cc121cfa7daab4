import Codes

extension ColumnReading {
  /// Looks at the raw values of a part for what decides how the column of each source is read.
  ///
  /// - Parameters:
  ///   - codes: by record, the code of its raw value.
  ///   - sources: the records of each source.
  ///   - said: how dates are written, where the model says so.
  static func read(
    _ raw: ValueTable, _ codes: [UInt32], _ sources: [Range<Int>], _ kind: FieldKind,
    said: DateForm?, latestYear: Int
  ) -> [ColumnReading] {
    var plain = ColumnReading()
    plain.form.latestYear = latestYear
    plain.isSaid = said == .dayFirst || said == .monthFirst
    plain.form.order = said?.order ?? .dayFirst
    guard kind.hasColumnForm else { return sources.map { _ in plain } }
    let signs = (0...raw.count).map { code in
      code == 0 ? Sign() : sign(raw.text(UInt32(code)).bytes, kind, latestYear)
    }
    return sources.map { records in
      var reading = plain
      var (pointZero, others) = (0, 0)
      for record in records {
        let sign = signs[Int(codes[record])]
        if sign.isDayFirst { reading.dayFirst += 1 }
        if sign.isMonthFirst { reading.monthFirst += 1 }
        if sign.isAmbiguous { reading.ambiguous += 1 }
        if sign.isShortYear { reading.shortYears += 1 }
        if sign.isSerial { reading.serials += 1 }
        if sign.isShortYearFirst { reading.shortYearsFirst += 1 }
        if sign.hasPointZero { pointZero += 1 }
        if sign.isOther { others += 1 }
      }
      reading.form.dropsPointZero = pointZero > 0 && others == 0
      reading.decide()
      return reading
    }
  }

  /// What a raw value tells of its column.
  private struct Sign {
    var isDayFirst = false
    var isMonthFirst = false
    var isAmbiguous = false
    var isShortYear = false
    var isSerial = false
    var isShortYearFirst = false
    var hasPointZero = false
    var isOther = false
  }

  private static func sign(
    _ text: UnsafeBufferPointer<UInt8>, _ kind: FieldKind, _ latestYear: Int
  ) -> Sign {
    let bytes = UnsafeRawBufferPointer(text)
    var sign = Sign()
    guard kind == .dateOfBirth else {
      guard !Cleaning(kind).saysNothing(bytes) else { return sign }
      let number = Cleaning.digits(ofNumber: WrittenValue.trimmed(bytes))
      sign.hasPointZero = number.map { $0.count != WrittenValue.trimmed(bytes).count } ?? false
      sign.isOther = number == nil
      return sign
    }
    let date = WrittenDate.read(bytes, latestYear: latestYear)
    sign.isDayFirst = date.toldOrder == .dayFirst
    sign.isMonthFirst = date.toldOrder == .monthFirst
    sign.isAmbiguous = date.isAmbiguous
    if case .serial = date { sign.isSerial = true }
    // Another hundred years make another date only of a year of two digits.
    sign.isShortYear = date != WrittenDate.read(bytes, latestYear: latestYear - 100)
    if sign.isShortYear, case .parts = date {
      // With a month's name the year is behind it.
      sign.isShortYearFirst = !bytes.contains { $0 | 0x20 &- 0x61 < 26 }
    }
    return sign
  }

  /// How many shapes are told.
  private static let mostShapes = 3

  /// Counts the records that have a value, and those whose value was not understood.
  mutating func count(
    _ codes: UnsafeBufferPointer<UInt32>, _ records: Range<Int>, _ raw: ValueTable,
    _ isUnderstood: [Bool], clean: [UInt32], _ cleaning: Cleaning
  ) {
    var unread: [UInt32: Int] = [:]
    // Only values that came to nothing are looked at once more: they are few.
    var isFiller: [UInt32: Bool] = [:]
    for record in records {
      let code = codes[record]
      guard code != 0 else { continue }
      if clean[Int(code)] != 0 {
        present += 1
      } else if !isUnderstood[Int(code)] {
        unread[code, default: 0] += 1
      } else {
        let known =
          isFiller[code]
          ?? !cleaning.saysNothing(UnsafeRawBufferPointer(raw.text(code).bytes))
        isFiller[code] = known
        if known { fillers += 1 }
      }
    }
    notUnderstood = unread.values.reduce(0, +)
    present += notUnderstood + fillers
    // Pseudo-postcodes are meant.
    if cleaning.kind == .postcode { fillers = 0 }
    guard notUnderstood > 0 else { return }
    var shapes: [String: Int] = [:]
    for (code, count) in unread {
      shapes[WrittenValue.shape(UnsafeRawBufferPointer(raw.text(code).bytes)), default: 0] += count
    }
    self.shapes = shapes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .prefix(Self.mostShapes).map(\.key)
  }
}

extension RecordSet {
  /// What was assumed of the columns, in sentences.
  var readingNotes: [String] {
    parts.flatMap { part in
      zip(part.readings, sources).flatMap { $0.notes("'\(part.name)' of \($1.name)") }
    }
  }

  /// Values that were not understood and are few enough to go on without, in sentences.
  var notUnderstoodNotes: [String] {
    parts.flatMap { part in
      zip(part.readings, sources).compactMap { reading, source in
        reading.notUnderstood == 0
          ? nil
          : "'\(part.name)' of \(source.name): \(reading.notUnderstood) of \(reading.present) values were not understood, and are left out (they look like \(reading.shapes.map { "'\($0)'" }.joined(separator: ", ")))."
      }
    }
  }

  /// Refuses columns with more values that were not understood than a share, and dates whose order nothing tells.
  ///
  /// - Throws: ``LinkageError`` with the field, the source and the shapes, never a value.
  func checkUnderstood(share: Double) throws(LinkageError) {
    for part in parts {
      for (reading, source) in zip(part.readings, sources) {
        if reading.ordersConflict {
          throw LinkageError(
            "'\(part.name)' of \(source.name) has \(reading.dayFirst) dates with the day first, \(reading.monthFirst) with the month first, and \(reading.ambiguous) that may be either.",
            hint:
              "Write the dates in one form, or say what those that may be either are: \(part.name): {kind: date_of_birth, format: dd/MM/yyyy}."
          )
        }
        if reading.hasShortYearsFirst {
          throw LinkageError(
            "'\(part.name)' of \(source.name) has \(reading.shortYearsFirst) dates with a year of two digits in the first place, and others of which the first part may be a day.",
            hint: "Write the years with four digits, as 1983-10-02.")
        }
        // A few slips in a small file are a large share.
        guard reading.notUnderstood > 1,
          Double(reading.notUnderstood) > share * Double(reading.present)
        else { continue }
        throw LinkageError(
          "'\(part.name)' of \(source.name): \(reading.notUnderstood) of \(reading.present) values were not understood; they look like \(reading.shapes.map { "'\($0)'" }.joined(separator: ", ")) (9 a digit, A and a letters).",
          hint:
            "Mend the column, or give the field another kind; 'not_understood: 0.1' in the model lets a tenth pass. docs/values.md lists what is read."
        )
      }
    }
  }
}
