import Definitions
import Indicators
import Partnership

extension Desk {
  /// The choices of a list that the place has, with those that are chosen and no longer in it.
  func choices(of list: String, keeping chosen: [String] = []) -> [FieldType.Choice] {
    let choices =
      switch list {
      case "indicators": indicators
      default: [FieldType.Choice]()
      }
    let known = Set(choices.map(\.id))
    return choices
      + chosen.filter { !$0.isEmpty && !known.contains($0) }.map {
        FieldType.Choice($0, "\($0) (no longer there)")
      }
  }

  /// What the choices of every list are called.
  var listTitles: [String: [String: String]] {
    [
      "indicators": Dictionary(indicators.map { ($0.id, $0.title) }) { first, _ in first }
    ]
  }

  /// The indicators that have a figure of the place.
  private var indicators: [FieldType.Choice] {
    edition.atlas.indicators.measured.map { FieldType.Choice($0.id, $0.title) }
  }
}
