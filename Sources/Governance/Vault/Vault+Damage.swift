import Foundation
import GRDB

extension Vault {
  /// Makes sure that the file is whole, and that no record that a linkage gave a person has lost them.
  ///
  /// - Returns: what is missing of what landed, in words, which is there again once everything lands again; nil where
  ///   nothing is.
  /// - Throws: ``GovernanceError`` where the vault is damaged and only its copy helps.
  public func check() throws -> String? {
    try read { db in
      let verdict = try String.fetchOne(db, sql: "pragma quick_check(1)")
      guard verdict == "ok" else {
        throw GovernanceError(
          file.path, "The vault is damaged: pages of its file are not as they were written.",
          hint: Self.damagedHint)
      }
      let linked = try Int.fetchOne(
        db, sql: "select people from linkage order by number desc limit 1")
      let people =
        try Int.fetchOne(db, sql: "select count(*) from person where gone is null") ?? 0
      if let linked, people < linked {
        throw GovernanceError(
          file.path,
          "The vault is damaged: the last linkage found who \(linked) records are of, and it has \(people) of them.",
          hint:
            "Bring it back from its copy. Only where there is none, run with --force: people get other numbers "
            + "then.")
      }
      // Identities are numbered from 1 without a gap, and none is taken away by itself.
      let expected =
        try Int.fetchOne(db, sql: "select max(last_identity) from landed") ?? 0
      let last = try Int.fetchOne(db, sql: "select max(number) from identity") ?? 0
      let count =
        try Int.fetchOne(
          db, sql: "select count(*) from identity where layout in (select number from layout)") ?? 0
      let all = max(last, expected)
      return count < all ? "\(all - count) of \(all) identities are missing." : nil
    }
  }

  /// What is missing of a delivery's records that were set aside and of its free text, in words; nil where nothing is.
  public func loss(source: String, delivery: String) throws -> String? {
    try read { db in
      let row = try Row.fetchOne(
        db,
        sql: """
          select held, (select count(*) from held where source = :source and delivery = :delivery) as held_now,
            notes, (select count(*) from note where source = :source and delivery = :delivery) as notes_now
          from landed where source = :source and delivery = :delivery
          """, arguments: ["source": source, "delivery": delivery])
      guard let row else { return nil }
      for (name, kept, now) in [
        ("records that were set aside", "held", "held_now"), ("free texts", "notes", "notes_now"),
      ] {
        let kept: Int? = row[kept]
        let now: Int = row[now]
        if let kept, kept != now { return "The vault has \(now) of its \(kept) \(name)." }
      }
      return nil
    }
  }
}
