package import GRDB

extension DatabaseMigrator {
  /// Brings a database up to date, where another program may be doing the same at this moment, such as a server and a
  /// command that both open a new place.
  ///
  /// Each looks first which migrations are left. Whoever comes second to one fails at it, since its tables are there by
  /// then; as long as others have got further meanwhile, what is left is looked at again.
  package func migrate(beside writer: some DatabaseWriter) throws {
    var applied = try writer.read { try appliedIdentifiers($0).count }
    while true {
      do {
        return try migrate(writer)
      } catch let error as DatabaseError {
        let now = try writer.read { try appliedIdentifiers($0).count }
        guard now > applied else { throw error }
        applied = now
      }
    }
  }
}
