import Statistics

// Directly standardised rates of two areas, three age bands each, with Dobson's 95% intervals.
let rates = DirectlyStandardisedRates(
  events: [12, 40, 96, 20, 31, 60],
  populations: [12_000, 9_000, 4_000, 9_500, 8_000, 5_200],
  standard: [42_000, 38_000, 20_000, 42_000, 38_000, 20_000],
  by: Grouping(group: [0, 0, 0, 1, 1, 1], groupCount: 2), per: 100_000)
// By hand: Σ wᵢ × xᵢ ÷ nᵢ ÷ Σ wᵢ.
let first = (42_000 * 12.0 / 12_000 + 38_000 * 40.0 / 9_000 + 20_000 * 96.0 / 4_000) / 100_000
precondition(abs(rates.estimates.values[0] - first * 100_000) < 1e-9)
print(rates.estimates.values)
