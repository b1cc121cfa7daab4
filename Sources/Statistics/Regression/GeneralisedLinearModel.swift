import Foundation

/// A regression of counts or of yes and no on columns: Poisson, negative binomial or logistic.
///
/// Iteratively reweighted least squares (McCullagh and Nelder 1989, section 2.5). The negative binomial's dispersion is
/// the one of maximum likelihood, found in turn with the coefficients (variance μ + αμ², NB2).
public struct GeneralisedLinearModel: Sendable {
  public enum Family: String, Sendable, CaseIterable {
    case poisson
    case negativeBinomial = "negative_binomial"
    case logistic
  }

  /// What the standard errors allow for.
  public enum Errors: Sendable {
    /// The model holds.
    case model
    /// The variance is another than the model's: White's sandwich, HC0, or HC1 with n / (n − k).
    case robust(isCorrected: Bool)
    /// Rows of a cluster depend on each other: Liang and Zeger's sandwich, times G / (G − 1) × (n − 1) / (n − k).
    case clustered(Grouping)
  }

  /// A term of the model.
  public struct Coefficient: Sendable {
    public let name: String
    public let value: Double
    public let standardError: Double
    /// Of the value; of its exponential, a rate ratio or an odds ratio, by ``ratio``.
    public let limits: Interval
    public let z: Double
    public let pValue: Double

    /// The rate ratio or odds ratio of one unit more.
    public var ratio: Estimate.Known {
      Estimate.Known(
        value: exp(value),
        intervals: [
          Interval(
            lower: exp(limits.lower), upper: exp(limits.upper), confidence: limits.confidence)
        ])
    }
  }

  public let family: Family
  public let coefficients: [Coefficient]
  /// The covariance of the coefficients.
  public let covariance: [[Double]]
  public let fitted: [Double]
  public let logLikelihood: Double
  public let deviance: Double
  /// α of the negative binomial: 0 is Poisson's.
  public let dispersion: Double

  /// - Parameters:
  ///   - outcome: counts, which are whole numbers for the negative binomial; or 0 and 1.
  ///   - columns: what it is regressed on, each with its name; the intercept is added.
  ///   - exposure: people or person-years, whose logarithm is an offset; none for logistic models.
  ///   - weights: how often each row counts; 1 if left out.
  /// - Returns: throws why there is no model: missing or impossible values, columns that follow from each other, or
  ///   coefficients without end, as of a group in which there are no events or, of yes and no, nothing else.
  public init(
    _ family: Family, outcome: [Double], columns: [(name: String, values: [Double])],
    exposure: [Double]? = nil, weights: [Double]? = nil, errors: Errors = .model,
    confidence: Double = 0.95
  ) throws(NoEstimate) {
    let n = outcome.count
    guard n > columns.count + 1 else { throw NoEstimate(.tooFewValues) }
    let all = [[Double](repeating: 1, count: n)] + columns.map(\.values)
    for column in all + [outcome, exposure ?? [], weights ?? []]
    where column.contains(where: \.isNaN) {
      throw NoEstimate(.missing)
    }
    let isPossible =
      family == .logistic
      ? outcome.allSatisfy { $0 >= 0 && $0 <= 1 } : outcome.allSatisfy { $0 >= 0 && $0.isFinite }
    guard isPossible, all.allSatisfy({ $0.allSatisfy(\.isFinite) }),
      weights?.allSatisfy({ $0 >= 0 }) ?? true
    else { throw NoEstimate(.impossible) }
    if family == .negativeBinomial, outcome.contains(where: { $0 != $0.rounded() }) {
      throw NoEstimate(.impossible)
    }
    guard exposure?.allSatisfy({ $0 > 0 }) ?? true else { throw NoEstimate(.noPopulation) }
    guard outcome.contains(where: { $0 != outcome[0] }) || outcome[0] > 0 else {
      throw NoEstimate(.tooFewEvents)
    }
    let offset = exposure.map { $0.map { log($0) } } ?? Array(repeating: 0, count: n)
    let weight = weights ?? Array(repeating: 1, count: n)
    var fit = Fit(family: family, y: outcome, x: all, offset: offset, weight: weight)
    try fit.solve()
    if family == .negativeBinomial { try fit.solveDispersion() }
    let bread = fit.inverse
    let covariance: [[Double]]
    switch errors {
    case .model: covariance = bread
    case .robust(let isCorrected):
      let scale = isCorrected ? Double(n) / Double(n - all.count) : 1
      covariance = Self.sandwich(
        bread, fit.scores(Grouping(each: n)), scale: scale)
    case .clustered(let clusters):
      let (g, rows, k) = (Double(clusters.groupCount), Double(n), Double(all.count))
      guard g > 1 else { throw NoEstimate(.tooFewValues) }
      covariance = Self.sandwich(
        bread, fit.scores(clusters), scale: g / (g - 1) * (rows - 1) / (rows - k))
    }
    self.family = family
    self.covariance = covariance
    fitted = fit.mean
    dispersion = fit.alpha
    logLikelihood = fit.logLikelihood()
    deviance = fit.deviance()
    let quantile = Normal.z(confidence)
    let names = ["intercept"] + columns.map(\.name)
    coefficients = names.indices.map { index in
      let (value, error) = (fit.beta[index], covariance[index][index].squareRoot())
      let z = value / error
      return Coefficient(
        name: names[index], value: value, standardError: error,
        limits: Interval(
          lower: value - quantile * error, upper: value + quantile * error, confidence: confidence),
        z: z, pValue: min(1, 2 * Normal.survival(abs(z))))
    }
  }

  /// bread × Σ scores scoresᵀ × bread
  private static func sandwich(
    _ bread: [[Double]], _ scores: [[Double]], scale: Double
  ) -> [[Double]] {
    let k = bread.count
    var meat = [[Double]](repeating: Array(repeating: 0, count: k), count: k)
    for score in scores {
      for i in 0..<k { for j in 0..<k { meat[i][j] += score[i] * score[j] } }
    }
    func product(_ a: [[Double]], _ b: [[Double]]) -> [[Double]] {
      a.map { row in (0..<k).map { j in (0..<k).reduce(0) { $0 + row[$1] * b[$1][j] } } }
    }
    return product(product(bread, meat), bread).map { $0.map { $0 * scale } }
  }
}

/// A model while it is fitted.
private struct Fit {
  let family: GeneralisedLinearModel.Family
  let y: [Double]
  let x: [[Double]]
  let offset: [Double]
  let weight: [Double]
  var alpha = 0.0
  var beta: [Double] = []
  var mean: [Double] = []
  var inverse: [[Double]] = []

  init(
    family: GeneralisedLinearModel.Family, y: [Double], x: [[Double]], offset: [Double],
    weight: [Double]
  ) {
    self.family = family
    self.y = y
    self.x = x
    self.offset = offset
    self.weight = weight
    // Begins with everybody at the mean.
    let total = weight.reduce(0, +)
    let sum = zip(y, weight).reduce(0) { $0 + $1.0 * $1.1 }
    beta = Array(repeating: 0, count: x.count)
    if family == .logistic {
      let share = min(max(sum / total, 1e-6), 1 - 1e-6)
      beta[0] = log(share / (1 - share))
    } else {
      let exposed = zip(offset, weight).reduce(0) { $0 + exp($1.0) * $1.1 }
      beta[0] = log(max(sum, 0.5) / exposed)
    }
  }

  private func linear(_ row: Int, _ beta: [Double]) -> Double {
    var sum = offset[row]
    for column in x.indices { sum += x[column][row] * beta[column] }
    return sum
  }

  /// The mean of each row, and the weight that its working residual has: dμ/dη over the variance.
  private func moments(_ beta: [Double]) -> (mean: [Double], weight: [Double]) {
    var means = y
    var weights = y
    for row in y.indices {
      let linear = linear(row, beta)
      switch family {
      case .logistic:
        let p = 1 / (1 + exp(-linear))
        means[row] = p
        weights[row] = p * (1 - p)
      case .poisson, .negativeBinomial:
        let m = exp(linear)
        means[row] = m
        weights[row] = m / (1 + alpha * m)
      }
    }
    return (means, weights)
  }

  /// How far a row's outcome is from its mean, on the scale of the score.
  private func residual(_ row: Int) -> Double {
    switch family {
    case .logistic, .poisson: (y[row] - mean[row]) * weight[row]
    case .negativeBinomial: (y[row] - mean[row]) / (1 + alpha * mean[row]) * weight[row]
    }
  }

  /// Newton's steps to the coefficients.
  mutating func solve() throws(NoEstimate) {
    var first: [Double] = []
    for _ in 0..<100 {
      let (means, weights) = moments(beta)
      mean = means
      let k = x.count
      var information = [[Double]](repeating: Array(repeating: 0, count: k), count: k)
      var score = [Double](repeating: 0, count: k)
      for row in y.indices {
        let w = weights[row] * weight[row]
        let r = residual(row)
        for i in 0..<k {
          score[i] += x[i][row] * r
          for j in 0...i { information[i][j] += x[i][row] * x[j][row] * w }
        }
      }
      for i in 0..<k { for j in 0..<i { information[j][i] = information[i][j] } }
      // What the rows weigh that a term is of.
      let support = x.map { column in
        y.indices.reduce(0.0) { column[$1] == 0 ? $0 : $0 + weights[$1] * weight[$1] }
      }
      if first.isEmpty { first = support }
      // A term that runs off to infinity, as that of a group without events, leaves nothing to be known of it.
      guard (0..<k).allSatisfy({ support[$0] > 1e-7 * first[$0] }),
        let matrix = PositiveMatrix(information)
      else { throw NoEstimate(.noSolution) }
      inverse = matrix.inverse
      let step = inverse.map { row in zip(row, score).reduce(0) { $0 + $1.0 * $1.1 } }
      let size = zip(step, score).reduce(0) { $0 + $1.0 * $1.1 }
      // A step of more than 5 on the scale of logarithms is held back.
      let most = step.map { abs($0) }.max() ?? 0
      let scale = most > 5 ? 5 / most : 1
      for i in 0..<k { beta[i] += step[i] * scale }
      guard beta.allSatisfy({ $0.isFinite }) else { throw NoEstimate(.noSolution) }
      if scale == 1, size < 1e-18 * max(1, abs(beta.map { $0 * $0 }.reduce(0, +))) {
        mean = moments(beta).mean
        return
      }
    }
    throw NoEstimate(.noSolution)
  }

  /// The coefficients and the dispersion in turn, until neither moves.
  mutating func solveDispersion() throws(NoEstimate) {
    for _ in 0..<200 {
      // Where the likelihood falls from Poisson's on there is no over-dispersion.
      if dispersionSlope(0) <= 0 {
        alpha = 0
        return try solve()
      }
      var (low, high) = (1e-12, 1.0)
      while dispersionSlope(high) > 0 && high < 1e9 { (low, high) = (high, high * 10) }
      while high / low > 1 + 1e-13 {
        let middle = (low * high).squareRoot()
        guard middle > low, middle < high else { break }
        if dispersionSlope(middle) > 0 { low = middle } else { high = middle }
      }
      let change = abs(high - alpha)
      alpha = high
      try solve()
      if change <= 1e-10 * high { return }
    }
    throw NoEstimate(.noSolution)
  }

  /// How the log likelihood rises with the dispersion:
  /// Σ [Σⱼ j/(1 + αj) + μ² g(αμ) − yμ/(1 + αμ)], j from 0 to y − 1, g(t) = (log(1 + t) − t/(1 + t)) / t².
  private func dispersionSlope(_ alpha: Double) -> Double {
    var sum = 0.0
    for row in y.indices {
      let (y, m) = (y[row], mean[row])
      var slope = 0.0
      slope += Self.sumOfShares(y, alpha)
      let t = alpha * m
      let g: Double
      if t < 0.01 {
        // Its series Σ (−t)ᵏ (k + 1)/(k + 2), as the difference loses its digits.
        var series = 0.0
        for k in (0..<8).reversed() { series = Double(k + 1) / Double(k + 2) - t * series }
        g = series
      } else {
        g = (log1p(t) - t / (1 + t)) / (t * t)
      }
      slope += m * m * g - y * m / (1 + t)
      sum += weight[row] * slope
    }
    return sum
  }

  /// Up to so many terms of a sum are added one by one.
  private static let fewTerms = 1_000.0

  /// Up to this dispersion sums are integrals, mended at their ends (Euler and Maclaurin, DLMF 2.10.1); beyond it they are
  /// differences of gamma functions, which lose digits where it is small.
  private static let smallDispersion = 0.01

  /// Σ tᵏ (−1)ᵏ / ((k + a)(k + b)…), by the terms given: for t near zero, where differences lose their digits.
  private static func series(_ t: Double, _ term: (Double) -> Double) -> Double {
    var sum = 0.0
    for k in (0..<16).reversed() { sum = term(Double(k)) - t * sum }
    return sum
  }

  /// Σ j / (1 + αj), j from 0 to y − 1.
  private static func sumOfShares(_ y: Double, _ alpha: Double) -> Double {
    if y <= fewTerms {
      var sum = 0.0
      for j in 0..<Int(y) { sum += Double(j) / (1 + alpha * Double(j)) }
      return sum
    }
    guard alpha < smallDispersion else {
      let size = 1 / alpha
      return size * (y - size * (Gamma.digamma(y + size) - Gamma.digamma(size)))
    }
    let t = alpha * y
    let end = 1 / (1 + t)
    // (t − log(1 + t)) / t²
    let integral = t < 0.1 ? series(t) { 1 / ($0 + 2) } : (t - log1p(t)) / (t * t)
    return y * y * integral - y * end / 2 + (end * end - 1) / 12
      - alpha * alpha * (pow(end, 4) - 1) / 120
  }

  /// Σ log(1 + αj), j from 0 to y − 1.
  private static func sumOfLogarithms(_ y: Double, _ alpha: Double) -> Double {
    if y <= fewTerms {
      var sum = 0.0
      for j in 0..<Int(y) { sum += log1p(alpha * Double(j)) }
      return sum
    }
    guard alpha < smallDispersion else {
      let size = 1 / alpha
      return lgamma(y + size) - lgamma(size) - y * log(size)
    }
    let t = alpha * y
    let end = 1 / (1 + t)
    // ((1 + t) log(1 + t) − t) / t²
    let integral =
      t < 0.1 ? series(t) { 1 / (($0 + 1) * ($0 + 2)) } : ((1 + t) * log1p(t) - t) / (t * t)
    return y * t * integral - log1p(t) / 2 + alpha * (end - 1) / 12
      - alpha * alpha * alpha * (end * end * end - 1) / 360
  }

  /// The scores of each cluster.
  func scores(_ clusters: Grouping) -> [[Double]] {
    var scores = [[Double]](
      repeating: Array(repeating: 0, count: x.count), count: clusters.groupCount)
    for row in y.indices {
      let r = residual(row)
      for column in x.indices { scores[Int(clusters.group[row])][column] += x[column][row] * r }
    }
    return scores
  }

  func logLikelihood() -> Double {
    y.indices.reduce(0) { sum, row in
      let (y, m) = (y[row], mean[row])
      let value: Double
      switch family {
      case .logistic:
        value = (y > 0 ? y * log(m) : 0) + (y < 1 ? (1 - y) * log(1 - m) : 0)
      case .negativeBinomial where alpha > 0:
        // Γ(y + 1/α) / Γ(1/α) αʸ is Π (1 + αj).
        let product = Self.sumOfLogarithms(y, alpha)
        value =
          product + (y > 0 ? y * log(m) : 0) - (y + 1 / alpha) * log1p(alpha * m) - lgamma(y + 1)
      case .poisson, .negativeBinomial:
        value = (y > 0 ? y * log(m) : 0) - m - lgamma(y + 1)
      }
      return sum + weight[row] * value
    }
  }

  func deviance() -> Double {
    2
      * y.indices.reduce(0) { sum, row in
        let (y, m) = (y[row], mean[row])
        let value: Double
        switch family {
        case .logistic:
          value = (y > 0 ? y * log(y / m) : 0) + (y < 1 ? (1 - y) * log((1 - y) / (1 - m)) : 0)
        case .poisson: value = (y > 0 ? y * log(y / m) : 0) - (y - m)
        case .negativeBinomial:
          value =
            alpha > 0
            ? (y > 0 ? y * log(y / m) : 0)
              - (y + 1 / alpha) * (log1p(alpha * y) - log1p(alpha * m))
            : (y > 0 ? y * log(y / m) : 0) - (y - m)
        }
        return sum + weight[row] * value
      }
  }
}
