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
    guard record.state == .active else { return [] }
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
    let asset = try record(number, for: actor)
    guard asset.allows(actor, .edit), asset.state == .active else {
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
    guard let shows, problems.isEmpty else { return try Self.refuse(problems) }
    let name = try photographs.keep(data)
    do {
      try put(name, shows: shows, credit: credit, into: number, by: actor)
    } catch {
      if try !isShown(name) { try photographs.delete(name) }
      throw error
    }
  }

  private func put(
    _ name: String, shows: String, credit: String?, into number: RecordNumber, by actor: Actor
  ) throws {
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
    try revise(number, .asset, action: Batch.finalAction, by: actor) { fields in
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

  /// Deletes what no asset shows, such as a photograph whose adding was undone, and what was left where a server ended in
  /// the middle of its work; nothing of the last hour, which may be at work elsewhere.
  func sweepPhotographs() throws {
    let folder = photographs.folder
    let files = FileManager.default
    guard files.fileExists(atPath: folder.path) else { return }
    for name in try files.contentsOfDirectory(atPath: folder.path) {
      let file = folder.appendingPathComponent(name)
      do {
        let changed = try files.attributesOfItem(atPath: file.path)[.modificationDate] as? Date
        guard let changed, changed < Date().addingTimeInterval(-3_600) else { continue }
        if name.hasPrefix(".") {
          try files.removeItem(at: file)
        } else if try photographs.file(name) != nil && !isShown(name) {
          try photographs.delete(name)
        }
      } catch CocoaError.fileReadNoSuchFile, CocoaError.fileNoSuchFile {
        // Another program that opened the partnership just now has deleted it.
        continue
      }
    }
  }

  private func isShown(_ name: String) throws -> Bool {
    try read { db in
      try Bool.fetchOne(
        db, sql: "select exists (select 1 from photograph where name = ?)", arguments: [name])
        ?? false
    }
  }
}
