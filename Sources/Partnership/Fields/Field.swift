/// A field that records of a kind have: what it is called, what it may hold, who may see it.
///
/// One description serves for forms, checks, history, search, filters and files.
public struct Field: Sendable {
  public let name: String
  /// What it is called on a form and a page.
  public let label: String
  public let type: FieldType
  /// What to put there, in a sentence.
  public var hint = ""
  public var isRequired = false
  /// Who may see it, where the person whom it is about has not chosen.
  public var audience = Audience.everyone
  /// Whether the person whom it is about chooses who may see it.
  public var isConsented = false
  /// The field whose choice of who may see it holds for this one too.
  var follows: String?
  /// Whether lists can be narrowed by it.
  public var isFilter = false
  /// Whether its text is found by search.
  public var isSearched = true
  /// Whether only the person whom it is about, and stewards, may set it: their agreement is not for others to give.
  public var isOwnWord = false
  /// Whether pages of its own change it, rather than the record's form.
  public var isManaged = false
  /// The heading of a form under which it stands; empty for what is asked of everybody.
  public var section = ""

  public init(
    _ name: String, _ label: String, _ type: FieldType, hint: String = "", required: Bool = false,
    audience: Audience = .everyone, consented: Bool = false, filter: Bool = false,
    searched: Bool = true, managed: Bool = false, ownWord: Bool = false, section: String = ""
  ) {
    self.name = name
    self.label = label
    self.type = type
    self.hint = hint
    isRequired = required
    self.audience = audience
    isConsented = consented
    isFilter = filter
    isSearched = searched
    isManaged = managed
    isOwnWord = ownWord
    self.section = section
  }
}

/// What a field may hold.
public indirect enum FieldType: Sendable {
  /// A line of text, of so many characters at most.
  case line(Int)
  /// Text of several paragraphs, of so many characters at most.
  case paragraphs(Int)
  case choice([Choice])
  case choices([Choice])
  /// Words of one's own, each a line of at most 80 characters.
  case words
  case number(ClosedRange<Double>)
  case flag
  /// A day, as `yyyy-MM-dd`.
  case date
  /// A time of day, as `HH:mm`.
  case time
  case email
  case phone
  case web
  case postcode
  /// Another record of one of these kinds.
  case record([RecordKind.ID])
  /// Several other records of these kinds.
  case records([RecordKind.ID])
  /// Several of a list that the place has and this module does not know, such as its indicators.
  case listed(String)
  /// Lines, each with these fields; `one` is what a line is called.
  case rows([Field], one: String)

  public struct Choice: Sendable, Hashable {
    public let id: String
    public let title: String

    public init(_ id: String, _ title: String) {
      self.id = id
      self.title = title
    }
  }
}

/// Who may see something, from the widest circle to the narrowest.
public enum Audience: Int, Codable, Sendable, CaseIterable, Comparable {
  /// Anybody who opens the page.
  case everyone
  /// Partners: whoever has signed in.
  case partners
  /// Members of the record's organisation, and stewards.
  case organisation
  /// The person whom it is about, and stewards.
  case person

  public static func < (one: Self, other: Self) -> Bool { one.rawValue < other.rawValue }

  public var title: String {
    switch self {
    case .everyone: "Everyone"
    case .partners: "Partners who have signed in"
    case .organisation: "My own organisation"
    case .person: "Only me and the stewards"
    }
  }
}
