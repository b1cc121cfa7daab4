import Foundation
import Statistics
import Testing

/// Figures that scipy and statsmodels gave; Tests/Oracles/models/make.py makes them.
private struct Figures: Decodable {
  struct Data: Decodable {
    let x1: [Double]
    let x2: [Double]
    let exposure: [Double]
    let cluster: [Int]
    let counts: [Double]
    let yes: [Double]
  }
  struct Model: Decodable {
    let params: [Double]
    let errors: [Double]
    let logLikelihood: Double?
    let deviance: Double?
    let dispersion: Double?
  }
  struct Trend: Decodable {
    let values: [Double]
    let tau: Double
    let slope: Double
    let exact: Double?
  }
  struct Gamma: Decodable {
    let shape: Double
    let p: Double
    let quantile: Double
  }
  struct Student: Decodable {
    let df: Double
    let p: Double
    let quantile: Double
  }
  struct Poisson: Decodable {
    let count: Double
    let mean: Double
    let probability: Double
  }

  let data: Data
  let models: [String: Model]
  let trends: [Trend]
  let gamma: [Gamma]
  let student: [Student]
  let poisson: [Poisson]
  let pvalues: [Double]
  let adjusted: [String: [Double]]

  static func read() throws -> Figures {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../Oracles/models/figures.json")
    return try JSONDecoder().decode(Figures.self, from: Foundation.Data(contentsOf: url))
  }
}

private func near(_ a: Double, _ b: Double, _ tolerance: Double = 1e-9) -> Bool {
  abs(a - b) <= tolerance * max(abs(a), abs(b), 1e-300)
}

@Suite("Models and distributions agree with scipy and statsmodels")
struct ModelOracleTests {
  fileprivate let figures: Figures

  init() throws { figures = try Figures.read() }

  @Test(
    "Regressions",
    arguments: [
      ("poisson", GeneralisedLinearModel.Family.poisson, ""),
      ("poisson_robust", .poisson, "HC1"), ("poisson_hc0", .poisson, "HC0"),
      ("poisson_clustered", .poisson, "cluster"), ("logistic", .logistic, ""),
      ("logistic_robust", .logistic, "HC1"), ("logistic_clustered", .logistic, "cluster"),
      ("negative_binomial", .negativeBinomial, ""),
    ])
  func regression(name: String, family: GeneralisedLinearModel.Family, errors: String) throws {
    let data = figures.data
    let theirs = try #require(figures.models[name])
    let kind: GeneralisedLinearModel.Errors =
      switch errors {
      case "HC0": .robust(isCorrected: false)
      case "HC1": .robust(isCorrected: true)
      case "cluster": .clustered(Grouping(data.cluster))
      default: .model
      }
    let model = try GeneralisedLinearModel(
      family, outcome: family == .logistic ? data.yes : data.counts,
      columns: [("x1", data.x1), ("x2", data.x2)],
      exposure: family == .logistic ? nil : data.exposure, errors: kind)
    for (ours, (value, error)) in zip(model.coefficients, zip(theirs.params, theirs.errors)) {
      // statsmodels ends its own search sooner for the negative binomial.
      let tolerance = family == .negativeBinomial ? 1e-5 : 1e-7
      #expect(near(ours.value, value, tolerance), "\(ours.name): \(ours.value), \(value)")
      // statsmodels leaves HC1's n / (n − k) out of models that are not linear.
      let error = errors == "HC1" ? error * (200.0 / 197).squareRoot() : error
      let errorTolerance = family == .negativeBinomial ? 1e-5 : 1e-6
      #expect(near(ours.standardError, error, errorTolerance), "\(ours.standardError), \(error)")
    }
    if let likelihood = theirs.logLikelihood {
      #expect(near(model.logLikelihood, likelihood, 1e-9))
    }
    if let deviance = theirs.deviance { #expect(near(model.deviance, deviance, 1e-9)) }
    if let dispersion = theirs.dispersion { #expect(near(model.dispersion, dispersion, 1e-5)) }
  }

  @Test("Mann–Kendall and Sen's slope")
  func trends() throws {
    for trend in figures.trends {
      let ours = try MannKendall(trend.values)
      #expect(near(ours.tau, trend.tau, 1e-12))
      #expect(abs(ours.slope - trend.slope) < 1e-9)
      if let exact = trend.exact { #expect(near(ours.pValue, exact)) }
    }
  }

  @Test("Quantiles of the gamma and Student's t, and Poisson probabilities")
  func distributions() {
    for gamma in figures.gamma {
      let ours = GammaDistribution(shape: gamma.shape).quantile(gamma.p)
      #expect(near(ours, gamma.quantile, 1e-10), "\(gamma.shape) \(gamma.p): \(ours)")
    }
    for student in figures.student {
      let ours = StudentT(degreesOfFreedom: student.df).quantile(student.p)
      #expect(near(ours, student.quantile), "\(student.df) \(student.p): \(ours)")
    }
    for poisson in figures.poisson {
      let ours = Statistics.Poisson.cumulative(poisson.count, mean: poisson.mean)
      #expect(near(ours, poisson.probability, 1e-10), "\(poisson.count): \(ours)")
    }
  }

  @Test("Probabilities made good for many tests")
  func adjusted() throws {
    for method in [MultipleComparisons.benjaminiHochberg, .benjaminiYekutieli] {
      let theirs = try #require(figures.adjusted[method.rawValue])
      for (ours, theirs) in zip(method.adjusted(figures.pvalues), theirs) {
        #expect(near(ours, theirs, 1e-12))
      }
    }
  }
}
