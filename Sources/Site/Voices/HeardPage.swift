import Charts
import Decisions
import Definitions
import Indicators
import Partnership
import Places

/// Who has been heard, set against who lives here.
struct HeardPage {
  let desk: Desk
  let request: PageRequest
  private var atlas: Atlas { desk.edition.atlas }

  func page() throws -> Page {
    let since = try self.since()
    let voices = try desk.partnership.records(of: .voice, for: desk.actor).filter { record in
      guard let since else { return true }
      return record.fields.text("heard_on").flatMap { Day($0) }.map { $0 >= since } ?? false
    }
    let sections: [Group] = [
      Group(
        id: "ages", title: "By age", field: "ages", choices: RecordKind.ages,
        population: ages()),
      Group(
        id: "ethnicities", title: "By ethnic group", field: "ethnicities",
        choices: RecordKind.ethnicities, population: ethnicities()),
      Group(
        id: "groups", title: "By community", field: "groups",
        choices: RecordKind.voice.fields["groups"].map { Self.choices($0) } ?? [],
        population: [:]),
    ]
    let tables = sections.map { table($0, voices) }
    let areas = districts(voices)
    let silent = sections.flatMap { section in
      section.choices.filter { choice in
        choice.id != "everyone"
          && !voices.contains { $0.fields.texts(section.field).contains(choice.id) }
      }.map(\.title)
    }
    let people = voices.reduce(0) { $0 + Self.people($1) }
    let values: [String: any Sendable] = [
      "place": atlas.manifest.place.name,
      "count": voices.count == 1 ? "1 record" : "\(voices.count) records",
      // How many stand behind a record is for partners.
      "people": desk.visitor.account == nil ? "" : numberText(Double(people), decimals: 0),
      "isEmpty": voices.isEmpty && desk.visitor.account != nil,
      "silent": silent, "hasSilent": !silent.isEmpty && desk.visitor.account != nil,
      "signIn": desk.visitor.account == nil ? "/sign-in?next=/voices/heard" : "",
      "months": [("", "Ever"), ("12", "The last 12 months"), ("36", "The last 3 years")].map {
        one -> [String: any Sendable] in
        ["id": one.0, "title": one.1, "isChosen": (request["months"] ?? "") == one.0]
      },
      "sections": desk.visitor.account == nil
        ? []
        : zip(sections, tables).map { section, table -> [String: any Sendable] in
          ["title": section.title, "tableHTML": table.html(csv: request.csv(table))]
        }
          + [["title": "By where it was heard", "tableHTML": areas.html(csv: request.csv(areas))]],
    ]
    return Page(
      title: "Who has been heard", template: "heard", section: .voices, values: values,
      // A table is a file of its own, which needs the same sign-in.
      tables: desk.visitor.account == nil ? [] : tables + [areas])
  }

  private struct Group {
    let id: String
    let title: String
    let field: String
    let choices: [FieldType.Choice]
    /// Residents of each, where the data have them.
    let population: [String: Double]
  }

  private static func choices(_ field: Field) -> [FieldType.Choice] {
    if case .choices(let choices) = field.type { choices } else { [] }
  }

  private func since() throws -> Day? {
    guard let text = request["months"] else { return nil }
    guard let months = Int(text), (1...600).contains(months) else {
      throw PageError.badRequest("'\(text.prefix(20))' is not a number of months.")
    }
    return Day.today.adding(months: -months)
  }

  /// How many people stand behind a record: one, where nobody said.
  private static func people(_ record: Record) -> Int {
    record.fields.number("count").map { Int($0) } ?? 1
  }

  private func table(_ group: Group, _ voices: [Record]) -> DataTable {
    let total = group.population.values.reduce(0, +)
    var columns = [
      DataTable.Column("Group"), DataTable.Column("Records", isNumeric: true),
      DataTable.Column("People in them", isNumeric: true),
    ]
    if total > 0 {
      columns += [
        DataTable.Column("Residents, %", isNumeric: true),
        DataTable.Column("Of the records that name groups, %", isNumeric: true),
        DataTable.Column("What that says"),
      ]
    }
    let named = voices.filter { !$0.fields.texts(group.field).isEmpty }
    return DataTable(
      id: group.id, caption: "Who was heard, \(group.title.lowercased())", columns: columns,
      rows: group.choices.map { choice in
        let own = voices.filter { $0.fields.texts(group.field).contains(choice.id) }
        var cells: [DataTable.Cell] = [
          .text(choice.title), .number(Double(own.count), decimals: 0),
          .number(Double(own.reduce(0) { $0 + Self.people($1) }), decimals: 0),
        ]
        if total > 0 {
          let share = (group.population[choice.id] ?? 0) / total
          let heard = named.isEmpty ? 0 : Double(own.count) / Double(named.count)
          cells += [
            .number(share * 100, decimals: 1), .number(heard * 100, decimals: 1),
            .text(
              own.isEmpty
                ? "Not heard yet"
                : heard < share / 2 ? "Heard less than half as often as they live here" : ""),
          ]
        }
        return cells
      }, stacks: total > 0)
  }

  /// Residents of each band of ages, from five-year bands.
  private func ages() -> [String: Double] {
    guard let place = atlas.place else { return [:] }
    var sums: [String: Double] = [:]
    for measure in ["age_sex", "age"] where sums.isEmpty {
      guard let period = atlas.periods(of: measure).last else { continue }
      for series in atlas.series(of: measure) where series.period == period {
        guard let count = atlas.figure(series, place).numerator,
          let start = series.group.split(whereSeparator: { !$0.isNumber }).first.flatMap({ Int($0) }
          )
        else { continue }
        let band =
          switch start {
          case ..<15: "0-14"
          case ..<25: "15-24"
          case ..<45: "25-44"
          case ..<65: "45-64"
          case ..<80: "65-79"
          default: "80+"
          }
        sums[band, default: 0] += count
      }
    }
    return sums
  }

  private func ethnicities() -> [String: Double] {
    guard let place = atlas.place, let period = atlas.periods(of: "ethnic_group").last else {
      return [:]
    }
    var sums: [String: Double] = [:]
    for series in atlas.series(of: "ethnic_group") where series.period == period {
      sums[series.group] = atlas.figure(series, place).numerator
    }
    return sums
  }

  /// Records by the tenth of deprivation of the small area in which they were heard.
  private func districts(_ voices: [Record]) -> DataTable {
    var counts: [String: Int] = [:]
    var unknown = 0
    let finder = SmallAreaFinder(atlas)
    let decile = atlas.measure("imd_decile").flatMap { atlas.latestSeries(of: $0) }
    for voice in voices {
      guard let postcode = voice.fields.text("postcode"),
        let position = desk.edition.postcodes.exactPosition(of: postcode),
        let area = finder.area(at: position), let decile,
        let value = atlas.figure(decile, area).value
      else {
        unknown += 1
        continue
      }
      counts["\(Int((value + 1) / 2))", default: 0] += 1
    }
    var rows = (1...5).map { fifth -> [DataTable.Cell] in
      [
        .text(
          fifth == 1
            ? "Most deprived fifth" : fifth == 5 ? "Least deprived fifth" : "Fifth \(fifth)"),
        .number(Double(counts["\(fifth)"] ?? 0), decimals: 0),
      ]
    }
    rows.append([
      .text("No postcode, or none that is known"), .number(Double(unknown), decimals: 0),
    ])
    return DataTable(
      id: "where", caption: "Records by the deprivation of where it was heard (fifths of England)",
      columns: [DataTable.Column("Where"), DataTable.Column("Records", isNumeric: true)], rows: rows
    )
  }
}
