/// A chart as a file of its own, with the styles that a page would give it.
///
/// - Parameter chart: what a chart's `svg` returns.
public func standingAlone(_ chart: String) -> String {
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
    </style><rect width="100%" height="100%" fill="#fff"/>
    """
  return String(chart[...end]) + style + String(chart[chart.index(after: end)...]) + "\n"
}
