import Charts
import Disclosure
import Indicators
import Linkage

/// The errors of a linkage by group, as a picture and a table: how many of 1,000 pairs that belong together are
/// missed, and how many of 1,000 that were joined do not.
struct LinkErrors {
  /// A group: its name, and its measures; nil where they are held back.
  struct Group {
    let title: String
    let linked: QualityRow?
    let precision: QualityRow?
    let recall: QualityRow?
    let isHidden: Bool
  }

  /// What the group of whom nothing is said is called.
  static let notKnown = "not known"

  let groups: [Group]
  /// What the records are called whose share is linked.
  var records = "Records"

  private static let hidden = DataQuality.policy.reason
  private static let unknown = "nothing to estimate it from"

  func table(id: String, caption: String, first: String) -> DataTable {
    func cells(_ group: Group, _ row: QualityRow?) -> [DataTable.Cell] {
      guard !group.isHidden else {
        return Array(repeating: .figure(.suppressed(Self.hidden), decimals: 1), count: 3)
      }
      guard let errors = row?.errorsPerThousand else {
        return Array(repeating: .figure(.unknown(Self.unknown), decimals: 1), count: 3)
      }
      return [errors.value, errors.lower, errors.upper].map { .number($0, decimals: 1) }
    }
    return DataTable(
      id: id, caption: caption,
      columns: [
        .init(first), .init(records, isNumeric: true), .init("Linked, %", isNumeric: true),
        .init("Wrong of 1,000", isNumeric: true), .init("from", isNumeric: true),
        .init("to", isNumeric: true), .init("Missed of 1,000", isNumeric: true),
        .init("from", isNumeric: true), .init("to", isNumeric: true),
      ],
      rows: groups.map { group in
        let linked: [DataTable.Cell] =
          if group.isHidden {
            [
              .figure(.suppressed(Self.hidden), decimals: 0),
              .figure(.suppressed(Self.hidden), decimals: 1),
            ]
          } else {
            [
              group.linked.map { .number($0.denominator, decimals: 0) } ?? .none,
              group.linked?.value.map { .number(100 * $0, decimals: 1) }
                ?? .figure(.suppressed(Self.hidden), decimals: 1),
            ]
          }
        return [.text(group.title)] + linked + cells(group, group.precision)
          + cells(group, group.recall)
      }, stacks: true)
  }

  /// How many are missed and how many are wrong, with their intervals.
  func svg(id: String, title: String) -> String {
    func value(_ group: Group, _ row: QualityRow?) -> ChartValue {
      guard !group.isHidden else { return ChartValue(nil, reason: "held back", isSuppressed: true) }
      guard let errors = row?.errorsPerThousand else { return ChartValue(nil, reason: "not known") }
      return ChartValue(errors.value, lower: errors.lower, upper: errors.upper)
    }
    return BarChart(
      series: ["Missed", "Wrong"],
      categories: groups.map {
        .init($0.title, [value($0, $0.recall), value($0, $0.precision)])
      }, unit: ChartUnit("of 1,000 pairs", decimals: 1)
    ).svg(id: id, title: title)
  }

  /// Where most is missed and where least, in a sentence; nil where there is nothing to compare.
  var contrast: String? {
    let known = groups.filter {
      !$0.isHidden && $0.title != Self.notKnown && $0.recall?.errorsPerThousand != nil
    }
    func missed(_ group: Group) -> Double { group.recall?.errorsPerThousand?.value ?? 0 }
    guard known.count > 1, let most = known.max(by: { missed($0) < missed($1) }),
      let least = known.min(by: { missed($0) < missed($1) }),
      let high = most.recall?.errorsPerThousand,
      let low = least.recall?.errorsPerThousand
    else { return nil }
    func words(_ value: (value: Double, lower: Double, upper: Double)) -> String {
      "\(numberText(value.value, decimals: 0)) of 1,000 (\(numberText(value.lower, decimals: 0)) to "
        + "\(numberText(value.upper, decimals: 0)))"
    }
    let start = "Most are missed in the group “\(most.title)”: \(words(high)). "
    guard high.lower > low.upper else {
      return start + "Fewest in “\(least.title)”: \(words(low)); the two may be the same."
    }
    return start + "Fewest in “\(least.title)”: \(words(low))."
  }
}
