import Definitions
package import Indicators

/// A figure that small areas have and that says how much need there is.
package struct AreaNeed {
  /// The id of the measure or indicator.
  package let id: String
  package let title: String
  package let decimals: Int
  /// Whether more of it means more need.
  package let isMoreWorse: Bool
  /// The figure of an area; nil where it is not known or suppressed.
  package let value: (AtlasUnit) -> Double?

  /// The measures and indicators that the small areas have, deprivation first.
  package static func all(_ ground: ReachGround, _ atlas: Atlas) -> [AreaNeed] {
    guard let kind = ground.areas.first?.unit.kind else { return [] }
    let measures = atlas.measures(ofKind: kind).compactMap { measure -> AreaNeed? in
      // What is neither good nor bad, such as owning a home outright, says nothing of need.
      guard measure.polarity != .neutral, !measure.id.hasSuffix("_decile"),
        let series = atlas.latestSeries(of: measure)
      else { return nil }
      return AreaNeed(
        id: measure.id, title: measure.title, decimals: measure.decimals,
        isMoreWorse: measure.polarity != .higherIsBetter
      ) { atlas.figure(series, $0).value }
    }
    let known = Set(measures.flatMap { [$0.id, $0.title] })
    let indicators = atlas.indicators.measured.compactMap { indicator -> AreaNeed? in
      guard indicator.polarity != .neutral, !known.contains(indicator.id),
        !known.contains(indicator.title),
        let slice = atlas.indicators.slice(of: indicator.id),
        ground.areas.contains(where: {
          atlas.indicators.reading(slice, $0.unit.id)?.value != nil
        })
      else { return nil }
      return AreaNeed(
        id: indicator.id, title: "\(indicator.title), \(slice.period)",
        decimals: indicator.decimals,
        isMoreWorse: indicator.polarity != .higherIsBetter
      ) { atlas.indicators.reading(slice, $0.id)?.value }
    }
    return measures.filter { $0.id == "imd_score" } + measures.filter { $0.id != "imd_score" }
      + indicators
  }
}
