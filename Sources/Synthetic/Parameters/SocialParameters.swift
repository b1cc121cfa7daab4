import Definitions

/// What homes, support, hardship, programmes and errors are drawn from: the last part of
/// `parameters.yaml`.
struct SocialParameters: Sendable {
  static let sections = [
    "homes", "housing", "social_care", "voluntary", "programmes", "errors",
  ]

  /// Owned, social and private renting: what energy and damp are known by.
  enum Sector: Int, Sendable, CaseIterable {
    case owned
    case social
    case rented
    static let names = ["owned", "social", "private"]

    init(tenure: String) {
      switch tenure {
      case "council", "social": self = .social
      case "landlord", "private_other", "rent_free": self = .rented
      default: self = .owned
      }
    }
  }

  struct Programme: Sendable {
    let id: String
    let title: String
    let firstMonth: Int
    let months: Int
    /// The rate of the outcome with the programme over that without.
    let effect: Double
    let ages: ClosedRange<Int>
    let odds: [String: Double]
  }

  /// Percent of homes in bands C and better, D, E, F, G, by sector.
  var energy: [[Double]] = []
  static let bands = ["C", "D", "E", "F", "G"]
  var damp: [Double] = []
  var dampByDecile = 0.0
  var arrears = (percent: 0.0, lowIncome: 1.0)
  var adapted = 0.0
  var homeless: [Double] = []
  var homelessLowIncome = 1.0
  var support: [Double] = []
  var supportWith: [(condition: Int, factor: Double)] = []
  var supportDisabled = 1.0
  var supportLevel = 1.0
  var requestsWithout = 1.0
  var pounds: [String: Double] = [:]
  var hoursAWeek = 0.0
  /// Contacts per 1,000 adults in a year, by service.
  var contacts: [(service: String, rate: Double)] = []
  var contactsLowIncome = 1.0
  var contactsDepression = 1.0
  var contactsDecile = 0.0
  var programmes: [Programme] = []
  /// Percent of identities with each error, by source.
  var errors: [ErrorSource: [Defect.Kind: Double]] = [:]
  var errorsByAge = (infant: 1.0, young: 1.0, old: 1.0)
  var errorsByGroup: [Double] = []
  var errorsByDecile: [Double] = []
  /// Percent of records.
  var recordErrors: [Defect.Kind: Double] = [:]

  init() {}

  init(reading top: YAMLSection, conditions: [String], groups: [String]) {
    readHomes(top)
    readSupport(top, conditions)
    for (id, value) in top.required("programmes")?.entries() ?? [] {
      guard
        let section = value.section([
          "title", "first_month", "months", "effect", "ages", "odds",
        ])
      else { continue }
      let ages = section["ages"]?.numbers() ?? [0, 120]
      programmes.append(
        Programme(
          id: id, title: section.name("title"), firstMonth: Int(section.number("first_month")),
          months: Int(section.number("months")), effect: section.number("effect"),
          ages: Int(ages.first ?? 0)...Int(ages.last ?? 120),
          odds: Self.table(section.required("odds"))))
    }
    readErrors(top.required("errors"), groups)
  }

  private static func table(_ value: YAMLValue?) -> [String: Double] {
    Dictionary(
      (value?.entries() ?? []).map { ($0.key, $0.value.number() ?? 0) },
      uniquingKeysWith: { first, _ in first })
  }

  private mutating func readHomes(_ top: YAMLSection) {
    if let homes = top.required("homes")?.section(["epc", "damp"]) {
      let energy = homes.required("epc")?.section(Sector.names)
      self.energy = Sector.names.map { sector in
        let table = Self.table(energy?.required(sector))
        return Self.bands.map { table[$0] ?? 0 }
      }
      let damp = homes.required("damp")?.section(Sector.names + ["decile"])
      self.damp = Sector.names.map { damp?.number($0) ?? 0 }
      dampByDecile = damp?.number("decile") ?? 0
    }
    if let housing = top.required("housing")?.section([
      "arrears", "adapted", "homeless_per_1000", "low_income",
    ]) {
      if let section = housing.required("arrears")?.section(["percent", "low_income"]) {
        arrears = (section.number("percent"), section.number("low_income"))
      }
      adapted = housing.number("adapted")
      let homeless = housing.required("homeless_per_1000")?.section(Sector.names)
      self.homeless = Sector.names.map { homeless?.number($0) ?? 0 }
      homelessLowIncome = housing.number("low_income")
    }
  }

  private mutating func readSupport(_ top: YAMLSection, _ conditions: [String]) {
    if let care = top.required("social_care")?.section([
      "per_1000", "with", "disabled", "level", "request_without_support", "pounds", "hours_a_week",
    ]) {
      support = care.numbers("per_1000", count: 4)
      for (id, value) in care.required("with")?.entries() ?? [] {
        if let condition = conditions.firstIndex(of: id) {
          supportWith.append((condition, value.number() ?? 1))
        } else {
          value.report("There is no condition '\(id)'.")
        }
      }
      supportDisabled = care.number("disabled")
      supportLevel = care.number("level")
      requestsWithout = care.number("request_without_support")
      pounds = Self.table(care.required("pounds"))
      hoursAWeek = care.number("hours_a_week")
    }
    if let voluntary = top.required("voluntary")?.section([
      "per_1000", "low_income", "depression", "decile",
    ]) {
      contacts = (voluntary.required("per_1000")?.entries() ?? []).map {
        ($0.key, $0.value.number() ?? 0)
      }
      contactsLowIncome = voluntary.number("low_income")
      contactsDepression = voluntary.number("depression")
      contactsDecile = voluntary.number("decile")
    }
  }

  private mutating func readErrors(_ value: YAMLValue?, _ groups: [String]) {
    guard
      let section = value?.section([
        "sources", "by_age", "by_ethnic_group", "by_decile", "records",
      ])
    else { return }
    for (name, value) in section.required("sources")?.entries() ?? [] {
      guard let source = ErrorSource(rawValue: name) else {
        value.report("There is no source '\(name)'.")
        continue
      }
      errors[source] = kinds(value)
    }
    if let ages = section.required("by_age")?.section(["under_1", "from_18_to_34", "over_85"]) {
      errorsByAge = (
        ages.number("under_1"), ages.number("from_18_to_34"), ages.number("over_85")
      )
    }
    let byGroup = Self.table(section.required("by_ethnic_group"))
    errorsByGroup = groups.map { byGroup[$0] ?? 1 }
    errorsByDecile = section.numbers("by_decile", count: 10)
    recordErrors = section.required("records").map(kinds) ?? [:]
  }

  private func kinds(_ value: YAMLValue) -> [Defect.Kind: Double] {
    var rates: [Defect.Kind: Double] = [:]
    for (name, percent) in value.entries() {
      if let kind = Defect.Kind(rawValue: name) {
        rates[kind] = percent.number() ?? 0
      } else {
        percent.report("There is no error '\(name)'.")
      }
    }
    return rates
  }
}

/// Where an identity is held: sources differ in how well they are kept.
enum ErrorSource: String, Sendable, CaseIterable {
  case gp
  case hospital
  case council
  case voluntary
  case deaths
}
