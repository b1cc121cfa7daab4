/// Pairs of records with one address, whatever else they have in common.
///
/// Blocking looks for matches, and finds few of the pairs of people who only share a home: how many there are,
/// and what they share beside the address, is learnt from these.
struct HomeSample: Sendable {
  /// The comparison that the pairs agree on in full, and its fields.
  let comparison: Int
  let fields: Set<String>
  /// The share of all pairs in scope that agree so.
  let probability: Double
  let patterns: [(pattern: UInt32, count: Int)]

  private static let size = 1 << 14

  /// A sample of the pairs that agree on the address, or on a telephone number or postcode where there is none;
  /// nil where nothing else is shared at home, so that its people could not be told from others.
  init?(
    _ plans: [ComparisonPlan], _ kinds: [FieldKind], _ code: PatternCode, _ records: RecordSet,
    scope: LinkScope, _ universe: PairUniverse, _ agreeing: [Int: AgreeingPairs], seed: UInt64
  ) {
    let order: [FieldKind] = [.address, .phone, .postcode]
    guard kinds.count(where: \.isSharedAtHome) > 1, kinds.contains(where: { !$0.isSharedAtHome }),
      let comparison = order.lazy.compactMap({ kinds.firstIndex(of: $0) }).first
    else { return nil }
    let parts = plans[comparison].parts
    let pairs =
      agreeing[parts[0]] ?? AgreeingPairs(parts[0], records, scope, universe)
    guard pairs.probability > 0 else { return nil }
    let comparer = PairComparer(plans, code, records)
    var random = SplitMix(mixed(seed &+ 77))
    var (left, right): ([UInt32], [UInt32]) = ([], [])
    for _ in 0..<Self.size {
      let (one, other) = pairs.draw(&random)
      let isWhole = parts.dropFirst().allSatisfy {
        let value = records.code(one, $0)
        return value != 0 && value == records.code(other, $0)
      }
      guard isWhole else { continue }
      left.append(UInt32(one))
      right.append(UInt32(other))
    }
    guard left.count > 20 else { return nil }
    var counts = CountTable()
    for pattern in comparer.patterns(left[...], right[...]) { counts.add(UInt64(pattern)) }
    self.comparison = comparison
    fields = plans[comparison].comparison.fields
    probability = pairs.probability * Double(left.count) / Double(Self.size)
    patterns = counts.sorted.map { (UInt32(truncatingIfNeeded: $0.number), $0.count) }
  }

  /// How many of all pairs in scope are of a class, given which share of these is, and how often pairs of the
  /// class agree so.
  func share(_ share: Double, agreement: Double) -> Double {
    min(0.1, share * probability / max(agreement, 0.01))
  }
}
