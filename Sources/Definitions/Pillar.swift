/// The four pillars of population health (The King's Fund 2018).
public enum Pillar: String, Codable, CaseIterable, Sendable {
  case widerDeterminants = "wider_determinants"
  case behaviours
  case placesAndCommunities = "places_and_communities"
  case healthAndCare = "health_and_care"

  public var title: String {
    switch self {
    case .widerDeterminants: "Wider determinants of health"
    case .behaviours: "Health behaviours and lifestyles"
    case .placesAndCommunities: "Places and communities"
    case .healthAndCare: "Integrated health and care"
    }
  }
}
