import Foundation
import GRDB

extension Partnership {
  /// Who does what, as far as somebody may see it.
  public func roleMap(for actor: Actor) throws -> RoleMap {
    let functions = try records(of: .function, for: actor).map { RoleMap.Function($0) }
    let organisations = Set(
      functions.flatMap { $0.responsibilities.map(\.organisation) })
    let sectors = try records(organisations.sorted(), for: actor).compactMap { record in
      record.fields.text("sector").flatMap(Sector.init).map { (record.number, $0) }
    }
    return RoleMap(
      functions: functions, sectors: Dictionary(sectors) { first, _ in first })
  }

  /// Says what an organisation is to a function. What others have agreed to before holds no longer, where the split is
  /// another; whoever is of the organisation agrees by saying it.
  ///
  /// - Parameters:
  ///   - old: what it takes the place of, where somebody corrects one.
  ///   - text: what to say to the others.
  public func assign(
    _ responsibility: Responsibility, of function: RecordNumber,
    replacing old: Responsibility? = nil, saying text: String? = nil, by actor: Actor
  ) throws {
    try change(function, "said who does", actor) { split in
      let before = split.responsibilities.first { $0.isSame(as: old ?? responsibility) }
      if !Access.speaks(actor, for: responsibility.organisation),
        !responsibility.hasSameDetails(as: before)
      {
        throw PartnershipError(
          .invalid([
            FieldProblem(
              "person",
              "Who leads on it there, and with how many posts, is for that organisation to say: leave it as it is."
            )
          ]), "Who leads on it there is for that organisation to say.")
      }
      if let old { _ = split.withdraw(old.organisation, old.scale, old.involvement) }
      split.assign(responsibility)
      if Access.speaks(actor, for: responsibility.organisation) {
        split.agree(responsibility.organisation, actor.name, on: .today)
      }
      if let text { split.remark(remark(text, actor, responsibility.organisation)) }
    }
  }

  /// Takes back what was said of an organisation.
  public func withdraw(
    _ organisation: RecordNumber, at scale: Scale, _ involvement: Involvement,
    of function: RecordNumber, by actor: Actor
  ) throws {
    try change(function, "took back who does", actor) { split in
      guard split.withdraw(organisation, scale, involvement) else {
        throw PartnershipError(.overtaken, "That was taken back already.")
      }
    }
  }

  /// An organisation's answer to how a function is split.
  public enum SplitAnswer: Sendable {
    case agreed
    case objected(String)
    /// Something said that changes nothing.
    case remarked(String)
  }

  /// Keeps what an organisation answers to how a function is split.
  ///
  /// - Throws: ``PartnershipError`` where whoever answers cannot speak for the organisation.
  public func answer(
    _ answer: SplitAnswer, for organisation: RecordNumber, to function: RecordNumber,
    by actor: Actor
  ) throws {
    guard Access.speaks(actor, for: organisation) else {
      throw PartnershipError.notAllowed("speak for another organisation")
    }
    let action: String
    switch answer {
    case .agreed: action = "agreed who does"
    case .objected: action = "objected to who does"
    case .remarked: action = "remarked on who does"
    }
    try change(function, action, actor) { split in
      switch answer {
      case .agreed:
        split.agree(organisation, actor.name, on: .today)
        split.remark(remark("Agreed.", actor, organisation))
      case .objected(let text):
        split.object(organisation)
        split.remark(remark("Does not agree: \(text)", actor, organisation))
      case .remarked(let text): split.remark(remark(text, actor, organisation))
      }
    }
  }

  private func remark(
    _ text: String, _ actor: Actor, _ organisation: RecordNumber
  ) -> FunctionSplit.Remark {
    FunctionSplit.Remark(
      day: .today, name: actor.name,
      organisation: Access.speaks(actor, for: organisation) ? organisation : nil, text: text)
  }

  /// Changes the split of a function as it stands now, so that two who do it at once lose nothing.
  private func change(
    _ function: RecordNumber, _ action: String, _ actor: Actor,
    _ body: (inout FunctionSplit) throws -> Void
  ) throws {
    try revise(function, .function, action: action, by: actor) { fields in
      var split = FunctionSplit(fields)
      try body(&split)
      split.write(to: &fields)
    }
  }

  /// The requests that wait for the answer of somebody's organisations, the oldest first.
  public func requestsToAnswer(for actor: Actor) throws -> [Record] {
    guard !actor.organisations.isEmpty else { return [] }
    return try records(of: .request, for: actor).filter { record in
      (record.fields.text("state") ?? "asked") == "asked"
        && (record.fields.record("organisation").map(actor.organisations.contains) ?? false)
    }.sorted { $0.number < $1.number }
  }

  /// Answers a request for the organisation that was asked.
  ///
  /// - Parameter state: accepted, passed or declined.
  public func answer(request: RecordNumber, _ state: String, saying text: String?, by actor: Actor)
    throws
  {
    let record = try self.record(request, for: actor)
    guard let asked = record.fields.record("organisation"), Access.speaks(actor, for: asked) else {
      throw PartnershipError.notAllowed("answer for another organisation")
    }
    try revise(request, .request, action: "answered", by: actor) { fields in
      guard (fields.text("state") ?? "asked") == "asked" else {
        throw PartnershipError(.overtaken, "That was answered already.")
      }
      fields["state"] = .text(state)
      fields["answer"] = text.map { .text($0) }
      fields["answered_on"] = .text(Day.today.description)
    }
  }
}
