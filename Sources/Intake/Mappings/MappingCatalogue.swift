import Crypto
import Definitions
public import FHIRViews
public import Foundation

/// The mappings and views that ship with Kith, and those of a place over them.
public struct MappingCatalogue: Sendable {
  /// A place's own definitions; nil for what ships only.
  private let definitions: URL?

  /// - Parameter definitions: the folder `definitions` of a place.
  public init(definitions: URL? = nil) { self.definitions = definitions }

  /// The mapping of an id: the place's own where it has one.
  ///
  /// - Throws: ``Definitions/Problem`` where there is none; `Problems` for what is wrong in it.
  public func mapping(_ id: String) throws -> SourceMapping {
    let file = try text("mappings", id + ".yaml") {
      let names = try self.ids("mappings", ending: ".yaml")
      return nearestName(to: id, among: names).map { "Did you mean '\($0)'?" }
        ?? "The mappings are: \(names.joined(separator: ", "))."
    }
    let mapping = try SourceMapping(yaml: file.text, path: file.path)
    guard mapping.id == id else {
      throw Problem(
        file: file.path, line: 1, "The mapping calls itself '\(mapping.id)', not '\(id)'.")
    }
    return mapping
  }

  /// The view of a name, compiled.
  public func view(_ name: String) throws -> ViewPlan {
    let file = try text("views", name + ".json") {
      "The views are: \(try self.ids("views", ending: ".json").joined(separator: ", "))."
    }
    do throws(ViewProblem) {
      return try ViewPlan(try ViewDefinition(json: Array(file.text.utf8)))
    } catch {
      throw Problem(file: file.path, error.description)
    }
  }

  /// The policies of the rules.
  public func policies() throws -> RulePolicies {
    guard let own = definitions?.appendingPathComponent("intake-rules.yaml"),
      try FileManager.default.isThere(own)
    else { return try RulePolicies() }
    return try RulePolicies(place: (try TextFile(reading: own).text(), own.path))
  }

  /// A hash of the texts that landing with a mapping depends on: its own, its views' and the rules'.
  func fingerprint(of mapping: SourceMapping) throws -> String {
    var texts = [try text("mappings", mapping.id + ".yaml", hint: { "" }).text]
    for file in mapping.files {
      if case .fhir(let view) = file.format {
        texts.append(try text("views", view + ".json", hint: { "" }).text)
      }
    }
    texts.append(try Self.resource("intake-rules.yaml").text)
    if let own = definitions?.appendingPathComponent("intake-rules.yaml"),
      let data = FileManager.default.contents(atPath: own.path)
    {
      texts.append(String(decoding: data, as: UTF8.self))
    }
    let hash = SHA256.hash(data: Data(texts.joined(separator: "\u{0}").utf8))
    return hash.prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// The ids of everything in a folder, the place's and those that ship.
  ///
  /// - Throws: ``Definitions/Problem`` where a folder cannot be read.
  public func ids(_ folder: String, ending: String) throws -> [String] {
    let folders = [
      definitions?.appendingPathComponent(folder),
      try Self.resources.appendingPathComponent(folder),
    ]
    let names = try folders.compactMap { $0 }.flatMap { try FileManager.default.names(in: $0) }
    return Set(names.filter { $0.hasSuffix(ending) }.map { String($0.dropLast(ending.count)) })
      .sorted()
  }

  private func text(
    _ folder: String, _ name: String, hint: () throws -> String
  ) throws -> (text: String, path: String) {
    if let own = definitions?.appendingPathComponent(folder).appendingPathComponent(name),
      try FileManager.default.isThere(own)
    {
      return (try TextFile(reading: own).text(), own.path)
    }
    let shipped = try Self.resources.appendingPathComponent(folder).appendingPathComponent(name)
    guard FileManager.default.fileExists(atPath: shipped.path) else {
      throw Problem(
        file: definitions?.appendingPathComponent("\(folder)/\(name)").path ?? name,
        "There is nothing of this name, here or among what ships.", hint: try hint())
    }
    return (try TextFile(reading: shipped).text(), shipped.path)
  }

  /// A file that ships.
  static func resource(_ name: String) throws -> (text: String, path: String) {
    let url = try ShippedFiles.url("intake/\(name)", of: "Intake")
    return (try TextFile(reading: url).text(), url.path)
  }

  private static var resources: URL { get throws { try ShippedFiles.url("intake", of: "Intake") } }
}
