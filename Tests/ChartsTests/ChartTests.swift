import Charts
import Foundation
import TestFiles
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite("Charts are well-formed, say what they show, and never draw what is not known")
struct ChartTests {
  /// Parses the picture as XML, holds it against the one that is stored, and returns its text, titles and descriptions
  /// included.
  private func check(_ svg: String, _ name: String) throws -> String {
    // An element a line, so that a difference is seen.
    let lines = svg.replacing("><", with: ">\n<") + "\n"
    #expect(try StoredFile("\(name).svg").difference(from: lines) == nil)
    let parser = XMLParser(data: Data(svg.utf8))
    let reader = TextReader()
    parser.delegate = reader
    #expect(parser.parse(), "the picture is well-formed XML")
    #expect(svg.contains("role=\"img\"") || svg.contains("role=\"group\""))
    #expect(svg.contains("<title"))
    #expect(svg.contains("<desc"))
    return reader.text
  }

  private final class TextReader: NSObject, XMLParserDelegate {
    var text = ""
    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
    func parser(
      _ parser: XMLParser, didEndElement name: String, namespaceURI: String?,
      qualifiedName: String?
    ) { text += " " }
  }

  @Test("Bars: an unknown value has no bar and says so, and text is escaped")
  func bars() throws {
    let chart = BarChart(
      series: ["A & B", "England"],
      categories: [
        .init("<Owned>", [ChartValue(10), ChartValue(20, lower: 15, upper: 25)]),
        .init("Rented", [ChartValue(nil, reason: "not in the source"), ChartValue(0)]),
      ], unit: ChartUnit("%", decimals: 1))
    let svg = chart.svg(id: "t", title: "Tenure")
    let text = try check(svg, "bars")
    #expect(text.contains("not known"))
    #expect(text.contains("A & B"))
    #expect(text.contains("20.0"))
    #expect(!svg.contains("<Owned>"))
  }

  @Test("What is held back is told from what is not known")
  func suppressed() {
    let text = BarChart(
      series: ["One"],
      categories: [
        .init("Few", [ChartValue(nil, reason: "too few", isSuppressed: true)]),
        .init("None", [ChartValue(nil)]), .init("Zero", [ChartValue(0)]),
      ], unit: ChartUnit("%", decimals: 0)
    ).svg(id: "a", title: "A")
    #expect(text.contains("Few: suppressed; None: not known; Zero: 0%."))
    #expect(text.contains(">suppressed</text>") && text.contains(">not known</text>"))
  }

  @Test("A line breaks where a value is not known")
  func line() throws {
    let chart = LineChart(
      periods: ["2019", "2020", "2021", "2022"],
      lines: [.init("Overall", [ChartValue(1), ChartValue(nil), ChartValue(3), ChartValue(4)])],
      unit: ChartUnit("score", decimals: 1))
    let svg = chart.svg(id: "t", title: "Index")
    _ = try check(svg, "line")
    // Two strokes: one that begins and ends at 2019, one from 2021.
    let path = try #require(svg.firstMatch(of: #/class="l l1" d="([^"]*)"/#)).1
    #expect(path.filter { $0 == "M" }.count == 2)
  }

  @Test("A suppressed value is called so in words, and is not one that is not known")
  func suppressedInWords() {
    let hidden = ChartValue(nil, isSuppressed: true)
    let unit = ChartUnit("%", decimals: 0)
    let line = LineChart(
      periods: ["2024", "2025", "2026"],
      lines: [.init("Here", [ChartValue(1), hidden, ChartValue(nil)])],
      unit: unit
    ).svg(id: "l", title: "Line")
    #expect(line.contains("2025 suppressed, 2026 not known"))
    let gradient = GradientChart(
      panels: [
        .init(
          "COPD", values: [hidden] + (2...9).map { ChartValue(Double($0)) } + [ChartValue(nil)],
          own: 4)
      ], unit: unit, ownName: "Here"
    ).svg(id: "g", title: "Gradient")
    #expect(gradient.contains("most deprived decile suppressed, least deprived not known"))
    let bars = BarChart(
      series: ["A"], categories: [.init("One", [hidden]), .init("Two", [ChartValue(nil)])],
      unit: unit
    ).svg(id: "b", title: "Bars")
    #expect(bars.contains("suppressed") && bars.contains("not known"))
  }

  @Test("Every chart is well-formed")
  func wellFormed() throws {
    _ = try check(
      StackedBarChart(
        groups: ["a", "b"],
        bars: [.init("one", [40, 60]), .init("two", [nil, 10])]
      ).svg(id: "s", title: "Stacked"), "stacked")
    _ = try check(
      PopulationPyramid(
        bands: ["0–4", "5–9"],
        sides: [
          .init("Female", shares: [2, 3], comparator: [3, 3]),
          .init("Male", shares: [2, 3], comparator: [3, 3]),
        ], comparatorName: "England"
      ).svg(id: "p", title: "Age"), "pyramid")
    _ = try check(
      GradientChart(
        panels: [.init("COPD", values: (1...10).map { ChartValue(Double($0)) }, own: 4)],
        unit: ChartUnit("%", decimals: 1), ownName: "Here"
      ).svg(id: "g", title: "Gradient"), "gradient")
    _ = try check(
      DecileStrip(rows: [(name: "Income", decile: 3), (name: "Crime", decile: nil)])
        .svg(id: "d", title: "Deciles"), "deciles")
    let points = (0..<12).map { (index: Int) -> ControlChartPicture.Point in
      let signals = index > 9 ? ["outside"] : []
      return ControlChartPicture.Point(
        period: "2026-\(index + 1)", value: Double(index), signals: signals,
        isImprovement: index == 10 ? nil : true, mean: 5, lower: 1, upper: 9)
    }
    let text = try check(
      ControlChartPicture(
        points: points, unit: ChartUnit("attendances", decimals: 0)
      ).svg(id: "c", title: "A&E"), "control")
    #expect(text.contains("signal of a change"))
    #expect(text.contains("signal: improvement"))
  }

  @Test("Funnels, intervals and overlaps of four sets are well-formed")
  func others() throws {
    let unit = ChartUnit("%", decimals: 1)
    let text = try check(
      FunnelChart(
        points: [
          .init("A & B", size: 100, value: 5, isOutside: false, isBetter: nil),
          .init("C", size: 900, value: 9, isOutside: true, isBetter: false),
        ],
        limits: [.init("chance", [(100, 2, 8), (500, 3.5, 6.5), (1_000, 4, 6)])], middle: 5,
        unit: unit, sizeName: "households"
      ).svg(id: "f", title: "Funnel"), "funnel")
    #expect(text.contains("A & B"))
    _ = try check(
      IntervalChart(
        rows: [
          .init("Here", ChartValue(5, lower: 4, upper: 6), isMarked: true),
          .init("There", ChartValue(nil, isSuppressed: true)), .init("Nowhere", ChartValue(nil)),
        ], reference: ("England", 4.5), unit: unit, includesZero: true
      ).svg(id: "i", title: "Intervals"), "intervals")
    _ = try check(
      FourSets(
        names: ["Health", "Homes", "Income", "Learning"],
        regions: [
          .init(sets: 1, count: 3, link: "/a?b=1&c=2"), .init(sets: 15, count: 0, link: nil),
        ]
      ).svg(id: "s", title: "Sets"), "sets")
  }

  @Test("A map keeps shared borders shared, and shows what is not known apart")
  func map() throws {
    func square(_ x: Double) -> [[(longitude: Double, latitude: Double)]] {
      [[(x, 54), (x + 0.1, 54), (x + 0.1, 54.1), (x, 54.1), (x, 54)]]
    }
    let map = Choropleth(
      areas: [
        .init(name: "West", rings: square(-3), shade: 0, text: "1", link: "/w?a=1&b=2"),
        .init(name: "East", rings: square(-2.9), shade: nil, text: "not known", link: nil),
      ], classes: [.init("low", tone: 1)])
    let svg = map.svg(id: "m", title: "Map")
    _ = try check(svg, "map")
    #expect(svg.contains("/w?a=1&amp;b=2"))
    #expect(svg.contains("class=\"q0\""))
    #expect(map.legend.contains("Not known"))
    // The east side of the one is the west side of the other.
    let paths = svg.matches(of: #/d="M(\d+) (\d+)l([^"]*)z"/#)
    #expect(paths.count == 2)
    let first = try #require(paths.first)
    let width = first.3.split(whereSeparator: { " -".contains($0) }).compactMap { Int($0) }.first
    #expect(Int(paths[1].1) == (Int(first.1) ?? 0) + (width ?? 0))
  }

  @Test("A map without outlines says so")
  func emptyMap() {
    let map = Choropleth(areas: [], classes: [])
    #expect(map.svg(id: "m", title: "Map").contains("no outline"))
  }

  @Test(
    "Numbers are written with commas and fixed decimals, halves away from zero",
    arguments: [
      (1_717_533.0, 0, "1,717,533"), (0.0, 1, "0.0"), (2.25, 1, "2.3"), (-1_234.5, 0, "−1,235"),
      (0.04, 1, "0.0"), (-0.04, 1, "0.0"), (999.995, 2, "1,000.00"),
      (23.065, 2, "23.07"), (24.455, 2, "24.45"), (0.125, 2, "0.13"),
    ])
  func numbers(value: Double, decimals: Int, text: String) {
    #expect(numberText(value, decimals: decimals) == text)
  }

  @Test("What is no number is a dash, not a zero")
  func noNumber() {
    #expect(numberText(.nan, decimals: 1) == "–")
    #expect(numberText(.infinity, decimals: 1) == "–")
  }

  @Test("A histogram shows every bin that has anything, and on which side of the mark they lie")
  func histogram() throws {
    let svg = Histogram(
      bins: [.init(from: -2, count: 1_000), .init(from: 0, count: 0), .init(from: 3, count: 1)],
      width: 1, mark: .init(1.5, "threshold & more"), unit: "match weight", counted: "pairs"
    ).svg(id: "h", title: "Pairs")
    let text = try check(svg, "histogram")
    #expect(text.contains("Of 1,001 pairs, 1 are at or above threshold & more."))
    #expect(svg.components(separatedBy: "<rect").count - 1 == 2)
  }

  @Test("A waterfall's bars begin where the one before ended, and its sum is theirs")
  func waterfall() throws {
    let chart = Waterfall(
      start: .init("blindly", -20),
      steps: [.init("surname: exact", 12.5), .init("sex: <else>", -3)],
      total: "match weight", unit: "bits")
    #expect(chart.sum == -10.5)
    let text = try check(chart.svg(id: "w", title: "A pair"), "waterfall")
    #expect(text.contains("surname: exact 12.5; sex: <else> −3.0; match weight −10.5."))
  }

  @Test("Marks of XML are escaped though an accent stands on them")
  func escapedWithAccents() {
    for mark in ["\"", "'", "<", ">", "&"] {
      let text = "x\(mark)\u{301}y"
      #expect(
        !text.xmlEscaped.unicodeScalars.dropFirst().dropLast().contains {
          "\"'<>".unicodeScalars.contains($0)
        })
      #expect(text.xmlEscaped.hasPrefix("x&"))
    }
  }
}
