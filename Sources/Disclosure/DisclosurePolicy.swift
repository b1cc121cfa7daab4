/// What may be shown of counts of people: how few are too few, and how coarsely the rest is rounded.
///
/// The standard policy is that of NHS England's statistics with a larger threshold: counts of 1 to 9 are suppressed,
/// other counts are rounded to the nearest 10, zero is shown.
public struct DisclosurePolicy: Sendable, Hashable {
  /// The smallest count that is shown; counts from 1 to one less are suppressed.
  public let threshold: Int
  /// What counts are rounded to: the first is the usual one, the others are taken where it is not enough.
  public let roundings: [Int]
  /// Into how many steps the range from 0% to 100% is cut, the finest first: 1,000 is a step of 0.1 percentage points.
  public let shareSteps: [Int]

  public static let standard = DisclosurePolicy(threshold: 10)

  /// - Parameter threshold: at least 2.
  public init(threshold: Int) {
    precondition(threshold >= 2, "Below a threshold of 2 nothing is suppressed.")
    self.threshold = threshold
    roundings = [1, 2, 5, 10, 20, 50, 100].map { $0 * threshold }
    shareSteps = [1_000, 500, 200, 100, 50, 20, 10, 5]
  }

  /// Whether a count is too small to show; zero is not.
  public func isSmall(_ count: Int) -> Bool { count > 0 && count < threshold }

  /// How many values a reader must be left with for a suppressed count: its range has at least this width.
  var widthOfSmall: Int { threshold }

  /// The width that the range of every shown count keeps.
  ///
  /// With widths w₁ and w₂ in two snapshots, a change is known to within w₁ + w₂. It can be shown to lie in 1 to
  /// threshold − 1 only where w₁ + w₂ ≤ threshold − 2, which two widths of half the threshold exceed.
  var widthOfShown: Int { (threshold + 1) / 2 }

  /// Why a figure is suppressed, in words. It is one text for primary and complementary suppression: two would tell
  /// which cells are small.
  public var reason: String {
    "fewer than \(threshold), or others could be worked out from it"
  }
}
