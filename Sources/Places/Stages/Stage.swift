package import Foundation

/// One step of a run: it makes tables of the snapshot from the place's files and from the tables of other stages.
///
/// A run takes its stages in the order of their list. What a stage made is kept in a folder of its own under the hash of
/// everything that it depends on, until the snapshot is published: a run that was killed goes on from there, and a stage
/// that would make what the snapshot in use has is not run at all.
package protocol Stage {
  /// What its folder is named for, such as `figures`.
  var name: String { get }
  /// What it does, for a person who waits; nil where there is nothing to do in this place.
  func title(_ run: RunContext) -> String?
  /// The stages before it that it reads tables of, by name.
  var needs: [String] { get }
  /// Those of them whose tables it reads in the engine: all, unless it says otherwise. Others it reads as files.
  var loads: [String] { get }
  /// The tables that it makes, by name.
  var tables: [String] { get }
  /// Whether a table of a snapshot is one of its own: those that it names, unless it says otherwise.
  func makes(_ table: String) -> Bool
  /// Texts that change where its tables would, though those of the stages that it needs did not.
  func inputs(_ run: RunContext) throws -> [String]
  /// Makes its tables, each as a Parquet file of its name in a folder that is there.
  ///
  /// - Returns: what the manifest is to say of them.
  func make(_ run: RunContext, in folder: URL) throws -> Manifest.Accounts
  /// Of what a manifest says, the part that ``make(_:in:)`` returned; nothing, unless it says otherwise.
  func own(_ accounts: Manifest.Accounts) -> Manifest.Accounts
  /// Brings its tables from a folder into the engine, for a stage that needs them.
  func load(_ run: RunContext, from folder: URL) throws
  /// Adds tables to the engine that follow from its own, and that no snapshot keeps, for the stages that need it.
  func addHelpers(_ run: RunContext) throws
}

extension Stage {
  package var loads: [String] { needs }

  package func makes(_ table: String) -> Bool { tables.contains(table) }

  package func own(_ accounts: Manifest.Accounts) -> Manifest.Accounts { Manifest.Accounts() }

  package func load(_ run: RunContext, from folder: URL) throws {
    for table in tables { try run.load(table, from: folder) }
  }

  package func addHelpers(_ run: RunContext) throws {}
}
