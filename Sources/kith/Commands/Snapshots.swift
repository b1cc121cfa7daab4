import ArgumentParser
import Definitions
import Engine
import Foundation
import Places

struct Snapshots: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List a place's snapshots, compare two, or remove old ones.",
    discussion: """
      Examples:

        kith snapshots my-place
        kith snapshots my-place --compare OLD NEW
        kith snapshots my-place --remove ID
        kith snapshots my-place --keep 3
      """)

  @OptionGroup var place: PlaceArgument

  @Option(
    parsing: .upToNextOption, help: "Show what changed from one snapshot to another: two ids.")
  var compare: [String] = []

  @Option(help: "Remove this snapshot.")
  var remove: [String] = []

  @Option(help: "Keep this many of the newest, and remove the others.")
  var keep: Int?

  @Option(help: "How to print lists: table, csv or json.")
  var format: OutputFormat = .table

  func validate() throws {
    if !compare.isEmpty, compare.count != 2 {
      throw ValidationError("Give two snapshots to compare: --compare OLD NEW.")
    }
    if let keep, keep < 1 { throw ValidationError("At least one snapshot is kept: --keep 1.") }
  }

  func run() async throws {
    let store = PlaceStore(place: place.url)
    // Reading the configuration first gives the right error for a folder that is no place.
    _ = try PlaceFile(inPlace: place.url)
    if !compare.isEmpty { return try await printChanges(store) }
    for id in remove {
      try store.remove(id)
      print("Removed \(id).")
    }
    if let keep {
      let current = try store.currentID()
      for manifest in try store.manifests().dropLast(keep) where manifest.id != current {
        try store.remove(manifest.id)
        print("Removed \(manifest.id).")
      }
    }
    if remove.isEmpty, keep == nil { try list(store) }
  }

  private func list(_ store: PlaceStore) throws {
    let current = try store.currentID()
    let rows = try store.manifests().map { manifest in
      [
        manifest.id, manifest.created, manifest.id == current ? "in use" : "",
        "\(manifest.tables.first { $0.name == "figure" }?.rows ?? 0)",
        "\(manifest.tables.reduce(0) { $0 + $1.bytes } / 1_000) kB",
        "\(manifest.pack.id) \(manifest.pack.version)",
      ]
    }
    if rows.isEmpty, format == .table {
      print("No snapshots yet. Run `kith run` to make the first.")
      return
    }
    let columns = ["snapshot", "created", "state", "figures", "size", "pack"]
    print(try TextTable(columns: columns, rows: rows).text(format))
  }

  private func printChanges(_ store: PlaceStore) async throws {
    let engine = try Engine.duckDB(connections: 1)
    let (old, new) = (compare[0], compare[1])
    let changes = try await engine.withConnection { connection in
      try SnapshotComparison(store: store, old: old, new: new).changes(connection)
    }
    if changes.isEmpty, format == .table {
      print("Nothing differs between \(old) and \(new).")
      return
    }
    let rows = changes.map { [$0.what, $0.name, $0.change] }
    print(try TextTable(columns: ["what", "name", "change"], rows: rows).text(format))
  }
}
