/// A symmetric matrix above zero, such as that of normal equations, by Cholesky's decomposition.
struct PositiveMatrix {
  /// The inverse; nil where the matrix is not above zero, as where one column follows from others.
  let inverse: [[Double]]

  init?(_ matrix: [[Double]]) {
    let n = matrix.count
    var root = [[Double]](repeating: Array(repeating: 0, count: n), count: n)
    for i in 0..<n {
      for j in 0...i {
        var sum = matrix[i][j]
        for k in 0..<j { sum -= root[i][k] * root[j][k] }
        if i == j {
          // What is left of a column that follows from others is its rounding.
          guard sum > 1e-11 * matrix[i][i], sum.isFinite else { return nil }
          root[i][i] = sum.squareRoot()
        } else {
          root[i][j] = sum / root[j][j]
        }
      }
    }
    var inverse = root
    for column in 0..<n {
      var solution = [Double](repeating: 0, count: n)
      for i in 0..<n {
        var sum: Double = i == column ? 1 : 0
        for k in 0..<i { sum -= root[i][k] * solution[k] }
        solution[i] = sum / root[i][i]
      }
      for i in (0..<n).reversed() {
        var sum = solution[i]
        for k in (i + 1)..<n { sum -= root[k][i] * solution[k] }
        solution[i] = sum / root[i][i]
      }
      for i in 0..<n { inverse[i][column] = solution[i] }
    }
    self.inverse = inverse
  }
}

/// Ordinary least squares.
struct LeastSquares {
  let coefficients: [Double]
  /// The inverse of XᵀX: times the residual variance, the coefficients' covariance.
  let inverse: [[Double]]
  let fitted: [Double]
  let residualSum: Double

  /// - Returns: nil where the columns depend on each other.
  init?(_ y: [Double], columns: [[Double]]) {
    let cross = columns.map { a in columns.map { b in zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } } }
    guard let matrix = PositiveMatrix(cross) else { return nil }
    let right = columns.map { column in zip(column, y).reduce(0) { $0 + $1.0 * $1.1 } }
    let coefficients = matrix.inverse.map { row in zip(row, right).reduce(0) { $0 + $1.0 * $1.1 } }
    let fitted = y.indices.map { row in
      columns.indices.reduce(0) { $0 + coefficients[$1] * columns[$1][row] }
    }
    self.coefficients = coefficients
    inverse = matrix.inverse
    self.fitted = fitted
    residualSum = zip(y, fitted).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  }
}
