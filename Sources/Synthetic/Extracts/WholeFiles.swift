import CZstd
import Definitions
import Foundation

/// The files that are of the place as a whole: organisations, manifests, references, and the parts of
/// the truth that are short.
struct WholeFiles {
  let plan: WritingPlan
  let censuses: [AreaCensus]
  let summary: OrderedFiles.Summary
  let report: SyntheticReport

  private var catalogue: FileCatalogue { plan.catalogue }
  private var frame: PlaceFrame { plan.ground.frame }

  func write(to folder: URL) throws {
    for (delivery, name) in catalogue.deliveryNames.enumerated() {
      let gp = "extracts/gp/\(name)"
      try write(organisations(), "\(gp)/Organization.ndjson.zst", in: folder, compressed: true)
      try write(try manifest(delivery), "\(gp)/manifest.json", in: folder)
    }
    try write(postcodes(), SyntheticPlace.postcodes.file, in: folder, compressed: true)
    try write(unitCosts(), "extracts/reference/unit-costs.csv", in: folder)
    try write(programmes(), "truth/programmes.csv", in: folder)
    try write(report.csv, "truth/report.csv", in: folder)
  }

  private func write(
    _ text: String, _ path: String, in folder: URL, compressed: Bool = false
  ) throws {
    let url = folder.appendingPathComponent(path)
    let bytes = Array(text.utf8)
    let data =
      compressed
      ? Data(bytes.withUnsafeBytes { ZstdCompressor(level: 3).frame($0) }) : Data(bytes)
    do {
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try data.write(to: url)
    } catch {
      throw SyntheticPlace.unwritable(
        url.path, (error as NSError).code == NSFileWriteOutOfSpaceError ? ENOSPC : 0)
    }
  }

  // MARK: GP

  private struct Organisation: Encodable {
    struct Identifier: Encodable {
      let system = "https://fhir.nhs.uk/Id/ods-organization-code"
      let value: String
    }
    struct Address: Encodable { let postalCode: String }
    let resourceType = "Organization"
    let id: String
    let identifier: [Identifier]
    let active = true
    let name: String
    let address: [Address]
  }

  private func organisations() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try frame.practices.map { practice in
      let organisation = Organisation(
        id: practice.code, identifier: [.init(value: practice.code)], name: practice.name,
        address: [.init(postalCode: practice.postcode)])
      return String(decoding: try encoder.encode(organisation), as: UTF8.self) + "\n"
    }.joined()
  }

  /// The manifest of a bulk export (FHIR Bulk Data Access 2.0.0, Response - Complete Status).
  private struct Manifest: Encodable {
    struct Output: Encodable {
      let type: String
      let url: String
      let count: Int
    }
    let transactionTime: String
    let request: String
    let requiresAccessToken = false
    let output: [Output]
    let deleted: [Output]
    let error: [Output] = []
  }

  private func manifest(_ delivery: Int) throws -> String {
    func output(_ stream: Stream, _ type: String) -> Manifest.Output {
      Manifest.Output(
        type: type, url: stream.place.name,
        count: summary.lines[catalogue.slot(stream, delivery)])
    }
    let types: [Stream] = [
      .patient, .condition, .observation, .medicationRequest, .encounter, .immunization,
    ]
    let since = delivery > 0 ? "&_since=\(catalogue.timeline.cuts[delivery - 1].iso)" : ""
    let manifest = Manifest(
      transactionTime: "\(catalogue.timeline.cuts[delivery].iso)T00:00:00Z",
      request: "https://example.org/kith-synthetic/Group/all/$export?_outputFormat=ndjson\(since)",
      output: types.map { output($0, $0.resourceType.description) } + [
        Manifest.Output(
          type: "Organization", url: "Organization.ndjson.zst", count: frame.practices.count)
      ],
      deleted: [output(.deletedGP, "Bundle")])
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
    return String(decoding: try encoder.encode(manifest), as: UTF8.self) + "\n"
  }

  // MARK: References

  /// Every postcode with its small area, as a postcode directory has it.
  private func postcodes() -> String {
    let book = AddressBook(ground: plan.ground)
    var rows: [[String]] = []
    for (area, census) in censuses.enumerated() {
      let here = frame.areas[area]
      var random = SeededGenerator(seed: plan.ground.seed, purpose: "postcodes", index: area)
      // The last is the care home's, which people of other areas may move to.
      for unit in Array(0..<AddressBook.units(homes: census.homes)) + [AddressBook.careHomeUnit] {
        rows.append([
          book.postcode(area: area, unit: unit), here.code, frame.districts[here.district].code,
          String(format: "%.5f", here.latitude + 0.002 * random.normal()),
          String(format: "%.5f", here.longitude + 0.003 * random.normal()),
        ])
      }
    }
    return csv(["postcode", "small_area", "district", "latitude", "longitude"], rows)
  }

  /// What a stay, an attendance, an appointment and a pack of a drug cost.
  private func unitCosts() -> String {
    let health = plan.ground.parameters.health
    var costs: [String: Int] = [:]
    for reason in health.respiratoryCauses + health.otherCauses + health.electiveReasons
      + health.attendances + [health.mother, health.baby]
    where !reason.hrg.isEmpty {
      costs[reason.hrg] = reason.pounds * 100
    }
    costs["WF01B"] = health.outpatientPounds.first * 100
    costs["WF01A"] = health.outpatientPounds.followUp * 100
    var rows = costs.sorted { $0.key < $1.key }.map { ["HRG", $0.key, pounds($0.value)] }
    rows += health.drugs.map { ["dm+d", $0.code, pounds(Int(($0.pounds * 100).rounded()))] }
    return csv(["system", "code", "pounds"], rows)
  }

  private func pounds(_ pence: Int) -> String {
    let writer = ByteWriter(capacity: 32)
    writer.pounds(pence: pence)
    return String(decoding: writer.buffer, as: UTF8.self)
  }

  // MARK: Truth

  private func programmes() -> String {
    csv(
      ["programme", "title", "outcome", "rate_ratio"],
      plan.ground.parameters.social.programmes.map {
        [$0.id, $0.title, "emergency admissions for respiratory causes", "\($0.effect)"]
      })
  }
}
