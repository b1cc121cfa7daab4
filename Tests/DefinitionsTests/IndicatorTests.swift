import Definitions
import Foundation
import Testing

@Suite("Definitions of indicators are read, and their errors say where and what to do")
struct IndicatorTests {
  /// Reads a text as a file of definitions.
  private func read(_ text: String) throws -> [Indicator] {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("kith-\(UUID().uuidString).yaml")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(text.utf8).write(to: file)
    return try IndicatorFile.read(file)
  }

  /// What is wrong with a text: line, column, message and hint, without the file.
  private func problems(_ text: String) -> [String] {
    do {
      _ = try read(text)
      return []
    } catch let error as Problems {
      return error.all.map { problem in
        let place = [problem.line, problem.column].compactMap { $0 }.map(String.init)
        return "\(place.joined(separator: ":")): \(problem.message)"
          + (problem.hint.map { " \($0)" } ?? "")
      }
    } catch {
      return ["\(error)"]
    }
  }

  @Test("One measure names numerator and denominator both, and the method says the rest")
  func shorthand() throws {
    let found = try read(
      """
      indicator: crowded
      title: Overcrowded households
      measure: overcrowded
      method: proportion
      """)
    let indicator = try #require(found.first)
    #expect(found.count == 1)
    #expect(indicator.numerator.measure?.part == .numerator)
    #expect(indicator.denominator?.measure?.part == .denominator)
    #expect(indicator.per == 100)
    #expect(indicator.unit == "%")
    #expect(indicator.version == 1)
    #expect(indicator.benchmark == .whole)
    #expect(indicator.assured == nil)
  }

  @Test(
    "The example of the design is read in full, and a file's defaults stand for what is left out")
  func design() throws {
    let found = try read(
      """
      defaults:
        topic: Respiratory
        polarity: lower_is_better
        minimum: {numerator: 10}
      indicators:
        - indicator: emergency_admissions_copd
          title: Emergency admissions for COPD
          version: 3
          assured: {by: consultant in public health, on: 2026-10-01}
          numerator: {events: encounter, where: {class: inpatient_emergency, primary_diagnosis: {codelist: copd_icd10}}, count: events}
          denominator: {people: {age: {from: 40}}, as: person_years}
          method: directly_standardised_rate
          by: [area, organisation, imd_quintile, ethnic_group, sex]
          benchmark: {target: 120}
      """)
    let indicator = try #require(found.first)
    #expect(indicator.topic == "Respiratory")
    #expect(indicator.polarity == .lowerIsBetter)
    #expect(indicator.minimum.numerator == 10)
    #expect(indicator.over == ["age"])
    #expect(indicator.unit == "per 100,000")
    #expect(indicator.benchmark == .target(120))
    #expect(indicator.assured?.on == "2026-10-01")
    guard case .events(let events) = indicator.numerator,
      case .people(let people)? = indicator.denominator
    else {
      Issue.record("events over people")
      return
    }
    #expect(events.table == .encounter)
    #expect(events.count == .events)
    #expect(events.conditions.map(\.column) == ["class", "primary_diagnosis"])
    #expect(events.conditions[1].test == .codelist("copd_icd10"))
    #expect(people.unit == .personYears)
    #expect(people.who[0].test == .range(from: 40, to: nil))
    // What is written to a snapshot is read again as it was.
    let text = try JSONEncoder().encode(indicator)
    #expect(try JSONDecoder().decode(Indicator.self, from: text) == indicator)
  }

  @Test(
    "What is wrong is told with its place",
    arguments: [
      ("indicator: a\ntitle: A\nmeasure: m\nmethod: proportoin", "4:9: 'proportoin' is not one of"),
      (
        "indicator: A b\ntitle: A\nmeasure: m\nmethod: count",
        "1:12: 'A b' is no id for an indicator."
      ),
      ("indicator: a\ntitle: A\nmethod: proportion", "1:1: The key 'numerator' is missing here."),
      (
        "indicator: a\ntitle: A\nmethod: proportion\nnumerator: {measure: m}",
        "1:1: The key 'denominator' is missing here."
      ),
      (
        "indicator: a\ntitle: A\nmethod: proportion\nmeasure: m\nnumerator: {measure: m}",
        "5:12: 'measure' names both; leave 'numerator' out."
      ),
      (
        "indicator: a\ntitle: A\nmethod: count\nnumerator: {measure: m}\ndenominator: {measure: n}",
        "5:14: The method 'count' has no denominator."
      ),
      (
        "indicator: a\ntitle: A\nmethod: count\nnumerator: {measure: m, count: people}",
        "4:32: 'count' does not go with 'measure'."
      ),
      (
        "indicator: a\ntitle: A\nmethod: count\nnumerator: {events: encounter, where: {clas: x}}",
        "4:40: 'clas' is not a key here. Did you mean 'class'?"
      ),
      (
        "indicator: a\ntitle: A\nmethod: proportion\nper: -3\nmeasure: m",
        "4:6: Expected a number above 0, up to"
      ),
      (
        "indicator: a\ntitle: A\nmethod: count\nmeasure: m\nassured: {by: x, on: yesterday}",
        "5:22: 'yesterday' is no day. Write it as 2026-11-23."
      ),
      (
        "indicator: a\ntitle: A\nmethod: life_expectancy\nmeasure: m\nover: [age, sex]",
        "1:1: Life expectancy is worked out over age alone: 'over: [age]'."
      ),
      (
        "indicator: a\ntitle: A\nmethod: count\nnumerator: {measure: m, groups: {age: {from: 9, to: 3}}}",
        "4:39: The range from 9.0 to 3.0 is empty."
      ),
      (
        "indicator: a\ntitle: A\nmethod: mean\nnumerator: {measure: m}\ndenominator: {measure: n}",
        "5:14: The method 'mean' has no denominator."
      ),
      (
        "indicator: a\ntitle: A\nmethod: count\nmeasure: m\nby: [sex, age, sex]",
        "5:5: 'sex' stands in this list twice."
      ),
      (
        "indicator: a\ntitle: A\nmethod: count\nmeasure: m\nper: 5",
        "5:6: 'per' means nothing for the method 'count'. Leave it out."
      ),
      (
        "indicator: a\ntitle: A\nmethod: count\nmeasure: m\ndecimals: 40",
        "5:11: Expected a whole number from 0 to 6."
      ),
      (
        "indicator: a\ntitle: A\nmethod: count\nmeasure: m\nbenchmark: {target: .nan}",
        "5:21: nan is not a finite number"
      ),
      (
        "indicator: a\ntitle: A\nmethod: count\nmeasure: m\nassured: {by: x, on: 2026-13-45}",
        "5:22: '2026-13-45' is no day."
      ),
      (
        "indicators:\n  - {indicator: a, title: A, measure: m, method: count}\n  - {indicator: a, title: B, measure: m, method: count}",
        "3: There is an indicator 'a' in this file already."
      ),
    ])
  func errors(text: String, expected: String) {
    let found = problems(text)
    #expect(found.contains { $0.hasPrefix(expected) }, "\(found)")
  }

  @Test(
    "A number that is not finite is an error at its line", arguments: [".inf", "-.inf", ".nan"])
  func notFinite(number: String) {
    let found = problems(
      "indicator: crowded\ntitle: Crowded\nmeasure: overcrowded\nmethod: proportion\nper: \(number)\n"
    )
    #expect(
      found.contains { $0.hasPrefix("5:") && $0.contains("is not a finite number") }, "\(found)")
  }
}

@Suite("Reporting periods are whole months, as England's publishers write them")
struct ReportingPeriodTests {
  @Test(
    "A period is read, and written as it was",
    arguments: [
      ("2024-04", 2024 * 12 + 3, 1), ("2024 Q2", 2024 * 12 + 3, 3), ("2024", 2024 * 12, 12),
      ("2024/25", 2024 * 12 + 3, 12), ("2022 - 24", 2022 * 12, 36),
      ("2022/23 - 24/25", 2022 * 12 + 3, 36), ("2024-05 to 2025-04", 2024 * 12 + 4, 12),
      ("1999/00", 1999 * 12 + 3, 12), ("1998 - 00", 1998 * 12, 36),
    ])
  func read(text: String, first: Int, months: Int) throws {
    let period = try #require(ReportingPeriod(text))
    #expect(period == ReportingPeriod(firstMonth: first, months: months))
    #expect(period.text == text)
  }

  @Test("A month is read with one digit too, and written with two")
  func shortMonths() {
    #expect(ReportingPeriod("2024-9")?.text == "2024-09")
    #expect(ReportingPeriod("2024-9 to 2025-8")?.text == "2024-09 to 2025-08")
    #expect(ReportingPeriod("2024-0") == nil)
  }

  @Test("What says no months is no period", arguments: ["latest", "2024-13", "2024/26", "", "24"])
  func none(text: String) { #expect(ReportingPeriod(text) == nil) }

  @Test("Years are made from months that are all there, and from none that are not")
  func years() {
    let months = (0..<20).map { ReportingPeriod(firstMonth: 2023 * 12 + $0, months: 1) }
    let calendar = PeriodKind.calendarYear.periods(of: months)
    #expect(calendar.map(\.period.text) == ["2023"])
    #expect(calendar[0].parts == Array(0..<12))
    #expect(PeriodKind.financialYear.periods(of: months).map(\.period.text) == ["2023/24"])
    var gap = months
    gap.remove(at: 5)
    #expect(PeriodKind.calendarYear.periods(of: gap).isEmpty)
    #expect(PeriodKind.rollingYear.periods(of: months).count == 9)
  }

  @Test("Three years roll, and years of other beginnings are not mixed")
  func rolling() {
    let years = ["2019", "2020", "2021", "2022"].compactMap(ReportingPeriod.init)
    #expect(
      PeriodKind.threeYears.periods(of: years).map(\.period.text) == ["2019 - 21", "2020 - 22"])
    let mixed = ["2019", "2020/21", "2021/22"].compactMap(ReportingPeriod.init)
    #expect(PeriodKind.threeYears.periods(of: mixed).isEmpty)
  }
}
