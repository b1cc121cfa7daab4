/// Weighs any two records. One thread uses it at a time.
final class PairWeigher {
  private let comparers: [Comparer]
  private let scorer: Scorer
  private let code: PatternCode
  private let plans: [ComparisonPlan]
  private let rows: UnsafePointer<UInt32>
  private let width: Int
  private var memo: PatternMemo

  init(
    _ plans: [ComparisonPlan], _ code: PatternCode, _ records: RecordSet, _ scorer: Scorer
  ) {
    self.plans = plans
    comparers = plans.map { $0.comparer() }
    self.scorer = scorer
    self.code = code
    guard let rows = records.codes.baseAddress else { preconditionFailure("there are records") }
    self.rows = UnsafePointer(rows)
    width = records.parts.count
    memo = PatternMemo(scorer)
  }

  func pattern(_ one: Int, _ other: Int) -> UInt32 {
    var pattern: UInt32 = 0
    for (comparer, step) in zip(comparers, code.steps) {
      pattern += UInt32(comparer.level(rows + one * width, rows + other * width)) * step
    }
    return pattern
  }

  func weight(_ one: Int, _ other: Int) -> Double {
    scorer.weight(memo.score(pattern(one, other)), one, other)
  }

  /// Whether two records are at any of some levels, by comparison.
  func isAny(_ levels: [Int: Set<Int>], _ one: Int, _ other: Int) -> Bool {
    levels.contains { comparison, levels in
      levels.contains(
        Int(comparers[comparison].level(rows + one * width, rows + other * width)))
    }
  }

  /// Whether two records are at no level of a comparison but that of anything else.
  func isElse(_ comparison: Int, _ one: Int, _ other: Int) -> Bool {
    Int(comparers[comparison].level(rows + one * width, rows + other * width))
      == plans[comparison].firstLevel + plans[comparison].levelCount
  }
}
