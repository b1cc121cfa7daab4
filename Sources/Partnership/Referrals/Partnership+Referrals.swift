import Foundation
import GRDB

extension Partnership {
  /// Keeps a referral: to whoever runs the asset, or, without one, as a need that nothing answers to.
  public func refer(_ fields: Fields, by actor: Actor) throws -> RecordNumber {
    var fields = fields
    if let asset = fields.record("asset") {
      let record = try self.record(asset, for: actor)
      if fields["organisation"] == nil { fields["organisation"] = record.organisation?.asValue }
      fields["state"] = .text(ReferralState.sent.rawValue)
    } else {
      fields["state"] = .text(ReferralState.unmet.rawValue)
    }
    fields["sent_on"] = .text(Day.today.description)
    fields["district"] = fields.text("district").map { .text($0.uppercased()) }
    return try add(.referral, fields, by: actor)
  }

  /// Answers a referral for whoever runs the asset.
  ///
  /// - Throws: ``PartnershipError`` where whoever answers cannot speak for it, or it is answered already.
  public func answer(
    referral: RecordNumber, _ state: ReferralState, saying text: String?, by actor: Actor
  ) throws {
    let record = try self.record(referral, for: actor)
    let isTheirs =
      record.organisation.map { Access.speaks(actor, for: $0) }
      ?? Access.allows(actor, .moderate)
    guard isTheirs else { throw PartnershipError.notAllowed("answer for another organisation") }
    if state == .declined, text == nil {
      throw PartnershipError(
        .invalid([FieldProblem("answer", "Say why, so that somebody else can be asked.")]),
        "Say why, so that somebody else can be asked.")
    }
    try revise(referral, .referral, action: state.rawValue, by: actor) { fields in
      guard fields.text("state") == ReferralState.sent.rawValue else {
        throw PartnershipError(.overtaken, "That referral is answered already.")
      }
      fields["state"] = .text(state.rawValue)
      fields["answer"] = text.map { .text($0) }
      fields["answered_on"] = .text(Day.today.description)
    }
  }

  /// How many referrals of each need were declined or found nothing, whoever may see them: numbers only.
  public func unmetNeeds() throws -> [String: Int] {
    try readIndexed { _, index in
      var counts: [String: Int] = [:]
      let unmet = [ReferralState.declined.rawValue, ReferralState.unmet.rawValue]
      var set = index.kinds[RecordKind.referral.id] ?? OrdinalSet()
      set.formIntersection(index.states[.active] ?? OrdinalSet())
      set.forEach { ordinal in
        let facets = index.entries[ordinal].facets
        guard facets.contains(where: { $0.name == "state" && unmet.contains($0.value) }) else {
          return
        }
        for facet in facets where facet.name == "topics" { counts[facet.value, default: 0] += 1 }
      }
      return counts
    }
  }

  /// The referrals that wait for somebody's answer, the oldest first.
  public func referralsToAnswer(for actor: Actor) throws -> [Record] {
    try records(of: .referral, for: actor).filter { record in
      record.fields.text("state") == ReferralState.sent.rawValue
        && (record.organisation.map(actor.organisations.contains) ?? false)
    }.sorted { $0.number < $1.number }
  }

  /// The referrals that somebody has made, the newest first.
  public func referralsMade(by actor: Actor, limit: Int = 50) throws -> [Record] {
    guard actor.role != nil else { return [] }
    return try read { db in
      try Row.fetchAll(
        db,
        sql: """
          select * from record where kind = 'referral' and state = 'active' and created_by = ?
          order by number desc limit ?
          """, arguments: [actor.account, limit]
      ).compactMap { try Record(row: $0, for: actor) }
    }
  }
}
