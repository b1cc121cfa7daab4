import Definitions

/// A long-term condition: how common it is by deprivation, age, sex and ethnic group.
struct ConditionParameters: Sendable {
  let id: String
  let title: String
  /// Percent of patients, by deprivation decile, the most deprived first.
  let percent: [Double]
  /// The ages that the register counts.
  let ages: ClosedRange<Int>
  /// How common it is at ages 5, 15 … 95; only the shape counts.
  let shape: [Double]
  /// In men over in women.
  let male: Double
  /// Against White, by ethnic group.
  let ethnic: [Double]
  /// How strongly it goes with each of the hidden tendencies.
  let loads: Tendencies
  /// The condition that it is a part of.
  let within: String?

  init?(id: String, reading value: YAMLValue, groups: [String]) {
    guard
      let section = value.section([
        "title", "percent", "from", "to", "age", "male", "ethnic", "loads", "within",
      ])
    else { return nil }
    self.id = id
    title = section.required("title")?.name() ?? id
    percent = section.numbers("percent", count: 10)
    ages = (section["from"]?.integer() ?? 0)...(section["to"]?.integer() ?? 120)
    shape = section.numbers("age", count: 10)
    male = section["male"]?.number() ?? 1
    var factors = Array(repeating: 1.0, count: groups.count)
    for (group, factor) in section["ethnic"]?.entries() ?? [] {
      if let index = groups.firstIndex(of: group) {
        factors[index] = factor.number() ?? 1
      } else {
        factor.report("There is no ethnic group '\(group)'.")
      }
    }
    ethnic = factors
    let loads = section.numbers("loads", count: 4)
    self.loads = loads.count == 4 ? Tendencies(loads[0], loads[1], loads[2], loads[3]) : .zero
    let length = (self.loads * self.loads).sum()
    if length >= 1 { value.report("The loads of \(id) say more than all: their squares reach 1.") }
    within = section["within"]?.name()
  }

  /// The shape at an age in years.
  func shape(at age: Double) -> Double { interpolate(shape, at: (age - 5) / 10) }
}

/// A person's hidden tendencies: general, cardiometabolic, mental, respiratory; each with mean 0 and
/// standard deviation 1.
typealias Tendencies = SIMD4<Double>

/// The value of a curve between its points, and that of the nearest point beyond them.
func interpolate(_ points: [Double], at position: Double) -> Double {
  guard position > 0 else { return points.first ?? 0 }
  let lower = Int(position)
  guard lower + 1 < points.count else { return points.last ?? 0 }
  let share = position - Double(lower)
  return points[lower] * (1 - share) + points[lower + 1] * share
}

extension YAMLValue {
  func numbers() -> [Double] { items().compactMap { $0.number() } }
}

extension YAMLSection {
  /// A list of exactly `count` numbers.
  func numbers(_ key: String, count: Int) -> [Double] {
    guard let value = required(key) else { return Array(repeating: 0, count: count) }
    let numbers = value.numbers()
    guard numbers.count == count else {
      value.report("'\(key)' has \(numbers.count) numbers.", hint: "Give \(count).")
      return Array(repeating: 0, count: count)
    }
    return numbers
  }

  func number(_ key: String) -> Double { required(key)?.number() ?? 0 }
  func name(_ key: String) -> String { required(key)?.name() ?? "" }
}
