public import Definitions

/// A kind of record: what it is called, the fields it has, and how long it is trusted.
public struct RecordKind: Sendable, Identifiable {
  public let id: String
  public let singular: String
  public let plural: String
  /// The first part of the addresses of its pages.
  public let path: String
  /// What such records are for, in a sentence.
  public let purpose: String
  public let fields: [Field]
  /// The field that is the record's name.
  public let titleField: String
  /// The field with the organisation that the record belongs to, the first of several; nil for an organisation.
  public let organisationField: String?
  /// After how many months somebody should look whether it still holds.
  public let reviewMonths: Int
  /// Whether somebody should look now and then whether it still holds. What happened once stays as it was.
  public let isChecked: Bool
  /// The line that stands below its name in lists, made of what everyone may see.
  let summary: @Sendable (Fields) -> String
  /// The pillars in which it would stand by what else it says, where nobody has placed it.
  let pillars: @Sendable (Fields) -> [Pillar]
  /// What is wrong with fields taken together.
  let problems: @Sendable (Fields) -> [FieldProblem]
  /// The fields that forms leave as they are, in the state that a record is in.
  let frozen: @Sendable (Fields) -> Set<String>
  /// The fields with people who may see and change all of it, whoever wrote it: it is between them.
  let parties: [String]
  /// What the form of a new record begins with.
  public let defaults: @Sendable () -> Fields

  init(
    id: String, singular: String, plural: String, path: String, purpose: String, fields: [Field],
    title: String = "name", organisation: String? = "organisation", reviewMonths: Int,
    summary: @escaping @Sendable (Fields) -> String = { _ in "" },
    pillars: @escaping @Sendable (Fields) -> [Pillar] = { _ in [] },
    problems: @escaping @Sendable (Fields) -> [FieldProblem] = { _ in [] },
    frozen: @escaping @Sendable (Fields) -> Set<String> = { _ in [] },
    parties: [String] = [], isChecked: Bool = true,
    defaults: @escaping @Sendable () -> Fields = { [:] }
  ) {
    self.id = id
    self.singular = singular
    self.plural = plural
    self.path = path
    self.purpose = purpose
    var pillarField = Self.pillarField
    // Pillars that follow from what somebody knows are for no more people than that is.
    pillarField.audience = fields.first { $0.name == title }?.audience ?? .everyone
    pillarField.follows = title
    self.fields = fields + [pillarField]
    titleField = title
    organisationField = organisation
    self.reviewMonths = reviewMonths
    self.summary = summary
    self.pillars = pillars
    self.problems = problems
    self.frozen = frozen
    self.parties = parties
    self.isChecked = isChecked
    self.defaults = defaults
  }

  /// Every record is placed in the four pillars.
  private static let pillarField = Field(
    "pillars", "Pillars", .choices(Pillar.allCases.map { .init($0.rawValue, $0.title) }),
    hint: "Where it stands among the four pillars of population health. Left empty, Kith suggests.",
    filter: true, section: "Where it belongs")

  public static let all: [RecordKind] = [
    .organisation, .team, .person, .meeting, .introduction, .asset, .voice, .pathway, .priority,
    .round, .assessment, .referral, .function, .request, .term,
  ]

  /// The fields without those that every kind has.
  var ownFields: [Field] { fields.filter { $0.name != "pillars" } }

  /// Whether only pages of its own add and change records of it.
  public var isManaged: Bool { ownFields.allSatisfy(\.isManaged) }

  /// The kind with an id; nil where there is none.
  public static func named(_ id: String) -> RecordKind? { all.first { $0.id == id } }

  /// The fields that only whoever it is about may set, and stewards.
  public var ownWords: Set<String> { Set(fields.filter(\.isOwnWord).map(\.name)) }

  /// The fields that the form of a record leaves alone: those that pages of their own change, and those that its state
  /// has frozen.
  public func left(alone fields: Fields) -> Set<String> {
    Set(self.fields.filter(\.isManaged).map(\.name)).union(frozen(fields))
  }

  /// Who may see what of a new record, as whoever adds it chose. Of somebody else they may say that fewer see it, and not
  /// that more do: that is for the person, and for stewards.
  func consents(
    _ chosen: [String: Audience], chosenBy actor: Actor, for fields: Fields
  ) -> [String: Audience] {
    let subject = Access.Subject(
      kind: id, number: nil, organisation: organisationField.flatMap { fields.records($0).first },
      createdBy: actor.account, parties: [])
    guard Access.circle(of: actor, for: subject) < .person else { return chosen }
    var narrowed: [String: Audience] = [:]
    for field in self.fields where field.isConsented {
      narrowed[field.name] = chosen[field.name].map { max($0, field.audience) }
    }
    return narrowed
  }

  /// All that is wrong with the fields of a record of this kind, each by itself and together.
  public func allProblems(with fields: Fields) -> [FieldProblem] {
    let each = self.fields.problems(with: fields)
    return each + (each.isEmpty ? problems(fields) : [])
  }

  /// Fields as they are kept: tidied, and placed in the pillars where nobody has.
  func kept(_ fields: Fields) -> Fields {
    var kept = self.fields.tidied(fields)
    if kept["pillars"] == nil {
      kept["pillars"] = .texts(pillars(kept).map(\.rawValue).withoutRepeats)
    }
    return kept
  }
}

extension Fields {
  /// The pillars that a record is placed in.
  public var pillars: [Pillar] { texts("pillars").compactMap(Pillar.init) }
}
