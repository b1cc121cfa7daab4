import ArgumentParser
import Definitions
import Foundation
import Population
import Synthetic

struct Synth: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a fictional place.",
    discussion: """
      Draws a coast, towns, wards and small areas with their residents, deprivation, practices and
      services, from a seed; nothing and nobody in it is real. The same seed gives the same place.
      Examples:

        kith synth my-demo --areas-only
        kith synth my-demo --areas-only --seed 7 --small-areas 800
      """)

  @Argument(help: "The place folder to make.", completion: .directory)
  var folder: String

  @Flag(help: "Make area tables only, without people; the one way there is so far.")
  var areasOnly = false

  @Option(help: "What everything follows from.")
  var seed: UInt64 = 1

  @Option(help: "About how many small areas; 100 to 3,000.")
  var smallAreas = 430

  func validate() throws {
    guard areasOnly else {
      throw ValidationError("Say --areas-only: places with people are not made yet.")
    }
    guard (100...3_000).contains(smallAreas) else {
      throw ValidationError("\(smallAreas) small areas are too few or too many: 100 to 3,000.")
    }
  }

  func run() throws {
    let place = try DemoPlace.make(URL(fileURLWithPath: folder), seed: seed, smallAreas: smallAreas)
    print("Made \(place.path), a fictional place.")
    print("Next: kith run \(folder)")
  }
}

/// Makes the folder of a fictional place.
enum DemoPlace {
  static func make(_ folder: URL, seed: UInt64, smallAreas: Int) throws -> URL {
    let folder = folder.standardizedFileURL
    let data = folder.appendingPathComponent("extracts/open-data")
    let place = NewPlace(
      folder: folder, name: FictionalPlace.name, kind: FictionalPlace.kind,
      code: FictionalPlace.code, pack: nil, openData: data)
    try place.requireFree()
    try FictionalPlace(seed: seed, smallAreas: smallAreas).write(to: data)
    try place.write()
    return folder
  }
}
