import Codes

/// A FHIR date, dateTime, instant or time, to whatever precision it was written
/// (https://hl7.org/fhir/R4/datatypes.html#dateTime).
struct Temporal: Hashable {
  /// Year, month, day, hour, minute and second, as far as written; a time has no first three.
  private(set) var parts: [Int]
  /// Thousandths of a second; nil where the second has no fraction.
  private(set) var milliseconds: Int?
  /// Minutes east of Greenwich; nil where no zone is written.
  private(set) var zone: Int?
  let isTime: Bool

  /// Reads `text`; nil where it is no such moment.
  ///
  /// - Parameter isTime: whether it is a time of day; nil where its shape tells.
  init?(_ text: String, isTime: Bool? = nil) {
    let bytes = Array(text.utf8)
    guard bytes.count >= (isTime == true ? 2 : 4) else { return nil }
    var position = 0
    func digits(_ count: Int) -> Int? {
      guard position + count <= bytes.count else { return nil }
      var value = 0
      for byte in bytes[position..<position + count] {
        guard (0x30...0x39).contains(byte) else { return nil }
        value = 10 * value + Int(byte) - 0x30
      }
      position += count
      return value
    }
    func skip(_ letter: Unicode.Scalar) -> Bool {
      guard position < bytes.count, bytes[position] == UInt8(ascii: letter) else { return false }
      position += 1
      return true
    }
    var parts: [Int] = []
    let isTime = isTime ?? (bytes[2] == UInt8(ascii: ":"))
    self.isTime = isTime
    if !isTime {
      guard let year = digits(4), year > 0 else { return nil }
      parts.append(year)
      if skip("-") {
        guard let month = digits(2), (1...12).contains(month) else { return nil }
        parts.append(month)
        if skip("-") {
          guard let day = digits(2), day >= 1, day <= CivilDate.length(ofMonth: month, year) else {
            return nil
          }
          parts.append(day)
        }
      }
    }
    if isTime || skip("T"), position < bytes.count {
      guard isTime || parts.count == 3, let hour = digits(2), hour < 24 else { return nil }
      parts.append(hour)
      if skip(":") {
        guard let minute = digits(2), minute < 60 else { return nil }
        parts.append(minute)
        // FHIR allows a leap second.
        if skip(":") {
          guard let second = digits(2), second <= 60 else { return nil }
          parts.append(second)
          if skip(".") {
            let begin = position
            while position < bytes.count, (0x30...0x39).contains(bytes[position]) { position += 1 }
            guard position > begin else { return nil }
            let three = (Array(bytes[begin..<position]) + [0x30, 0x30]).prefix(3)
            milliseconds = three.reduce(0) { 10 * $0 + Int($1) - 0x30 }
          }
        }
      }
      if !isTime {
        if skip("Z") {
          zone = 0
        } else if position < bytes.count, bytes[position] == 0x2B || bytes[position] == 0x2D {
          let sign = bytes[position] == 0x2B ? 1 : -1
          position += 1
          guard let hours = digits(2), skip(":"), let minutes = digits(2), hours <= 14, minutes < 60
          else { return nil }
          zone = sign * (60 * hours + minutes)
        }
      }
    }
    guard position == bytes.count else { return nil }
    self.parts = parts
  }

  /// Days since 1970-01-01 of a date with year, month and day; nil for less.
  var dayNumber: Int? {
    guard !isTime, parts.count >= 3 else { return nil }
    return CivilDate.day(parts[0], parts[1], parts[2])
  }

  /// Milliseconds since 1970-01-01 UTC of a moment with a zone and at least minutes; nil for less.
  var instant: Int? {
    guard let day = dayNumber, parts.count >= 5, let zone else { return nil }
    let minutes = day * 1_440 + parts[3] * 60 + parts[4] - zone
    return (minutes * 60 + (parts.count > 5 ? parts[5] : 0)) * 1_000 + (milliseconds ?? 0)
  }

  /// -1, 0 or 1 as this is before, at or after `other`; nil where their precision does not tell
  /// (FHIRPath, sections "Equals" and "Comparison": such a comparison is empty).
  func order(_ other: Temporal) -> Int? {
    guard isTime == other.isTime else { return nil }
    let bothHaveTimes = parts.count > 3 && other.parts.count > 3
    if !isTime, bothHaveTimes, (zone == nil) != (other.zone == nil) {
      // Where one has no zone the moments may lie a day apart at most.
      guard let a = dayNumber, let b = other.dayNumber, abs(a - b) > 1 else { return nil }
      return a < b ? -1 : 1
    }
    let isUTC = !isTime && bothHaveTimes && zone != nil
    let (mine, others) = (comparable(inUTC: isUTC), other.comparable(inUTC: isUTC))
    for (a, b) in zip(mine, others) where a != b { return a < b ? -1 : 1 }
    return mine.count == others.count ? 0 : nil
  }

  /// The parts to compare one after the other; a second and its fraction are one, in milliseconds.
  private func comparable(inUTC: Bool) -> [Int] {
    var parts = parts
    let second = isTime ? 2 : 5
    if inUTC, let zone, let day = dayNumber {
      let minute = day * 1_440 + parts[3] * 60 + (parts.count > 4 ? parts[4] : 0) - zone
      let newDay = minute >= 0 ? minute / 1_440 : (minute - 1_439) / 1_440
      let ofDay = minute - newDay * 1_440
      (parts[0], parts[1], parts[2]) = CivilDate.parts(ofDay: newDay)
      parts[3] = ofDay / 60
      if parts.count > 4 { parts[4] = ofDay % 60 }
    }
    if parts.count > second { parts[second] = parts[second] * 1_000 + (milliseconds ?? 0) }
    return parts
  }

  // MARK: Boundaries

  /// The earliest or latest moment that the text may mean, as FHIRPath's `lowBoundary` and
  /// `highBoundary` write it (https://hl7.org/fhirpath, section "Precision").
  func boundary(isLow: Bool, as kind: FHIRPathTemporalKind) -> String {
    var parts = parts
    if kind == .time {
      while parts.count < 3 { parts.append(isLow ? 0 : 59) }
      return clock(parts[...], isLow: isLow)
    }
    if parts.count < 2 { parts.append(isLow ? 1 : 12) }
    if parts.count < 3 { parts.append(isLow ? 1 : CivilDate.length(ofMonth: parts[1], parts[0])) }
    let date = Self.padded(parts[0], 4) + "-" + Self.padded(parts[1]) + "-" + Self.padded(parts[2])
    if kind == .date { return date }
    if parts.count < 4 { parts.append(isLow ? 0 : 23) }
    while parts.count < 6 { parts.append(isLow ? 0 : 59) }
    return date + "T" + clock(parts[3...], isLow: isLow) + zoneText(isLow: isLow)
  }

  private func clock(_ parts: ArraySlice<Int>, isLow: Bool) -> String {
    let fraction = milliseconds ?? (isLow ? 0 : 999)
    return parts.map { Self.padded($0) }.joined(separator: ":") + "." + Self.padded(fraction, 3)
  }

  /// Where no zone is written, the earliest moment is in the zone furthest east.
  private func zoneText(isLow: Bool) -> String {
    guard let zone else { return isLow ? "+14:00" : "-12:00" }
    if zone == 0 { return "Z" }
    let minutes = abs(zone)
    return (zone < 0 ? "-" : "+") + Self.padded(minutes / 60) + ":" + Self.padded(minutes % 60)
  }

  private static func padded(_ number: Int, _ width: Int = 2) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
