/// A comparison ready to be made of any two records.
///
/// One thread uses a comparer at a time; ``ComparisonPlan/comparer()`` makes one for each.
final class Comparer {
  private let plan: ComparisonPlan
  // What the plan has, where it can be had without counting references.
  private let steps: UnsafeMutableBufferPointer<ComparisonPlan.Step>
  private let slots: UnsafeMutablePointer<ComparisonPlan.Slot>
  private let parts: UnsafeMutableBufferPointer<Int>
  private let singlePart: Int
  private let unlessSwapped: (Int, Int)?
  private let swapped: (parts: (Int, Int), level: UInt8)?
  private let ranges: UnsafePointer<UInt32>?
  private let lastLevel: UInt8
  private let bothMissing: UInt8
  /// What was found of the pair at hand, by slot of the plan, and which were looked for already.
  private let values: UnsafeMutablePointer<Double>
  @exclusivity(unchecked) private var known: UInt32 = 0
  /// The level of two records with one and the same value, by its code; 255 is not known yet.
  private let same: UnsafeMutableBufferPointer<UInt8>
  /// The levels of pairs of values that came up lately: pairs of a block have many in common.
  private let recentPairs: UnsafeMutablePointer<UInt64>
  private let recentLevels: UnsafeMutablePointer<UInt8>
  private static let recent = 1 << 13

  init(_ plan: ComparisonPlan) {
    self.plan = plan
    steps = .allocate(capacity: plan.steps.count)
    _ = steps.initialize(from: plan.steps)
    slots = .allocate(capacity: max(1, plan.slots.count))
    slots.initialize(from: plan.slots, count: plan.slots.count)
    parts = .allocate(capacity: plan.parts.count)
    _ = parts.initialize(from: plan.parts)
    singlePart = plan.singlePart ?? -1
    unlessSwapped = plan.unlessSwapped
    swapped = plan.swapped
    // The plan keeps them as long as the comparer keeps the plan.
    ranges = plan.ranges.map { UnsafePointer($0) }
    lastLevel = UInt8(plan.firstLevel + plan.levelCount)
    bothMissing = plan.comparison.countsMissing ? 1 : 0
    values = .allocate(capacity: max(1, plan.slots.count))
    same = .allocate(capacity: plan.singlePart == nil ? 1 : plan.features[0].count + 1)
    same.initialize(repeating: 255)
    recentPairs = .allocate(capacity: Self.recent)
    recentPairs.initialize(repeating: 0, count: Self.recent)
    recentLevels = .allocate(capacity: Self.recent)
    recentLevels.initialize(repeating: 0, count: Self.recent)
  }

  deinit {
    steps.deallocate()
    slots.deallocate()
    parts.deallocate()
    values.deallocate()
    same.deallocate()
    recentPairs.deallocate()
    recentLevels.deallocate()
  }

  /// The level of two records, given their rows of codes.
  @inline(__always)
  func level(_ a: UnsafePointer<UInt32>, _ b: UnsafePointer<UInt32>) -> UInt8 {
    guard singlePart >= 0 else { return levelOfSeveral(a, b) }
    let (x, y) = (a[singlePart], b[singlePart])
    if x == 0 || y == 0 { return x == y ? bothMissing : 0 }
    if let swap = unlessSwapped, isSwapped(swap, a, b) { return 0 }
    if x == y {
      let known = same[Int(x)]
      if known != 255 { return known }
      self.known = 0
      same[Int(x)] = find(a, b)
      return same[Int(x)]
    }
    if let swapped, isSwapped(swapped.parts, a, b) { return swapped.level }
    if let ranges, ranges[Int(x)] != ranges[Int(y)] { return 0 }
    let pair = x < y ? UInt64(x) << 32 | UInt64(y) : UInt64(y) << 32 | UInt64(x)
    let place = Int(truncatingIfNeeded: mixed(pair)) & (Self.recent - 1)
    if recentPairs[place] == pair { return recentLevels[place] }
    known = 0
    let level = find(a, b)
    recentPairs[place] = pair
    recentLevels[place] = level
    return level
  }

  /// The level of two records with the same value of the only part that is looked at.
  func level(ofSame value: UInt32) -> UInt8 {
    precondition(singlePart >= 0, "the comparison looks at one part")
    return withUnsafeTemporaryAllocation(of: UInt32.self, capacity: plan.width) { row in
      row.initialize(repeating: 0)
      row[singlePart] = value
      guard let row = row.baseAddress else { return 0 }
      return level(row, row)
    }
  }

  private func levelOfSeveral(_ a: UnsafePointer<UInt32>, _ b: UnsafePointer<UInt32>) -> UInt8 {
    var (isAny, isInOne, isInOther) = (false, false, false)
    for part in parts {
      let (x, y) = (a[part] != 0, b[part] != 0)
      isAny = isAny || x && y
      isInOne = isInOne || x
      isInOther = isInOther || y
    }
    guard isAny else { return !isInOne && !isInOther ? bothMissing : 0 }
    known = 0
    return find(a, b)
  }

  /// Whether each of two fields of one record is the other field of the other, and the two are not one.
  @inline(__always)
  private func isSwapped(
    _ parts: (Int, Int), _ a: UnsafePointer<UInt32>, _ b: UnsafePointer<UInt32>
  ) -> Bool {
    a[parts.0] != 0 && a[parts.0] == b[parts.1] && a[parts.1] != 0 && a[parts.1] == b[parts.0]
      && a[parts.0] != a[parts.1]
  }

  /// The level of the first alternative all of whose bounds hold.
  private func find(_ a: UnsafePointer<UInt32>, _ b: UnsafePointer<UInt32>) -> UInt8 {
    var index = 0
    while index < steps.count {
      let step = steps[index]
      if step.holds(value(Int(step.slot), a, b)) {
        if step.isLast { return step.level }
        index &+= 1
      } else {
        index = Int(step.next)
      }
    }
    return lastLevel
  }

  @inline(__always)
  private func value(
    _ slot: Int, _ a: UnsafePointer<UInt32>, _ b: UnsafePointer<UInt32>
  ) -> Double {
    if known & 1 &<< UInt32(slot) != 0 { return values[slot] }
    let found = measured(slots + slot, a, b)
    known |= 1 &<< UInt32(slot)
    values[slot] = found
    return found
  }

  private func measured(
    _ slot: UnsafeMutablePointer<ComparisonPlan.Slot>, _ a: UnsafePointer<UInt32>,
    _ b: UnsafePointer<UInt32>
  ) -> Double {
    let (part, kind) = (slot.pointee.part, slot.pointee.kind)
    if kind == .swapped { return isSwapped((part, slot.pointee.otherPart), a, b) ? 1 : 0 }
    let (x, y) = (a[part], b[part])
    if x == 0 || y == 0 { return kind == .missing ? 1 : .nan }
    return PairMeasures.value(kind, slot.pointee.features, x, y, limit: slot.pointee.limit)
  }
}

/// A comparison, with its fields and measures found among the parts of records.
final class ComparisonPlan: @unchecked Sendable {
  // Sendable because nothing changes once it is made.

  struct Slot {
    let kind: Measure.Kind
    /// The part of the records, and its features.
    let part: Int
    let features: PartFeatures.View
    let otherPart: Int
    /// What conditions want it to reach: at least of similarities, at most of distances.
    let limit: Double
  }

  /// A bound of an alternative of a level's condition: those of one alternative follow each other.
  struct Step {
    let slot: UInt8
    let sign: Condition.Bound.Sign
    /// Whether the alternative holds where this does.
    let isLast: Bool
    let level: UInt8
    /// Where the next alternative begins.
    let next: UInt16
    let limit: Double

    @inline(__always)
    func holds(_ value: Double) -> Bool {
      switch sign {
      case .atLeast: value >= limit
      case .atMost: value <= limit
      case .above: value > limit
      case .below: value < limit
      }
    }
  }

  let comparison: Comparison
  let slots: [Slot]
  let features: [PartFeatures]
  let steps: [Step]
  let levelCount: Int
  let parts: [Int]
  /// The only part that its conditions look at, but for ``swapped``; its features are then first.
  let singlePart: Int?
  let swapped: (parts: (Int, Int), level: UInt8)?
  let unlessSwapped: (Int, Int)?
  let firstLevel: Int
  /// For each value of the only part the range of numbers that it is of, where it is a local number.
  let ranges: UnsafeMutablePointer<UInt32>?
  /// How many parts records have.
  let width: Int

  /// - Throws: ``LinkageError`` where a condition names what is not there.
  init(_ comparison: Comparison, _ records: RecordSet) throws(LinkageError) {
    self.comparison = comparison
    firstLevel = comparison.firstLevel
    width = records.parts.count
    func part(_ name: String) throws(LinkageError) -> Int {
      if let part = records.part(name) { return part }
      let names = records.parts.map(\.name).joined(separator: ", ")
      throw LinkageError(
        "The comparison '\(comparison.name)' looks at '\(name)', which is no field.",
        hint: "The fields are \(names).")
    }
    func swap(_ condition: Condition?) throws(LinkageError) -> (Int, Int)? {
      guard let condition, condition.alternatives.count == 1, condition.alternatives[0].count == 1,
        let measure = condition.measures.first, measure.kind == .swapped
      else { return nil }
      return (try part(measure.fields[0]), try part(measure.fields[1]))
    }
    let conditions = comparison.levels.map(\.condition)
    var measures: [Measure] = []
    for condition in conditions {
      for bound in condition.alternatives.joined() {
        var measure = bound.measure
        let needed = measure.kind == .swapped ? 2 : 1
        if measure.fields.isEmpty, needed == 1 {
          measure = Measure(kind: measure.kind, fields: [comparison.field])
        }
        guard measure.fields.count == needed else {
          throw LinkageError(
            "In the comparison '\(comparison.name)', '\(measure.text)' needs \(needed) "
              + "field\(needed == 1 ? "" : "s") in brackets.")
        }
        if !measures.contains(measure) { measures.append(measure) }
      }
    }
    for measure in measures where measure.kind == .km {
      guard records.parts[try part(measure.fields[0])].places != nil else {
        throw LinkageError(
          "The comparison '\(comparison.name)' measures kilometres, and nothing says where postcodes lie.",
          hint:
            "Give a file of postcodes with their latitudes and longitudes, as `--postcodes` takes.")
      }
    }
    guard measures.count <= 32 else {
      throw LinkageError("The comparison '\(comparison.name)' takes more than 32 measures.")
    }
    var kinds: [Int: Set<Measure.Kind>] = [:]
    for measure in measures where measure.kind != .swapped {
      kinds[try part(measure.fields[0]), default: []].insert(measure.kind)
    }
    let looked = kinds.keys.sorted()
    let features = looked.map { PartFeatures(records.parts[$0], kinds[$0] ?? []) }
    self.features = features
    func own(_ measure: Measure) -> Measure {
      measure.fields.isEmpty ? Measure(kind: measure.kind, fields: [comparison.field]) : measure
    }
    let bounds = conditions.flatMap { $0.alternatives.joined() }
    var slots: [Slot] = []
    for measure in measures {
      let one = try part(measure.fields[0])
      let limits = bounds.filter { own($0.measure) == measure }
      slots.append(
        Slot(
          kind: measure.kind, part: one, features: features[looked.firstIndex(of: one) ?? 0].view,
          otherPart: measure.fields.count > 1 ? try part(measure.fields[1]) : one,
          limit: Self.limit(measure.kind, limits)))
    }
    self.slots = slots
    levelCount = conditions.count
    var steps: [Step] = []
    for (index, condition) in conditions.enumerated() {
      for alternative in condition.alternatives {
        let next = steps.count + alternative.count
        for (place, bound) in alternative.enumerated() {
          steps.append(
            Step(
              slot: UInt8(measures.firstIndex(of: own(bound.measure)) ?? 0), sign: bound.sign,
              isLast: place == alternative.count - 1, level: UInt8(comparison.firstLevel + index),
              next: UInt16(next), limit: bound.limit))
        }
      }
    }
    self.steps = steps
    var swapped: (parts: (Int, Int), level: UInt8)?
    var isPlain = true
    for (index, condition) in conditions.enumerated()
    where condition.measures.contains(where: { $0.kind == .swapped }) {
      if let parts = try swap(condition), swapped == nil {
        swapped = (parts, UInt8(comparison.firstLevel + index))
      } else {
        isPlain = false
      }
    }
    self.swapped = swapped
    unlessSwapped = try swap(comparison.unless)
    parts = looked
    singlePart = looked.count == 1 && isPlain ? looked[0] : nil
    ranges = singlePart.flatMap { Self.ranges(records.parts[$0]) }
    if let unless = comparison.unless, unlessSwapped == nil {
      throw LinkageError(
        "In the comparison '\(comparison.name)', 'unless: \(unless.text)' is not read.",
        hint: "It can be swapped(FIELD, FIELD) only.")
    }
  }

  deinit { ranges?.deallocate() }

  /// The ranges of local numbers: what stands before the stroke.
  private static func ranges(_ part: RecordSet.Part) -> UnsafeMutablePointer<UInt32>? {
    guard part.kind == .localNumber else { return nil }
    let table = ValueTable()
    let ranges = UnsafeMutablePointer<UInt32>.allocate(capacity: part.table.count + 1)
    ranges.initialize(repeating: 0, count: part.table.count + 1)
    for code in 0..<part.table.count {
      let text = part.table.text(UInt32(code + 1)).bytes
      let end = text.firstIndex(of: UInt8(ascii: "/")) ?? 0
      ranges[code + 1] = table.code(of: Array(text[..<end]))
    }
    return ranges
  }

  func comparer() -> Comparer { Comparer(self) }

  /// What all bounds of a measure want it to reach; nothing is known by less where they want anything else.
  private static func limit(_ kind: Measure.Kind, _ bounds: [Condition.Bound]) -> Double {
    switch kind {
    case .jaro, .jaroWinkler:
      bounds.allSatisfy { $0.sign == .atLeast } ? bounds.map(\.limit).min() ?? 0 : -.infinity
    default:
      bounds.allSatisfy { $0.sign == .atMost } ? bounds.map(\.limit).max() ?? 0 : .infinity
    }
  }
}
