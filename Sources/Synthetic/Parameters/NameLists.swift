import Definitions
import Foundation

/// Names and how common they are, by sex, year of birth and background: `names.yaml`.
struct NameLists: Sendable {
  /// Every forename and surname once; people hold their positions.
  private(set) var forenames: [String] = []
  private(set) var surnames: [String] = []
  /// Other forms of a forename: nicknames, and other spellings.
  private(set) var otherForenames: [String: [String]] = [:]
  private(set) var streets: [String] = []

  private struct Cohort: Sendable {
    let until: Int
    let choice: WeightedChoice
    let names: [UInt32]
  }
  private var forenameLists: [String: [Cohort]] = [:]
  private var surnameLists: [String: (choice: WeightedChoice, names: [UInt32])] = [:]
  private var forenameNumbers: [String: UInt32] = [:]
  private var surnameNumbers: [String: UInt32] = [:]

  init() throws {
    let url = try ShippedFiles.url("names.yaml", of: "Synthetic")
    let diagnostics = Diagnostics()
    let text = try TextFile(reading: url).text()
    if let root = YAMLValue.parse(text, file: url.path, diagnostics: diagnostics) { read(root) }
    try diagnostics.throwIfAny()
  }

  /// A forename for somebody of that sex and year of birth.
  func forename(
    _ list: String, _ sex: Sex, bornIn year: Int, _ random: inout SeededGenerator
  ) -> UInt32 {
    // Families from the Caribbean and from Ireland mostly have the names of the country.
    let key = "\(list)_\(sex == .female ? "female" : "male")"
    let cohorts =
      forenameLists[key] ?? forenameLists[sex == .female ? "white_female" : "white_male"]
    guard let cohort = cohorts?.first(where: { year <= $0.until }) ?? cohorts?.last else {
      return 0
    }
    return cohort.names[cohort.choice.pick(&random)]
  }

  func surname(_ list: String, _ random: inout SeededGenerator) -> UInt32 {
    guard let list = surnameLists[list] ?? surnameLists["british"] else { return 0 }
    return list.names[list.choice.pick(&random)]
  }

  private mutating func read(_ root: YAMLValue) {
    let top = root.section([
      "forenames", "frequency", "surnames", "nicknames", "variants", "streets",
    ])
    let frequency = Dictionary(
      (top?.required("frequency")?.entries() ?? []).map { ($0.key, $0.value) },
      uniquingKeysWith: { first, _ in first })
    for (list, value) in top?.required("forenames")?.entries() ?? [] {
      let curves = Dictionary(
        (frequency[list]?.entries() ?? []).map { ($0.key, $0.value) },
        uniquingKeysWith: { first, _ in first })
      for (year, names) in value.entries() {
        guard let curve = curves[year]?.section(["offset", "power"]) else {
          names.report("There is no frequency for \(list), \(year).")
          continue
        }
        let (offset, power) = (curve.number("offset"), curve.number("power"))
        let numbers = names.texts().map { forename($0) }
        let weights = numbers.indices.map { pow(Double($0 + 1) + offset, -power) }
        forenameLists[list, default: []].append(
          Cohort(until: Int(year) ?? 0, choice: WeightedChoice(weights), names: numbers))
      }
      forenameLists[list]?.sort { $0.until < $1.until }
    }
    for (list, value) in top?.required("surnames")?.entries() ?? [] where list != "tail" {
      addSurnames(list, value.entries().map { ($0.key, $0.value.number() ?? 0) })
    }
    let tails = top?.required("surnames")?.entries().first { $0.key == "tail" }?.value
    for (list, value) in tails?.entries() ?? [] { addTail(to: list, value) }
    for key in ["nicknames", "variants"] {
      for (name, value) in top?.required(key)?.entries() ?? [] {
        otherForenames[name, default: []] += value.texts()
      }
    }
    if let section = top?.required("streets")?.section(["names", "kinds"]) {
      let kinds = section.required("kinds")?.texts() ?? []
      streets = (section.required("names")?.texts() ?? []).flatMap { name in
        kinds.map { "\(name) \($0)" }
      }
    }
  }

  /// Adds the long tail to a list of surnames: each drawn as its rank has it (Zipf).
  private mutating func addTail(to list: String, _ value: YAMLValue) {
    guard let section = value.section(["share", "beginnings", "endings"]),
      let listed = listed[list]
    else { return }
    var tail: [String] = []
    for ending in section.required("endings")?.texts() ?? [] {
      for beginning in section.required("beginnings")?.texts() ?? [] {
        tail.append(beginning + ending)
      }
    }
    // An order that is neither by beginning nor by ending, and always the same.
    var random = SeededGenerator(seed: 0, purpose: "surnames")
    tail.shuffle(using: &random)
    let share = section.number("share")
    let whole = listed.reduce(0) { $0 + $1.1 }
    let ranks = tail.indices.map { 1 / Double($0 + 60) }
    let scale = whole * share / (1 - share) / ranks.reduce(0, +)
    addSurnames(list, listed + zip(tail, ranks).map { ($0, $1 * scale) })
  }

  private var listed: [String: [(String, Double)]] = [:]

  private mutating func addSurnames(_ list: String, _ counts: [(String, Double)]) {
    listed[list] = counts
    surnameLists[list] = (WeightedChoice(counts.map(\.1)), counts.map { surname($0.0) })
  }

  private mutating func forename(_ name: String) -> UInt32 {
    if let number = forenameNumbers[name] { return number }
    let number = UInt32(forenames.count)
    forenames.append(name)
    forenameNumbers[name] = number
    return number
  }

  private mutating func surname(_ name: String) -> UInt32 {
    if let number = surnameNumbers[name] { return number }
    let number = UInt32(surnames.count)
    surnames.append(name)
    surnameNumbers[name] = number
    return number
  }
}
