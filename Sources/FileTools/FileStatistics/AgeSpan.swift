/// A band of ages of a row, such as 5 to 9, or 85 and over.
struct AgeSpan: Hashable, Sendable {
  let from: Int
  /// The age at which the next band begins; nil where the band has no end.
  let to: Int?

  /// The band as tables name it: 5-9, 7, 85+.
  var title: String {
    guard let to else { return "\(from)+" }
    return to == from + 1 ? "\(from)" : "\(from)-\(to - 1)"
  }
}
