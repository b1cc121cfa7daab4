package import Statistics

/// Small areas of high need, by how well they reach what answers it.
///
/// The need is high in the fifth of areas with the most of it. Access is low below the lowest fifth of all areas, or where
/// no site is within reach; it is high from the highest fifth on.
package struct ReachGaps {
  package struct Area {
    package let area: ReachGround.Area
    package let need: Double
    /// Sites for 10,000 people.
    package let access: Double
    package let sites: Int
    /// Kilometres to the nearest site; nil where there is none.
    package let nearest: Double?
  }

  /// High need and little within reach, the highest need first.
  package let few: [Area]
  /// High need and much within reach, the highest need first.
  package let near: [Area]

  /// - Parameter need: none is high where nil.
  package init(_ ground: ReachGround, _ reach: FloatingCatchment, _ need: AreaNeed?) {
    var all: [Area] = []
    if let need {
      for (index, area) in ground.areas.enumerated() {
        guard let value = need.value(area.unit) else { continue }
        all.append(
          Area(
            area: area, need: value, access: reach.accessibility[index] * 10_000,
            sites: reach.sitesInReach[index], nearest: reach.nearest[index]))
      }
    }
    let sign = (need?.isMoreWorse ?? true) ? 1.0 : -1.0
    let high = all.sorted { sign * $0.need > sign * $1.need }.prefix(all.count / 5)
    let accesses = all.map(\.access).sorted()
    let low = accesses.isEmpty ? 0 : accesses[accesses.count / 5]
    let much = accesses.isEmpty ? 0 : accesses[accesses.count * 4 / 5]
    few = high.filter { $0.sites == 0 || $0.access < low }
    near = high.filter { $0.sites > 0 && $0.access >= much }
  }
}
