import Definitions

/// What illness, care and hardship are drawn from: the third part of `parameters.yaml`.
///
/// Conditions are referred to by their position in ``Parameters/conditions``.
struct HealthParameters: Sendable {
  static let sections = [
    "smoking", "measures", "use", "admissions", "attendances", "elective", "maternity",
    "outpatients", "causes_of_death", "clinical", "drugs", "consultations", "vaccinations",
  ]

  /// How often something happens, by age, deprivation, illness and tendency.
  struct Use: Sendable {
    var ages: [Double] = []
    var decile: [Double] = []
    var condition = 0.0
    var tendency = 0.0
    var level = 1.0

    init() {}

    init(reading section: YAMLSection?) {
      guard let section else { return }
      ages = section.numbers("ages", count: 10)
      decile = section.numbers("decile", count: 10)
      condition = section["condition"]?.number() ?? 0
      tendency = section["tendency"]?.number() ?? 0
      level = section.number("level")
    }
  }

  /// A reason for a stay, an attendance or an appointment.
  struct Reason: Sendable {
    var icd10 = ""
    var opcs4 = ""
    var hrg = ""
    var pounds = 0
    var days = 0.0
    var dayCase = 0.0
    var specialty = 0
    var diagnosis = ""
    var complaint = ""
    /// How often for children, adults and people of 65 and over.
    var ages = [1.0, 1, 1]
    /// Times as often with a condition.
    var with: [(condition: Int, factor: Double)] = []
    /// The only sex that has it, and the ages it occurs at.
    var sex: Sex?
    var from = 0
    var to = 120

    /// How often, for somebody of that age and sex with those conditions.
    func weight(age: Int, sex: Sex, has: (Int) -> Bool) -> Double {
      guard self.sex == nil || self.sex == sex, from <= age, age <= to else { return 0 }
      var weight = ages[age < 16 ? 0 : age < 65 ? 1 : 2]
      for (condition, factor) in with where has(condition) { weight *= factor }
      return weight
    }
  }

  struct Code: Sendable {
    let code: String
    let term: String
    let percent: Double
    let sex: Sex?
  }

  struct Clinical: Sendable {
    var codes: [Code] = []
    var icd10 = ""
    var drugs: [(drug: Int, percent: Double)] = []
  }

  struct Drug: Sendable {
    let id: String
    let code: String
    let term: String
    let dose: String
    let pounds: Double
  }

  struct Consultation: Sendable {
    let code: String
    let term: String
    let ages: [Double]
    let drug: Int?
    let percent: Double
  }

  struct Vaccine: Sendable {
    let procedure: String
    let product: String
    let term: String
    var days = 0
    var percent = 0.0
  }

  /// Percent, by sex and age band.
  var smokers: [[Double]] = [[], []]
  var formerSmokers: [[Double]] = [[], []]
  var smokingByDecile: [Double] = []
  var smokingLoads = Tendencies.zero
  static let smokingAges = [16, 25, 35, 50, 60]

  var bodyMass = (mean: [Double](), spread: 0.0, decile: 0.0)
  var systolic = (bySex: [[Double]](), spread: 0.0)
  var hba1c = (without: 0.0, spread: 0.0, with: 0.0, spreadWith: 0.0)
  var egfr = (at20: 0.0, perYear: 0.0, spread: 0.0)

  static let useAges = [0, 5, 15, 25, 35, 45, 55, 65, 75, 85]
  var emergency = Use()
  var elective = Use()
  var outpatient = Use()
  var consulting = Use()
  var respiratory = Use()
  var admitted: [Double] = []
  var respiratoryWith: [(condition: Int, factor: Double)] = []
  var respiratoryHome: [String: Double] = [:]
  var seasons: [Double] = []
  var respiratorySeasons: [Double] = []
  var respiratoryCauses: [Reason] = []
  var otherCauses: [Reason] = []
  var attendances: [Reason] = []
  var electiveReasons: [Reason] = []
  var mother = Reason()
  var baby = Reason()
  var clinics: [Reason] = []
  var outpatientPounds = (first: 0, followUp: 0)
  var notAttended = 0.0
  var firstAttendance = 0.0
  var causesOfDeath: [Reason] = []
  var clinical: [Clinical] = []
  var drugs: [Drug] = []
  var consultations: [Consultation] = []
  var vaccinesByDecile = 0.0
  var vaccines: [Vaccine] = []
  var influenza = (
    vaccine: Vaccine(procedure: "", product: "", term: ""), older: 0.0, atRisk: 0.0, children: 0.0
  )
  var covid = (vaccine: Vaccine(procedure: "", product: "", term: ""), older: 0.0)

  private var conditions: [String] = []

  init() {}

  init(reading top: YAMLSection, conditions: [String]) {
    self.conditions = conditions
    readBody(top)
    readUse(top.required("use"))
    readReasons(top)
    readClinical(top)
    readVaccinations(top.required("vaccinations"))
  }

  private mutating func readBody(_ top: YAMLSection) {
    if let section = top.required("smoking")?.section(["current", "former", "decile", "loads"]) {
      smokers = bySex(section.required("current"), count: 5)
      formerSmokers = bySex(section.required("former"), count: 5)
      smokingByDecile = section.numbers("decile", count: 10)
      let loads = section.numbers("loads", count: 4)
      smokingLoads = Tendencies(loads[0], loads[1], loads[2], loads[3])
    }
    guard let measures = top.required("measures")?.section(["bmi", "systolic", "hba1c", "egfr"])
    else { return }
    if let bmi = measures.required("bmi")?.section(["mean", "spread", "decile"]) {
      bodyMass = (bmi.numbers("mean", count: 8), bmi.number("spread"), bmi.number("decile"))
    }
    if let section = measures.required("systolic")?.section(["female", "male", "spread"]) {
      systolic = (
        [section.numbers("female", count: 8), section.numbers("male", count: 8)],
        section.number("spread")
      )
    }
    if let section = measures.required("hba1c")?.section([
      "without", "spread", "with", "spread_with",
    ]) {
      hba1c = (
        section.number("without"), section.number("spread"), section.number("with"),
        section.number("spread_with")
      )
    }
    if let section = measures.required("egfr")?.section(["at_20", "per_year", "spread"]) {
      egfr = (section.number("at_20"), section.number("per_year"), section.number("spread"))
    }
  }

  private mutating func readUse(_ value: YAMLValue?) {
    guard
      let section = value?.section([
        "emergency", "elective", "outpatient", "gp", "admitted", "respiratory", "respiratory_with",
        "seasons", "respiratory_seasons",
      ])
    else { return }
    func use(_ key: String) -> Use {
      Use(
        reading: section.required(key)?.section([
          "ages", "decile", "condition", "tendency", "level",
        ]))
    }
    emergency = use("emergency")
    elective = use("elective")
    outpatient = use("outpatient")
    consulting = use("gp")
    respiratory = use("respiratory")
    admitted = section.numbers("admitted", count: 10)
    for (key, value) in section.required("respiratory_with")?.entries() ?? [] {
      if let condition = conditions.firstIndex(of: key) {
        respiratoryWith.append((condition, value.number() ?? 1))
      } else {
        respiratoryHome[key] = value.number() ?? 1
      }
    }
    seasons = section.numbers("seasons", count: 12)
    respiratorySeasons = section.numbers("respiratory_seasons", count: 12)
  }

  private mutating func readReasons(_ top: YAMLSection) {
    if let section = top.required("admissions")?.section(["respiratory", "other"]) {
      respiratoryCauses = reasons(section.required("respiratory"))
      otherCauses = reasons(section.required("other"))
    }
    attendances = reasons(top.required("attendances"))
    electiveReasons = reasons(top.required("elective"))
    if let section = top.required("maternity")?.section(["mother", "baby"]) {
      mother = section.required("mother").flatMap(reason) ?? mother
      baby = section.required("baby").flatMap(reason) ?? baby
    }
    if let section = top.required("outpatients")?.section([
      "pounds", "not_attended", "first", "clinics",
    ]) {
      if let pounds = section.required("pounds")?.section(["first", "follow_up"]) {
        outpatientPounds = (Int(pounds.number("first")), Int(pounds.number("follow_up")))
      }
      notAttended = section.number("not_attended")
      firstAttendance = section.number("first")
      clinics = reasons(section.required("clinics"))
    }
    causesOfDeath = reasons(top.required("causes_of_death"))
  }

  private func reasons(_ value: YAMLValue?) -> [Reason] {
    (value?.items() ?? []).compactMap(reason)
  }

  private func reason(_ value: YAMLValue) -> Reason? {
    guard
      let section = value.section([
        "icd10", "opcs4", "hrg", "pounds", "days", "day_case", "specialty", "diagnosis",
        "complaint", "ages", "with", "approximate", "sex", "from", "to",
      ])
    else { return nil }
    var reason = Reason()
    reason.icd10 = section["icd10"]?.name() ?? ""
    reason.opcs4 = section["opcs4"]?.name() ?? ""
    reason.hrg = section["hrg"]?.name() ?? ""
    reason.pounds = section["pounds"]?.integer() ?? 0
    reason.days = section["days"]?.number() ?? 0
    reason.dayCase = section["day_case"]?.number() ?? 0
    reason.specialty = section["specialty"]?.integer() ?? 0
    reason.diagnosis = section["diagnosis"]?.name() ?? ""
    reason.complaint = section["complaint"]?.name() ?? ""
    reason.sex = section["sex"]?.choice(Sex.self)
    reason.from = section["from"]?.integer() ?? 0
    reason.to = section["to"]?.integer() ?? 120
    if section["ages"] != nil { reason.ages = section.numbers("ages", count: 3) }
    for (key, factor) in section["with"]?.entries() ?? [] {
      guard let condition = conditions.firstIndex(of: key) else {
        factor.report("There is no condition '\(key)'.")
        continue
      }
      reason.with.append((condition, factor.number() ?? 1))
    }
    return reason
  }

  private mutating func readClinical(_ top: YAMLSection) {
    for (id, value) in top.required("drugs")?.entries() ?? [] {
      guard let section = value.section(["code", "term", "dose", "pounds"]) else { continue }
      drugs.append(
        Drug(
          id: id, code: section.name("code"), term: section.name("term"),
          dose: section.name("dose"), pounds: section.number("pounds")))
    }
    clinical = Array(repeating: Clinical(), count: conditions.count)
    for (id, value) in top.required("clinical")?.entries() ?? [] {
      guard let condition = conditions.firstIndex(of: id) else {
        value.report("There is no condition '\(id)'.")
        continue
      }
      guard let section = value.section(["codes", "icd10", "drugs"]) else { continue }
      clinical[condition].icd10 = section.name("icd10")
      for (code, entry) in section.required("codes")?.entries() ?? [] {
        guard let entry = entry.section(["term", "percent", "sex"]) else { continue }
        clinical[condition].codes.append(
          Code(
            code: code, term: entry.name("term"), percent: entry.number("percent"),
            sex: entry["sex"]?.choice(Sex.self)))
      }
      for (drug, percent) in section.required("drugs")?.entries() ?? [] {
        guard let index = drugs.firstIndex(where: { $0.id == drug }) else {
          percent.report("There is no drug '\(drug)'.")
          continue
        }
        clinical[condition].drugs.append((index, percent.number() ?? 0))
      }
    }
    consultations = (top.required("consultations")?.items() ?? []).compactMap { value in
      guard let section = value.section(["code", "term", "ages", "drug", "percent"]) else {
        return nil
      }
      let drug = section["drug"]?.name()
      let index = drugs.firstIndex { $0.id == drug }
      if let drug, index == nil { value.report("There is no drug '\(drug)'.") }
      return Consultation(
        code: section.name("code"), term: section.name("term"),
        ages: section.numbers("ages", count: 3), drug: index,
        percent: section["percent"]?.number() ?? 0)
    }
  }

  private mutating func readVaccinations(_ value: YAMLValue?) {
    guard let section = value?.section(["decile", "schedule", "influenza", "covid"]) else { return }
    vaccinesByDecile = section.number("decile")
    let keys = [
      "procedure", "product", "term", "days", "percent", "older", "at_risk", "children",
    ]
    func vaccine(_ section: YAMLSection) -> Vaccine {
      Vaccine(
        procedure: section.name("procedure"), product: section.name("product"),
        term: section.name("term"), days: section["days"]?.integer() ?? 0,
        percent: section["percent"]?.number() ?? 0)
    }
    vaccines = (section.required("schedule")?.items() ?? []).compactMap {
      $0.section(keys).map(vaccine)
    }
    if let flu = section.required("influenza")?.section(keys) {
      influenza = (
        vaccine(flu), flu.number("older"), flu.number("at_risk"), flu.number("children")
      )
    }
    if let covid = section.required("covid")?.section(keys) {
      self.covid = (vaccine(covid), covid.number("older"))
    }
  }

  private func bySex(_ value: YAMLValue?, count: Int) -> [[Double]] {
    guard let section = value?.section(["female", "male"]) else { return [[], []] }
    return [section.numbers("female", count: count), section.numbers("male", count: count)]
  }
}
