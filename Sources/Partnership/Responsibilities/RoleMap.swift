/// Who does what in a place: functions, and what each organisation is to them at each scale.
public struct RoleMap: Sendable {
  /// A function, responsibility or capability, and who does it.
  public struct Function: Sendable {
    public let number: RecordNumber
    public let title: String
    public let domain: FunctionDomain?
    /// The scales at which it belongs; none where nobody has said.
    public let scales: [Scale]
    /// The law that demands it; nil where none does.
    public let law: String?
    /// The sectors on whose bodies the law puts it.
    public let duty: [Sector]
    public let responsibilities: [Responsibility]
    /// The organisations that have agreed to the split as it is now.
    public let agreedBy: Set<RecordNumber>

    public init(
      number: RecordNumber, title: String, domain: FunctionDomain? = nil, scales: [Scale] = [],
      law: String? = nil, duty: [Sector] = [], responsibilities: [Responsibility],
      agreedBy: Set<RecordNumber> = []
    ) {
      self.number = number
      self.title = title
      self.domain = domain
      self.scales = scales
      self.law = law
      self.duty = duty
      self.responsibilities = responsibilities
      self.agreedBy = agreedBy
    }

    public init(_ record: Record) {
      let split = FunctionSplit(record.fields)
      self.init(
        number: record.number, title: record.title,
        domain: record.fields.text("domain").flatMap(FunctionDomain.init),
        scales: record.fields.texts("scales").compactMap(Scale.init),
        law: record.fields.text("law"), duty: record.fields.texts("duty").compactMap(Sector.init),
        responsibilities: split.responsibilities, agreedBy: split.agreedBy)
    }

    /// The organisations that are something at a scale.
    public func organisations(_ involvement: Involvement, at scale: Scale) -> [RecordNumber] {
      responsibilities.filter { $0.involvement == involvement && $0.scale == scale }
        .map(\.organisation)
    }

    /// The organisations that do it or answer for it.
    public var parties: Set<RecordNumber> {
      Set(responsibilities.filter { $0.involvement <= .responsible }.map(\.organisation))
    }

    /// Whether all who do it or answer for it have agreed to the split as it is now.
    public var isAgreed: Bool { !parties.isEmpty && parties.isSubset(of: agreedBy) }
  }

  public let functions: [Function]
  /// The sector of each organisation that has a part.
  public let sectors: [RecordNumber: Sector]

  public init(functions: [Function], sectors: [RecordNumber: Sector]) {
    self.functions = functions
    self.sectors = sectors
  }

  public subscript(number: RecordNumber) -> Function? { functions.first { $0.number == number } }
}

/// What sort of work a function is part of.
public enum FunctionDomain: String, CaseIterable, Sendable {
  case publicHealth = "public_health"
  case populationHealthManagement = "population_health_management"
  case commissioning
  case care
  case partnership

  public var title: String {
    switch self {
    case .publicHealth: "Public health"
    case .populationHealthManagement: "Population health management"
    case .commissioning: "Commissioning"
    case .care: "Care"
    case .partnership: "Working together"
    }
  }

  static var choices: [FieldType.Choice] { allCases.map { .init($0.rawValue, $0.title) } }
}

/// Something about who does what that should be settled.
public struct RoleFinding: Sendable, Hashable {
  public enum Kind: String, CaseIterable, Sendable {
    /// The law demands it of other bodies than the one that answers for it.
    case dutyElsewhere = "duty_elsewhere"
    /// Two or more organisations answer for it at one scale.
    case severalAccountable = "several_accountable"
    /// Nobody answers for it at a scale where it belongs.
    case nobodyAccountable = "nobody_accountable"
    /// Somebody answers for it at a scale, and nobody does it there.
    case nobodyResponsible = "nobody_responsible"
    /// It is done at a scale where it does not belong.
    case wrongScale = "wrong_scale"
    /// Whoever does it has nobody for it, or cannot do it.
    case noCapacity = "no_capacity"
    /// A person leads on more than one can answer for.
    case overloadedPerson = "overloaded_person"
    /// Nobody has said who does it.
    case unmapped
  }

  public let kind: Kind
  /// Nil for what is about a person.
  public let function: RecordNumber?
  public let scale: Scale?
  public let organisations: [RecordNumber]
  public var person: RecordNumber?
  /// How many functions the person answers for.
  public var count: Int?
  /// Whether the law demands the function.
  public var isStatutory = false
}

extension RoleMap {
  /// How many functions one person can be accountable for before it is asked whether that is too many. A convention of
  /// Kith's; places set their own.
  public static let mostPerPerson = 5

  /// What should be settled: the statutory first, then in the order of ``RoleFinding/Kind``, then by the functions' names.
  public func findings(mostPerPerson: Int = RoleMap.mostPerPerson) -> [RoleFinding] {
    var findings = functions.flatMap { look(at: $0) }
    var held: [RecordNumber: Set<RecordNumber>] = [:]
    for function in functions {
      for one in function.responsibilities where one.involvement == .accountable {
        if let person = one.person { held[person, default: []].insert(function.number) }
      }
    }
    for (person, functions) in held.sorted(by: { $0.key < $1.key })
    where functions.count > mostPerPerson {
      findings.append(
        RoleFinding(
          kind: .overloadedPerson, function: nil, scale: nil, organisations: [], person: person,
          count: functions.count))
    }
    let order = Dictionary(
      uniqueKeysWithValues: RoleFinding.Kind.allCases.enumerated().map { ($1, $0) })
    return findings.enumerated().sorted { one, other in
      let (first, second) = (one.element, other.element)
      return (first.isStatutory ? 0 : 1, order[first.kind] ?? 0, one.offset)
        < (second.isStatutory ? 0 : 1, order[second.kind] ?? 0, other.offset)
    }.map(\.element)
  }

  private func look(at function: Function) -> [RoleFinding] {
    func finding(
      _ kind: RoleFinding.Kind, _ scale: Scale? = nil, _ organisations: [RecordNumber] = []
    ) -> RoleFinding {
      RoleFinding(
        kind: kind, function: function.number, scale: scale, organisations: organisations,
        isStatutory: function.law != nil)
    }
    guard !function.responsibilities.isEmpty else { return [finding(.unmapped)] }
    var findings: [RoleFinding] = []
    for scale in Scale.allCases {
      let here = function.responsibilities.filter { $0.scale == scale }
      let accountable = function.organisations(.accountable, at: scale)
      let responsible = function.organisations(.responsible, at: scale)
      let belongs = function.scales.isEmpty || function.scales.contains(scale)
      if !belongs, !here.isEmpty {
        findings.append(
          finding(.wrongScale, scale, here.map(\.organisation).withoutRepeatedNumbers))
        continue
      }
      if accountable.count > 1 {
        findings.append(finding(.severalAccountable, scale, accountable))
      }
      // At a scale where it belongs, or where somebody does something towards it.
      let isExpected = function.scales.contains(scale) || !here.isEmpty
      if accountable.isEmpty, isExpected {
        findings.append(finding(.nobodyAccountable, scale, responsible))
      }
      if !accountable.isEmpty, responsible.isEmpty {
        findings.append(finding(.nobodyResponsible, scale, accountable))
      }
      let without = here.filter { one in
        guard one.involvement <= .responsible else { return false }
        let isVacant = one.posts.map { (one.vacancies ?? 0) >= $0 } ?? false
        return isVacant || one.capability == Capability.none
      }
      if !without.isEmpty {
        findings.append(
          finding(.noCapacity, scale, without.map(\.organisation).withoutRepeatedNumbers))
      }
      let strangers = accountable.filter { organisation in
        guard !function.duty.isEmpty, let sector = sectors[organisation] else { return false }
        return !function.duty.contains(sector)
      }
      if !strangers.isEmpty, function.law != nil {
        findings.append(finding(.dutyElsewhere, scale, strangers))
      }
    }
    return findings
  }
}

/// Whether something that is asked of an organisation is its to do.
public enum Remit: Sendable, Hashable {
  /// It answers for it, does it or supports it there.
  case within
  /// Others do. None where nobody answers for it at that scale.
  case outside(accountable: [RecordNumber])
  /// Nobody has said who does it.
  case unknown
}

extension RoleMap {
  /// Whether a function at a scale is an organisation's to do; at any scale, where none is said.
  public func remit(of organisation: RecordNumber, for function: RecordNumber, at scale: Scale?)
    -> Remit
  {
    guard let function = self[function], !function.responsibilities.isEmpty else { return .unknown }
    let here = function.responsibilities.filter { scale == nil || $0.scale == scale }
    if here.contains(where: { $0.organisation == organisation && $0.involvement <= .supporting }) {
      return .within
    }
    return .outside(
      accountable: here.filter { $0.involvement == .accountable }.map(\.organisation)
        .withoutRepeatedNumbers)
  }
}

extension [RecordNumber] {
  var withoutRepeatedNumbers: [RecordNumber] {
    var seen: Set<RecordNumber> = []
    return filter { seen.insert($0).inserted }
  }
}
