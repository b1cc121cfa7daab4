import ArgumentParser
import Definitions
import Foundation
import Governance
import Indicators
import Intake
import Places

struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check a place's kith.yaml, its open-data pack, and that its files are there.",
    discussion: """
      Prints every error with file, line and column, and ends with 2 where there is one. The rows of \
      the files are checked by `kith run`. Names what in the store others than its owner may open. \
      Examples:

        kith check my-place
        kith check
      """)

  @OptionGroup var place: PlaceArgument

  func run() throws {
    let file = try PlaceFile(inPlace: place.url)
    let pack = try PackCatalogue.pack(of: file)
    guard pack.kinds.contains(where: { $0.id == file.area.kind }) else {
      let near = nearestName(to: file.area.kind, among: pack.kinds.map(\.id))
      throw Problem(
        file: place.url.appendingPathComponent(PlaceFile.fileName).path, line: file.area.line,
        "There is no kind '\(file.area.kind)' in the pack \(pack.id).",
        hint: near.map { "Did you mean '\($0)'?" }
          ?? "The kinds are: \(pack.kinds.map(\.id).joined(separator: ", ")).")
    }
    var problems: [Problem] = []
    for name in pack.files {
      let url = pack.url(of: name, in: file.openData.folder)
      do {
        try url.requireRegularFile()
        _ = try TextFile(reading: url)
      } catch let problem as Problem {
        problems.append(problem)
      }
    }
    if !problems.isEmpty { throw Problems(problems) }
    let sources = try SourceIntake(
      file, definitions: PlaceStore(place: place.url).definitions,
      landing: PlaceStore(place: place.url).deliveries)
    if !sources.faults.isEmpty { throw Problems(sources.faults) }
    _ = try DataUse.all(definitions: PlaceStore(place: place.url).definitions)
    let indicators = try IndicatorCatalogue(
      definitions: PlaceStore(place: place.url).definitions, fingertips: file.fingertips)
    let measures = pack.measures.reduce(0) { $0 + $1.measures.count }
    print(
      "\(file.name): kith.yaml, the pack \(pack.id) (\(measures) measures and "
        + "\(pack.measures.filter { $0.spread != nil }.count) families of them) and its "
        + "\(pack.files.count) files are in order.")
    print(
      "\(indicators.indicators.count) indicators are defined, \(indicators.own.count) of them by the place; "
        + "`kith run` sees whether its data have what they name.")
    if !file.sources.isEmpty {
      print(
        "\(file.sources.count) sources with \(sources.deliveryCount) deliveries have mappings that "
          + "are in order; `kith run` reads what is in them.")
    }
    let store = PlaceStore(place: place.url)
    let exposed = try store.openToOthers()
    if let first = exposed.first {
      throw Problem(
        file: first.isEmpty ? store.root.path : store.root.appendingPathComponent(first).path,
        "Others than its owner may open this"
          + (exposed.count > 1
            ? " and \(exposed.count - 1) more files and folders of the store." : "."),
        hint: "Run: chmod -R go= \(store.root.path)")
    }
  }
}
