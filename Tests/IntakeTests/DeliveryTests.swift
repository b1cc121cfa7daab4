import Columns
import Definitions
import Engine
import FHIRViews
import Foundation
import Governance
import TestPlaces
import Testing

@testable import Intake

@Suite("A delivery")
struct DeliveryTests {
  private static let header =
    "contact_id,organisation,client_reference,first_name,last_name,"
    + "date_of_birth,nhs_number,address,postcode,contact_date,service,outcome,deleted"

  /// Lands one file as a delivery of contacts.
  ///
  /// - Parameter text: what is in the file; nil for an empty folder.
  private func land(_ text: String?, name: String = "2025-01-31") throws -> DeliveryAccount {
    let folder = try TestPlaces.emptyFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let extracts = folder.appendingPathComponent("extracts/\(name)")
    try FileManager.default.createDirectory(at: extracts, withIntermediateDirectories: true)
    if let text { try Data(text.utf8).write(to: extracts.appendingPathComponent("contacts.csv")) }
    let catalogue = MappingCatalogue()
    let mapping = try catalogue.mapping("voluntary-contacts")
    let all = try Delivery.all(
      of: "voluntary", in: folder.appendingPathComponent("extracts"), mapping)
    let vault = try Vault(at: folder.appendingPathComponent("vault.sqlite"), key: VaultKey())
    let landing = DeliveryLanding(
      source: "voluntary", try LandingPlan(mapping, catalogue), vault: vault, threads: 1)
    let delivery = try #require(all.first)
    return try landing.land(
      delivery, key: "", in: folder.appendingPathComponent("landing"), writer: StreamWriter(),
      known: KnownIdentities())
  }

  private func line(_ number: Int, date: String = "2025-01-02") -> String {
    "\(number),Pantry,77,Anne,Example,1957-09-04,9434765919,1 High Street,ZZ10 0AH,\(date),"
      + "food_bank,Helped,N"
  }

  @Test("A good file lands whole, whatever its line ends and blank lines")
  func good() throws {
    let account = try land(
      "\u{FEFF}" + [Self.header, line(1), "", line(2)].joined(separator: "\r\n"))
    #expect(!account.isStopped)
    #expect(account.files[0].landed == 2 && account.files[0].blank == 1)
    #expect(account.files[0].drift.isEmpty)
  }

  @Test("A missing column stops the delivery, by name, before anything lands")
  func missingColumn() throws {
    let account = try land(
      Self.header.replacing(",postcode", with: "") + "\n"
        + line(1).replacing(",ZZ10 0AH", with: "") + "\n")
    #expect(account.stops == ["contacts.csv: Missing columns: 'postcode'."])
    #expect(account.files[0].read == 0)
  }

  @Test("A new column is told of and not landed; columns in another order are found by name")
  func newAndReordered() throws {
    let names = Self.header.split(separator: ",").map(String.init)
    let values = line(1).split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    let text = [names.reversed() + ["mood"], values.reversed() + ["fine"]].map {
      $0.joined(separator: ",")
    }.joined(separator: "\n")
    let account = try land(text)
    #expect(!account.isStopped)
    #expect(
      account.files[0].drift == [
        "New columns, which are not landed: column \(names.count + 1), of the form 'aaaa'. Names are shown by their form only, since a record may stand in their place.",
        "The columns come in another order.",
      ])
    #expect(account.files[0].landed == 1)
  }

  @Test("A column whose values are of another type stops the delivery")
  func retyped() throws {
    let lines = (1...20).map { line($0, date: "02/01/2025") }
    let account = try land(([Self.header] + lines).joined(separator: "\n"))
    #expect(
      account.stops == [
        "contacts.csv: Columns with values of another type than the mapping says: 'contact_date', of the form '99/99/9999'."
      ])
  }

  @Test("Too many broken records stop the delivery; a few are set aside")
  func thresholds() throws {
    let good = (1...1_000).map { line($0) }
    let few = try land(([Self.header] + good + ["5,broken"]).joined(separator: "\n"))
    #expect(!few.isStopped && few.files[0].quarantined == 1 && few.files[0].landed == 1_000)
    let broken = (1...500).map { "\($0),broken" }
    let many = try land(([Self.header] + good + broken).joined(separator: "\n"))
    #expect(many.isStopped)
    #expect(many.stops.first?.contains("too_few_fields") == true)
  }

  @Test("An empty file, and a page of an error in place of a file, stop the delivery")
  func notAFile() throws {
    #expect(try land("").stops == ["contacts.csv is empty: it has not even a header."])
    let page = try land("<html><body>502 Bad Gateway</body></html>\n")
    #expect(page.stops.first?.hasPrefix("contacts.csv: The file is a web page (HTML)") == true)
  }

  @Test("A folder whose name has no date is refused by name, also an empty one")
  func undated() throws {
    for name in ["january", "2025-13-01"] {
      for text in [Self.header, nil] {
        let error = #expect(throws: Problem.self) { try land(text, name: name) }
        #expect(error?.message.contains("does not begin with the date") == true)
      }
    }
  }

  @Test("A delivery with a fault is another than the same without, in both orders")
  func faultsInKey() throws {
    let folder = try TestPlaces.emptyFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let delivery = folder.appendingPathComponent("2025-01-31")
    try FileManager.default.createDirectory(at: delivery, withIntermediateDirectories: true)
    try Data(#"{"resourceType": "Patient", "id": "1"}"#.utf8)
      .write(to: delivery.appendingPathComponent("Patient.ndjson"))
    let mapping = try MappingCatalogue().mapping("fhir-export")
    func found() throws -> Delivery {
      try #require(try Delivery.all(of: "gp", in: folder, mapping).first)
    }
    let good = try found()
    let obstacle = delivery.appendingPathComponent("Condition.ndjson")
    try FileManager.default.createDirectory(at: obstacle, withIntermediateDirectories: false)
    let bad = try found()
    #expect(bad.faults.count == 1)
    #expect(try bad.fingerprint() != good.fingerprint())
    try FileManager.default.removeItem(at: obstacle)
    #expect(try found().fingerprint() == good.fingerprint())
  }

  @Test("A missing file stops the delivery, which lands once it is there")
  func missingFile() throws {
    let account = try land(nil)
    #expect(account.stops.count == 1)
    #expect(account.stops.first?.hasPrefix("The delivery has no file contacts.csv. Ask") == true)
    #expect(account.files.isEmpty)
    let folder = try TestPlaces.emptyFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let other = folder.appendingPathComponent("2025-01-31")
    try FileManager.default.createDirectory(at: other, withIntermediateDirectories: true)
    try Data("a\n1\n".utf8).write(to: other.appendingPathComponent("contacts_jan.csv"))
    let mapping = try MappingCatalogue().mapping("voluntary-contacts")
    let delivery = try #require(try Delivery.all(of: "vol", in: folder, mapping).first)
    #expect(
      delivery.faults.first?.contains(
        "It has contacts_jan.csv, which the mapping does not read.") == true, "\(delivery.faults)")
  }

  @Test("Everything that a mapping lacks is told at once")
  func lackingMapping() throws {
    let error = #expect(throws: Problems.self) {
      try SourceMapping(yaml: "description: nothing yet\nfiles:\n  - whole: true\n", path: "m.yaml")
    }
    let told = try #require(error).all.map(\.message).joined(separator: "\n")
    for key in ["mapping", "version", "title", "source", "owner", "name", "table", "format"] {
      #expect(told.contains("'\(key)'"), "\(key): \(told)")
    }
  }

  @Test("Every mapping and view that ships is read, and their columns fit")
  func shipped() throws {
    let catalogue = MappingCatalogue()
    let ids = try catalogue.ids("mappings", ending: ".yaml")
    #expect(ids.count > 5)
    for id in ids {
      let mapping = try catalogue.mapping(id)
      #expect(mapping.id == id)
      for file in mapping.files {
        guard case .fhir(let view) = file.format else { continue }
        let names = try catalogue.view(view).columns.map(\.name)
        for column in file.columns {
          #expect(names.contains(column.name), "\(view).\(column.name)")
        }
      }
    }
  }

  @Test("Every rule has a policy with an owner and a reason")
  func policies() throws {
    for policy in try MappingCatalogue().policies().all {
      #expect(!policy.owner.isEmpty && !policy.reason.isEmpty && !policy.title.isEmpty)
    }
  }

  @Test("A place's own rules and mappings stand over those that ship")
  func overrides() throws {
    let folder = try TestPlaces.emptyFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(
      """
      rules:
        nhs_number_check_digit:
          {title: Ours, action: warn, owner: data lead, reason: The supplier is mending it.}
      """.utf8
    ).write(to: folder.appendingPathComponent("intake-rules.yaml"))
    let policies = try MappingCatalogue(definitions: folder).policies()
    #expect(policies[.nhsNumberCheckDigit].action == .warn)
    #expect(policies[.impossibleDate].action == .quarantine)
    let error = #expect(throws: Problems.self) {
      try RulePolicies(place: ("rules: {nhs_number_chek_digit: {title: x}}", "own.yaml"))
    }
    #expect(error?.all.first?.hint == "Did you mean 'nhs_number_check_digit'?")
  }
}
