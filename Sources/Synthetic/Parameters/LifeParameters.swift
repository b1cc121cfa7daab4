import Definitions

/// What people and their lives are drawn from: the second half of `parameters.yaml`.
struct LifeParameters: Sendable {
  static let sections = [
    "time", "ethnic_categories", "living", "tenure_leans", "moves", "leaving", "mortality",
    "fertility",
  ]

  struct EthnicCategory: Sendable {
    /// The code of the NHS Data Dictionary, A to S.
    let code: String
    let group: Int
    let percent: Double
    let names: String
  }

  struct TenureLean: Sendable {
    var age = [1.0, 1, 1]
    var loneParent = 1.0
  }

  var end = ""
  var monthlyDeliveries = 0
  var ethnicCategories: [EthnicCategory] = []
  /// Percent in a couple, by sex (female, male) and age band.
  var couple: [[Double]] = [[], []]
  var sameSex = 0.0
  var withParents: [[Double]] = [[], []]
  var loneParents = 0.0
  var loneFathers = 0.0
  var motherAge = (mean: 30.0, spread: 5.0)
  var twins = 0.0
  var careHome: [Double] = []
  var areasWithCareHome = 0.0
  var studentHouses = 0.0
  var studentHouseSize: [Double] = []
  var mixed = 0.0
  var sharedSurname = 0.0
  var married = 0.0
  var sizes: [Double] = []
  var tenureLeans: [String: TenureLean] = [:]
  var moves: [String: Double] = [:]
  var leaving = (percent: 0.0, students: 0.0)
  /// Deaths per 1,000 in a year, by sex (female, male) and age band.
  var deaths: [[Double]] = [[], []]
  var deathsByDecile: [Double] = []
  var deathsByTendency = 0.0
  var deathsInCareHome = 1.0
  var births: [Double] = []
  var boys = 0.0

  init() {}

  init(reading top: YAMLSection, groups: [String]) {
    if let time = top.required("time")?.section(["end", "monthly_deliveries"]) {
      end = time.name("end")
      monthlyDeliveries = time.required("monthly_deliveries")?.integer() ?? 0
    }
    for (group, value) in top.required("ethnic_categories")?.entries() ?? [] {
      guard let index = groups.firstIndex(of: group) else {
        value.report("There is no ethnic group '\(group)'.")
        continue
      }
      for (code, category) in value.entries() {
        guard let section = category.section(["percent", "names"]) else { continue }
        ethnicCategories.append(
          EthnicCategory(
            code: code, group: index, percent: section.number("percent"),
            names: section.name("names")))
      }
    }
    readLiving(top)
    readChange(top)
  }

  private mutating func readLiving(_ top: YAMLSection) {
    if let living = top.required("living")?.section([
      "couple", "same_sex", "with_parents", "lone_parents", "lone_fathers", "mother_age", "twins",
      "care_home", "areas_with_care_home", "student_houses", "student_house_size", "mixed",
      "shared_surname", "married", "sizes",
    ]) {
      couple = Self.bySex(living.required("couple"), count: 10)
      sameSex = living.number("same_sex")
      withParents = Self.bySex(living.required("with_parents"), count: 5)
      loneParents = living.number("lone_parents")
      loneFathers = living.number("lone_fathers")
      if let age = living.required("mother_age")?.section(["mean", "spread"]) {
        motherAge = (age.number("mean"), age.number("spread"))
      }
      twins = living.number("twins")
      careHome = living.numbers("care_home", count: 3)
      areasWithCareHome = living.number("areas_with_care_home")
      studentHouses = living.number("student_houses")
      studentHouseSize = living.required("student_house_size")?.numbers() ?? []
      mixed = living.number("mixed")
      sharedSurname = living.number("shared_surname")
      married = living.number("married")
      sizes = living.numbers("sizes", count: 6)
    }
    for (tenure, value) in top.required("tenure_leans")?.entries() ?? [] {
      guard let section = value.section(["age", "lone_parent"]) else { continue }
      tenureLeans[tenure] = TenureLean(
        age: section.numbers("age", count: 3), loneParent: section.number("lone_parent"))
    }
  }

  private mutating func readChange(_ top: YAMLSection) {
    for (tenure, value) in top.required("moves")?.entries() ?? [] {
      moves[tenure] = value.number() ?? 0
    }
    if let section = top.required("leaving")?.section(["percent", "students"]) {
      leaving = (section.number("percent"), section.number("students"))
    }
    if let section = top.required("mortality")?.section([
      "female", "male", "decile", "general", "care_home",
    ]) {
      deaths = [section.numbers("female", count: 14), section.numbers("male", count: 14)]
      deathsByDecile = section.numbers("decile", count: 10)
      deathsByTendency = section.number("general")
      deathsInCareHome = section.number("care_home")
    }
    if let section = top.required("fertility")?.section(["per_1000", "boys"]) {
      births = section.numbers("per_1000", count: 6)
      boys = section.number("boys")
    }
  }

  /// The band of a table that starts at each of the ages.
  static func band(_ age: Int, from starts: [Int]) -> Int? {
    starts.lastIndex { age >= $0 }
  }

  static let coupleAges = [16, 20, 25, 30, 35, 45, 55, 65, 75, 85]
  static let parentAges = [16, 18, 20, 25, 30]
  static let deathAges = [0, 1, 5, 15, 25, 35, 45, 55, 65, 70, 75, 80, 85, 90]

  private static func bySex(_ value: YAMLValue?, count: Int) -> [[Double]] {
    guard let section = value?.section(["female", "male"]) else { return [[], []] }
    return [section.numbers("female", count: count), section.numbers("male", count: count)]
  }
}
