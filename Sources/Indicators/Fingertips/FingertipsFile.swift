import Codes
public import Definitions
public import Foundation
import TableFiles

/// A CSV file in the form of OHID's Fingertips, whose indicators stand beside the place's own.
///
/// One indicator is made of the rows of one Indicator ID and Age; rows of women and men are its breakdown by sex, and
/// those with a category one by that category. Where an indicator is not of persons, each sex is an indicator.
public struct FingertipsFile: Sendable {
  /// What the file says of one indicator.
  public struct Series: Sendable {
    public let indicator: Indicator
    let slices: [FingertipsSlice]
  }

  public let series: [Series]
  /// How many rows were left out, and why.
  public private(set) var leftOut: [String: Int] = [:]

  private struct Key: Hashable {
    let id: String
    let age: String
    /// Empty where the rows of persons are there.
    let sex: String
  }

  /// Reads a file.
  ///
  /// - Throws: ``Definitions/Problems`` with the line of what is wrong: a number that is none, a column that is missing, two
  ///   values for the same figure, limits that leave the value out.
  public init(_ url: URL) throws {
    let file = TableFile(url)
    let columns = try FingertipsColumns.names(in: file)
    func column(_ name: String) -> String { columns[name] ?? name }
    let table = try NumberTable(
      file, texts: FingertipsColumns.texts.map(column),
      numbers: FingertipsColumns.numbers.map(column))
    func text(_ name: String) -> [String] {
      // R and SQL write a word where there is no value.
      table.text(column(name)).map { WrittenValue.missingNumbers.contains($0) ? "" : $0 }
    }
    func number(_ name: String) -> [Double] { table.number(column(name)) }
    let (ids, names, areas) = (text("Indicator ID"), text("Indicator Name"), text("Area Code"))
    let (sexes, ages) = (text("Sex"), text("Age"))
    let (types, categories) = (text("Category Type"), text("Category"))
    let (periods, notes) = (text("Time period"), text("Value note"))
    let comparisons = text("Compared to England value or percentiles")
    let (values, counts) = (number("Value"), number("Count"))
    let denominators = number("Denominator")
    let (lowers, uppers) = (
      number("Lower CI 95.0 limit"), number("Upper CI 95.0 limit")
    )
    var problems: [Problem] = []
    func report(_ row: Int, _ message: String, _ hint: String) {
      guard problems.count < 20 else { return }
      problems.append(
        Problem(file: url.path, line: table.file.line(ofRow: row), message, hint: hint))
    }
    let withPersons = Set(
      ids.indices.filter { sexes[$0] == FingertipsColumns.persons || sexes[$0].isEmpty }
        .map { Key(id: ids[$0], age: ages[$0], sex: "") })
    var order: [Key] = []
    var slices: [Key: FingertipsSlices] = [:]
    var titles: [Key: String] = [:]
    var polarity: [Key: FingertipsPolarity] = [:]
    for row in ids.indices {
      guard !ids[row].isEmpty, !areas[row].isEmpty, !periods[row].isEmpty else {
        report(
          row, "The indicator's ID, the area's code or the time period is missing.",
          "Every row has all three.")
        continue
      }
      guard types[row].isEmpty == categories[row].isEmpty else {
        report(
          row, "The row has a category type or a category without the other.",
          "Give both, or neither for everybody.")
        continue
      }
      let persons = Key(id: ids[row], age: ages[row], sex: "")
      let key =
        withPersons.contains(persons)
        ? persons : Key(id: ids[row], age: ages[row], sex: sexes[row])
      let isOfSex =
        key.sex.isEmpty && sexes[row] != FingertipsColumns.persons && !sexes[row].isEmpty
      if isOfSex && !types[row].isEmpty {
        leftOut["a category of one sex", default: 0] += 1
        continue
      }
      let value = values[row]
      if !value.isNaN, lowers[row] > value + 1e-9 || uppers[row] < value - 1e-9 {
        report(
          row, "The value lies outside of its own limits.", "Check the row with its publisher.")
        continue
      }
      if counts[row] < 0 || denominators[row] < 0 {
        report(
          row, "The count or the denominator is below zero.",
          "Leave it empty where it is not known.")
        continue
      }
      if titles[key] == nil {
        order.append(key)
        titles[key] = names[row]
      }
      let group =
        isOfSex
        ? ("sex", sexes[row].lowercased())
        : types[row].isEmpty
          ? ("", "")
          : FingertipsColumns.breakdown(type: types[row], category: categories[row])
      let isAdded = slices[key, default: FingertipsSlices()].add(
        FingertipsSlice.Figure(
          area: areas[row], value: value, lower: value.isNaN ? .nan : lowers[row],
          upper: value.isNaN ? .nan : uppers[row],
          count: counts[row], denominator: denominators[row], note: notes[row]),
        period: Self.period(periods[row]), group)
      if !isAdded {
        report(
          row, "There is another value for the same area, period and group before this row.",
          "Leave one of them.")
      }
      polarity[key, default: FingertipsPolarity()].add(
        comparisons[row], value, area: areas[row], period: periods[row],
        isEverybody: group.0.isEmpty)
    }
    if !problems.isEmpty { throw Problems(problems) }
    let agesOf = Dictionary(grouping: order, by: \.id)
    series = order.map { key in
      let several = (agesOf[key.id]?.count ?? 0) > 1
      var suffix = several && !key.age.isEmpty ? "_\(key.age.identifier)" : ""
      if several && !key.sex.isEmpty { suffix += "_\(key.sex.identifier)" }
      var title = titles[key] ?? key.id
      if !several, !key.sex.isEmpty { title += ", \(key.sex.lowercased())" }
      if several {
        title += ", \([key.age, key.sex].filter { !$0.isEmpty }.joined(separator: ", "))"
      }
      let id = "fingertips_\(key.id.identifier)\(suffix)"
      return Series(
        indicator: Indicator(
          imported: id, title: title, file: url.lastPathComponent,
          polarity: polarity[key]?.polarity ?? .neutral),
        slices: slices[key]?.all ?? [])
    }
  }

  /// A period as Kith writes it where it says which months it is; else as it stands.
  private static func period(_ text: String) -> String { ReportingPeriod(text)?.text ?? text }
}

/// The figures of one period and group.
struct FingertipsSlice: Sendable {
  struct Figure: Sendable {
    let area: String
    let value: Double
    let lower: Double
    let upper: Double
    let count: Double
    let denominator: Double
    let note: String

    /// A missing value whose note speaks of disclosure or small numbers is held back.
    var status: UnitStatus {
      guard value.isNaN else { return .known }
      let note = note.lowercased()
      return ["suppress", "disclos", "small number"].contains { note.contains($0) }
        ? .suppressed : .unknown
    }

    /// Whether another says the same.
    func agrees(with other: Figure) -> Bool {
      func same(_ a: Double, _ b: Double) -> Bool { a == b || a.isNaN && b.isNaN }
      return same(value, other.value) && same(lower, other.lower) && same(upper, other.upper)
        && same(count, other.count)
    }
  }

  let period: String
  let breakdown: String
  let group: String
  var figures: [Figure] = []
}

/// The slices of an indicator while they are gathered.
private struct FingertipsSlices {
  private struct Name: Hashable {
    let period: String
    let breakdown: String
    let group: String
  }

  private(set) var all: [FingertipsSlice] = []
  private var places: [Name: Int] = [:]
  private var areas: [[String: Int]] = []

  /// Adds a figure; false where there is another for the same area that says something else.
  mutating func add(
    _ figure: FingertipsSlice.Figure, period: String, _ group: (breakdown: String, group: String)
  ) -> Bool {
    let name = Name(period: period, breakdown: group.breakdown, group: group.group)
    let place =
      places[name]
      ?? {
        places[name] = all.count
        all.append(
          FingertipsSlice(period: period, breakdown: group.breakdown, group: group.group))
        areas.append([:])
        return all.count - 1
      }()
    // England stands in the file once for each kind of area.
    if let before = areas[place][figure.area] {
      return all[place].figures[before].agrees(with: figure)
    }
    areas[place][figure.area] = all[place].figures.count
    all[place].figures.append(figure)
    return true
  }
}

/// Which way of an indicator is better, as its comparisons with England tell: the files do not say it.
private struct FingertipsPolarity {
  private var england: [String: Double] = [:]
  private var rows: [(period: String, value: Double, isBetter: Bool)] = []

  mutating func add(
    _ comparison: String, _ value: Double, area: String, period: String, isEverybody: Bool
  ) {
    guard isEverybody, !value.isNaN else { return }
    if area == "E92000001" { england[period] = value }
    switch comparison.lowercased() {
    case "better": rows.append((period, value, true))
    case "worse": rows.append((period, value, false))
    default: break
    }
  }

  /// Neutral where the rows do not agree, or there are none.
  var polarity: OpenDataPack.Polarity {
    let votes = Set(
      rows.compactMap { row -> Bool? in
        guard let england = england[row.period], row.value != england else { return nil }
        return (row.value > england) == row.isBetter
      })
    guard votes.count == 1, let isHigherBetter = votes.first else { return .neutral }
    return isHigherBetter ? .higherIsBetter : .lowerIsBetter
  }
}

extension Indicator {
  /// An indicator that somebody else publishes.
  fileprivate init(
    imported id: String, title: String, file: String, polarity: OpenDataPack.Polarity
  ) {
    self.init(
      id: id, version: 1, title: title, description: "", rationale: "", topic: "Fingertips",
      pillar: nil, source: "Office for Health Improvement and Disparities, Fingertips",
      owner: "Office for Health Improvement and Disparities", assured: nil,
      numerator: .imported(file), denominator: nil, method: .published, per: 1, unit: "",
      decimals: 1, polarity: polarity, period: .asPublished, by: [], over: [],
      standard: .european2013, benchmark: .whole, minimum: Minimum(),
      caveats: [
        "As published; its definition is at fingertips.phe.org.uk under its indicator ID.",
        "Which way is better is inferred from how its rows are compared with England.",
      ], file: file, line: 0)
  }
}
