import Foundation

/// Times of day as feeds write them.
enum FeedTime {
  /// A time as `HH:mm`; nil where it is not clear which is meant.
  ///
  /// HSDS 3.0 asks for `HH:MM`, with Z or an offset. Publishers write local time, so offsets of Greenwich and
  /// British Summer Time are left out; 24:00 is 00:00, the end of a day.
  static func read(_ text: String) -> String? {
    if let plain = plain(text) { return plain }
    // The pattern below is for short texts: its time grows with the square of the blanks.
    guard text.utf8.count <= mostBytes else { return nil }
    var text = text.trimmingCharacters(in: .whitespacesAndNewlines).lowercased()
    if ["noon", "midday"].contains(text) { return "12:00" }
    if text == "midnight" { return "00:00" }
    // The day of a moment, and the T before a time (ISO 8601).
    if let start = text.prefixMatch(of: /[0-9]{4}-[0-9]{2}-[0-9]{2}[t ]|t/) {
      text.removeSubrange(start.range)
    }
    let form =
      /([0-9]{1,2})(?:[:.]?([0-9]{2}))?(?::[0-9]{2}(?:\.[0-9]+)?)?\s*(?:(a|p)\.?\s?m\.?)?\s*(?:z|\+0[01](?::?00)?|-00:?00|gmt|bst)?/
    guard let match = text.wholeMatch(of: form), var hour = Int(match.1) else { return nil }
    let minutes = match.2.map(String.init) ?? "00"
    guard minutes < "60" else { return nil }
    if let half = match.3 {
      guard (1...12).contains(hour) else { return nil }
      hour = hour % 12 + (half == "p" ? 12 : 0)
    } else if match.2 == nil {
      // "9" alone may be morning or evening.
      return nil
    }
    if hour == 24, minutes == "00" { hour = 0 }
    guard hour < 24 else { return nil }
    return (hour < 10 ? "0" : "") + "\(hour):\(minutes)"
  }

  /// No time is written longer.
  private static let mostBytes = 60

  /// A time that is `HH:mm` or `HH:mm:ss` already, as nearly all are.
  private static func plain(_ text: String) -> String? {
    let bytes = Array(text.utf8)
    guard bytes.count == 5 || bytes.count == 8 else { return nil }
    for (index, byte) in bytes.enumerated() {
      guard index % 3 == 2 ? byte == UInt8(ascii: ":") : (0x30...0x39).contains(byte) else {
        return nil
      }
    }
    let short = String(text.prefix(5))
    return short < "24:00" && bytes[3] < UInt8(ascii: "6") ? short : nil
  }
}

/// The days of the week in a rule of RFC 5545 (`MO,WE`, `1TU`), or as people write them.
struct FeedDays {
  /// Their codes, from Monday on; none where anything is unread.
  let codes: [String]
  /// The words that mean no day.
  let unread: [String]

  private static let names = [
    ("MO", "monday"), ("TU", "tuesday"), ("WE", "wednesday"), ("TH", "thursday"),
    ("FR", "friday"), ("SA", "saturday"), ("SU", "sunday"),
  ]
  private static let words: [String: ClosedRange<Int>] = [
    "daily": 0...6, "everyday": 0...6, "weekday": 0...4, "weekdays": 0...4, "weekend": 5...6,
    "weekends": 5...6, "weds": 2...2,
  ]

  /// No list of days is written longer.
  private static let mostBytes = 200

  init(_ text: String) {
    guard text.utf8.count <= Self.mostBytes else {
      codes = []
      unread = [String(text.prefix(40))]
      return
    }
    var found: Set<Int> = []
    var unread: [String] = []
    let plain = text.lowercased().replacing("every day", with: "daily")
      .replacing(/\s*(?:–|\bto\b|\s-|-\s)\s*/, with: "-").replacing("&", with: ",")
    for part in plain.split(whereSeparator: { ",;/".contains($0) || $0.isWhitespace }) {
      if ["and", "every"].contains(part) { continue }
      let ends = part.split(separator: "-")
      if let days = Self.days(part) {
        found.formUnion(days)
      } else if ends.count == 2, let first = Self.days(ends[0]), let last = Self.days(ends[1]),
        first.count == 1, last.count == 1
      {
        // From Friday to Monday goes on over Sunday.
        let (from, to) = (first.lowerBound, last.lowerBound)
        found.formUnion((from...(to < from ? to + 7 : to)).map { $0 % 7 })
      } else {
        unread.append(String(part))
      }
    }
    // "Not on Mondays" must not become Mondays: a text is read as a whole or not at all.
    codes = unread.isEmpty ? found.sorted().map { Self.names[$0].0 } : []
    self.unread = unread
  }

  /// The days that a word means; "1tu" and "-1fr" are days of a week of the month.
  private static func days(_ part: Substring) -> ClosedRange<Int>? {
    let word = part.drop { "+-0123456789".contains($0) }
    if let several = words[String(word)] { return several }
    guard word.count >= 2 else { return nil }
    return names.firstIndex { _, name in name.hasPrefix(word) || word == name + "s" }.map {
      $0...$0
    }
  }
}
