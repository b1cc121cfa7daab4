import Definitions
import Foundation

/// The published figures that the fictional place is drawn from: `parameters.yaml`.
struct Parameters: Sendable {
  var residentsPerArea = 0.0
  var spread = 0.0
  var bands: [String] = []
  var agePercent: [Double] = []
  var female: [Double] = []
  var ethnicGroups: [(id: String, percent: Double)] = []
  var tenure: [(id: String, percent: Double)] = []
  var residentsPerHousehold = 0.0
  var dimensions: [Double] = []
  var disabled = 0.0
  var occupancy: [(id: String, percent: Double)] = []
  var scoreLimits: [Double] = []
  var conditions: [ConditionParameters] = []
  var attendances = 0.0
  var admissions = 0.0
  var overFourHours = 0.0
  var months = 0
  var firstMonth = ""
  var seasonal: [Double] = []
  var change = (month: "", factor: 1.0)
  var outlier = (month: "", factor: 1.0)
  var life = LifeParameters()
  var health = HealthParameters()
  var social = SocialParameters()
  /// Published ranges that the report holds a place against.
  var ranges: [(id: String, title: String, from: Double, to: Double, source: String)] = []

  private static let areaSections = [
    "population", "ages", "ethnic_groups", "tenure", "households", "deprivation", "conditions",
    "hospital",
  ]

  /// Reads the parameters that ship.
  init() throws {
    let url = try ShippedFiles.url("parameters.yaml", of: "Synthetic")
    let diagnostics = Diagnostics()
    let text = try TextFile(reading: url).text()
    if let root = YAMLValue.parse(text, file: url.path, diagnostics: diagnostics) { read(root) }
    try diagnostics.throwIfAny()
  }

  private mutating func read(_ root: YAMLValue) {
    let top = root.section(
      Self.areaSections + LifeParameters.sections + HealthParameters.sections
        + SocialParameters.sections + ["ranges"])
    let population = top?.required("population")?.section(["residents_per_small_area", "spread"])
    residentsPerArea = population?.required("residents_per_small_area")?.number() ?? 0
    spread = population?.required("spread")?.number() ?? 0
    let ages = top?.required("ages")?.section(["bands", "percent", "female"])
    bands = ages?.required("bands")?.texts() ?? []
    agePercent = numbers(ages?.required("percent"))
    female = numbers(ages?.required("female"))
    ethnicGroups = shares(top?.required("ethnic_groups"))
    tenure = shares(top?.required("tenure"))
    let households = top?.required("households")?.section([
      "residents_each", "dimensions", "disabled", "occupancy",
    ])
    residentsPerHousehold = households?.required("residents_each")?.number() ?? 0
    dimensions = numbers(households?.required("dimensions"))
    disabled = households?.required("disabled")?.number() ?? 0
    occupancy = shares(households?.required("occupancy"))
    scoreLimits = numbers(
      top?.required("deprivation")?.section(["score_limits"])?.required("score_limits"))
    conditions = (top?.required("conditions")?.entries() ?? []).compactMap {
      ConditionParameters(id: $0.key, reading: $0.value, groups: ethnicGroups.map(\.id))
    }
    for condition in conditions {
      if let part = condition.within, !conditions.contains(where: { $0.id == part }) {
        root.report("\(condition.id) is within \(part), which is not among the conditions.")
      }
    }
    if let top {
      let groups = ethnicGroups.map(\.id)
      let ids = conditions.map(\.id)
      life = LifeParameters(reading: top, groups: groups)
      health = HealthParameters(reading: top, conditions: ids)
      social = SocialParameters(reading: top, conditions: ids, groups: groups)
      ranges = (top.required("ranges")?.entries() ?? []).compactMap { id, value in
        guard let section = value.section(["title", "from", "to", "source"]) else { return nil }
        return (
          id, section.name("title"), section.number("from"), section.number("to"),
          section.name("source")
        )
      }
    }
    readHospital(top?.required("hospital"))
    if agePercent.count != bands.count || female.count != bands.count {
      ages?.at.report("Give a percentage for each of the \(bands.count) age bands.")
    }
    if scoreLimits.count != 11 { root.report("Give the eleven limits of the ten score deciles.") }
  }

  private mutating func readHospital(_ value: YAMLValue?) {
    let section = value?.section([
      "attendances_per_1000", "admissions_per_1000", "over_4_hours_percent", "months",
      "first_month", "seasonal", "change", "outlier",
    ])
    attendances = section?.required("attendances_per_1000")?.number() ?? 0
    admissions = section?.required("admissions_per_1000")?.number() ?? 0
    overFourHours = section?.required("over_4_hours_percent")?.number() ?? 0
    months = section?.required("months")?.integer() ?? 0
    firstMonth = section?.required("first_month")?.name() ?? ""
    seasonal = numbers(section?.required("seasonal"))
    if seasonal.count != 12 { value?.report("Give a seasonal factor for each of twelve months.") }
    func event(_ key: String) -> (month: String, factor: Double) {
      let event = section?.required(key)?.section(["month", "factor"])
      return (
        event?.required("month")?.name() ?? "", event?.required("factor")?.number() ?? 1
      )
    }
    change = event("change")
    outlier = event("outlier")
  }

  private func numbers(_ value: YAMLValue?) -> [Double] { value?.numbers() ?? [] }

  private func shares(_ value: YAMLValue?) -> [(id: String, percent: Double)] {
    (value?.entries() ?? []).compactMap { id, value in value.number().map { (id, $0) } }
  }
}
