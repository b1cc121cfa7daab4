import Charts
import Decisions
import Definitions
import Indicators
import Partnership

/// What Kith knows of a priority that answers questions of assessments, by the facts' names in `assessments.yaml`.
struct PriorityFacts {
  private(set) var facts: [String: Assessment.Fact] = [:]
  private let record: Record
  private let desk: Desk
  private let topics: [Topic]
  private let involved: Set<RecordNumber>

  init(_ record: Record, _ desk: Desk) throws {
    self.record = record
    self.desk = desk
    let named = record.fields.texts("topics") + record.fields.texts("changes")
    topics = Topic.allCases.filter { named.contains($0.rawValue) }
    involved = Set(record.fields.records("partners") + [record.organisation].compactMap { $0 })
    try who()
    try functions()
    try voices()
    try evidence()
    try resources()
    course()
  }

  private var edit: String { "\(record.path)/edit" }

  private mutating func set(_ name: String, _ text: String, _ isMet: Bool, _ path: String) {
    facts[name] = Assessment.Fact(text, isMet: isMet, path: path)
  }

  // MARK: Who

  private mutating func who() throws {
    let sponsor = record.fields.record("sponsor")
    let titles = try desk.partnership.titles(
      involved.union([sponsor].compactMap { $0 }), for: desk.actor)
    func name(_ number: RecordNumber) -> String { titles[number]?.title ?? "somebody" }
    set(
      "sponsor", sponsor.map { "\(name($0)) sponsors it." } ?? "No senior sponsor is named.",
      sponsor != nil, sponsor.map { "/people/\($0)" } ?? edit)
    set(
      "accountable",
      record.organisation.map { "\(name($0)) answers for it." } ?? "Nobody is named.",
      record.organisation != nil, edit)
    let organisations = try desk.partnership.records(Array(involved), for: desk.actor)
    let present = Set(organisations.compactMap { $0.fields.text("sector").flatMap(Sector.init) })
    let missing = MissingSectors(topics: topics, present: present).missing
    set(
      "sectors",
      topics.isEmpty
        ? "It has no topics, so Kith cannot say which sectors it needs."
        : missing.isEmpty
          ? "All that one would expect are there."
          : "Missing: \(missing.map { $0.sector.title.lowercasedFirst }.inWords).",
      !topics.isEmpty && missing.isEmpty, "\(record.path)/who-else")
    let trusted = organisations.filter {
      ["voluntary", "faith"].contains($0.fields.text("sector") ?? "")
    }
    set(
      "trusted",
      trusted.isEmpty
        ? "No voluntary, community or faith organisation is in it."
        : "In it: \(trusted.map(\.title).inWords).",
      !trusted.isEmpty, "\(record.path)/who-else")
    guard desk.visitor.account != nil else { return }
    let found = try desk.partnership.experts(
      ExpertiseQuestion(topics.map { $0.title.lowercased() }.joined(separator: " and ")),
      for: desk.actor)
    set(
      "experts",
      found.isEmpty
        ? "Nobody who agreed to be found knows about it."
        : found.count == 1 ? "1 person can be found." : "\(found.count) people can be found.",
      found.count > 1,
      "/experts?q=" + topics.map(\.title).joined(separator: " and ").queryEncoded)
    try ties()
  }

  /// How many of the partners are tied to another of them by somebody.
  private mutating func ties() throws {
    guard involved.count > 1 else {
      set("ties", "It has no partners yet.", false, edit)
      return
    }
    let all = try desk.partnership.relationships(for: desk.actor)
    var tied: Set<RecordNumber> = []
    for tie in all.ties {
      guard let one = all.people[tie.one].organisation,
        let other = all.people[tie.other].organisation, one != other, involved.contains(one),
        involved.contains(other)
      else { continue }
      tied.formUnion([one, other])
    }
    set(
      "ties",
      "\(tied.count) of \(involved.count) organisations in it have somebody who is tied to another of them.",
      tied.count == involved.count, "/network")
  }

  // MARK: Who does what

  private mutating func functions() throws {
    let wanted = Set(topics.map(\.rawValue))
    let records = try desk.partnership.records(of: .function, for: desk.actor).filter {
      !wanted.isDisjoint(with: $0.fields.texts("topics"))
    }
    let functions = records.map { RoleMap.Function($0) }
    let agreed = functions.count(where: \.isAgreed)
    set(
      "roles",
      functions.isEmpty
        ? "No function is about it."
        : "Of \(functions.count) functions about it, \(agreed) are agreed by all who do them.",
      !functions.isEmpty && agreed == functions.count, "/roles/to-settle")
    let parts = functions.flatMap(\.responsibilities).filter { involved.contains($0.organisation) }
    let posts = parts.compactMap(\.posts).reduce(0, +)
    let vacant = parts.compactMap(\.vacancies).reduce(0, +)
    set(
      "posts",
      posts == 0
        ? "No posts are recorded with the functions about it."
        : "Posts recorded: \(posts.plainText); vacant: \(vacant.plainText).",
      posts > 0 && vacant < posts / 2, "/roles")
  }

  // MARK: Voices

  private mutating func voices() throws {
    let references = try desk.partnership.references(to: record.number, for: desk.actor)
    let voices = try desk.partnership.records(
      references.filter { $0.record.kind == RecordKind.voice.id }.map(\.record.number),
      for: desk.actor)
    let people = voices.compactMap { $0.fields.number("count") }.reduce(0, +)
    set(
      "voices",
      voices.isEmpty
        ? "No voice is taken up in it."
        : "\(voices.count) voices are taken up in it\(people > 0 ? ", of \(people.plainText) people" : "").",
      !voices.isEmpty, "/voices")
    let told = voices.count { $0.fields.text("told_on") != nil }
    set(
      "told",
      voices.isEmpty
        ? "Nobody was heard." : "\(told) of \(voices.count) were told what became of it.",
      !voices.isEmpty && told == voices.count, "/voices/you-said")
    // Of those who were heard, who often has least; the groups as voices name them.
    let least: Set = [
      "refugees", "homeless", "disabled_people", "ethnic_minorities", "carers", "lgbt",
    ]
    let heard = Set(voices.flatMap { $0.fields.texts("groups") }).intersection(least)
    let names = RecordKind.voice.fields["groups"].map { field -> [String] in
      guard case .choices(let choices) = field.type else { return [] }
      return choices.filter { heard.contains($0.id) }.map { $0.title.lowercasedFirst }
    }
    set(
      "heard_least",
      heard.isEmpty
        ? "No voice in it says that it is of people who often have least."
        : "Heard: \((names ?? []).inWords).", !heard.isEmpty, "/voices/heard")
    let pathways = try desk.partnership.records(
      references.filter { $0.record.kind == RecordKind.pathway.id }.map(\.record.number),
      for: desk.actor)
    let designed = pathways.filter { pathway in
      pathway.fields.rows("log").contains { !$0.texts("groups").isEmpty }
    }
    set(
      "pathway",
      designed.isEmpty
        ? "No pathway of it says with whom it was designed."
        : "Designed with people: \(designed.map(\.title).inWords).", !designed.isEmpty,
      designed.first?.path ?? "/pathways")
  }

  // MARK: Figures

  private mutating func evidence() throws {
    let evidence = PriorityEvidence(record, desk.edition.atlas)
    set(
      "indicators",
      evidence.lines.isEmpty
        ? "No indicator with a figure is named."
        : "Named: \(evidence.lines.map(\.indicator.title).inWords).", !evidence.lines.isEmpty,
      evidence.lines.isEmpty ? edit : record.path)
    let indicators = desk.edition.atlas.indicators
    let gaps = evidence.lines.compactMap { line -> String? in
      guard let place = desk.edition.atlas.place,
        let period = indicators.periods(of: line.indicator.id).last,
        let gap = InequalityWords(
          atlas: desk.edition.atlas, indicator: line.indicator, unit: place, period: period
        ).gap
      else { return nil }
      return "\(line.indicator.title): \(gap.lowercasedFirst)"
    }
    set(
      "inequality",
      gaps.isEmpty
        ? "No indicator of it is told by deprivation." : gaps.joined(separator: " "),
      !gaps.isEmpty, "/inequalities")
  }

  // MARK: What there is

  private mutating func resources() throws {
    guard !topics.isEmpty else { return }
    var query = RecordQuery([RecordKind.asset.id])
    query.facets["topics"] = topics.map(\.rawValue)
    let sites = try desk.partnership.sites(query, for: desk.actor)
    set(
      "assets",
      sites.isEmpty
        ? "No asset answers to its topics." : "\(sites.count) assets answer to its topics.",
      !sites.isEmpty, "/assets?" + topics.map { "topics=\($0.rawValue)" }.joined(separator: "&"))
    let ground = ReachGround(desk.edition.atlas)
    let reach = ground.reach(sites.flatMap(\.positions), within: 2)
    if let most = ground.shareInReach(reach, fifth: 1),
      let least = ground.shareInReach(reach, fifth: 5)
    {
      set(
        "reach",
        "Within 2 km of something that answers live \(numberText(most, decimals: 0))% of people in the most "
          + "deprived fifth, and \(numberText(least, decimals: 0))% in the least.",
        most > 0 && most >= least, "/gaps")
    }
  }

  // MARK: Its course

  private mutating func course() {
    let fields = record.fields
    let isChosen = fields.text("status") == "chosen"
    set(
      "decided",
      isChosen
        ? fields.text("reason") == nil
          ? "It is chosen, and nobody has said why."
          : "Chosen\(fields.text("decided_on").flatMap { Day($0) }.map { " on \($0.inWords)" } ?? ""), with reasons."
        : "It is not chosen yet.",
      isChosen && fields.text("reason") != nil, isChosen ? record.path : "/priorities")
    set(
      "theory",
      fields.text("theory") ?? "It does not say yet how the change would come about.",
      fields.text("theory") != nil, edit)
    let causes = topics.filter { $0.pillar == .widerDeterminants }
    set(
      "causes",
      causes.isEmpty
        ? "It names no wider determinant."
        : "It names \(causes.map { $0.title.lowercasedFirst }.inWords).",
      !causes.isEmpty, edit)
    let review = fields.text("review_on").flatMap { Day($0) }
    set(
      "review",
      review.map { "On \($0.inWords)." } ?? "No day is set.",
      review.map { $0 >= .today } ?? false, edit)
  }
}
