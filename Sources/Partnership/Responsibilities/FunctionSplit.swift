import Foundation

/// How a function is split between organisations, what they have said about it, and who has agreed.
///
/// An agreement is to the split as it was that day: it names it by a fingerprint, so it holds no longer when anybody
/// changes who is what at which scale. Leads, posts and notes can change without that.
public struct FunctionSplit: Sendable {
  public private(set) var responsibilities: [Responsibility]
  public private(set) var agreements: [Agreement]
  public private(set) var log: [Remark]

  /// An organisation agreed to a split.
  public struct Agreement: Sendable, Hashable {
    public let organisation: RecordNumber
    public let day: Day
    /// Who said so for it.
    public let name: String
    let fingerprint: String
  }

  /// What an organisation said about a split.
  public struct Remark: Sendable, Hashable {
    public let day: Day
    public let name: String
    public let organisation: RecordNumber?
    public let text: String
  }

  public init(_ fields: Fields) {
    responsibilities = []
    for one in fields.rows("responsibilities").compactMap({ Responsibility($0) }) {
      // Two organisations that became one may have been the same.
      if !responsibilities.contains(where: { $0.isSame(as: one) }) { responsibilities.append(one) }
    }
    agreements = fields.rows("agreements").compactMap { line in
      guard let organisation = line.record("organisation"),
        let day = line.text("day").flatMap(Day.init)
      else { return nil }
      return Agreement(
        organisation: organisation, day: day, name: line.text("name") ?? "",
        fingerprint: line.text("split") ?? "")
    }
    log = fields.rows("log").compactMap { line in
      guard let day = line.text("day").flatMap(Day.init), let text = line.text("text") else {
        return nil
      }
      return Remark(
        day: day, name: line.text("name") ?? "", organisation: line.record("organisation"),
        text: text)
    }
  }

  /// Puts the split, the agreements and the log into a function's fields.
  func write(to fields: inout Fields) {
    fields["responsibilities"] = .rows(responsibilities.map(\.line))
    fields["agreements"] = .rows(
      agreements.map { one in
        [
          "organisation": one.organisation.asValue, "day": .text(one.day.description),
          "name": .text(one.name), "split": .text(one.fingerprint),
        ]
      })
    fields["log"] = .rows(
      log.map { remark in
        var line: Fields = [
          "day": .text(remark.day.description), "name": .text(remark.name),
          "text": .text(remark.text),
        ]
        line["organisation"] = remark.organisation?.asValue
        return line
      })
  }

  /// The organisations whose agreement is to the split as it is.
  public var agreedBy: Set<RecordNumber> {
    let now = fingerprint
    return Set(agreements.filter { $0.fingerprint == now }.map(\.organisation))
  }

  /// Names who is what at which scale.
  var fingerprint: String {
    let lines = responsibilities.map { "\($0.organisation) \($0.scale) \($0.involvement)" }
    return NameUUID.of(lines.sorted().joined(separator: "\n"), in: Self.space)
  }

  private static let space = "7d0a3c5e-1f64-4d7c-9a56-52f4b6a6c2f1"

  // MARK: Changing

  /// Says what an organisation is, instead of what was said of it at that scale and involvement before.
  mutating func assign(_ responsibility: Responsibility) {
    if let index = responsibilities.firstIndex(where: { $0.isSame(as: responsibility) }) {
      responsibilities[index] = responsibility
    } else {
      responsibilities.append(responsibility)
    }
    responsibilities.sort {
      ($0.scale, $0.involvement, $0.organisation) < ($1.scale, $1.involvement, $1.organisation)
    }
  }

  /// - Returns: whether there was such a one.
  mutating func withdraw(_ organisation: RecordNumber, _ scale: Scale, _ involvement: Involvement)
    -> Bool
  {
    let gone = Responsibility(organisation: organisation, scale: scale, involvement: involvement)
    let count = responsibilities.count
    responsibilities.removeAll { $0.isSame(as: gone) }
    return responsibilities.count < count
  }

  mutating func agree(_ organisation: RecordNumber, _ name: String, on day: Day) {
    agreements.removeAll { $0.organisation == organisation }
    agreements.append(
      Agreement(organisation: organisation, day: day, name: name, fingerprint: fingerprint))
  }

  mutating func object(_ organisation: RecordNumber) {
    agreements.removeAll { $0.organisation == organisation }
  }

  mutating func remark(_ remark: Remark) { log.append(remark) }

  /// A function's fields once two organisations are one. Who had agreed has agreed to what the same split is called now; of
  /// the two, the one that stays has agreed if both had that had a part to agree to.
  static func fields(
    _ before: Fields, pointing after: Fields, from duplicate: RecordNumber, to kept: RecordNumber
  ) -> Fields {
    let (old, agreed) = (FunctionSplit(before), FunctionSplit(before).agreedBy)
    let parties = Set(
      old.responsibilities.filter { $0.involvement <= .responsible }.map(\.organisation))
    let both = parties.intersection([duplicate, kept])
    var still = agreed.subtracting([duplicate, kept])
    if !both.isEmpty, both.isSubset(of: agreed) { still.insert(kept) }
    var split = FunctionSplit(after)
    let now = split.fingerprint
    var seen: Set<RecordNumber> = []
    split.agreements = split.agreements.sorted { $0.day > $1.day }
      .filter { seen.insert($0.organisation).inserted }.sorted { $0.day < $1.day }.map {
        Agreement(
          organisation: $0.organisation, day: $0.day, name: $0.name,
          fingerprint: still.contains($0.organisation) ? now : "")
      }
    var fields = after
    split.write(to: &fields)
    return fields
  }
}
