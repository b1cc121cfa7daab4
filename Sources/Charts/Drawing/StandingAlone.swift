/// A chart as a file of its own, with the styles that a page would give it.
///
/// - Parameters:
///   - chart: what a chart's `svg` returns.
///   - heading: what stands above it.
public func standingAlone(_ chart: String, heading: String) -> String {
  // The picture begins at 0: its box is opened above for the heading.
  guard let box = chart.firstMatch(of: /viewBox="0 0 (\d+) (\d+)"/), let height = Int(box.output.2)
  else { return chart }
  let chart = chart.replacing(
    box.output.0, with: "viewBox=\"0 -26 \(box.output.1) \(height + 26)\"", maxReplacements: 1)
  guard let end = chart.firstIndex(of: ">") else { return chart }
  let style = """
    <style>\
    .chart text{font:13px Arial,sans-serif;fill:#212b32}.chart .m{fill:#4c6272;font-size:12px}\
    .chart .h{paint-order:stroke;stroke:#fff;stroke-width:4px;stroke-linejoin:round}\
    .chart .g{stroke:#d8dde0;stroke-width:1}.chart .l{fill:none;stroke-width:2}\
    .chart .l1{stroke:#005eb8}.chart .p1{fill:#005eb8}\
    .chart .mean{fill:none;stroke:#212b32;stroke-width:1.2}\
    .chart .limit{fill:none;stroke:#4c6272;stroke-width:1.2;stroke-dasharray:6 4}\
    .chart .own{stroke:#d55e00;stroke-width:2;stroke-dasharray:5 3}\
    .chart .better{fill:#fff;stroke:#0072b2;stroke-width:3}\
    .chart .worse{fill:#d55e00;stroke:#7a3500}.chart .signal{fill:#6a3d9a}\
    .chart .b{font-weight:700}</style><rect y="-26" width="100%" height="100%" fill="#fff"/>\
    <text class="b" x="4" y="-9">\(heading.xmlEscaped)</text>
    """
  return String(chart[...end]) + style + String(chart[chart.index(after: end)...]) + "\n"
}
