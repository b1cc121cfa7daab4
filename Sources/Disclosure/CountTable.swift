/// Counts over one or more dimensions, with their totals.
///
/// A cell is named by a category a dimension; category 0 is the total over the dimension, and the others are numbered
/// from 1.
public struct CountTable: Sendable {
  /// How the totals over a dimension are published.
  public enum Totals: Sendable {
    /// Exactly, here or elsewhere.
    case exact
    /// Each by itself, as ``DisclosurePolicy/count(_:)`` and ``DisclosurePolicy/share(_:of:)`` have it.
    case alone
    /// Like any other cell.
    case protected
    /// Nowhere.
    case notShown
  }

  /// The categories of each dimension, with its total.
  let shape: [Int]
  let strides: [Int]
  let totals: [Totals]
  /// The counts of all cells with totals, the last dimension running fastest.
  let counts: [Int]

  /// - Parameters:
  ///   - categories: how many each dimension has, without its total.
  ///   - counts: those of the cells without totals, the last dimension running fastest; none below zero.
  ///   - totals: how the totals over each dimension are published.
  public init(categories: [Int], counts: [Int], totals: [Totals]) {
    precondition(!categories.isEmpty && categories.count == totals.count)
    precondition(counts.count == categories.reduce(1, *) && counts.allSatisfy { $0 >= 0 })
    let shape = categories.map { $0 + 1 }
    var strides = Array(repeating: 1, count: shape.count)
    for dimension in shape.indices.dropLast().reversed() {
      strides[dimension] = strides[dimension + 1] * shape[dimension + 1]
    }
    var cells = Array(repeating: 0, count: shape.reduce(1, *))
    for (place, count) in counts.enumerated() {
      var rest = place
      var inner = Array(repeating: 0, count: shape.count)
      for dimension in shape.indices.reversed() {
        inner[dimension] = rest % categories[dimension] + 1
        rest /= categories[dimension]
      }
      // A count is in every cell that has, in each dimension, its category or the total.
      for subset in 0..<(1 << shape.count) {
        let cell = shape.indices.reduce(0) {
          $0 + (subset >> $1 & 1 == 0 ? inner[$1] * strides[$1] : 0)
        }
        cells[cell] += count
      }
    }
    (self.shape, self.strides, self.totals, self.counts) = (shape, strides, totals, cells)
  }

  /// The place of a cell.
  ///
  /// - Parameter categories: one a dimension; 0 is the total.
  public func cell(_ categories: [Int]) -> Int {
    precondition(categories.count == shape.count)
    return zip(zip(categories, shape), strides).reduce(0) { sum, item in
      precondition((0..<item.0.1).contains(item.0.0))
      return sum + item.0.0 * item.1
    }
  }

  /// The category of a cell in each dimension.
  func categories(of cell: Int) -> [Int] {
    shape.indices.map { cell / strides[$0] % shape[$0] }
  }

  /// How a cell is published: one that is a total over several dimensions as the most exact of them, unless one is not
  /// shown; one that is no total like any other.
  func publication(of cell: Int) -> Totals {
    let own = shape.indices.filter { cell / strides[$0] % shape[$0] == 0 }.map { totals[$0] }
    if own.contains(where: { $0 == .notShown }) { return .notShown }
    if own.contains(where: { $0 == .exact }) { return .exact }
    return own.contains(where: { $0 == .alone }) ? .alone : .protected
  }
}
