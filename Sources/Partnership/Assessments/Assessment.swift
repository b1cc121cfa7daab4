/// How a priority stands in a guided form: what people have answered, what Kith knows, and what is left to do.
public struct Assessment: Sendable {
  /// What Kith looked up for a question.
  public struct Fact: Sendable, Hashable {
    /// In a sentence.
    public let text: String
    /// Whether it answers the question with yes.
    public let isMet: Bool
    /// Where to see it, or to mend it.
    public let path: String

    public init(_ text: String, isMet: Bool, path: String) {
      self.text = text
      self.isMet = isMet
      self.path = path
    }
  }

  /// What somebody answered.
  public struct Answer: Sendable, Hashable {
    public enum State: String, CaseIterable, Sendable {
      case yes, partly, no

      public var title: String {
        switch self {
        case .yes: "Yes"
        case .partly: "Partly"
        case .no: "Not yet"
        }
      }
    }

    public let state: State
    public let note: String?
    /// By when it is to be done, where it is not.
    public let due: Day?
    /// Who answered, and when.
    public var name: String?
    public var day: Day?

    public init(
      _ state: State, note: String? = nil, due: Day? = nil, name: String? = nil, day: Day? = nil
    ) {
      self.state = state
      self.note = note
      self.due = due
      self.name = name
      self.day = day
    }

    /// Whether another says the same, whoever said it when.
    func isSame(as other: Answer?) -> Bool {
      state == other?.state && note == other?.note && due == other?.due
    }
  }

  public struct Line: Sendable {
    public enum Standing: Sendable {
      case inPlace, partly, missing
    }

    public let question: AssessmentForm.Question
    public let fact: Fact?
    public let answer: Answer?

    /// What people say holds; where they say nothing, what Kith knows.
    public var standing: Standing {
      switch answer?.state {
      case .yes: .inPlace
      case .partly: .partly
      case .no: .missing
      case nil: fact?.isMet ?? false ? .inPlace : .missing
      }
    }
  }

  public let form: AssessmentForm
  public let lines: [Line]

  /// - Parameters:
  ///   - answers: by the questions' ids.
  ///   - facts: by their names.
  public init(_ form: AssessmentForm, answers: [String: Answer], facts: [String: Fact]) {
    self.form = form
    lines = form.questions.map { question in
      Line(
        question: question, fact: question.fact.flatMap { facts[$0] },
        answer: answers[question.id])
    }
  }

  public var inPlace: Int { lines.count { $0.standing == .inPlace } }

  /// What is left to do: what has a day first, the earliest first.
  public var tasks: [Line] {
    lines.enumerated().filter { $0.element.standing != .inPlace }.sorted {
      ($0.element.answer?.due?.number ?? .max, $0.offset)
        < ($1.element.answer?.due?.number ?? .max, $1.offset)
    }.map(\.element)
  }

  /// The answers that a record keeps, by the questions' ids.
  public static func answers(_ fields: Fields) -> [String: Answer] {
    Dictionary(
      fields.rows("answers").compactMap { row in
        guard let question = row.text("question"),
          let state = row.text("state").flatMap(Answer.State.init)
        else { return nil }
        return (
          question,
          Answer(
            state, note: row.text("note"), due: row.text("due").flatMap { Day($0) },
            name: row.text("name"), day: row.text("day").flatMap { Day($0) })
        )
      }
    ) { first, _ in first }
  }

  /// The answers that several records keep; of two to one question, that of the first.
  public static func answers(_ records: [Record]) -> [String: Answer] {
    records.reduce(into: [:]) { answers, record in
      answers.merge(Self.answers(record.fields)) { first, _ in first }
    }
  }

  /// Answers as a record keeps them.
  static func rows(_ answers: [String: Answer]) -> FieldValue {
    .rows(
      answers.sorted { $0.key < $1.key }.map { question, answer in
        var row: Fields = ["question": .text(question), "state": .text(answer.state.rawValue)]
        row["note"] = answer.note.map { .text($0) }
        row["due"] = answer.due.map { .text($0.description) }
        row["name"] = answer.name.map { .text($0) }
        row["day"] = answer.day.map { .text($0.description) }
        return row
      })
  }
}
