import Foundation
import GRDB

/// What somebody who leaves has to hand over, and to whom.
public struct Handover: Sendable {
  public struct Contact: Sendable {
    public let person: RecordNumber
    public let name: String
    public let tie: Relationships.Tie
    /// Whether nobody else of their organisation knows them.
    public let isOnlyTheirs: Bool
    /// Whether the successor knows them already.
    public let isHandedOver: Bool
  }

  public let person: Record
  /// Their last day; nil where nobody has said that they leave.
  public let leaves: Day?
  public let successor: RecordNumber?
  public let contacts: [Contact]
  /// The functions that they lead on.
  public let functions: [(number: RecordNumber, title: String)]
  /// What else names them, and how: priorities that they sponsor, assets that they know about.
  public let others: [RecordSummary]

  /// How much is left to hand over: ties that nobody else has, and functions.
  public var left: Int {
    contacts.count { $0.isOnlyTheirs && !$0.isHandedOver } + functions.count
  }
}

extension Partnership {
  /// What somebody has to hand over.
  ///
  /// - Throws: ``PartnershipError`` where it is for neither them nor their organisation nor a steward to see.
  public func handover(of number: RecordNumber, for actor: Actor) throws -> Handover {
    let record = try self.record(number, for: actor)
    guard record.kind.id == RecordKind.person.id, record.allows(actor, .edit) else {
      throw PartnershipError.notAllowed("see what \(record.title) hands over")
    }
    let leaves = record.fields.text("until").flatMap { Day($0) }
    guard leaves != nil || record.isInnermost(actor) else {
      throw PartnershipError(
        .notAllowed, "Nobody has said that \(record.title) leaves.",
        hint: "Give their last day first, under Leaving in the form of their record.")
    }
    let held = try heldRelationships()
    let ties = held.withLeavers ?? held.relationships
    let own = ties.index(of: number)
    let successor = record.fields.record("handover")
    let next = successor.flatMap { ties.index(of: $0) }
    let known = Set(next.map { ties.neighbours(of: $0).map(\.person) } ?? [])
    let only = Set(own.map { ties.onlyTheirs($0).map(\.person) } ?? [])
    let contacts = (own.map { ties.neighbours(of: $0) } ?? []).filter { other, tie in
      // That two were introduced is between them, unless they agreed to be named.
      other != next
        && (ties.people[other].isNamed || tie.sources != [.introduced]
          || record.isInnermost(actor))
    }.map {
      Handover.Contact(
        person: ties.people[$0.person].number, name: ties.people[$0.person].name, tie: $0.tie,
        isOnlyTheirs: only.contains($0.person), isHandedOver: known.contains($0.person))
    }
    let references = try self.references(to: number, for: actor)
    return Handover(
      person: record, leaves: leaves,
      successor: successor, contacts: contacts,
      functions: references.filter { $0.role == "responsibilities.person" }.map {
        ($0.record.number, $0.record.title)
      },
      others: references.filter {
        !["meeting", "introduction", "function", "person"].contains($0.record.kind)
      }.map(\.record))
  }

  /// Records that somebody who leaves has introduced their successor to people, and that the successor leads on functions
  /// from now on.
  ///
  /// - Throws: ``PartnershipError`` where no successor is named, or whoever says so may not.
  public func handOver(
    _ number: RecordNumber, contacts: Set<RecordNumber>, functions: Set<RecordNumber>,
    by actor: Actor
  ) throws {
    let handover = try self.handover(of: number, for: actor)
    guard let successor = handover.successor else {
      throw PartnershipError(
        .overtaken, "Nobody is named yet who takes over from \(handover.person.title).",
        hint: "Say so first, on their page.")
    }
    let led = try records(handover.functions.map(\.number).filter(functions.contains), for: actor)
    let parts = led.flatMap { record in
      RoleMap.Function(record).responsibilities.filter { $0.person == number }.map {
        (record.number, $0)
      }
    }
    // Before anything is written: who leads is for the organisation itself to say.
    for (_, part) in parts where !Access.speaks(actor, for: part.organisation) {
      throw PartnershipError.notAllowed("say who leads there; a steward can")
    }
    let known = handover.contacts.filter { contacts.contains($0.person) && !$0.isHandedOver }
    if !known.isEmpty {
      try batch(by: actor, action: "handed over") { batch in
        for contact in known {
          _ = try batch.add(
            .introduction,
            [
              "name": .text("Handover"), "from": successor.asValue, "to": contact.person.asValue,
              "through": number.asValue, "state": .text(IntroductionState.made.rawValue),
              "asked_on": .text(Day.today.description),
              "answered_on": .text(Day.today.description), "for_handover": .flag(true),
            ])
        }
      }
    }
    for (function, part) in parts {
      var part = part
      part.person = successor
      try assign(part, of: function, saying: nil, by: actor)
    }
  }

  /// The people of whom it is known that they leave, or have left within a year, and whose handover is for
  /// somebody to see.
  public func leaving(for actor: Actor) throws -> [Handover] {
    guard actor.role != nil else { return [] }
    let since = Day(number: Day.today.number - 365)
    let numbers = try heldRelationships().leaving.filter { $0.value >= since }
      .sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map(\.key)
    return try records(numbers, for: actor)
      .filter { $0.allows(actor, .edit) && !$0.hidden.contains("until") }
      .map { try handover(of: $0.number, for: actor) }
  }
}
