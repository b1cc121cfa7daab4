public import Definitions

/// The sectors of organisations, and the pillar in which each mostly works.
public enum Sector: String, CaseIterable, Sendable {
  case nhsTrust = "nhs_trust"
  case generalPractice = "general_practice"
  case primaryCareNetwork = "pcn"
  case integratedCareBoard = "icb"
  case localAuthority = "local_authority"
  case publicHealth = "public_health"
  case socialCare = "social_care"
  case housing
  case education
  case police
  case fire
  case voluntary
  case faith
  case employer
  case university
  case other

  public var title: String {
    switch self {
    case .nhsTrust: "NHS trust"
    case .generalPractice: "General practice"
    case .primaryCareNetwork: "Primary care network"
    case .integratedCareBoard: "Integrated care board"
    case .localAuthority: "Local authority"
    case .publicHealth: "Public health"
    case .socialCare: "Social care"
    case .housing: "Housing"
    case .education: "Education"
    case .police: "Police"
    case .fire: "Fire and rescue"
    case .voluntary: "Voluntary and community"
    case .faith: "Faith"
    case .employer: "Employer"
    case .university: "University"
    case .other: "Other"
    }
  }

  public var pillars: [Pillar] {
    switch self {
    case .nhsTrust, .generalPractice, .primaryCareNetwork, .integratedCareBoard, .socialCare:
      [.healthAndCare]
    case .publicHealth: [.behaviours, .widerDeterminants]
    case .localAuthority: [.widerDeterminants, .placesAndCommunities]
    case .housing, .education, .employer, .university: [.widerDeterminants]
    case .police, .fire, .voluntary, .faith: [.placesAndCommunities]
    case .other: []
    }
  }

  static var choices: [FieldType.Choice] { allCases.map { .init($0.rawValue, $0.title) } }
}
