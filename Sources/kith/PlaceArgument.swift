import ArgumentParser
import Foundation

/// The place folder that most commands take.
struct PlaceArgument: ParsableArguments {
  @Argument(help: "The place folder.", completion: .directory)
  var place: String = "."

  var url: URL { URL(fileURLWithPath: place).standardizedFileURL }
}

/// How tables are printed.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case table, csv, json
}
