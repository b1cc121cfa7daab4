import Disclosure

// Counts of five areas by sex. One is below the threshold; others are suppressed with it, so that no total gives it back.
let table = CountTable(
  categories: [5, 2], counts: [120, 98, 3, 41, 77, 65, 52, 60, 210, 190],
  totals: [.protected, .protected])
let shown = DisclosurePolicy.standard.counts(table)
precondition(shown[2, 1] == .suppressed && !shown.isExposed)
for area in 1...5 {
  print(
    "area \(area):",
    (1...2).map { shown[area, $0].value.map(String.init) ?? "suppressed" }.joined(separator: ", "))
}
