extension Condition {
  /// The condition in plain English, such as "street: the same, and postcode: the same sector".
  public var words: String {
    alternatives.map { $0.map(\.words).joined(separator: ", and ") }.joined(separator: "; or ")
  }
}

extension Condition.Bound {
  fileprivate var words: String {
    let about =
      measure.kind == .swapped || measure.kind == .missing ? "" : measure.fields.first ?? ""
    return (about.isEmpty ? "" : about + ": ") + meaning
  }

  private var meaning: String {
    if let yesOrNo {
      return sign == .above && limit == 0.5
        ? yesOrNo : sign == .atMost && limit == 0.5 ? "not " + yesOrNo : text
    }
    let (least, most) = (sign == .atLeast || sign == .above, sign == .atMost)
    let number = limit.shortest
    return switch measure.kind {
    case .jaro where least: "spelt alike (Jaro \(number) or more)"
    case .jaroWinkler where least: "spelt alike (Jaro–Winkler \(number) or more)"
    case .levenshtein where most, .damerau where most:
      limit == 1 ? "one letter off" : "up to \(number) letters off"
    case .dice where least: "\((100 * limit).shortest)% alike (Dice)"
    case .jaccard where least: "\((100 * limit).shortest)% of the letter pairs shared"
    case .overlap where least:
      limit == 1 ? "a value in common" : "\(number) values or more in common"
    case .km where most: "within \(number) km"
    case .common where least: "\(number) words or more in common"
    case .prefix where least: "the first \(number) letters the same"
    case .days where most: "within \(number) days"
    case .years where most: limit == 1 ? "within a year" : "within \(number) years"
    case .difference where most: "within \(number)"
    case .percent where most: "within \(number)%"
    default: text
    }
  }

  /// What a measure that is yes or no says where it is yes.
  private var yesOrNo: String? {
    switch measure.kind {
    case .exact: "the same"
    case .missing: "without \(measure.fields.first ?? "a value")"
    case .soundex, .doubleMetaphone: "sounding alike"
    case .nickname: "a short or other form"
    case .initial: "an initial of the other"
    case .part: "with a word in common"
    case .reordered: "the same words in another order"
    case .swapped: "in each other's place"
    case .sameMonth: "the same month and year"
    case .sameYear: "the same year"
    case .daySwapped: "day and month swapped"
    case .firstOfJanuary: "1 January in one"
    case .sector: "the same postcode sector"
    case .district: "the same postcode district"
    case .area: "the same postcode area"
    case .houseNumber: "the same house number"
    default: nil
    }
  }
}

extension Comparison {
  /// The levels in plain English, in the order of ``titles``.
  public var words: [String] {
    (countsMissing ? ["missing in one", "missing in both"] : ["missing"])
      + levels.map(\.condition.words) + ["anything else"]
  }
}
