public import Definitions

/// What an asset, a person's knowledge, or something heard is about: one list for all, so that need, assets and people
/// meet in it.
public enum Topic: String, CaseIterable, Sendable {
  case housing, warmHomes = "warm_homes", money, work, food, learning, transport, environment
  case activity, weight, smoking, alcohol, drugs, sexualHealth = "sexual_health"
  case loneliness, community, arts, nature, safety, digital, faith, newcomers
  case mentalHealth = "mental_health", longTermConditions = "long_term_conditions", heart,
    diabetes, breathing, cancer, dementia, frailty, disability, pain
  case pregnancy, children, youngPeople = "young_people", carers, olderPeople = "older_people"
  case bereavement, prevention, oralHealth = "oral_health"

  public var title: String {
    switch self {
    case .housing: "Housing and homelessness"
    case .warmHomes: "Warm and dry homes"
    case .money: "Money, debt and benefits"
    case .work: "Work and skills"
    case .food: "Food"
    case .learning: "Learning and schools"
    case .transport: "Transport"
    case .environment: "Air, noise and green space"
    case .activity: "Physical activity"
    case .weight: "Healthy weight"
    case .smoking: "Smoking"
    case .alcohol: "Alcohol"
    case .drugs: "Drugs"
    case .sexualHealth: "Sexual health"
    case .loneliness: "Loneliness and company"
    case .community: "Community and volunteering"
    case .arts: "Arts and culture"
    case .nature: "Nature and gardening"
    case .safety: "Safety and abuse"
    case .digital: "Getting online"
    case .faith: "Faith"
    case .newcomers: "Migrants and refugees"
    case .mentalHealth: "Mental health"
    case .longTermConditions: "Long-term conditions"
    case .heart: "Heart and circulation"
    case .diabetes: "Diabetes"
    case .breathing: "Asthma and COPD"
    case .cancer: "Cancer"
    case .dementia: "Dementia"
    case .frailty: "Frailty and falls"
    case .disability: "Disability"
    case .pain: "Pain"
    case .pregnancy: "Pregnancy and birth"
    case .children: "Children and families"
    case .youngPeople: "Young people"
    case .carers: "Carers"
    case .olderPeople: "Older people"
    case .bereavement: "Bereavement and end of life"
    case .prevention: "Screening, vaccination and health checks"
    case .oralHealth: "Teeth and mouth"
    }
  }

  public var pillar: Pillar {
    switch self {
    case .housing, .warmHomes, .money, .work, .food, .learning, .transport, .environment:
      .widerDeterminants
    case .activity, .weight, .smoking, .alcohol, .drugs, .sexualHealth: .behaviours
    case .loneliness, .community, .arts, .nature, .safety, .digital, .faith, .newcomers,
      .carers, .olderPeople, .youngPeople, .children:
      .placesAndCommunities
    case .mentalHealth, .longTermConditions, .heart, .diabetes, .breathing, .cancer, .dementia,
      .frailty, .disability, .pain, .pregnancy, .bereavement, .prevention, .oralHealth:
      .healthAndCare
    }
  }

  static var choices: [FieldType.Choice] { allCases.map { .init($0.rawValue, $0.title) } }
}
