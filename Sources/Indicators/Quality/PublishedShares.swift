public import Disclosure

/// What is measured of a group, before it is decided what may be shown of it.
struct MeasuredShare: Sendable {
  let id: String
  /// Nil where it is not counted, such as of a median.
  let numerator: Int?
  let denominator: Int?
  let value: Double?

  fileprivate var whole: Int { max(0, denominator ?? 0) }
  /// No more than all.
  fileprivate var part: Int { min(max(0, numerator ?? 0), whole) }
}

extension DataQuality {
  /// What may be shown of groups.
  public static let policy = DisclosurePolicy.standard

  /// What may be shown of every measure. Figures of a whole source are exact, unless all but a few
  /// of its records are of what is measured, or only a few; of groups, counts are suppressed and
  /// rounded under ``policy``, and shares are rounded so that no numerator follows.
  ///
  /// The measures of a field and kind of group have one pattern: a group that is suppressed in one is in all.
  static func published(_ measured: [Key: [MeasuredShare]]) -> [Key: [Share]] {
    // Most fields of a table have the same records.
    var tables: [[Int]: ProtectedCounts] = [:]
    func protected(_ counts: [Int]) -> ProtectedCounts {
      if let known = tables[counts] { return known }
      let made = policy.counts(table(counts))
      tables[counts] = made
      return made
    }
    var shares: [Key: [Share]] = [:]
    for (key, rows) in measured {
      switch (key.group, key.measure) {
      case (.everybody, _):
        shares[key] = rows.map { row in
          // A share of which all but a few are, or a few are, is shown as those of small groups are.
          guard !Self.isDelicate(row) else {
            return share(row, policy.count(row.whole), policy.share(row.part, of: row.whole))
          }
          return Share(
            id: row.id, numerator: row.numerator, denominator: row.denominator,
            figure: row.value.map {
              .known(
                .init(
                  value: $0, numerator: row.numerator.map(Double.init),
                  denominator: row.denominator.map(Double.init), isSum: false))
            } ?? .unknown(Self.nothing))
        }
      case (.source, _):
        // Sources overlap, so there is no total.
        shares[key] = rows.map { row in
          share(
            row, policy.count(row.whole), policy.share(row.part, of: row.whole))
        }
      case (_, .coverage):
        // Residents are published; what is protected is how many of them a register has.
        let people = protected(rows.map { max(0, $0.numerator ?? 0) })
        shares[key] = rows.enumerated().map { place, row in
          covered(row, people.isExposed ? .suppressed : people[place + 1])
        }
      default:
        var base = key
        base.measure = .completeness
        let records = measured[base] ?? rows
        let pattern = protected(records.map(\.whole))
        let own = protected(rows.map(\.whole))
        let parts = policy.shares(table(rows.map(\.part)), of: own)
        let isExposed = pattern.isExposed || own.isExposed || parts.isExposed
        var hidden: Set<String> = []
        for (place, row) in records.enumerated() where pattern[place + 1] == .suppressed {
          hidden.insert(row.id)
        }
        shares[key] = rows.enumerated().map { place, row in
          isExposed || hidden.contains(row.id)
            ? share(row, .suppressed, .suppressed) : share(row, own[place + 1], parts[place + 1])
        }
      }
    }
    return shares
  }

  /// Whether 1 to 9 records are, or are not, of what is measured.
  private static func isDelicate(_ row: MeasuredShare) -> Bool {
    guard row.numerator != nil, row.denominator != nil else { return false }
    let few = 1..<DisclosurePolicy.standard.threshold
    return few.contains(row.part) || few.contains(row.whole - row.part)
  }

  private static let nothing = "There is nothing to measure it by."

  private static func table(_ counts: [Int]) -> CountTable {
    CountTable(categories: [counts.count], counts: counts, totals: [.exact])
  }

  private static func share(
    _ row: MeasuredShare, _ count: PublishedCount, _ share: PublishedShare
  ) -> Share {
    let figure: Figure
    if row.whole == 0 {
      figure = .unknown(nothing)
    } else if let value = share.value {
      figure = .known(
        .init(value: value, numerator: nil, denominator: count.value.map(Double.init), isSum: false)
      )
    } else {
      figure = .suppressed(policy.reason)
    }
    return Share(
      id: row.id, numerator: nil, denominator: row.whole == 0 ? nil : count.value,
      figure: figure)
  }

  private static func covered(_ row: MeasuredShare, _ people: PublishedCount) -> Share {
    let figure: Figure
    if row.whole == 0 {
      figure = .unknown(nothing)
    } else if let count = people.value {
      figure = .known(
        .init(
          value: Double(count) / Double(row.whole), numerator: Double(count),
          denominator: Double(row.whole), isSum: false))
    } else {
      figure = .suppressed(policy.reason)
    }
    return Share(
      id: row.id, numerator: people.value, denominator: row.denominator, figure: figure)
  }
}
