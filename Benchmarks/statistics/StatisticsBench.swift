import Foundation
import Statistics

/// Times the statistics on one core: `statistics-bench FOLDER` writes the inputs there as CSV, for the peer, and prints a
/// line `name,seconds` for each, the least of several runs.
@main
struct StatisticsBench {
  static func main() throws {
    guard CommandLine.arguments.count == 2 else {
      FileHandle.standardError.write(Data("usage: statistics-bench FOLDER\n".utf8))
      exit(2)
    }
    let folder = URL(fileURLWithPath: CommandLine.arguments[1])
    let inputs = Inputs()
    try inputs.write(to: folder)
    print("name,seconds")
    time("dsr_7000_areas_19_bands_2_sexes") {
      DirectlyStandardisedRates(
        events: inputs.dsr.x, populations: inputs.dsr.n, standard: inputs.dsr.w,
        by: Grouping(group: inputs.dsr.group, groupCount: 14_000)
      ).estimates.values[0]
    }
    time("life_expectancy_7000_areas") {
      LifeTables(
        deaths: inputs.life.d, populations: inputs.life.n, confidences: [0.95, 0.998]
      ).estimates.values[0]
    }
    time("sii_150_areas_10000_draws") {
      inputs.slopes.enumerated().reduce(0) { sum, entry in
        let limits = SlopeIndexSimulation(
          entry.element, confidences: [0.95, 0.998], draws: 10_000, seed: UInt64(entry.offset))
        return sum + limits.slopeIndex[0].lower + limits.relativeIndex[0].upper
      }
    }
    time("control_charts_1000_of_60") {
      inputs.series.reduce(0) { $0 + ControlChart($1).upper[0] }
    }
    time("rates_1000000") {
      Estimates.crudeRates(
        events: inputs.rates.x, populations: inputs.rates.n, per: 100_000, confidences: [0.95]
      ).upper[0][7]
    }
  }

  /// Prints the least time of nine runs; what a run gives is used, so that nothing is left out.
  private static func time(_ name: String, _ body: () -> Double) {
    var least = Double.infinity
    var sum = 0.0
    for _ in 0..<9 {
      let start = ContinuousClock.now
      let value = body()
      sum += value.isNaN ? 0 : value
      let taken = ContinuousClock.now - start
      least = min(
        least, Double(taken.components.attoseconds) * 1e-18 + Double(taken.components.seconds))
    }
    precondition(sum.isFinite)
    print("\(name),\(least)")
  }
}

/// The inputs of every method, the same on each run.
private struct Inputs {
  var dsr: (group: [Int32], x: [Double], n: [Double], w: [Double]) = ([], [], [], [])
  var life: (d: [Double], n: [Double]) = ([], [])
  var slopes: [SlopeIndex.Quantiles] = []
  var series: [[Double]] = []
  var rates: (x: [Double], n: [Double]) = ([], [])
  private var slopeRows: [String] = []

  init() {
    var random = RandomNumbers(seed: 2_026)
    let standard = StandardPopulation.european2013.people
    for group in 0..<14_000 {
      for band in 0..<19 {
        let people = (200 + random.uniform() * 800).rounded()
        dsr.group.append(Int32(group))
        dsr.n.append(people)
        dsr.x.append((people * 0.02 * Double(band + 1) / 19 * (0.5 + random.uniform())).rounded())
        dsr.w.append(standard[band])
      }
    }
    for _ in 0..<7_000 {
      for band in 0..<20 {
        let people = (300 + random.uniform() * 600).rounded()
        life.n.append(people)
        life.d.append(
          max(
            band == 19 ? 5 : 0,
            (people * 0.0001 * exp(0.35 * Double(band)) * random.uniform() * 2).rounded()))
      }
    }
    for area in 0..<150 {
      let people = (0..<10).map { _ in (500 + random.uniform() * 5_000).rounded() }
      let values = (0..<10).map { 74 + Double($0) * 0.8 + random.normal() }
      let errors = (0..<10).map { _ in 0.4 + random.uniform() }
      for decile in 0..<10 {
        slopeRows.append(
          "\(area),\(decile + 1),\(people[decile]),\(values[decile]),\(errors[decile])")
      }
      if let quantiles = try? SlopeIndex.Quantiles(
        populations: people, values: values, standardErrors: errors)
      {
        slopes.append(quantiles)
      }
    }
    for _ in 0..<1_000 {
      series.append((0..<60).map { _ in 100 + 10 * random.normal() })
    }
    for _ in 0..<1_000_000 {
      rates.x.append((random.uniform() * random.uniform() * 200).rounded())
      rates.n.append((1_000 + random.uniform() * 9_000).rounded())
    }
  }

  func write(to folder: URL) throws {
    func write(_ name: String, _ head: String, _ rows: some Sequence<String>) throws {
      try Data((head + "\n" + rows.joined(separator: "\n") + "\n").utf8).write(
        to: folder.appendingPathComponent(name))
    }
    try write(
      "dsr.csv", "group,x,n,stdpop",
      dsr.x.indices.lazy.map { "\(dsr.group[$0]),\(dsr.x[$0]),\(dsr.n[$0]),\(dsr.w[$0])" })
    try write(
      "life.csv", "group,age,deaths,population",
      life.d.indices.lazy.map {
        "\($0 / 20),\(LifeTables.usualAges[$0 % 20]),\(life.d[$0]),\(life.n[$0])"
      })
    try write("sii.csv", "group,quantile,population,value,se", slopeRows)
    try write(
      "spc.csv", "series,time,value",
      series.enumerated().lazy.flatMap { index, values in
        values.enumerated().map { "\(index),\($0.offset),\($0.element)" }
      })
    try write(
      "rates.csv", "x,n", rates.x.indices.lazy.map { "\(rates.x[$0]),\(rates.n[$0])" })
  }
}
