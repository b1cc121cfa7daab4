/// How likely each condition is for somebody of an age, sex and ethnic group in a deprivation decile, so
/// that each decile as a whole has the published prevalence.
struct Prevalence: Sendable {
  private let conditions: [ConditionParameters]
  /// The condition's scale in each decile: condition × 10 + decile − 1.
  private let scale: [Double]
  /// The shape by age and sex: condition × 2 × 122 + sex × 122 + age.
  private let shapes: [Double]
  private static let ages = 122
  private static let most = 0.97

  /// Finds the scales.
  ///
  /// - Parameter cells: residents of each decile by age, sex and ethnic group, as ``AreaCensus/cells``.
  init(_ conditions: [ConditionParameters], cells: [[Int]], groups: Int) {
    self.conditions = conditions
    var shapes: [Double] = []
    for condition in conditions {
      for sex in 0...1 {
        for age in 0..<Self.ages {
          let factor = sex == 1 ? condition.male : 1
          let counted = condition.ages.contains(age) || condition.ages.upperBound >= 120
          shapes.append(
            counted && age >= condition.ages.lowerBound - 5
              ? condition.shape(at: Double(age)) / 100 * factor : 0)
        }
      }
    }
    self.shapes = shapes
    var scale: [Double] = []
    for (index, condition) in conditions.enumerated() {
      for decile in 0..<10 {
        var parts: [(count: Double, base: Double)] = []
        var people = 0.0
        for age in 0...AreaCensus.oldest where condition.ages.contains(age) {
          for sex in 0...1 {
            let base = shapes[(index * 2 + sex) * Self.ages + age]
            for group in 0..<groups {
              let count = Double(
                cells[decile][AreaCensus.cell(age: age, sex: sex, group: group, groups: groups)])
              guard count > 0 else { continue }
              people += count
              if base > 0 { parts.append((count, base * condition.ethnic[group])) }
            }
          }
        }
        let wanted = condition.percent[decile] / 100 * people
        // The sum rises with the scale; halving the interval finds where it is the wanted one.
        var (low, high) = (0.0, 1_000.0)
        for _ in 0..<60 where wanted > 0 {
          let middle = (low + high) / 2
          let sum = parts.reduce(0) { $0 + $1.count * min(Self.most, $1.base * middle) }
          if sum < wanted { low = middle } else { high = middle }
        }
        scale.append(wanted > 0 ? (low + high) / 2 : 1)
      }
    }
    self.scale = scale
  }

  /// The share of people like this with the condition.
  @inline(__always)
  func share(_ condition: Int, age: Int, sex: Int, group: Int, decile: Int) -> Double {
    let shape = shapes[(condition * 2 + sex) * Self.ages + min(Self.ages - 1, max(0, age))]
    guard shape > 0 else { return 0 }
    return min(
      Self.most, shape * scale[condition * 10 + decile - 1] * conditions[condition].ethnic[group])
  }
}
