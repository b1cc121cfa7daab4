/// Something that is found of two values of a field: a similarity, a distance, or whether something holds.
///
/// Where either value is missing it is unknown, and no condition on it holds.
public struct Measure: Hashable, Sendable {
  public enum Kind: String, CaseIterable, Sendable {
    /// Whether the two are the same.
    case exact
    /// Whether either is missing: the only measure that is known then.
    case missing
    case jaro
    case jaroWinkler = "jaro_winkler"
    case levenshtein
    case damerau
    /// The share of pairs of neighbouring letters.
    case jaccard
    /// Of encodings: how alike they are by their bits, twice those that both have by those of each.
    case dice
    /// Whether they sound alike, in American English and given where names come from.
    case soundex
    case doubleMetaphone = "double_metaphone"
    /// Whether one forename is short for the other, or another way of writing it.
    case nickname
    /// Whether one is but the first letter of the other.
    case initial
    /// Whether they have a whole word in common.
    case part
    /// Whether they have the same words in another order.
    case reordered
    /// How many words they have in common.
    case common
    /// Of fields with several values: how many they have in common.
    case overlap
    /// Of two fields: whether each has the other's value.
    case swapped
    /// How many first letters are the same.
    case prefix
    /// Of dates: how many days or years lie between.
    case days
    case years
    /// Of dates: whether they have the same year and month.
    case sameMonth = "same_month"
    case sameYear = "same_year"
    /// Of dates: whether day and month are the wrong way round in one.
    case daySwapped = "day_swapped"
    /// Of dates: whether one is a 1 January, as forms have it that know the year only.
    case firstOfJanuary = "first_of_january"
    /// Of postcodes: whether they lie in the same sector, district or area.
    case sector
    case district
    case area
    /// Of postcodes: how many kilometres lie between, as the crow flies; unknown where one is in no gazetteer.
    case km
    /// Of numbers: how far apart, and as a percentage of the larger.
    case difference
    case percent
    /// Of streets: whether the house has the same number.
    case houseNumber = "house_number"
  }

  public let kind: Kind
  /// The field, or two for ``Kind/swapped``; empty where the comparison has but one.
  public let fields: [String]

  var text: String { kind.rawValue + (fields.isEmpty ? "" : "(\(fields.joined(separator: ", ")))") }
}

extension Measure.Kind {
  /// Whether it is yes or no, so that it stands for itself as a condition.
  var isYesOrNo: Bool {
    switch self {
    case .jaro, .jaroWinkler, .levenshtein, .damerau, .jaccard, .dice, .common, .overlap, .km,
      .prefix, .days,
      .years,
      .difference, .percent:
      false
    default: true
    }
  }
}
