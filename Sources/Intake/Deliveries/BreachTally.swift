/// Counts the breaches of a file's records, and says when there are too many.
struct BreachTally {
  /// With fewer records than this, a file is judged at its end only.
  static let enough = 10_000
  /// So many records at least must break a rule before a delivery is stopped for it: in a short file
  /// a few are a large share.
  static let least = 10

  private let policies: RulePolicies
  private var set: [FieldFault: Int] = [:]
  private var warned: [FieldFault: Int] = [:]

  init(_ policies: RulePolicies) { self.policies = policies }

  mutating func add(_ chunk: LandedChunk) {
    for found in chunk.faults { set[found.fault, default: 0] += 1 }
    warned.merge(chunk.warnings) { $0 + $1 }
  }

  /// The breaches, those of records that were set aside first, then by number.
  var breaches: [DeliveryAccount.Breach] {
    let all =
      set.map { ($0, true, $1) } + warned.map { ($0, false, $1) }
    return all.map { fault, isQuarantined, count in
      DeliveryAccount.Breach(
        rule: fault.rule.rawValue, field: fault.field, isQuarantined: isQuarantined, count: count)
    }.sorted {
      ($0.isQuarantined ? 0 : 1, -$0.count, $0.rule, $0.field ?? "")
        < ($1.isQuarantined ? 0 : 1, -$1.count, $1.rule, $1.field ?? "")
    }
  }

  /// The rules that more records break than their policies let pass, in words.
  func stops(_ file: String, read: Int) -> [String] {
    var byRule: [IntakeRule: Int] = [:]
    var fields: [IntakeRule: [String: Int]] = [:]
    for (fault, count) in Array(set) + Array(warned) {
      byRule[fault.rule, default: 0] += count
      if let field = fault.field { fields[fault.rule, default: [:]][field, default: 0] += count }
    }
    return byRule.sorted { $0.key.rawValue < $1.key.rawValue }.compactMap { rule, count in
      let policy = policies[rule]
      guard let limit = policy.stopAbove, count >= Self.least,
        Double(count) > limit * Double(read)
      else { return nil }
      let named = (fields[rule] ?? [:]).sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(
        \.key)
      let more = named.count > 3 ? " and \(named.count - 3) more" : ""
      let place =
        named.isEmpty
        ? "" : " in " + named.prefix(3).map { "'\($0)'" }.joined(separator: ", ") + more
      return
        "\(file): \(count) of \(read) records break the rule '\(rule.rawValue)'\(place) (\(policy.title)); "
        + "the delivery is stopped above a share of \(limit)."
    }
  }
}
