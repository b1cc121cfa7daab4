import Definitions
import Partnership

/// What the page of a function shows beside its fields: who does it at each scale, who has agreed, what was said.
struct FunctionSection {
  /// The fields that are shown here.
  static let fields: Set<String> = [
    "responsibilities", "agreements", "log", "scales", "law", "duty", "law_link",
  ]

  let values: [String: any Sendable]

  init(_ record: Record, _ desk: Desk) throws {
    let split = FunctionSplit(record.fields)
    let function = RoleMap.Function(record)
    let numbers =
      split.responsibilities.flatMap { [$0.organisation, $0.person].compactMap { $0 } }
      + split.agreements.map(\.organisation) + split.log.compactMap(\.organisation)
    let titles = try desk.partnership.titles(numbers, for: desk.actor)
    func title(_ number: RecordNumber) -> String {
      titles[number]?.title ?? "somebody who is not shown to you"
    }
    let mayChange = record.allows(desk.actor, .edit) && record.state == .active
    let names = try RoleNames(desk)
    let findings = names.map.findings().filter { $0.function == record.number }
    let parties = function.parties.sorted { title($0) < title($1) }
    let answering = parties.filter { Access.speaks(desk.actor, for: $0) }
    values = [
      "path": record.path, "token": desk.visitor.formToken, "mayChange": mayChange,
      "add": mayChange ? "\(record.path)/responsibilities/add" : "",
      "law": record.fields.text("law") ?? "", "lawLink": record.fields.text("law_link") ?? "",
      "duty": function.duty.map { $0.title.lowercasedFirst }.inWords,
      "belongs": function.scales.map { $0.title.lowercased() }.inWords,
      "isUnmapped": split.responsibilities.isEmpty,
      "scales": Scale.allCases.compactMap { scale -> [String: any Sendable]? in
        let here = split.responsibilities.filter { $0.scale == scale }
        guard !here.isEmpty else { return nil }
        return [
          "scale": scale.title,
          "parts": here.map { one -> [String: any Sendable] in
            [
              "involvement": one.involvement.title, "organisation": title(one.organisation),
              "organisationPath": "/partners/\(one.organisation)",
              "person": one.person.map(title) ?? "",
              "personPath": one.person.flatMap { titles[$0] == nil ? nil : "/people/\($0)" } ?? "",
              "about": Self.about(one),
              "isProposed": parties.contains(one.organisation)
                && !function.agreedBy.contains(one.organisation),
              "change":
                "\(record.path)/responsibilities/add?organisation=\(one.organisation)&scale=\(scale.rawValue)&involvement=\(one.involvement.rawValue)",
              "withdraw": "\(record.path)/responsibilities/withdraw",
              "number": "\(one.organisation)", "scale": scale.rawValue,
              "part": one.involvement.rawValue,
            ]
          },
        ]
      },
      "findings": findings.filter { $0.kind != .unmapped }.map {
        finding -> [String: any Sendable] in
        [
          "headline": finding.kind.title
            + (finding.scale.map { ", at \($0.inWords) level" } ?? ""),
          "explanation": finding.explanation(names),
        ]
      },
      "hasParties": !parties.isEmpty, "isAgreed": function.isAgreed,
      "parties": parties.map { party -> [String: any Sendable] in
        let agreement = split.agreements.last { $0.organisation == party }
        let holds = function.agreedBy.contains(party)
        return [
          "organisation": title(party),
          "standing": holds
            ? "agreed on \(agreement?.day.inWords ?? "")"
            : agreement.map {
              "agreed on \($0.day.inWords) to an earlier split; not to this one yet"
            }
              ?? "has not agreed yet",
        ]
      },
      "answers": answering.map { party -> [String: any Sendable] in
        [
          "number": "\(party)", "organisation": title(party),
          "mayAgree": !function.agreedBy.contains(party),
        ]
      },
      "hasLog": !split.log.isEmpty,
      "log": split.log.reversed().map { remark -> [String: any Sendable] in
        [
          "day": remark.day.inWords,
          "who": desk.visitor.account == nil ? "A partner" : remark.name,
          "organisation": remark.organisation.map(title) ?? "", "text": remark.text,
        ]
      },
    ]
  }

  /// Capability, capacity and note, in a line.
  private static func about(_ one: Responsibility) -> String {
    var parts: [String] = []
    if let capability = one.capability { parts.append(capability.title.lowercased()) }
    if let posts = one.posts {
      let vacant = one.vacancies ?? 0
      parts.append(
        "\(posts.plainText) \(posts == 1 ? "post" : "posts")"
          + (vacant > 0 ? ", \(vacant.plainText) vacant" : ""))
    }
    if let note = one.note { parts.append(note) }
    return parts.joined(separator: "; ")
  }
}
