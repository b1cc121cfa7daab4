import Definitions

/// The level at which something is done, from the widest to the nearest to people.
public enum Scale: String, CaseIterable, Sendable, Comparable {
  case region, system, place, neighbourhood

  public var title: String { rawValue.capitalisedFirst }

  public static func < (one: Self, other: Self) -> Bool { one.rank < other.rank }
  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

  static var choices: [FieldType.Choice] { allCases.map { .init($0.rawValue, $0.title) } }
}

/// What an organisation is to a function: the letters of RASCI (responsible, accountable, supporting, consulted, informed).
public enum Involvement: String, CaseIterable, Sendable, Comparable {
  /// Answers for it in the end; one organisation at a scale.
  case accountable
  /// Does it.
  case responsible
  /// Gives people, money or knowledge to those who do it.
  case supporting
  /// Is asked before.
  case consulted
  /// Is told after.
  case informed

  public var title: String { rawValue.capitalisedFirst }

  public var meaning: String {
    switch self {
    case .accountable: "answers for it in the end"
    case .responsible: "does it"
    case .supporting: "helps those who do it"
    case .consulted: "is asked before"
    case .informed: "is told after"
    }
  }

  public static func < (one: Self, other: Self) -> Bool { one.rank < other.rank }
  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

  static var choices: [FieldType.Choice] {
    allCases.map { .init($0.rawValue, "\($0.title): \($0.meaning)") }
  }
}

/// How far an organisation is able to do something.
public enum Capability: String, CaseIterable, Sendable {
  case none, developing, established, leading

  public var title: String {
    switch self {
    case .none: "Not able yet"
    case .developing: "Developing"
    case .established: "Established"
    case .leading: "Leading: others learn from it"
    }
  }

  static var choices: [FieldType.Choice] { allCases.map { .init($0.rawValue, $0.title) } }
}

/// What one organisation does for a function at one scale.
public struct Responsibility: Sendable, Hashable {
  public let organisation: RecordNumber
  public let scale: Scale
  public let involvement: Involvement
  /// Who leads on it there.
  public var person: RecordNumber?
  public var capability: Capability?
  /// Posts for it, in whole-time equivalents, and how many of them are vacant.
  public var posts: Double?
  public var vacancies: Double?
  public var note: String?

  public init(
    organisation: RecordNumber, scale: Scale, involvement: Involvement,
    person: RecordNumber? = nil, capability: Capability? = nil, posts: Double? = nil,
    vacancies: Double? = nil, note: String? = nil
  ) {
    self.organisation = organisation
    self.scale = scale
    self.involvement = involvement
    self.person = person
    self.capability = capability
    self.posts = posts
    self.vacancies = vacancies
    self.note = note
  }

  /// The same as a line of a function's fields; nil for a line that says less than this.
  public init?(_ line: Fields) {
    guard let organisation = line.record("organisation"),
      let scale = line.text("scale").flatMap(Scale.init),
      let involvement = line.text("involvement").flatMap(Involvement.init)
    else { return nil }
    self.init(
      organisation: organisation, scale: scale, involvement: involvement,
      person: line.record("person"), capability: line.text("capability").flatMap(Capability.init),
      posts: line.number("posts"), vacancies: line.number("vacancies"), note: line.text("note"))
  }

  /// The responsibility as a line of a function's fields.
  public var line: Fields {
    var line: Fields = [
      "organisation": organisation.asValue, "scale": .text(scale.rawValue),
      "involvement": .text(involvement.rawValue),
    ]
    line["person"] = person?.asValue
    line["capability"] = capability.map { .text($0.rawValue) }
    line["posts"] = posts.map { .number($0) }
    line["vacancies"] = vacancies.map { .number($0) }
    line["note"] = note.map { .text($0) }
    return line
  }

  /// Whether lead, capability, capacity and note are those of another; of none, where there is none.
  func hasSameDetails(as other: Responsibility?) -> Bool {
    person == other?.person && capability == other?.capability && posts == other?.posts
      && vacancies == other?.vacancies && note == other?.note
  }

  /// Whether both say what the same organisation is at the same scale.
  func isSame(as other: Responsibility) -> Bool {
    organisation == other.organisation && scale == other.scale && involvement == other.involvement
  }
}
