import Codes

/// How dates of a column are written, where a day and a month cannot be told apart by the date alone. Dates that tell by
/// themselves are read in whatever form they have.
public enum DateForm: String, CaseIterable, Codable, Sendable {
  case yearFirst = "yyyy-MM-dd"
  case dayFirst = "dd/MM/yyyy"
  case monthFirst = "MM/dd/yyyy"

  /// The order of day and month; the day comes first where the form does not say, as in Britain.
  var order: WrittenDate.Order { self == .monthFirst ? .monthFirst : .dayFirst }
}
