extension Estimates {
  /// Proportions with Wilson's score interval, without a correction for continuity.
  ///
  /// Wilson (1927), as in APHO Technical Briefing 3 (2008), equations 4 and 5. More events than people make a proportion
  /// unknown, as do a population of zero, values below zero and missing ones.
  ///
  /// - Parameter per: what the share is multiplied by, such as 100.
  public static func proportions(
    events: [Double], populations: [Double], per: Double = 100, confidences: [Double] = [0.95]
  ) -> Estimates {
    precondition(events.count == populations.count, "each row has events and a population")
    var result = Estimates(count: events.count, confidences: confidences)
    for row in events.indices {
      let (count, population) = (events[row], populations[row])
      result.unknown[row] =
        Unknown.ofCount(count, population) ?? (count > population ? .moreEventsThanPeople : nil)
      result.values[row] = result.unknown[row] == nil ? per * count / population : .nan
    }
    for (level, confidence) in confidences.enumerated() {
      let z = Normal.z(confidence)
      for row in events.indices where result.unknown[row] == nil {
        let (low, high) = Proportion.wilson(events[row], populations[row], z: z)
        result.lower[level][row] = low * per
        result.upper[level][row] = high * per
      }
    }
    return result
  }
}
