import Foundation

/// How well people can reach what there is, with what there is shared between all who can reach it: the two-step floating
/// catchment area method.
///
/// Luo and Wang, Measures of spatial accessibility to health care in a GIS environment, Environment and Planning B 30
/// (2003), equations 4 and 5. With a weight that falls with distance it is the enhanced method: Luo and Qi, An enhanced
/// two-step floating catchment area (E2SFCA) method, Health & Place 15 (2009); Gaussian as in Dai, Black residential
/// segregation, disparities in spatial access to health care facilities, Health & Place 16 (2010), equation 3.
public struct FloatingCatchment: Sendable {
  /// Supply per person at each site: its capacity over the weighted people within its catchment; nil where nobody is.
  public let ratios: [Double?]
  /// The accessibility of each area: the sum of the ratios of the sites within reach, weighted. Capacity per person.
  public let accessibility: [Double]
  /// The distance of each area to its nearest site; nil without sites.
  public let nearest: [Double?]
  /// How many sites lie within the catchment of each area.
  public let sitesInReach: [Int]

  /// How the weight of a site falls with its distance.
  public enum Decay: Sendable {
    /// 1 within the catchment, 0 beyond.
    case none
    /// 1 at no distance, falling to 0 at the edge of the catchment as a normal curve does.
    case gaussian

    /// The weight at a distance, for a catchment of a radius above 0.
    public func weight(_ distance: Double, radius: Double) -> Double {
      guard distance <= radius else { return 0 }
      switch self {
      case .none: return 1
      case .gaussian:
        let end = exp(-0.5)
        return (exp(-0.5 * (distance / radius) * (distance / radius)) - end) / (1 - end)
      }
    }
  }

  /// - Parameters:
  ///   - people: how many there are in each area.
  ///   - capacities: what each site has to give, in any unit; 1 for sites that count alike.
  ///   - radius: how far people go, in the unit of distances; above 0.
  ///   - distance: from an area to a site.
  public init(
    people: [Double], capacities: [Double], radius: Double, decay: Decay = .gaussian,
    distance: (_ area: Int, _ site: Int) -> Double
  ) {
    var reached: [[(site: Int, weight: Double)]] = Array(repeating: [], count: people.count)
    var demand = Array(repeating: 0.0, count: capacities.count)
    var nearest: [Double?] = Array(repeating: nil, count: people.count)
    for area in people.indices {
      for site in capacities.indices {
        let far = distance(area, site)
        if far < nearest[area] ?? .infinity { nearest[area] = far }
        let weight = decay.weight(far, radius: radius)
        guard far <= radius else { continue }
        reached[area].append((site, weight))
        demand[site] += people[area] * weight
      }
    }
    let ratios: [Double?] = zip(capacities, demand).map { $1 > 0 ? $0 / $1 : nil }
    self.ratios = ratios
    accessibility = reached.map { sites in
      sites.reduce(0) { $0 + (ratios[$1.site] ?? 0) * $1.weight }
    }
    self.nearest = nearest
    sitesInReach = reached.map(\.count)
  }
}
