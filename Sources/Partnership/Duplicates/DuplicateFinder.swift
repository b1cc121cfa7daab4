import Columns
import Foundation
import Linkage

/// Finds records of one kind that may be of the same thing, by the linkage that Kith uses for people's records: what
/// agreement in a name, postcode, telephone number or website says is learnt from the records themselves.
struct DuplicateFinder {
  /// Two records, and how likely they are of the same thing.
  struct Pair {
    /// That with the lower number.
    let one: RecordNumber
    let other: RecordNumber
    let probability: Double

    init(one: RecordNumber, other: RecordNumber, probability: Double) {
      self.one = min(one, other)
      self.other = max(one, other)
      self.probability = probability
    }
  }

  /// Fewer records than these are too few to learn from: names alone are compared.
  static let fewest = 200
  /// A name that more records have, such as "Food bank", says nothing by itself.
  static let mostOfOneName = 100
  /// What is less likely is not shown.
  static let leastProbability = 0.05

  let kind: RecordKind

  /// - Parameters:
  ///   - records: of the kind.
  ///   - apart: pairs of which somebody has said that they are two.
  func pairs(
    of records: [Record], apart: [(RecordNumber, RecordNumber)]
  ) throws -> [Pair] {
    let apartKeys = Set(apart.map { [$0.0, $0.1] as Set })
    var found: [Pair]
    if records.count < Self.fewest {
      found = byName(records)
    } else {
      found = try byLinkage(records, apart: apart)
      let known = Set(found.map { [$0.one, $0.other] })
      found += bySameName(records).filter { !known.contains([$0.one, $0.other]) }
    }
    return found.filter { !apartKeys.contains([$0.one, $0.other]) }
      .sorted { ($1.probability, $0.one, $0.other) < ($0.probability, $1.one, $1.other) }
  }

  // MARK: By linkage

  /// The columns that are compared, and what they hold.
  private static let fields: [LinkField] = [
    LinkField("name", .text), LinkField("postcode", .postcode), LinkField("phone", .phone),
    LinkField("email", .email), LinkField("site", .code), LinkField("owner", .code),
  ]

  private func values(_ record: Record) -> [String?] {
    let fields = record.fields
    return [
      "\(record.number)", Self.plain(record.title),
      fields.text("postcode")
        ?? fields.rows("places").lazy.compactMap { $0.text("postcode") }.first,
      fields.text("phone").map(Self.digits), fields.text("email")?.lowercased(),
      fields.text("website").flatMap(Self.host),
      record.kind.id == RecordKind.organisation.id ? nil : record.organisation.map { "\($0)" },
    ]
  }

  private func byLinkage(
    _ records: [Record], apart: [(RecordNumber, RecordNumber)]
  ) throws -> [Pair] {
    let rows = records.map(values)
    // A column that hardly anybody fills in teaches nothing.
    let kept = Self.fields.indices.filter { field in
      rows.count { $0[field + 1] != nil } * 20 >= rows.count
    }
    let model = LinkModel(id: "number", fields: kept.map { Self.fields[$0] })
    let builder = try RecordSetBuilder(model, threads: 2)
    builder.begin(kind.id)
    let columns = try (0...kept.count).map { try ColumnWriter(Columns.Field("c\($0)", .utf8)) }
    for row in rows {
      for (writer, place) in zip(columns, [0] + kept.map { $0 + 1 }) {
        if let value = row[place] { writer.append(text: value) } else { writer.appendNull() }
      }
    }
    builder.append(
      try Columns.Batch(
        taking: FinishedBatch(columns).take(),
        fields: (0...kept.count).map { Columns.Field("c\($0)", .utf8) }))
    let decisions = apart.map { one, other in
      PairDecision(
        .init(source: kind.id, id: "\(one)"), .init(source: kind.id, id: "\(other)"), .different)
    }
    // Beside a server that others use.
    var settings = LinkRun.Settings()
    settings.threads = 2
    settings.memory = 256 << 20
    let result = try LinkRun(model, builder, settings, decisions: decisions).run()
    let pairs = result.pairs
    return pairs.left.indices.compactMap { place in
      let probability = 1 / (1 + exp2(-Double(pairs.weights[place])))
      guard probability >= Self.leastProbability else { return nil }
      return Pair(
        one: records[Int(pairs.left[place])].number,
        other: records[Int(pairs.right[place])].number, probability: probability)
    }
  }

  // MARK: By name

  /// Pairs whose names are nearly alike; the more else agrees, the likelier. With few records every pair is compared.
  private func byName(_ records: [Record]) -> [Pair] {
    let entries = records.map { Entry($0.number, values($0)) }
    let rarity = Rarity(entries.map(\.words))
    return entries.indices.flatMap { index in
      entries[(index + 1)...].compactMap { entries[index].pair(with: $0, rarity) }
    }
  }

  /// Pairs of the very same name, where no more differs than agrees: where a directory has little but names, linkage
  /// cannot learn what a name is worth.
  private func bySameName(_ records: [Record]) -> [Pair] {
    let entries = records.map { Entry($0.number, values($0)) }
    let rarity = Rarity(entries.map(\.words))
    return Dictionary(grouping: entries, by: \.name).values
      .filter { (2...Self.mostOfOneName).contains($0.count) }
      .flatMap { entries in
        entries.indices.flatMap { index in
          entries[(index + 1)...].compactMap { other in
            entries[index].differsMore(from: other)
              ? nil : entries[index].pair(with: other, rarity)
          }
        }
      }
  }

  /// How much a word of a name tells: the fewer names have it, the more (the logarithm of 1 more than the names for each
  /// that has it; Spärck Jones, A statistical interpretation of term specificity, Journal of Documentation 28, 1972, 11–21).
  private struct Rarity {
    private let counts: [String: Int]
    private let total: Int

    init(_ names: [[String]]) {
      counts = names.reduce(into: [:]) { counts, words in
        for word in Set(words) { counts[word, default: 0] += 1 }
      }
      total = names.count
    }

    func weight(_ word: String) -> Double { log(1 + Double(total) / Double(counts[word] ?? 1)) }
  }

  /// A record as it is compared by its name.
  private struct Entry {
    /// Words that are less alike are two words.
    private static let leastLikeness = 0.88

    let number: RecordNumber
    let name: String
    let words: [String]
    /// What else is known of it.
    let others: ArraySlice<String?>

    init(_ number: RecordNumber, _ values: [String?]) {
      self.number = number
      name = values[1] ?? ""
      words = name.split(separator: " ").map(String.init)
      others = values[2...]
    }

    /// How many of what both have agree, and how many differ.
    private func comparison(with other: Entry) -> (agree: Int, differ: Int) {
      zip(others, other.others).reduce(into: (0, 0)) { count, pair in
        guard let mine = pair.0, let theirs = pair.1 else { return }
        if mine == theirs { count.agree += 1 } else { count.differ += 1 }
      }
    }

    func differsMore(from other: Entry) -> Bool {
      let (agree, differ) = comparison(with: other)
      return differ > agree
    }

    /// How alike two names are, from 0 to 1: each word with the likest of the other name, the rare ones counting more.
    private func likeness(to other: Entry, _ rarity: Rarity) -> Double {
      guard name != other.name else { return 1 }
      var left = other.words
      var (shared, all) = (0.0, left.reduce(0) { $0 + rarity.weight($1) })
      for word in words {
        all += rarity.weight(word)
        let best = left.indices.map { ($0, TextSimilarity.jaroWinkler(word, left[$0])) }
          .max { $0.1 < $1.1 }
        guard let (place, likeness) = best, likeness >= Self.leastLikeness else { continue }
        shared += likeness * (rarity.weight(word) + rarity.weight(left[place]))
        left.remove(at: place)
      }
      return all > 0 ? shared / all : 0
    }

    /// The pair with another, where the names are alike enough.
    func pair(with other: Entry, _ rarity: Rarity) -> Pair? {
      let likeness = likeness(to: other, rarity)
      let (agree, differ) = comparison(with: other)
      guard likeness >= (agree > 0 ? 0.85 : 0.92), name == other.name || differ <= agree else {
        return nil
      }
      let probability = (likeness - 0.8) / 0.2 * (agree > differ ? 1 : agree == differ ? 0.8 : 0.5)
      return Pair(one: number, other: other.number, probability: min(0.99, probability))
    }
  }

  /// A name without what organisations are called besides.
  private static func plain(_ name: String) -> String {
    let empty: Set = ["the", "ltd", "limited", "cic", "cio", "charity", "trust", "and", "of"]
    let words = name.lowercased().replacing("&", with: " and ").replacing("’", with: "'")
      .split { !($0.isLetter || $0.isNumber || $0 == "'") }.map(String.init)
    let kept = words.filter { !empty.contains($0) }
    return (kept.isEmpty ? words : kept).joined(separator: " ")
  }

  /// A telephone number however it is spaced, the country's code for here left off.
  private static func digits(_ phone: String) -> String {
    let digits = phone.replacing("(0)", with: "").filter(\.isNumber)
    return digits.hasPrefix("44") ? "0" + digits.dropFirst(2) : digits
  }

  private static func host(_ address: String) -> String? {
    URL(string: address)?.host()?.lowercased().replacing(/^www\./, with: "")
  }
}
