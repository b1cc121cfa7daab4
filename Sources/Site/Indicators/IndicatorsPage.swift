import Charts
import Definitions
import Indicators
import Places

/// The catalogue of indicators: each with its latest figure of the place, read against its benchmark.
struct IndicatorsPage {
  private let atlas: Atlas
  private let request: PageRequest

  init(_ atlas: Atlas, _ request: PageRequest) {
    self.atlas = atlas
    self.request = request
  }

  func page() -> Page {
    let all = atlas.indicators.indicators
    let query = request["q"] ?? ""
    let words = query.lowercased().split(separator: " ").map(String.init)
    let (topic, pillar) = (request["topic"], request["pillar"])
    let found = all.filter { indicator in
      let text = "\(indicator.title) \(indicator.description) \(indicator.id) \(indicator.topic)"
        .lowercased()
      return (topic == nil || indicator.topic == topic)
        && (pillar == nil || indicator.pillar?.rawValue == pillar)
        && words.allSatisfy { text.contains($0) }
    }
    let sort = Sort(rawValue: request["sort"] ?? "") ?? .topic
    let rows = found.filter { atlas.indicators.waits[$0.id] == nil }.map { row($0) }
    let table = table(sorted(rows, sort), of: all.count)
    let waiting = waitingTable(found.filter { atlas.indicators.waits[$0.id] != nil })
    var topics: [String] = []
    for indicator in all where !topics.contains(indicator.topic) { topics.append(indicator.topic) }
    let values: [String: any Sendable] = [
      "query": query, "isFiltered": !words.isEmpty || topic != nil || pillar != nil,
      "topics": topics.map { name -> [String: any Sendable] in
        ["title": name, "isChosen": name == topic]
      },
      "pillars": Pillar.allCases.map { one -> [String: any Sendable] in
        ["id": one.rawValue, "title": one.title, "isChosen": one.rawValue == pillar]
      },
      "sorts": Sort.allCases.map { one -> [String: any Sendable] in
        ["id": one.rawValue, "title": one.title, "isChosen": one == sort]
      },
      "place": atlas.manifest.place.name,
      "tableHTML": found.isEmpty
        ? "<p>No indicator answers to that. Try a shorter word, or another topic.</p>"
        : rows.isEmpty ? "" : table.html(csv: request.csv(table)),
      "waitingHTML": waiting.rows.isEmpty ? "" : waiting.html(csv: request.csv(waiting)),
      "isEmpty": all.isEmpty,
    ]
    return Page(
      title: "Indicators", template: "indicators", section: .indicators, values: values,
      tables: [table, waiting])
  }

  private enum Sort: String, CaseIterable {
    case topic, title, comparison

    var title: String {
      switch self {
      case .topic: "Topic"
      case .title: "Name"
      case .comparison: "Worst against the benchmark first"
      }
    }
  }

  private struct Row {
    let indicator: Indicator
    let period: String
    let reading: IndicatorAtlas.Reading?
    let benchmark: Benchmark?
    let comparison: BenchmarkComparison?
    /// How far it is from the benchmark, as a share of it.
    var distance: Double {
      guard let value = reading?.value, let benchmark, benchmark.value != 0 else { return 0 }
      return abs(value / benchmark.value - 1)
    }
  }

  private func row(_ indicator: Indicator) -> Row {
    let slice = atlas.indicators.slice(of: indicator.id)
    let reading = slice.flatMap { slice in
      atlas.place.flatMap { atlas.indicators.reading(slice, $0.id) }
    }
    let benchmark = slice.flatMap { atlas.benchmark(of: indicator, period: $0.period) }
    return Row(
      indicator: indicator, period: slice?.period ?? "", reading: reading, benchmark: benchmark,
      comparison: reading.flatMap { atlas.comparison($0, with: benchmark, of: indicator) })
  }

  private func sorted(_ rows: [Row], _ sort: Sort) -> [Row] {
    switch sort {
    case .topic: return rows
    case .title: return rows.sorted { $0.indicator.title < $1.indicator.title }
    case .comparison:
      let order: [BenchmarkComparison] = [.worse, .higher, .lower, .similar, .better]
      func rank(_ row: Row) -> Int {
        row.comparison.flatMap { order.firstIndex(of: $0) } ?? order.count
      }
      return rows.sorted { (rank($0), -$0.distance) < (rank($1), -$1.distance) }
    }
  }

  private func table(_ rows: [Row], of count: Int) -> DataTable {
    let place = atlas.place
    return DataTable(
      id: "indicators",
      caption:
        "\(rows.count) of \(count) indicators, with the figure of \(atlas.manifest.place.name)",
      columns: [
        DataTable.Column("Indicator"), DataTable.Column("Topic"),
        DataTable.Column(place?.shortName ?? "Value", isNumeric: true),
        DataTable.Column("95% interval"), DataTable.Column("Unit"), DataTable.Column("Period"),
        DataTable.Column("Benchmark", isNumeric: true), DataTable.Column("Against it"),
      ],
      rows: rows.map { row in
        let words = IndicatorWords(row.indicator)
        let interval = words.interval(row.reading?.lower, row.reading?.upper)
        return [
          .link(row.indicator.title, to: row.indicator.path), .text(row.indicator.topic),
          .figure(
            row.reading?.figure ?? .unknown("The data have no figure of the place itself."),
            decimals: row.indicator.decimals),
          interval.map { .text($0) } ?? .none, .text(row.indicator.unit), .text(row.period),
          row.benchmark.flatMap { $0.unit == place?.id ? nil : $0 }
            .map { .number($0.value, decimals: row.indicator.decimals) } ?? .none,
          .text(row.comparison?.word ?? "–"),
        ]
      }, stacks: true)
  }

  private func waitingTable(_ indicators: [Indicator]) -> DataTable {
    DataTable(
      id: "waiting", caption: "Defined, and waiting for data",
      columns: ["Indicator", "Topic", "What it waits for"].map { DataTable.Column($0) },
      rows: indicators.map {
        [
          .link($0.title, to: $0.path), .text($0.topic),
          .text((atlas.indicators.waits[$0.id] ?? "").capitalisedFirst),
        ]
      }, stacks: true)
  }
}

extension Indicator {
  /// The address of its page.
  var path: String { "/indicators/\(id)" }
}
