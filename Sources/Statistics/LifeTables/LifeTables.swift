/// Abridged period life tables: life expectancy at the beginning of each age band.
///
/// Chiang (1968, 1984), with the variance of the last band of Silcocks and others (2001, J Epidemiol Community Health
/// 55: 38), as OHID's life expectancy tool has it (Eayres and Williams 2004). Those who die in a band live half of it, a
/// tenth of the first year.
///
/// A table is unknown where a band's population is zero or its deaths more than its people, where a value is missing or
/// below zero, where a band is missing, where 5,000 person-years or fewer are in it (Toson and Baker 2003), and where
/// nobody died in the last band, whose length is then not known. At an age to which nobody lives it is 0, without an
/// interval. A life expectancy whose 95% interval is wider than 20
/// years is unknown too.
public struct LifeTables: Sendable {
  /// A row for each band of each table, in order.
  public let estimates: Estimates
  /// The population and deaths from each row's band on.
  public let populations: [Double]
  public let deaths: [Double]
  /// The ages at which bands begin.
  public let ages: [Int]
  /// How many of those born in each table are alive when a band begins, of 1; and the years that all of them live in it.
  let survivors: [Double]
  let years: [Double]

  /// The bands of the field: under 1, 1 to 4, then of five years, to 90 and over.
  public static let usualAges = [0, 1] + Array(stride(from: 5, through: 90, by: 5))

  /// A table needs more person-years than this.
  public static let smallPopulation = 5_000.0
  /// A 95% interval wider than so many years makes a life expectancy unknown.
  public static let widestInterval = 20.0

  /// - Parameters:
  ///   - deaths, populations: a row a band, the bands of a table side by side in order; not a number where missing.
  ///   - ages: the ages at which the bands begin, from 0 on; the last has no end.
  public init(
    deaths: [Double], populations: [Double], ages: [Int] = usualAges,
    confidences: [Double] = [0.95]
  ) {
    let bands = ages.count
    precondition(
      bands >= 2 && ages[0] == 0, "a life table begins at age 0 and has at least 2 bands")
    precondition(
      deaths.count == populations.count && deaths.count % bands == 0, "each table has every band")
    let widths = zip(ages, ages.dropFirst()).map { Double($1 - $0) }
    precondition(widths.allSatisfy { $0 > 0 }, "bands are in order of age")
    var result = Estimates(count: deaths.count, confidences: confidences)
    let z = confidences.map(Normal.z)
    let usual = Normal.z(0.95)
    var table = Table(bands: bands, widths: widths)
    var populationsFrom = [Double](repeating: 0, count: deaths.count)
    var deathsFrom = populationsFrom
    var survivors = [Double](repeating: .nan, count: deaths.count)
    var years = survivors
    for start in stride(from: 0, to: deaths.count, by: bands) {
      var sums = (populations: 0.0, deaths: 0.0)
      for band in (start..<start + bands).reversed() {
        sums.populations += populations[band]
        sums.deaths += deaths[band]
        populationsFrom[band] = sums.populations
        deathsFrom[band] = sums.deaths
      }
      let reason = table.fill(deaths, populations, start)
      for band in 0..<bands {
        let row = start + band
        result.unknown[row] = reason
        guard reason == nil else { continue }
        survivors[row] = table.survivors[band]
        years[row] = table.years[band]
        guard table.survivors[band] > 0 else {
          // Nobody lives to this age, and so no years in it.
          result.values[row] = 0
          continue
        }
        let error = table.standardError[band]
        guard 2 * usual * error <= Self.widestInterval, table.expectancy[band].isFinite else {
          result.unknown[row] = .tooUncertain
          continue
        }
        result.values[row] = table.expectancy[band]
        for level in z.indices {
          result.lower[level][row] = table.expectancy[band] - z[level] * error
          result.upper[level][row] = table.expectancy[band] + z[level] * error
        }
      }
    }
    estimates = result
    self.populations = populationsFrom
    self.deaths = deathsFrom
    self.ages = ages
    self.survivors = survivors
    self.years = years
  }

  /// One table at work; its columns are used again for the next.
  private struct Table {
    let bands: Int
    let widths: [Double]
    var dying: [Double]
    var survivors: [Double]
    var years: [Double]
    var expectancy: [Double]
    var standardError: [Double]

    init(bands: Int, widths: [Double]) {
      self.bands = bands
      self.widths = widths
      dying = Array(repeating: 0, count: bands)
      (survivors, years, expectancy, standardError) = (dying, dying, dying, dying)
    }

    /// The share of a band that those who die in it live.
    private func lived(_ band: Int) -> Double { band == 0 ? 0.1 : 0.5 }

    /// Works out the table of the rows from `start` on, or says why there is none.
    mutating func fill(_ deaths: [Double], _ populations: [Double], _ start: Int) -> Unknown? {
      if let reason = Self.reason(deaths, populations, start..<start + bands) { return reason }
      let last = bands - 1
      var alive = 1.0
      for band in 0..<last {
        let rate = deaths[start + band] / populations[start + band]
        let (width, lived) = (widths[band], lived(band))
        let isAll = rate * width * lived > 1
        let q = isAll ? 1 : rate * width / (1 + rate * width * (1 - lived))
        let next = alive * (1 - q)
        dying[band] = q
        survivors[band] = alive
        years[band] = width * (next + lived * (alive - next))
        alive = next
      }
      let rate = deaths[start + last] / populations[start + last]
      survivors[last] = alive
      years[last] = alive / rate
      var total = years[last]
      expectancy[last] = 1 / rate
      // Silcocks: the variance of the mean length of the last band, 1 / rate.
      var variance =
        (alive / 2) * (alive / 2) * 4 / (deaths[start + last] * rate * rate)
      standardError[last] = alive > 0 ? variance.squareRoot() / alive : 0
      for band in (0..<last).reversed() {
        total += years[band]
        let (q, alive) = (dying[band], survivors[band])
        if deaths[start + band] > 0, alive > 0 {
          let beyond =
            (1 - lived(band)) * widths[band] + (survivors[band + 1] > 0 ? expectancy[band + 1] : 0)
          variance +=
            q * q * (1 - q) / deaths[start + band] * alive * alive * beyond * beyond
        }
        expectancy[band] = alive > 0 ? total / alive : 0
        standardError[band] = alive > 0 ? variance.squareRoot() / alive : 0
      }
      return nil
    }

    private static func reason(
      _ deaths: [Double], _ populations: [Double], _ rows: Range<Int>
    ) -> Unknown? {
      var total = 0.0
      for row in rows {
        let (d, n) = (deaths[row], populations[row])
        if d.isNaN || n.isNaN { return .missing }
        if d < 0 || n < 0 || !d.isFinite || !n.isFinite { return .impossible }
        if n == 0 { return .noPopulation }
        if d > n { return .moreEventsThanPeople }
        total += n
      }
      if total <= smallPopulation { return .smallPopulation }
      return deaths[rows.upperBound - 1] == 0 ? .tooFewEvents : nil
    }
  }
}
