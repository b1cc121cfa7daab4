import Charts
import Definitions
import Governance
import Partnership
import Statistics

/// Who is connected with whom, which sectors meet, and what hangs on one person.
struct NetworkPage {
  let desk: Desk
  let request: PageRequest

  func page() throws -> Page {
    guard desk.visitor.account != nil else { throw PageError.signIn(desk.visitor, request) }
    let all = try desk.partnership.relationships(for: desk.actor)
    let own = desk.actor.person.flatMap { all.index(of: $0) }
    let around = try self.around(all)
    let structure = all.structure
    let mixing = structure.mixing
    let table = DataTable(
      id: "sectors", caption: "Ties between sectors",
      columns: [
        DataTable.Column("Sector"), DataTable.Column("With"),
        DataTable.Column("Ties", isNumeric: true), DataTable.Column("Strength", isNumeric: true),
      ],
      rows: mixing.sorted { ($1.strength, $0.one.title) < ($0.strength, $1.one.title) }.map {
        [
          .text($0.one.title), .text($0.other.title), .number(Double($0.count), decimals: 0),
          .number($0.strength, decimals: 1),
        ]
      })
    let apart = mixing.filter { $0.count == 0 && $0.one != $0.other }
    let weak = structure.weakPoints
    let brokers = structure.brokers
    let picture = picture(all, own: own, around: around)
    let named = named(all, own: own)
    let values: [String: any Sendable] = [
      "isEmpty": all.ties.isEmpty, "people": "\(all.people.count)", "tied": "\(structure.tied)",
      "ties": "\(all.ties.count)", "untied": "\(all.people.count - structure.tied)",
      "parts": structure.parts > 1 ? "\(structure.parts)" : "",
      "mixing": Self.words(structure),
      "pictureHTML": picture.svg(
        id: "c-network", title: "People by sector, and the ties between them",
        description:
          "\(structure.tied) people and \(all.ties.count) ties; \(apart.count) pairs of sectors have none. The table below has the ties between sectors."
      ),
      "isPartial": picture.ties.count < all.ties.count && around == nil
        ? "\(GroupedNetwork.mostTies)" : "",
      "around": around.map { all.people[$0].name } ?? "",
      "mayChoose": named.count <= Self.mostChoices,
      "choices": named.prefix(Self.mostChoices).map { index -> [String: any Sendable] in
        [
          "id": "\(all.people[index].number)", "title": all.people[index].name,
          "isChosen": index == around,
        ]
      },
      "neighbours": around.map { neighbours(of: $0, all, own: own) } ?? [],
      "tableHTML": table.disclosed(csv: request.csv(table)),
      "apart": apart.prefix(12).map { "\($0.one.title) and \($0.other.title.lowercasedFirst)" },
      "moreApart": apart.count > 12 ? "and \(apart.count - 12) more, in the table" : "",
      "hasApart": !apart.isEmpty,
      "weak": weak.map { card($0, all, own: own) }, "hasWeak": !weak.isEmpty,
      "brokers": brokers.filter { all.people[$0].isNamed }.prefix(20).map {
        card($0, all, own: own)
      },
      "hasBrokers": !brokers.isEmpty,
      "hasNamedBrokers": brokers.contains { all.people[$0].isNamed },
      "unnamedBrokers": Self.count(brokers.count { !all.people[$0].isNamed }),
      "mine": own.map { mine($0, all) } ?? "",
      "isStranger": own == nil,
    ]
    return Page(
      title: "Who knows whom", template: "network", section: .network, values: values,
      tables: [table])
  }

  // MARK: Pieces

  /// Those who may be named to whoever looks: themselves, and who agreed.
  private func named(_ all: Relationships, own: Int?) -> [Int] {
    all.people.indices.filter {
      (all.people[$0].isNamed || $0 == own) && all.network.degree(of: $0) > 0
    }
    .sorted { all.people[$0].name < all.people[$1].name }
  }

  /// The person whose ties are asked for.
  private func around(_ all: Relationships) throws -> Int? {
    guard let text = request["around"] else { return nil }
    guard let index = RecordNumber(text).flatMap({ all.index(of: $0) }),
      all.people[index].isNamed || all.people[index].number == desk.actor.person
    else {
      throw PageError.notFound("Nobody of that number has agreed to be named here.")
    }
    return index
  }

  /// Of more names than these, nobody finds one in a list: a person's own page leads here too.
  private static let mostChoices = 300

  /// The strongest ties, or those of one person, and everybody whom they tie.
  private func picture(_ all: Relationships, own: Int?, around: Int?) -> GroupedNetwork {
    let strongest = all.ties.filter { tie in
      around.map { $0 == tie.one || $0 == tie.other } ?? true
    }.sorted { ($1.strength, $0.one, $0.other) < ($0.strength, $1.one, $1.other) }
      .prefix(GroupedNetwork.mostTies)
    let ends = Set(strongest.flatMap { [$0.one, $0.other] })
    let everybody = all.structure.tied <= GroupedNetwork.mostTies
    let shown = all.people.indices.filter { all.network.degree(of: $0) > 0 }.filter { index in
      everybody || index == own || ends.contains(index)
    }
    let places = Dictionary(uniqueKeysWithValues: shown.enumerated().map { ($1, $0) })
    let sectors = Sector.allCases.filter { sector in
      shown.contains { (all.people[$0].sector ?? .other) == sector }
    }
    let weak = Set(all.structure.weakPoints)
    let nodes = shown.map { index in
      let person = all.people[index]
      return GroupedNetwork.Node(
        group: sectors.firstIndex(of: person.sector ?? .other) ?? 0,
        name: person.isNamed || index == own ? person.name : nil,
        mark: index == own || index == around ? .own : weak.contains(index) ? .weak : .plain)
    }
    let ties = strongest.compactMap { tie -> GroupedNetwork.Tie? in
      guard let one = places[tie.one], let other = places[tie.other] else { return nil }
      return GroupedNetwork.Tie(one, other, strength: tie.strength)
    }
    return GroupedNetwork(groups: sectors.map(\.title), nodes: nodes, ties: ties)
  }

  /// Somebody as a list shows them: by name where they agreed, else by their sector.
  private func card(_ index: Int, _ all: Relationships, own: Int?) -> [String: any Sendable] {
    let person = all.people[index]
    let isNamed = person.isNamed || index == own
    let sectors = Set(all.neighbours(of: index).compactMap { all.people[$0.person].sector })
    return [
      "name": isNamed ? person.name : "Somebody in \(Self.inside(person.sector))",
      "path": isNamed ? "/people/\(person.number)" : "", "role": isNamed ? person.role : "",
      "sectors": sectors.map { $0.title.lowercasedFirst }.sorted().inWords,
      "ties": Self.count(all.neighbours(of: index).count),
    ]
  }

  /// Whom somebody is tied to: by name those who agreed, the others as a number for each sector, without when and how, for
  /// that could tell who they are.
  private func neighbours(
    of index: Int, _ all: Relationships, own: Int?
  ) -> [[String: any Sendable]] {
    let ties = all.neighbours(of: index)
    // Of one's own ties one knows with whom they are.
    func isNamed(_ other: Int) -> Bool {
      all.people[other].isNamed || other == own || index == own
    }
    let named = ties.filter { isNamed($0.person) }.map { other, tie -> [String: any Sendable] in
      [
        "name": all.people[other].name, "path": "/people/\(all.people[other].number)",
        "how":
          "\(Self.strength(tie.strength)); \(tie.sources.sorted().map(\.title).inWords), last \(tie.last.inWords)",
      ]
    }
    var others: [String: Int] = [:]
    for (other, _) in ties where !isNamed(other) {
      let sector = all.people[other].sector
      // Where a sector has few people in the directory, it would be one of them.
      let isFew = all.people.count { $0.sector == sector } < 3
      others[isFew ? "other sectors" : Self.inside(sector), default: 0] += 1
    }
    return named
      + others.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { sector, count in
        ["name": "\(count) in \(sector)", "path": "", "how": "did not say that they may be named"]
      }
  }

  /// What whoever looks is to the network.
  private func mine(_ own: Int, _ all: Relationships) -> String {
    let ties = all.neighbours(of: own)
    guard !ties.isEmpty else {
      return "You have no tie here yet: record a meeting, or say on your own page whom you know."
    }
    let sectors = Set(ties.compactMap { all.people[$0.person].sector?.title.lowercasedFirst })
    let only = all.onlyTheirs(own).count
    let whom = ties.count == 1 ? "one person" : "\(ties.count) people"
    return "You are tied to \(whom)"
      + (sectors.isEmpty ? ". " : ", of \(sectors.sorted().inWords). ")
      + (only > 0 ? "\(Self.count(only)) of them nobody else of your organisation knows." : "")
  }

  /// How far sectors mix, in words.
  private static func words(_ structure: Relationships.Structure) -> String {
    guard let across = structure.externalInternal else { return "" }
    let share = Int(((across + 1) / 2 * 100).rounded())
    var text = "\(share)% of ties are between people of different sectors."
    if let keeping = structure.assortativity {
      let told = numberText(keeping, decimals: 2)
      text +=
        keeping > 0.3
        ? " People keep to their own sector far more than chance would have it"
        : keeping > 0.1
          ? " People keep to their own sector somewhat more than chance would have it"
          : keeping > -0.1
            ? " Sectors mix about as they would by chance"
            : " People reach across sectors more than chance would have it"
      text += " (assortativity \(told); 1: nobody crosses, 0: as by chance)."
    }
    return text
  }

  static func strength(_ strength: Double) -> String {
    strength >= 0.75 ? "strong" : strength >= 0.3 ? "medium" : "faint"
  }

  private static func inside(_ sector: Sector?) -> String {
    sector.map { $0.title.lowercasedFirst } ?? "a sector that is not told"
  }

  private static func count(_ count: Int) -> String {
    count == 0 ? "" : count == 1 ? "one" : "\(count)"
  }
}
