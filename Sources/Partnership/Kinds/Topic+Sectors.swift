extension Topic {
  /// The sectors without which little changes in it: who runs, pays for, regulates or is trusted with it. A convention of
  /// Kith's, to be asked about, not a rule.
  public var sectors: [Sector] {
    switch self {
    case .housing: [.housing, .localAuthority, .voluntary]
    case .warmHomes: [.housing, .localAuthority, .fire, .voluntary, .generalPractice]
    case .money: [.voluntary, .localAuthority, .employer]
    case .work: [.employer, .education, .localAuthority]
    case .food: [.voluntary, .localAuthority, .education]
    case .learning: [.education, .university, .localAuthority]
    case .transport: [.localAuthority, .employer]
    case .environment: [.localAuthority, .publicHealth, .employer]
    case .activity: [.localAuthority, .voluntary, .education, .publicHealth]
    case .weight: [.publicHealth, .education, .localAuthority, .generalPractice]
    case .smoking: [.publicHealth, .nhsTrust, .generalPractice, .employer]
    case .alcohol, .drugs: [.publicHealth, .police, .nhsTrust, .voluntary]
    case .sexualHealth: [.publicHealth, .nhsTrust, .education]
    case .loneliness: [.voluntary, .faith, .primaryCareNetwork]
    case .community, .arts: [.voluntary, .localAuthority, .faith]
    case .nature: [.localAuthority, .voluntary]
    case .safety: [.police, .localAuthority, .socialCare, .fire]
    case .digital: [.voluntary, .localAuthority, .education]
    case .faith: [.faith]
    case .newcomers: [.voluntary, .localAuthority, .education, .faith]
    case .mentalHealth: [.nhsTrust, .voluntary, .primaryCareNetwork, .employer]
    case .longTermConditions, .heart, .diabetes, .pain:
      [.generalPractice, .primaryCareNetwork, .nhsTrust, .voluntary]
    case .breathing: [.generalPractice, .nhsTrust, .housing, .publicHealth]
    case .cancer: [.nhsTrust, .generalPractice, .integratedCareBoard, .voluntary]
    case .dementia, .frailty: [.socialCare, .primaryCareNetwork, .nhsTrust, .voluntary]
    case .disability: [.socialCare, .voluntary, .localAuthority, .employer]
    case .pregnancy: [.nhsTrust, .publicHealth, .voluntary]
    case .children: [.education, .localAuthority, .publicHealth, .voluntary]
    case .youngPeople: [.education, .voluntary, .police, .localAuthority]
    case .carers: [.socialCare, .voluntary, .generalPractice, .employer]
    case .olderPeople: [.socialCare, .voluntary, .fire, .primaryCareNetwork]
    case .bereavement: [.faith, .nhsTrust, .voluntary]
    case .prevention: [.publicHealth, .generalPractice, .integratedCareBoard]
    case .oralHealth: [.publicHealth, .integratedCareBoard, .education]
    }
  }
}

/// Who is missing from something that several should do together.
public struct MissingSectors: Sendable {
  /// A sector, and the topics because of which it should be there.
  public struct Missing: Sendable, Hashable {
    public let sector: Sector
    public let because: [Topic]
  }

  /// What nobody there covers, that with the most reasons first.
  public let missing: [Missing]
  public let present: Set<Sector>

  /// The sectors that somebody of one stands for. A council's public health team is public health and local authority
  /// alike; a network stands for its practices.
  public static func sectors(of sector: Sector) -> Set<Sector> {
    switch sector {
    case .publicHealth, .socialCare: [sector, .localAuthority]
    case .primaryCareNetwork: [sector, .generalPractice]
    default: [sector]
    }
  }

  /// - Parameters:
  ///   - topics: what it is about, and what would have to change.
  ///   - present: the sectors of those who are there.
  public init(topics: [Topic], present: Set<Sector>) {
    let covered = Set(present.flatMap(Self.sectors(of:)))
    self.present = covered
    var reasons: [Sector: [Topic]] = [:]
    for topic in topics {
      for sector in topic.sectors
      where !covered.contains(sector) && !(reasons[sector] ?? []).contains(topic) {
        reasons[sector, default: []].append(topic)
      }
    }
    let order = Dictionary(uniqueKeysWithValues: Sector.allCases.enumerated().map { ($1, $0) })
    missing = reasons.map { Missing(sector: $0.key, because: $0.value) }.sorted {
      (-$0.because.count, order[$0.sector] ?? 0) < (-$1.because.count, order[$1.sector] ?? 0)
    }
  }
}
