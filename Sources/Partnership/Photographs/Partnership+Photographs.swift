public import Foundation
import GRDB

/// A photograph of an asset.
public struct Photograph: Sendable, Hashable {
  /// The name of its file.
  public let file: String
  /// What it shows, for those who do not see it.
  public let shows: String
  /// Who took it, as they want to be called.
  public let credit: String?

  init?(_ row: Fields) {
    guard let file = row.text("file"), let shows = row.text("shows") else { return nil }
    self.file = file
    self.shows = shows
    credit = row.text("credit")
  }
}

extension Partnership {
  private var photographs: PhotographStore {
    PhotographStore(
      folder: file.deletingLastPathComponent().appendingPathComponent("photographs"))
  }

  /// The photographs of a record that are there.
  public func photographs(of record: Record) -> [Photograph] {
    let store = photographs
    return record.fields.rows("photographs").compactMap { Photograph($0) }
      .filter { store.file($0.file) != nil }
  }

  /// Puts a photograph to an asset.
  ///
  /// - Parameters:
  ///   - shows: what it shows.
  ///   - areAgreed: whether those who can be recognised in it have agreed that everybody sees it.
  /// - Throws: ``PartnershipError`` where it is no picture, says nothing, or nobody was asked.
  public func addPhotograph(
    _ data: Data, to number: RecordNumber, shows: String?, credit: String?, areAgreed: Bool,
    by actor: Actor
  ) throws {
    guard try record(number, for: actor).allows(actor, .edit) else {
      throw PartnershipError.notAllowed("add a photograph there")
    }
    var problems: [FieldProblem] = []
    if shows == nil {
      problems.append(
        FieldProblem("shows", "Say what it shows, for those who do not see it."))
    }
    if !areAgreed {
      problems.append(
        FieldProblem(
          "agreed", "Ask those who can be recognised in it, and tick that they agreed."))
    }
    guard problems.isEmpty, let shows else {
      throw PartnershipError(.invalid(problems), problems.map(\.message).joined(separator: " "))
    }
    let name = try photographs.keep(data)
    try revise(number, .asset, action: "added a photograph", by: actor) { fields in
      var rows = fields.rows("photographs").filter { $0.text("file") != name }
      guard rows.count < 12 else {
        throw PartnershipError(
          .overtaken, "Twelve photographs are there already.", hint: "Take one out first.")
      }
      var row: Fields = ["file": .text(name), "shows": .text(shows)]
      row["credit"] = credit.map { .text($0) }
      rows.append(row)
      fields["photographs"] = .rows(rows)
    }
  }

  /// Takes a photograph out of an asset. Where no other shows it, its file is deleted for good: nobody sees it again,
  /// whatever is undone.
  public func removePhotograph(
    _ name: String, from number: RecordNumber, by actor: Actor
  ) throws {
    try revise(number, .asset, action: "took a photograph out", by: actor) { fields in
      let rows = fields.rows("photographs")
      let left = rows.filter { $0.text("file") != name }
      guard left.count < rows.count else {
        throw PartnershipError(.overtaken, "That photograph is not there any more.")
      }
      fields["photographs"] = .rows(left)
    }
    if try !isShown(name) { try photographs.delete(name) }
  }

  /// Where the file of a photograph is that some asset shows; nil where none does.
  public func photograph(_ name: String) throws -> URL? {
    guard let file = photographs.file(name), try isShown(name) else { return nil }
    return file
  }

  private func isShown(_ name: String) throws -> Bool {
    try read { db in
      try Bool.fetchOne(
        db, sql: "select exists (select 1 from photograph where name = ?)", arguments: [name])
        ?? false
    }
  }
}
