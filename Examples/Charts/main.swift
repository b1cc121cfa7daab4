import Charts

// A bar chart with intervals, and a value that is not shown and says so.
let chart = BarChart(
  series: ["Admissions"],
  categories: [
    .init("Most deprived fifth", [ChartValue(412, lower: 388, upper: 437)]),
    .init("Second", [ChartValue(nil, reason: "suppressed", isSuppressed: true)]),
    .init("Least deprived fifth", [ChartValue(201, lower: 185, upper: 218)]),
  ], unit: ChartUnit("per 100,000", decimals: 0))
let svg = chart.svg(id: "admissions", title: "Emergency admissions by deprivation")
precondition(svg.hasPrefix("<svg") && svg.contains("412") && svg.contains("suppressed"))
print(svg)
