import Columns
import Foundation
import Testing

@testable import FHIRViews
@testable import LineFiles

@Suite("Real FHIR files, each line accounted for")
struct RealDataTests {
  private static let synthea = Shared.folder("data/synthea")
  private static let ukCore = Shared.folder("data/ukcore")

  /// How many resources of each type the sets' README counts.
  private static let bulk100 = [
    "Patient": 100, "Condition": 772, "Observation": 14_219, "Encounter": 2_961,
    "MedicationRequest": 747, "Procedure": 2_772, "Immunization": 1_126, "AllergyIntolerance": 48,
    "DiagnosticReport": 1_046, "CarePlan": 294, "ImagingStudy": 63, "Goal": 228,
    "Organization": 102, "Practitioner": 102,
  ]
  private static let bulk10 = [
    "AllergyIntolerance": 11, "Condition": 555, "Device": 16, "DocumentReference": 1_215,
    "Encounter": 1_215, "Immunization": 161, "Location": 44, "MedicationRequest": 1_745,
    "Organization": 43, "Patient": 13, "Practitioner": 43, "PractitionerRole": 43,
    "Procedure": 2_056,
  ]

  @Test(
    "Every resource of the Synthea sets gives one row",
    .enabled(if: synthea != nil, "skipped: the data is not here; set KITH_SHARED to its folder"),
    arguments: [("bulk-100", bulk100), ("smart-bulk-10", bulk10)])
  func syntheaSets(name: String, counts: [String: Int]) throws {
    let folder = try #require(Self.synthea).appendingPathComponent(name)
    for (type, count) in counts {
      let inputs = try FHIRInputs([folder], resource: type)
      let account = try read(inputs.files, type)
      #expect(account.read == count, "\(type)")
      #expect(account.records == count, "\(type)")
    }
  }

  @Test(
    "Every UK Core example gives a row for its own type and is passed over by others",
    .enabled(if: ukCore != nil, "skipped: the data is not here; set KITH_SHARED to its folder"))
  func ukCoreExamples() throws {
    let folder = try #require(Self.ukCore)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".json") }
    for name in names {
      let file = folder.appendingPathComponent(name)
      let value = try JSONValue.parse([UInt8](try Data(contentsOf: file)))
      let type = try #require(value["resourceType"]?.string)
      let account = try read([file], type)
      #expect(account.read == 1 && account.records == 1, "\(name)")
      let others = try read([file], "Substance")
      let expected = type == "Bundle" ? value["entry"]?.items?.count : 1
      #expect(others.read == 0 && others.ofOtherTypes == expected, "\(name)")
    }
  }

  private func read(_ files: [URL], _ type: String) throws -> ViewAccount {
    let view = """
      {"resource":"\(type)","select":[{"column":[
        {"name":"id","path":"getResourceKey()","type":"id"}]}]}
      """
    let plan = try ViewPlan(try ViewDefinition(json: Array(view.utf8)))
    let runner = try ViewRunner(plan)
    let reader = LineChunkReader(files.map(\.path), isDocument: FHIRInputs.isDocument)
    var account = ViewAccount()
    var rows = 0
    while let chunk = try reader.next() {
      let batch = runner.run(chunk)
      account += batch.account
      rows += batch.rows.rowCount
    }
    #expect(rows == account.read)
    return account
  }
}
