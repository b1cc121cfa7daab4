import Codes

extension Item {
  /// A moment: its day in UTC, counted from 1970-01-01, its milliseconds from then, and whether it says a time.
  package typealias Moment = (day: Int, milliseconds: Int64, hasTime: Bool)

  /// The moment that a text means, to at least the day; nil where it means none.
  package var moment: Moment? {
    guard isText else { return nil }
    return Self.commonMoment(bytes) ?? anyMoment
  }

  /// What ``moment`` is, of any text; the plain version that ``commonMoment(_:)`` is tried against.
  package var anyMoment: Moment? {
    guard isText, let found = Temporal(string), let day = found.dayNumber else { return nil }
    guard let instant = found.instant else {
      // Without a zone only the day is sure.
      return (day, Int64(day) * 86_400_000, false)
    }
    return Self.moment(at: Int64(instant))
  }

  @inline(__always)
  private static func moment(at instant: Int64) -> Moment {
    (Int(instant >= 0 ? instant / 86_400_000 : (instant + 1) / 86_400_000 - 1), instant, true)
  }

  /// The moment of a text of the form that nearly all have, `yyyy-MM-ddTHH:mm:ss`, with or without thousandths, and `Z` or
  /// a zone of hours and minutes; nil for any other. No text is made of it.
  private static func commonMoment(_ bytes: UnsafeRawBufferPointer) -> Moment? {
    guard bytes.count >= 20, bytes.count <= 29, bytes[4] == 0x2D, bytes[7] == 0x2D,
      bytes[10] == 0x54, bytes[13] == 0x3A, bytes[16] == 0x3A,
      let century = two(bytes, 0), let year = two(bytes, 2), let month = two(bytes, 5),
      let dayOfMonth = two(bytes, 8), let hour = two(bytes, 11), let minute = two(bytes, 14),
      let second = two(bytes, 17), hour < 24, minute < 60, second <= 60,
      let day = CivilDate.day(100 * century + year, month, dayOfMonth)
    else { return nil }
    var (position, thousandths) = (19, 0)
    if bytes[position] == 0x2E {
      guard bytes.count >= 24, let tens = two(bytes, 20), bytes[22] &- 0x30 < 10 else { return nil }
      thousandths = 10 * tens + Int(bytes[22]) - 0x30
      position = 23
    }
    var east = 0
    switch bytes[position] {
    case 0x5A: guard bytes.count == position + 1 else { return nil }
    case 0x2B, 0x2D:
      guard bytes.count == position + 6, bytes[position + 3] == 0x3A,
        let hours = two(bytes, position + 1), let minutes = two(bytes, position + 4), hours <= 14,
        minutes < 60
      else { return nil }
      east = (60 * hours + minutes) * (bytes[position] == 0x2B ? 1 : -1)
    default: return nil
    }
    let minutes = day * 1_440 + hour * 60 + minute - east
    return moment(at: Int64((minutes * 60 + second) * 1_000 + thousandths))
  }

  @inline(__always)
  private static func two(_ bytes: UnsafeRawBufferPointer, _ place: Int) -> Int? {
    let (tens, ones) = (bytes[place] &- 0x30, bytes[place + 1] &- 0x30)
    return tens < 10 && ones < 10 ? Int(tens) * 10 + Int(ones) : nil
  }
}
