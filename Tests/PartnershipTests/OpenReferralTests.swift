import Foundation
import Testing

@testable import Partnership

/// The files of Open Referral, which are read beside the project and are not part of it.
enum OpenReferralFiles {
  static let folder: URL? = {
    let shared = ProcessInfo.processInfo.environment["KITH_SHARED"] ?? "../shared"
    let folder = URL(fileURLWithPath: shared).appendingPathComponent("oracles/open-referral")
    return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
  }()

  static func json(_ path: String) throws -> JSONValue {
    guard let folder else { throw CocoaError(.fileNoSuchFile) }
    return try JSONDecoder().decode(
      JSONValue.self, from: Data(contentsOf: folder.appendingPathComponent(path)))
  }
}

@Suite(
  "Feeds are judged as Open Referral UK's schemas and fixtures judge them",
  .enabled(
    if: OpenReferralFiles.folder != nil,
    "skipped: Open Referral's schemas are not here; set KITH_SHARED to the folder with oracles/open-referral"
  ))
struct OpenReferralFixtureTests {
  @Test("Our tables say what the schemas say, property by property")
  func profile() throws {
    for (table, properties) in OpenReferralProfile.tables {
      let schema = try OpenReferralFiles.json("oruk-3.0/schema/\(table).json")
      guard case .object(let described)? = schema["properties"] else {
        Issue.record("\(table) has no properties")
        continue
      }
      var ours: [String: String] = [:]
      for property in properties {
        ours[property.name] =
          switch property.type {
          case .text: "string"
          case .number: "number"
          case .uuid: "uuid"
          case .email: "email"
          case .uri: "uri"
          case .moment: "date-time"
          case .choice(let choices): choices.joined(separator: "|")
          case .one(let table): "\(table).json"
          case .many(let table): "[\(table).json]"
          }
      }
      var theirs: [String: String] = [:]
      for (name, property) in described {
        if let reference = property["$ref"]?.text {
          theirs[name] = reference
        } else if property["type"]?.text == "array" {
          theirs[name] = "[\(property["items"]?["$ref"]?.text ?? "")]"
        } else if let choices = property["enum"] {
          theirs[name] = choices.list.compactMap(\.text).joined(separator: "|")
        } else {
          theirs[name] = property["format"]?.text ?? property["type"]?.text ?? ""
        }
      }
      // The compiled schema of a service at a location embeds the service.
      if table == "service_at_location" { ours["service"] = nil }
      #expect(ours == theirs, "\(table)")
      let required = Set(properties.filter(\.isRequired).map(\.name))
      #expect(required == Set(schema["required"]?.list.compactMap(\.text) ?? []), "\(table)")
    }
  }

  @Test(
    "What should pass passes",
    arguments: [
      "oruk-3.0/examples", "oruk-validator-mocks/V3.0-UK-Default",
      "oruk-validator-mocks/V3.0-UK-Test", "oruk-validator-mocks/V3.0-UK-Warn",
    ])
  func passes(folder: String) throws {
    let root = try #require(OpenReferralFiles.folder)
    let check = OpenReferralCheck()
    var judged = 0
    for (name, table) in [
      ("service_full", "service"), ("organization_full", "organization"),
      ("organization", "organization"),
      ("service_at_location_full", "service_at_location"), ("taxonomy", "taxonomy"),
    ] {
      let path = "\(folder)/\(name).json"
      guard FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path) else {
        continue
      }
      let faults = check.faults(in: try OpenReferralFiles.json(path), as: table)
      #expect(faults.filter { $0.severity == .error }.isEmpty, "\(path): \(faults)")
      judged += 1
    }
    for (name, table) in [
      ("service_list", "service"), ("organization_list", "organization"),
      ("service_at_location_list", "service_at_location"), ("taxonomy_list", "taxonomy"),
      ("taxonomy_term_list", "taxonomy_term"),
    ] {
      let path = "\(folder)/\(name).json"
      guard FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path) else {
        continue
      }
      let list = try OpenReferralFiles.json(path)
      #expect(check.faults(inPage: list).filter { $0.severity == .error }.isEmpty, "\(path)")
      for item in list["contents"]?.list ?? [] {
        let faults = check.faults(in: item, as: table, isListed: true)
        #expect(faults.filter { $0.severity == .error }.isEmpty, "\(path): \(faults)")
        judged += 1
      }
    }
    #expect(judged >= 4)
  }

  @Test("What should fail fails, for the reasons that it should")
  func fails() throws {
    let check = OpenReferralCheck()
    let full = check.faults(
      in: try OpenReferralFiles.json("oruk-validator-mocks/V3.0-UK-Fail/service_full.json"),
      as: "service")
    #expect(full.contains { $0.severity == .error && $0.path == "email" })
    #expect(full.contains { $0.path == "url" })
    let list = try OpenReferralFiles.json("oruk-validator-mocks/V3.0-UK-Fail/service_list.json")
    let items = list["contents"]?.list ?? []
    #expect(items.count == 4)
    for item in items {
      #expect(
        !check.faults(in: item, as: "service", isListed: true).filter { $0.severity == .error }
          .isEmpty)
    }
    let messages = items.flatMap { check.faults(in: $0, as: "service") }
    #expect(messages.contains { $0.path == "name" && $0.message == "Missing, and required." })
  }

  @Test(
    "A term without the description that is required fails, though its folder is named for warnings"
  )
  func term() throws {
    let term = try OpenReferralFiles.json("oruk-validator-mocks/V3.0-UK-Warn/taxonomy_term.json")
    let faults = OpenReferralCheck().faults(in: term, as: "taxonomy_term")
    #expect(faults.filter { $0.severity == .error }.map(\.path) == ["description"])
  }

  @Test("The impossible position of the example is a warning: the schema allows it")
  func position() throws {
    let service = try OpenReferralFiles.json("oruk-3.0/examples/service_full.json")
    let faults = OpenReferralCheck().faults(in: service, as: "service")
    #expect(
      faults.contains {
        $0.severity == .warning && $0.path == "service_at_locations[0].location.latitude"
          && $0.message == "100 is impossible: from -90 to 90."
      })
  }
}
