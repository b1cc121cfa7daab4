import Foundation

/// A pair that a person should look at.
public struct ReviewPair: Sendable {
  /// The records, by number.
  public let left: Int
  public let right: Int
  public let weight: Double
  public let probability: Double
  /// How likely it was to be picked: what is seen of the picked pairs, each divided by this, is what is to be
  /// expected of all (Horvitz and Thompson 1952, J Am Stat Assoc 47: 663).
  public let chance: Double
  /// For each comparison its level in words, and what it adds to the weight.
  public let parts: [(comparison: String, level: String, weight: Double)]
}

extension LinkResult {
  /// Pairs that would teach the model most, in random order.
  ///
  /// A pair is picked the likelier the more it is in doubt: in proportion to the standard deviation of what it
  /// may be, so that the number of matches among all pairs is estimated best from as many decisions (Neyman
  /// 1934, J R Stat Soc 97: 558), and evenly over the weights (systematic sampling; Madow 1949). Pairs that
  /// people decided already are not picked.
  public func reviewSample(_ count: Int, seed: UInt64) -> [ReviewPair] {
    var open = Array(scored.weights.indices).filter { scored.weights[$0] < DecidedPairs.certain }
    // By weight, and then by name: where a pair stands does not matter.
    open.sort { one, other in
      let (a, b) = (scored.weights[one], scored.weights[other])
      return a != b ? a < b : names(one) < names(other)
    }
    var sizes = open.map { place -> Double in
      let probability = Linkage.probability(ofWeight: Double(scored.weights[place]))
      return (probability * (1 - probability)).squareRoot()
    }
    // No pair's chance is above one: what is sure to be picked is taken out, and the rest shares what is left.
    var isSure = [Bool](repeating: false, count: sizes.count)
    var wanted = Double(min(count, open.count))
    while true {
      let sum = zip(sizes, isSure).reduce(0) { $1.1 ? $0 : $0 + $1.0 }
      let more = sizes.indices.filter { !isSure[$0] && sum > 0 && sizes[$0] * wanted >= sum }
      if more.isEmpty {
        for index in sizes.indices {
          sizes[index] = isSure[index] ? 1 : sum > 0 ? sizes[index] * wanted / sum : 0
        }
        break
      }
      for index in more { isSure[index] = true }
      wanted -= Double(more.count)
    }
    var random = SplitMix(mixed(seed))
    var next = Double(random.next() >> 11) * 0x1p-53
    var (sum, picked) = (0.0, [Int]())
    for index in open.indices {
      sum += sizes[index]
      if sum > next {
        picked.append(index)
        next += 1
      }
    }
    return picked.shuffled(using: &random).map { index in
      let place = open[index]
      let weight = Double(scored.weights[place])
      return ReviewPair(
        left: Int(scored.left[place]), right: Int(scored.right[place]), weight: weight,
        probability: Linkage.probability(ofWeight: weight), chance: sizes[index],
        parts: parts(of: place))
    }
  }

  private func parts(
    of place: Int
  ) -> [(comparison: String, level: String, weight: Double)] {
    let (matching, random) = (
      scorer.logs[LinkClass.match.rawValue], scorer.logs[LinkClass.random.rawValue]
    )
    return model.comparisons.enumerated().map { index, comparison in
      let level = code.level(index, in: scored.patterns[place])
      return (
        comparison.name, comparison.words[level], matching[index][level] - random[index][level]
      )
    }
  }

  private func names(_ place: Int) -> (UInt64, UInt64) {
    (records.nameHash(Int(scored.left[place])), records.nameHash(Int(scored.right[place])))
  }

  /// What is compared of records: the names of the parts of fields, in order.
  public var parts: [String] { records.parts.map(\.name) }

  /// A record's values as they are compared, by part; nil where it has none.
  public func values(of record: Int) -> [String?] {
    records.parts.indices.map { part in
      let value = records.code(record, part)
      guard value != 0 else { return nil }
      let text = records.parts[part].table.string(value).replacing("\u{1F}", with: "; ")
      guard records.parts[part].kind == .dateOfBirth, text.count == 8 else { return text }
      return "\(text.prefix(4))-\(text.dropFirst(4).prefix(2))-\(text.suffix(2))"
    }
  }

  /// What a record is called.
  public func name(of record: Int) -> PairDecision.Record {
    PairDecision.Record(source: source(of: record), id: records.ids.string(record))
  }
}
