import Columns
import Definitions
import Engine
import Foundation
import Intake
import Places
import Population
import TestPlaces
import Testing

/// A set of FHIR resources that others made.
enum FHIRSet: String, CaseIterable, CustomTestStringConvertible {
  /// 100 people of Synthea, a file a type.
  case bulk100 = "bulk-100"
  /// 13 people of Synthea, as a server exports them.
  case bulk10 = "smart-bulk-10"
  /// The examples of UK Core, a document each.
  case ukCore = "ukcore"

  static let areHere = allCases.allSatisfy { $0.folder != nil }

  var testDescription: String { rawValue }

  /// Where it lies; nil where it is not beside the project.
  var folder: URL? {
    let shared = ProcessInfo.processInfo.environment["KITH_SHARED"] ?? "../shared"
    let folder = URL(fileURLWithPath: shared)
      .appendingPathComponent(self == .ukCore ? "data/ukcore" : "data/synthea/\(rawValue)")
    return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
  }

  /// How many resources it has, those in Bundles among them: for Synthea as its README counts them.
  var resources: Int {
    switch self {
    case .bulk100: 24_580
    case .bulk10: 7_160
    case .ukCore: 45
    }
  }

  /// Puts the set into the folder of a delivery.
  func copy(to delivery: URL) throws {
    guard let folder else { throw Problem(file: rawValue, "The set is not here.") }
    try FileManager.default.createDirectory(at: delivery, withIntermediateDirectories: true)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    guard self == .ukCore else {
      for name in names {
        try FileManager.default.copyItem(
          at: folder.appendingPathComponent(name), to: delivery.appendingPathComponent(name))
      }
      return
    }
    var counts: [String: Int] = [:]
    for name in names where name.hasSuffix(".json") {
      let text = try Data(contentsOf: folder.appendingPathComponent(name))
      for document in try Self.documents(text) {
        let number = counts[document.type, default: 0] + 1
        counts[document.type] = number
        try document.text.write(
          to: delivery.appendingPathComponent("\(document.type).\(number).json"))
      }
    }
  }

  /// A document as it is, or each resource of a Bundle as a document of its own.
  private static func documents(_ text: Data) throws -> [(type: String, text: Data)] {
    let resource = try JSONSerialization.jsonObject(with: text) as? [String: Any] ?? [:]
    let type = resource["resourceType"] as? String ?? "none"
    guard type == "Bundle" else { return [(type, text)] }
    return try objects(resource["entry"]).flatMap { objects($0["resource"]) }.map { entry in
      (
        entry["resourceType"] as? String ?? "none",
        try JSONSerialization.data(withJSONObject: entry, options: [.prettyPrinted, .sortedKeys])
      )
    }
  }
}

/// The objects of an array, or an object alone.
private func objects(_ value: Any?) -> [[String: Any]] {
  value as? [[String: Any]] ?? (value as? [String: Any]).map { [$0] } ?? []
}

/// A place where the sets, and records made for the tests, were landed once.
private struct LandedExports {
  static let shared = Task { try await LandedExports() }

  let folder: URL
  let intake: SourceIntake.Result
  let engine: Engine

  init() async throws {
    folder = try TestPlaces.makeFictional()
    for set in FHIRSet.allCases {
      try set.copy(to: folder.appendingPathComponent("extracts/\(set.rawValue)/2025-01-31"))
    }
    for (name, lines) in MadeRecords.files {
      let file = folder.appendingPathComponent("extracts/\(MadeRecords.source)/\(name)")
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(lines.utf8).write(to: file)
    }
    let file = folder.appendingPathComponent(PlaceFile.fileName)
    let sources = (FHIRSet.allCases.map(\.rawValue) + [MadeRecords.source])
      .map { "  - {id: \($0), mapping: fhir-export}\n" }.joined()
    let text = try String(contentsOf: file, encoding: .utf8) + "\nsources:\n" + sources
    try Data(text.utf8).write(to: file)
    guard case .published(let manifest) = try await PlaceRun(place: folder).run(),
      let intake = manifest.intake
    else { throw Problem(file: folder.path, "The run made no snapshot.") }
    self.intake = intake
    engine = try Engine.duckDB(connections: 1)
  }

  func delivery(_ source: String) throws -> DeliveryAccount {
    try #require(intake.deliveries.first { $0.source == source })
  }

  func extracts(_ source: String) -> URL {
    folder.appendingPathComponent("extracts/\(source)/2025-01-31")
  }

  func landing(_ source: String) -> URL {
    folder.appendingPathComponent("store/landing/sources/\(source)/2025-01-31")
  }

  /// The names of the Parquet files of a delivery.
  func tables(_ source: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: landing(source).path)
      .filter { $0.hasSuffix(".parquet") }.sorted()
  }

  /// A landed Parquet file as something to select from.
  func table(_ source: String, _ file: String) -> String {
    engine.dialect.parquet(landing(source).appendingPathComponent(file).path)
  }

  /// The lines of a file, packed or not, as something to select from: DuckDB unpacks and cuts them, so
  /// that somebody else counts.
  func lines(_ file: URL) -> String {
    """
    read_csv(\(engine.dialect.literal(file.path)), header = false, auto_detect = false,
      columns = {'line': 'varchar'}, delim = '\u{1F}', quote = '', escape = '',
      max_line_size = 20000000, hive_partitioning = false)
    """
  }

  func rows(_ sql: String) async throws -> [[Value]] { try await engine.query(sql).rows }

  func texts(_ sql: String) async throws -> [String] {
    try await rows(sql).compactMap { row in
      if case .string(let text)? = row.first { text } else { nil }
    }
  }

  func count(_ sql: String) async throws -> Int {
    guard case .int(let count) = try await engine.query(sql).scalar else { return -1 }
    return Int(count)
  }

  /// What says who the patients of a set and their contacts are: names, telephones, streets and
  /// numbers, in small letters.
  func secrets(_ set: FHIRSet) async throws -> Set<String> {
    var found: Set<String> = []
    let extracts = extracts(set.rawValue)
    for name in try FileManager.default.contentsOfDirectory(atPath: extracts.path)
    where name.hasPrefix("Patient.") {
      let file = extracts.appendingPathComponent(name)
      let resources =
        try await name.hasSuffix(".json")
        ? [String(contentsOf: file, encoding: .utf8)]
        : texts("select line from \(lines(file)) where trim(line) <> ''")
      for text in resources {
        let patient = try JSONSerialization.jsonObject(with: Data(text.utf8))
        for person in objects(patient) { found.formUnion(Self.secrets(of: person)) }
      }
    }
    return Set(found.map { $0.lowercased() }.filter { !$0.isEmpty })
  }

  private static func secrets(of person: [String: Any]) -> Set<String> {
    var found: Set<String> = []
    for name in objects(person["name"]) {
      found.formUnion(name["given"] as? [String] ?? [])
      if let family = name["family"] as? String { found.insert(family) }
    }
    for address in objects(person["address"]) {
      found.formUnion(address["line"] as? [String] ?? [])
    }
    for item in objects(person["telecom"]) + objects(person["identifier"]) {
      if let value = item["value"] as? String { found.insert(value) }
    }
    for contact in objects(person["contact"]) { found.formUnion(secrets(of: contact)) }
    return found
  }
}

/// Records for what the sets have no example of.
private enum MadeRecords {
  static let source = "made"
  static let words = "Words that nobody may read"

  static let files = [
    (
      "2025-01-31/Appointment.ndjson",
      """
      {"resourceType":"Appointment","id":"a","status":"booked","start":"2025-06-01T09:00:00Z",\
      "participant":[{"actor":{"reference":"Patient/p"},"status":"accepted"}]}

      """
    ),
    (
      "2025-01-31/Condition.ndjson",
      """
      {"resourceType":"Condition","id":"a","subject":{"reference":"Patient/p"}}
      {"resourceType":"Condition","id":"b","subject":{"reference":"Patient/p"}}

      """
    ),
    (
      "2025-01-31/Patient.ndjson",
      """
      {"resourceType":"Patient","id":"p","birthDate":"1957-09-04","gender":"other",\
      "address":[{"use":"home","postalCode":"66801-1234","state":"KS"}]}

      """
    ),
    (
      "2025-01-31/QuestionnaireResponse.ndjson",
      """
      {"resourceType":"QuestionnaireResponse","id":"none","status":"completed"}
      {"resourceType":"QuestionnaireResponse","id":"some","status":"completed",\
      "subject":{"reference":"Patient/p"},"item":[{"linkId":"1","answer":[{"valueInteger":4},\
      {"valueString":"\(words)","item":[{"linkId":"1.1","answer":[{"valueBoolean":true}]}]}]}]}

      """
    ),
    (
      "2025-02-28/Condition.ndjson",
      """
      {"resourceType":"Condition","id":"b",\
      "verificationStatus":{"coding":[{"code":"entered-in-error"}]}}

      """
    ),
  ]
}

@Suite(
  "FHIR of any country lands",
  .enabled(
    if: FHIRSet.areHere, "skipped: the data is not here; set KITH_SHARED to the folder of data"))
struct FHIRExportTests {
  @Test(
    "Every line is read, and lands but for what cannot be right", arguments: FHIRSet.allCases)
  func everyLine(set: FHIRSet) async throws {
    let place = try await LandedExports.shared.value
    let delivery = try place.delivery(set.rawValue)
    #expect(!delivery.isStopped, "\(delivery.stops)")
    // The log of an export says when it was made; it holds no resources.
    #expect(delivery.unknownFiles == (set == .bulk10 ? ["log.ndjson"] : []))
    let extracts = place.extracts(set.rawValue)
    let names = try FileManager.default.contentsOfDirectory(atPath: extracts.path)
    #expect(delivery.files.count + delivery.unknownFiles.count == names.count)
    for file in delivery.files {
      #expect(file.read == file.landed + file.quarantined, "\(file.file)")
      let lines = place.lines(extracts.appendingPathComponent(file.file))
      // A document is one resource, on however many lines.
      let expected =
        try await file.file.hasSuffix(".json")
        ? 1 : place.count("select count(*)::bigint from \(lines) where trim(line) <> ''")
      #expect(file.read == expected, "\(file.file)")
    }
    #expect(delivery.files.reduce(0) { $0 + $1.read } == set.resources)
  }

  @Test(
    "Nothing is set aside or left out but a patient with a mistyped NHS number",
    arguments: FHIRSet.allCases)
  func setAside(set: FHIRSet) async throws {
    let delivery = try await LandedExports.shared.value.delivery(set.rawValue)
    let breaches = delivery.files.flatMap { file in
      file.breaches.map { "\(file.table).\($0.field ?? ""): \($0.rule), \($0.count)" }
    }
    // The example's number is 9912003890: with weights from 10 to 2 its first nine digits add up to 247,
    // 5 above a multiple of 11, so that the tenth would have to be 6.
    #expect(
      breaches == (set == .ukCore ? ["patient.nhs_number: nhs_number_check_digit, 1"] : []))
    #expect(delivery.files.reduce(0) { $0 + $1.quarantined } == (set == .ukCore ? 1 : 0))
  }

  @Test("Every row that was counted is in a table", arguments: FHIRSet.allCases)
  func everyRow(set: FHIRSet) async throws {
    let place = try await LandedExports.shared.value
    var counts: [String: Int] = [:]
    for file in try place.delivery(set.rawValue).files {
      let number = counts[file.table, default: 0] + 1
      counts[file.table] = number
      let name = file.table + (number == 1 ? "" : "-\(number)") + ".parquet"
      let rows = try await place.count(
        "select count(*)::bigint from \(place.table(set.rawValue, name))")
      #expect(rows == file.rows && file.rows >= file.landed, "\(file.file)")
    }
    #expect(counts.count == (set == .bulk100 ? 14 : set == .bulk10 ? 13 : 21))
  }

  @Test(
    "No name, telephone, street or number of a patient is in a landed table",
    arguments: FHIRSet.allCases)
  func noIdentifiers(set: FHIRSet) async throws {
    let place = try await LandedExports.shared.value
    let secrets = try await place.secrets(set)
    #expect(secrets.count >= (set == .bulk100 ? 700 : set == .bulk10 ? 100 : 14))
    let table = place.engine.dialect.identifier("secrets of \(set.rawValue)")
    let values = secrets.map { "(\(place.engine.dialect.literal($0)))" }.joined(separator: ", ")
    try await place.engine.execute(
      "create or replace table \(table) as select text from (values \(values)) as given(text)")
    var checked = 0
    for name in try place.tables(set.rawValue) {
      let landed = place.table(set.rawValue, name)
      let fields = try await place.engine.query("select * from \(landed) limit 0").fields
      for field in fields where field.type == .utf8 {
        checked += 1
        let column = place.engine.dialect.identifier(field.name)
        // Short names are parts of other words.
        let found = try await place.count(
          """
          select count(*)::bigint from (select distinct lower(\(column)) as value from \(landed)) l
          cross join \(table) s
          where value = text or (length(text) > 5 and contains(value, text))
          """)
        #expect(found == 0, "\(name) \(field.name)")
        // What somebody wrote is longer than any code, name of an organisation or reference to one.
        let longest = try await place.count("select max(length(\(column)))::bigint from \(landed)")
        #expect(longest < 150, "\(name) \(field.name)")
      }
    }
    #expect(checked > 100)
  }

  @Test(
    "Records that point at each other have the same pseudonym for it",
    arguments: [
      ("condition", "encounter_id", "encounter"), ("observation", "encounter_id", "encounter"),
      ("document", "encounter_id", "encounter"), ("procedure", "condition_id", "condition"),
      ("medication_request", "condition_id", "condition"), ("care_plan", "goal_id", "goal"),
      ("encounter", "patient_id", "patient"), ("device", "patient_id", "patient"),
    ])
  func references(from: String, column: String, to: String) async throws {
    let place = try await LandedExports.shared.value
    var pointing = 0
    for set in [FHIRSet.bulk100, .bulk10] {
      let names = try place.tables(set.rawValue)
      guard names.contains(from + ".parquet"), names.contains(to + ".parquet") else { continue }
      let source = place.table(set.rawValue, from + ".parquet")
      let target = place.table(set.rawValue, to + ".parquet")
      pointing += try await place.count("select count(\(column))::bigint from \(source)")
      let lost = try await place.count(
        """
        select count(*)::bigint from \(source)
        where \(column) is not null and \(column) not in (select \(column) from \(target))
        """)
      #expect(lost == 0, "\(set.rawValue)")
    }
    #expect(pointing > 0)
  }

  @Test(
    "A code lands with the system that it is of",
    arguments: [
      ("condition", "code", "http://snomed.info/sct"),
      ("observation", "code", "http://loinc.org"),
      ("medication_request", "code", "http://www.nlm.nih.gov/research/umls/rxnorm"),
      ("immunisation", "vaccine", "http://hl7.org/fhir/sid/cvx"),
      ("care_plan", "activity", "http://snomed.info/sct"),
    ])
  func systems(table: String, name: String, system: String) async throws {
    let place = try await LandedExports.shared.value
    let landed = place.table(FHIRSet.bulk100.rawValue, table + ".parquet")
    let code = name == "code" ? "code" : name + "_code"
    let systems = try await place.texts("select distinct \(name)_system from \(landed)")
    #expect(systems == [system])
    #expect(
      try await place.count(
        "select count(*)::bigint from \(landed) where \(code) is null or \(name)_system is null")
        == 0)
  }

  @Test("What is to come lands, a zip code is no postcode, and a record in error takes one back")
  func made() async throws {
    let place = try await LandedExports.shared.value
    for delivery in place.intake.deliveries where delivery.source == MadeRecords.source {
      #expect(!delivery.isStopped)
      for file in delivery.files {
        #expect(file.breaches.isEmpty && file.landed == file.read, "\(file.file)")
      }
    }
    #expect(
      try await place.texts("select starts from \(place.table("made", "appointment.parquet"))")
        == ["2025-06-01T09:00:00Z"])
    let conditions = try #require(
      place.intake.tables.first { $0.source == MadeRecords.source && $0.table == "condition" })
    #expect(conditions.landed == 3 && conditions.deletions == 1)
    #expect(conditions.deleted == 1 && conditions.current == 1)
    // A row each response, and each of its answers; of those in words only that there is one.
    let answers = place.table("made", "questionnaire_answer.parquet")
    #expect(try await place.count("select count(*)::bigint from \(answers)") == 5)
    #expect(
      try await place.count(
        """
        select count(*)::bigint from \(answers) l
        where contains(l::varchar, \(place.engine.dialect.literal(MadeRecords.words)))
        """) == 0)
  }
}
