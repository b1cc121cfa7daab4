import Definitions
import Partnership

/// The map of who does what, with what organisations, functions and people are called for whoever reads.
struct RoleNames {
  let map: RoleMap
  private let titles: [RecordNumber: RecordTitle]

  /// - Parameter others: further records to name.
  init(_ desk: Desk, naming others: [RecordNumber] = []) throws {
    map = try desk.partnership.roleMap(for: desk.actor)
    let numbers = map.functions.flatMap { function in
      function.responsibilities.flatMap { [$0.organisation, $0.person].compactMap { $0 } }
        + function.agreedBy
    }
    titles = try desk.partnership.titles(
      numbers + others + map.functions.map(\.number), for: desk.actor)
  }

  func title(_ number: RecordNumber) -> String {
    titles[number]?.title ?? "somebody who is not shown to you"
  }

  func isKnown(_ number: RecordNumber) -> Bool { titles[number] != nil }

  /// Several names in a sentence.
  func list(_ numbers: [RecordNumber]) -> String { numbers.map(title).inWords }

  /// Every organisation that has a part, by name.
  var organisations: [(number: RecordNumber, title: String)] {
    Set(map.functions.flatMap { $0.responsibilities.map(\.organisation) })
      .map { ($0, title($0)) }.sorted { ($0.1, $0.0) < ($1.1, $1.0) }
  }

  /// Who is what at a scale, in a line: "Accountable: …; responsible: …"; empty where nobody is anything.
  func line(_ function: RoleMap.Function, at scale: Scale, of only: RecordNumber? = nil) -> String {
    Involvement.allCases.compactMap { involvement -> String? in
      let names = function.organisations(involvement, at: scale)
        .filter { only == nil || $0 == only }.map(title)
      return names.isEmpty ? nil : "\(involvement.title): \(names.joined(separator: ", "))"
    }.joined(separator: "; ")
  }

  /// What an organisation is to a function at a scale: "accountable, responsible".
  func parts(of organisation: RecordNumber, _ function: RoleMap.Function, at scale: Scale) -> String
  {
    function.responsibilities.filter { $0.organisation == organisation && $0.scale == scale }
      .map(\.involvement.title).joined(separator: ", ")
  }
}

extension RoleFinding {
  /// What was found, as a heading.
  func headline(_ names: RoleNames) -> String {
    let what = function.map { names.title($0) } ?? ""
    let place = scale.map { " at \($0.inWords) level" } ?? ""
    return switch kind {
    case .severalAccountable:
      "\(organisations.count) are accountable for one thing\(place): \(what)"
    case .nobodyAccountable: "Nobody is accountable\(place): \(what)"
    case .nobodyResponsible: "Nobody does it\(place): \(what)"
    case .wrongScale: "Done\(place), where it does not belong: \(what)"
    case .dutyElsewhere: "The law names another body: \(what)"
    case .noCapacity: "Nobody there to do it\(place): \(what)"
    case .overloadedPerson:
      "\(person.map { names.title($0) } ?? "Somebody") is accountable for \(count ?? 0) functions"
    case .unmapped: "Nobody has said who does it: \(what)"
    }
  }

  /// What it means and what to do.
  func explanation(_ names: RoleNames) -> String {
    let who = names.list(organisations)
    let function = function.flatMap { names.map[$0] }
    switch kind {
    case .severalAccountable:
      return
        "\(who) stand here as answering for it. Where two answer, nobody does: agree on one, and on what the others are."
    case .nobodyAccountable:
      let level = scale.map { "\($0.inWords) level" } ?? "this level"
      return organisations.isEmpty
        ? "It belongs at \(level), and nobody answers for it there."
        : "\(who) \(organisations.count == 1 ? "does" : "do") it, and nobody answers for it."
    case .nobodyResponsible:
      return
        "\(who) \(organisations.count == 1 ? "answers" : "answer") for it; say who does it, if only the same organisation."
    case .wrongScale:
      let right = function?.scales.map(\.inWords).inWords ?? ""
      return
        "\(who) \(organisations.count == 1 ? "has" : "have") a part in it here; it belongs at \(right) level. Move it, or change where it belongs."
    case .dutyElsewhere:
      let duty = function?.duty.map { $0.title.lowercasedFirst } ?? []
      return
        "\(who) \(organisations.count == 1 ? "is" : "are") accountable here; \(function?.law ?? "the law") names another sort of body: \(duty.joined(separator: ", ")). What the law puts on a body stays with it, whoever does the work."
    case .noCapacity:
      return
        "\(who) should do it, and \(organisations.count == 1 ? "has" : "have") no post for it, or all of them vacant, or not the capability yet."
    case .overloadedPerson:
      return
        "Few people can answer for so much. Share it out, or say who stands in."
    case .unmapped:
      return function?.law.map { "\($0) demands it. Say who is accountable." }
        ?? "Say who is accountable, or take it out if it is not for this place."
    }
  }
}

extension RoleFinding.Kind {
  var title: String {
    switch self {
    case .dutyElsewhere: "The law names another body"
    case .severalAccountable: "Several accountable at one scale"
    case .nobodyAccountable: "Nobody accountable"
    case .nobodyResponsible: "Nobody does it"
    case .wrongScale: "Wrong scale"
    case .noCapacity: "No capacity"
    case .overloadedPerson: "Accountable for too much"
    case .unmapped: "Not mapped yet"
    }
  }
}

extension Scale {
  var inWords: String { rawValue }
}
