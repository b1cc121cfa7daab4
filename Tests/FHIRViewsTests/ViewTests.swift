import Columns
import Foundation
import TestRandom
import Testing

@testable import FHIRViews
@testable import LineFiles

@Suite("Views of FHIR")
struct ViewTests {
  @Test("Our own specification of views holds")
  func specification() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Specification/views")
    let outcomes = try run(folder: folder, files: try jsonFiles(folder))
    #expect(outcomes.count > 60)
    for outcome in outcomes {
      #expect(outcome.isPassed, "\(outcome.file): \(outcome.title): \(outcome.difference ?? "")")
    }
  }

  private static let suite = Shared.folder("oracles/sql-on-fhir")

  @Test(
    "The conformance suite of SQL on FHIR passes: 148 of 148",
    .enabled(if: suite != nil, "skipped: the suite is not here; set KITH_SHARED to its folder"))
  func conformance() throws {
    let suite = try #require(Self.suite)
    let older = suite.appendingPathComponent("tests")
    let newer = suite.appendingPathComponent("tests-newer")
    let replaced = try jsonFiles(newer)
    var outcomes = try run(folder: newer, files: replaced)
    outcomes += try run(
      folder: older, files: try jsonFiles(older).filter { !replaced.contains($0) })
    #expect(outcomes.count == 148)
    for outcome in outcomes {
      #expect(outcome.isPassed, "\(outcome.file): \(outcome.title): \(outcome.difference ?? "")")
    }
  }

  private func jsonFiles(_ folder: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".json") }.sorted()
  }

  private func run(folder: URL, files: [String]) throws -> [ConformanceSuite.Outcome] {
    try files.flatMap { file in
      let data = try Data(contentsOf: folder.appendingPathComponent(file))
      return try ConformanceSuite.run([UInt8](data), file: file)
    }
  }

  // MARK: Bad input

  static let good = #"{"resourceType":"Patient","id":"a","gender":"male"}"#

  @Test(
    "A bad line gives its line and a rule, and the lines around it are read",
    arguments: [
      (#"{"resourceType":"Patient","id":"b""#, RecordFailure.Rule.invalidJSON),
      (#"{"resourceType":"Patient","id":"b"}}"#, .invalidJSON),
      (#"{"resourceType":"Patient","id":"b"} {}"#, .invalidJSON),
      ("<html><body>502 Bad Gateway</body></html>", .invalidJSON),
      ("{\"resourceType\":\"Patient\",\"id\":\"b\u{0}\"}", .invalidJSON),
      ("{\"resourceType\":\"Patient\",\u{0}\"id\":\"b\"}", .invalidJSON),
      (String(repeating: "[", count: 100_000), .invalidJSON),
      (
        String(repeating: #"{"a":"#, count: 600) + "1" + String(repeating: "}", count: 600),
        .invalidJSON
      ),
      (#"{"resourceType":"Patient","id":"b","id":"c"}"#, .repeatedKey),
      (#"{"resourceType":"Patient","x":{"y":[{"k":1,"l":2,"k":3}]}}"#, .repeatedKey),
      (#"{"id":"b"}"#, .noResource),
      (#"["Patient"]"#, .noResource),
      ("null", .noResource),
      (#"{"resourceType":"Patient","id":5}"#, .wrongType),
      (#"{"resourceType":"Patient","id":["b","c"]}"#, .severalValues),
      (#"{"resourceType":"Patient","gender":{"a":1}}"#, .wrongType),
      (#"{"resourceType":"Observation","id":"b"}"#, .wrongResourceType),
      (#"{"resourceType":"Patient","id":1e999}"#, .invalidJSON),
      (#"{"resourceType":"Patient","id":"\ud800"}"#, .invalidJSON),
    ])
  func badLine(line: String, rule: RecordFailure.Rule) throws {
    let text = Self.good + "\n" + line + "\n" + Self.good.replacing("\"a\"", with: "\"z\"") + "\n"
    let batch = try rows(of: Array(text.utf8), rejectsOtherTypes: true)
    #expect(batch.rejected.map(\.line) == [2])
    #expect(batch.rejected.map(\.failure.rule) == [rule])
    #expect(batch.ids == ["a", "z"])
    #expect(batch.account.records == 3)
  }

  @Test("Columns say which element of the resource they come from")
  func elements() throws {
    let view = """
      {"resource": "Patient", "select": [
        {"column": [
          {"name": "id", "path": "getResourceKey()"},
          {"name": "number", "path": "identifier.where(system = 'x').value.first()"},
          {"name": "practice", "path": "managingOrganization.getReferenceKey(Organization)"},
          {"name": "ethnic", "path":
            "extension('https://e.org/Ethnic').value.ofType(CodeableConcept).coding.code[0]"},
          {"name": "either", "path": "name.family | contact.name.family"},
          {"name": "sum", "path": "1 + 1"}]},
        {"forEach": "contact.where(gender.exists())", "column": [{"name": "call", "path": "telecom.value"}],
          "select": [{"forEachOrNull": "name", "column": [{"name": "given", "path": "given.join(' ')"}]}]}]}
      """
    #expect(
      try ViewDefinition(json: Array(view.utf8)).elements == [
        "id": "Patient.id", "number": "Patient.identifier.value",
        "practice": "Patient.managingOrganization.reference",
        "ethnic": "Patient.extension(Ethnic).value.coding.code", "either": "Patient.name.family",
        "call": "Patient.contact.telecom.value", "given": "Patient.contact.name.given",
      ])
  }

  @Test("Bytes that are no UTF-8 give a reason, and no row")
  func invalidUTF8() throws {
    var text = Array((Self.good + "\n").utf8)
    text += Array(#"{"resourceType":"Patient","id":""#.utf8) + [0xE9] + Array("\"}\n".utf8)
    let batch = try rows(of: text)
    #expect(batch.rejected.map(\.failure.message) == ["This is not UTF-8."])
    #expect(batch.ids == ["a"])
  }

  @Test("Carriage returns, blank lines, a byte-order mark and a last line without an end are read")
  func lineEnds() throws {
    let other = Self.good.replacing("\"a\"", with: "\"b\"")
    let text = "\u{FEFF}" + Self.good + "\r\n\r\n  \n" + other
    let batch = try rows(of: Array(text.utf8))
    #expect(batch.ids == ["a", "b"])
    #expect(batch.account.blank == 2)
    #expect(batch.rejected.isEmpty)
  }

  @Test("A record that fails halfway through its rows leaves none of them")
  func nothingHalfWritten() throws {
    let view = """
      {"resource":"Patient","select":[
        {"column":[{"name":"id","path":"getResourceKey()","type":"id"}]},
        {"forEach":"name","column":[{"name":"family","path":"family","type":"string"},
          {"name":"given","path":"given","type":"string","collection":true}]}]}
      """
    let bad =
      #"{"resourceType":"Patient","id":"b","name":[{"family":"X","given":["a","b"]},{"family":5}]}"#
    let fine = #"{"resourceType":"Patient","id":"c","name":[{"given":["p","q"]},{"family":"Y"}]}"#
    let batch = try rows(of: Array((bad + "\n" + fine + "\n" + bad + "\n").utf8), view: view)
    #expect(batch.ids == ["c", "c"])
    #expect(
      batch.table == [
        [.string("c"), .null, .list([.string("p"), .string("q")])],
        [.string("c"), .string("Y"), .list([])],
      ])
    #expect(batch.rejected.map(\.line) == [1, 3])
  }

  @Test("A list that fails at its second item leaves nothing to the record after it")
  func listHalfWritten() throws {
    let view = """
      {"resource":"Patient","select":[{"column":[
        {"name":"id","path":"getResourceKey()","type":"id"},
        {"name":"v","path":"extension.value","type":"string","collection":true}]}]}
      """
    let bad =
      #"{"resourceType":"Patient","id":"a","extension":[{"valueString":"secret"},{"valueBoolean":true}]}"#
    let good = #"{"resourceType":"Patient","id":"b","extension":[{"valueString":"mine"}]}"#
    let batch = try rows(of: Array("\(bad)\n\(good)\n".utf8), view: view)
    #expect(batch.table == [[.string("b"), .list([.string("mine")])]])
  }

  @Test("A Bundle whose entry is no list gives nothing, whatever was read before it")
  func bundleWithoutList() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("kith-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let entries = (0..<500).map { #"{"resource":{"resourceType":"Patient","id":"p\#($0)"}}"# }
    let first = #"{"resourceType":"Bundle","entry":["# + entries.joined(separator: ",") + "]}"
    let long = String(repeating: "y", count: 40_000)
    var files: [String] = []
    for (index, text) in [
      first, #"{"resourceType":"Bundle","x":"\#(long)","entry":"s"}"#,
      #"{"resourceType":"Bundle","entry":{"resource":{}}}"#,
      #"{"resourceType":"Bundle","entry":7}"#,
    ].enumerated() {
      let file = folder.appendingPathComponent("\(index).json")
      try Data(text.utf8).write(to: file)
      files.append(file.path)
    }
    let reader = LineChunkReader(files, isDocument: FHIRInputs.isDocument)
    let runner = try ViewRunner(try plan())
    var rows = 0
    while let chunk = try reader.next() { rows += runner.run(chunk).rows.rowCount }
    #expect(rows == 500)
  }

  @Test(
    "An expression that is too long or too deep is refused",
    arguments: [
      String(repeating: "-", count: 200_000) + "1", "1" + String(repeating: "+1", count: 200_000),
      "a" + String(repeating: ".a", count: 20_000), String(repeating: "(", count: 5_000) + "1",
      "a" + String(repeating: ".where(a", count: 3_000),
      "a" + String(repeating: "[0]", count: 9_000),
    ])
  func enormousExpression(path: String) {
    let view = """
      {"resource":"Patient","select":[{"column":[{"name":"v","path":"\(path)","type":"string"}]}]}
      """
    let error = #expect(throws: ViewProblem.self) { try plan(view) }
    #expect(
      error?.message.contains("too long") == true || error?.message.contains("too deep") == true)
  }

  @Test("A truncated bulk export, and one with a file packed and not, are refused")
  func bulkExport() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("kith-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for name in ["Patient.ndjson", "Patient.ndjson.gz"] {
      try Data((Self.good + "\n").utf8).write(to: folder.appendingPathComponent(name))
    }
    let twice = #expect(throws: FHIRInputsError.self) {
      try FHIRInputs([folder], resource: "Patient")
    }
    #expect(twice?.message.contains("packed and not packed") == true)
    try FileManager.default.removeItem(at: folder.appendingPathComponent("Patient.ndjson.gz"))
    let manifest =
      #"{"output":[{"type":"Patient","url":"https://example.org/Patient.ndjson","count":9}]}"#
    try Data(manifest.utf8).write(to: folder.appendingPathComponent("manifest.json"))
    let inputs = try FHIRInputs([folder], resource: "Patient")
    #expect(inputs.expectedRecords == 9)
    #expect(inputs.files.map(\.lastPathComponent) == ["Patient.ndjson"])
  }

  @Test("A line of 200 MB is told with its size, in little memory")
  func enormousLine() throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("kith-long-\(UUID())")
    defer { try? FileManager.default.removeItem(at: url) }
    try Data((Self.good + "\n").utf8).write(to: url)
    let handle = try FileHandle(forWritingTo: url)
    try handle.seekToEnd()
    let piece = Data(repeating: 0x61, count: 1 << 20)
    for _ in 0..<200 { try handle.write(contentsOf: piece) }
    try handle.write(contentsOf: Data(("\n" + Self.good + "\n").utf8))
    try handle.close()
    let runner = try ViewRunner(try plan())
    let reader = LineChunkReader([url.path])
    var rejected: [RejectedRecord] = []
    var rows = 0
    while let chunk = try reader.next() {
      let batch = runner.run(chunk)
      rows += batch.rows.rowCount
      rejected += batch.rejected
    }
    #expect(rows == 2)
    #expect(rejected.map(\.line) == [2])
    #expect(rejected.first?.failure.rule == .tooLong)
    #expect(rejected.first?.failure.message.contains("209715200 bytes") == true)
  }

  @Test(
    "However lines are cut into chunks, the rows and the account are the same", arguments: 0..<10)
  func chunksDoNotMatter(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed))
    let lines = (0..<300).map { index -> String in
      switch Int.random(in: 0..<12, using: &random) {
      case 0: ""
      case 1: "{\"broken\""
      case 2: #"{"resourceType":"Observation","id":"o"}"#
      default:
        #"{"resourceType":"Patient","id":"p\#(index)","name":[{"family":"\#(String(repeating: "ü", count: index % 40))"}]}"#
      }
    }
    let text = Array(lines.joined(separator: "\n").utf8)
    let whole = try rows(of: text)
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("kith-cut-\(UUID())")
    defer { try? FileManager.default.removeItem(at: url) }
    try Data(text).write(to: url)
    let runner = try ViewRunner(try plan())
    let reader = LineChunkReader(
      [url.path], chunkSize: Int.random(in: 16...600, using: &random))
    var account = ViewAccount()
    var rejected: [RejectedRecord] = []
    var ids: [String] = []
    while let chunk = try reader.next() {
      let batch = try ReadBatch(runner.run(chunk), try plan())
      account += batch.account
      rejected += batch.rejected
      ids += batch.ids
    }
    #expect(ids == whole.ids)
    #expect(rejected == whole.rejected)
    #expect(account == whole.account)
  }

  @Test("A Bundle in a file of its own gives the resources in its entries")
  func bundle() throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("kith-\(UUID()).json")
    defer { try? FileManager.default.removeItem(at: url) }
    let text = """
      {"resourceType":"Bundle","entry":[
        {"resource":\(Self.good)},
        {"resource":{"resourceType":"Observation","id":"o"}},
        {"request":{"method":"DELETE"}}]}
      """
    try Data(text.utf8).write(to: url)
    let reader = LineChunkReader([url.path], isDocument: FHIRInputs.isDocument)
    let chunk = try #require(try reader.next())
    let batch = try ReadBatch(try ViewRunner(try plan()).run(chunk), try plan())
    #expect(batch.ids == ["a"])
    #expect(batch.account.ofOtherTypes == 1)
  }

  /// The rows of a document.
  private func rows(ofDocument text: String, view: String) throws -> ReadBatch {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("kith-\(UUID()).json")
    defer { try? FileManager.default.removeItem(at: url) }
    try Data(text.utf8).write(to: url)
    let plan = try plan(view)
    let reader = LineChunkReader([url.path], isDocument: FHIRInputs.isDocument)
    let chunk = try #require(try reader.next())
    return try ReadBatch(try ViewRunner(plan).run(chunk), plan)
  }

  private static let encounters = """
    {"resource":"Encounter","select":[{"column":[
      {"name":"id","path":"getResourceKey()"},
      {"name":"patient","path":"subject.getReferenceKey(Patient)"},
      {"name":"any","path":"subject.getReferenceKey()"},
      {"name":"practice","path":"serviceProvider.getReferenceKey(Organization)"}]}]}
    """

  @Test(
    "A reference in a Bundle is to the entry whose fullUrl it is",
    arguments: [
      // address, reference, resource of the entry, key by type, key of any type
      ("urn:uuid:a1", "urn:uuid:a1", #"{"resourceType":"Patient","id":"77"}"#, "77", "77"),
      ("urn:uuid:a1", "urn:uuid:a1", #"{"resourceType":"Patient"}"#, "a1", "a1"),
      ("urn:uuid:a1", "urn:uuid:a1", #"{"resourceType":"Group","id":"77"}"#, nil, "77"),
      ("urn:uuid:a1", "urn:uuid:a2", #"{"resourceType":"Patient","id":"77"}"#, nil, nil),
      ("urn:oid:1.2", "urn:oid:1.2", #"{"resourceType":"Patient","id":"77"}"#, "77", "77"),
      ("http://x/p/9", "http://x/p/9", #"{"resourceType":"Patient","id":"77"}"#, "77", "77"),
      ("http://x/Patient/9", "Patient/9", #"{"resourceType":"Patient","id":"9"}"#, "9", "9"),
      ("urn:uuid:a1", "#c", #"{"resourceType":"Patient","id":"77"}"#, nil, nil),
    ] as [(String, String, String, String?, String?)])
  func referencesInBundles(
    address: String, reference: String, resource: String, byType: String?, any: String?
  ) throws {
    let bundle = """
      {"resourceType":"Bundle","type":"transaction","entry":[
       {"fullUrl":"\(address)","resource":\(resource)},
       {"fullUrl":"urn:uuid:e1","resource":{"resourceType":"Encounter","id":"e",
        "subject":{"reference":"\(reference)"},"serviceProvider":{"reference":"Organization/o"}}}]}
      """
    func value(_ text: String?) -> Value { text.map { Value.string($0) } ?? .null }
    let expected: [[Value]] = [[.string("e"), value(byType), value(any), .string("o")]]
    #expect(try rows(ofDocument: bundle, view: Self.encounters).table == expected)
    // The same Bundle as a line, and in a Bundle.
    let line = bundle.replacing("\n", with: " ")
    #expect(try rows(of: Array(line.utf8), view: Self.encounters).table == expected)
    let nested = #"{"resourceType":"Bundle","entry":[{"resource":\#(line)}]}"#
    #expect(try rows(ofDocument: nested, view: Self.encounters).table == expected)
  }

  @Test("The resources of Bundles and Parameters are read wherever they stand, and none is lost")
  func held() throws {
    func patient(_ id: String) -> String {
      #"{"resource":{"resourceType":"Patient","id":"\#(id)"}}"#
    }
    let inner = #"{"resource":{"resourceType":"Bundle","entry":[\#(patient("b")),7]}}"#
    let parameters =
      #"{"resourceType":"Parameters","parameter":[{"name":"x","part":[\#(patient("d"))]},\#(patient("e"))]}"#
    let text = [
      #"{"resourceType":"Bundle","entry":[\#(patient("a")),{"request":{}},\#(inner),\#(patient("c"))]}"#,
      parameters, #"{"resourceType":"Bundle","entry":"x"}"#, #"{"resourceType":"Bundle"}"#,
    ]
    let lines = try rows(of: Array(text.joined(separator: "\n").utf8))
    #expect(lines.ids == ["a", "b", "c", "d", "e"])
    #expect(lines.rejected.map(\.line) == [1, 3])
    #expect(lines.account.emptyBundles == 1)
    let document = try rows(ofDocument: text[0], view: Self.view)
    #expect(document.ids == ["a", "b", "c"])
    // Entries are counted as lines are: the fifth is the number in the inner Bundle.
    #expect(document.rejected.map(\.line) == [5])
  }

  // MARK: Help

  static let view = """
    {"resource":"Patient","select":[{"column":[
      {"name":"id","path":"getResourceKey()","type":"id"},
      {"name":"gender","path":"gender","type":"code"},
      {"name":"family","path":"name.family","type":"string","collection":true}]}]}
    """

  private func plan(_ view: String = view) throws -> ViewPlan {
    try ViewPlan(try ViewDefinition(json: Array(view.utf8)))
  }

  private func rows(
    of text: [UInt8], view: String = view, rejectsOtherTypes: Bool = false
  ) throws -> ReadBatch {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("kith-\(UUID())")
    defer { try? FileManager.default.removeItem(at: url) }
    try Data(text).write(to: url)
    let plan = try plan(view)
    let reader = LineChunkReader([url.path])
    let runner = try ViewRunner(plan, rejectsOtherTypes: rejectsOtherTypes)
    var whole = ReadBatch()
    while let chunk = try reader.next() { whole.append(try ReadBatch(runner.run(chunk), plan)) }
    return whole
  }
}

/// A batch with its rows read back.
struct ReadBatch {
  private(set) var table: [[Value]] = []
  private(set) var account = ViewAccount()
  private(set) var rejected: [RejectedRecord] = []

  init() {}

  mutating func append(_ other: ReadBatch) {
    table += other.table
    account += other.account
    rejected += other.rejected
  }

  init(_ batch: ViewBatch, _ plan: ViewPlan) throws {
    let columns = try Batch(taking: batch.rows.take(), fields: plan.columns.map(\.field))
    table = (0..<columns.rowCount).map { row in columns.columns.map { $0.value(row) } }
    account = batch.account
    rejected = batch.rejected
  }

  /// The first column.
  var ids: [String] {
    table.map { row in if case .string(let text) = row[0] { text } else { "" } }
  }
}

/// What came from elsewhere and is read where it is.
enum Shared {
  static func folder(_ path: String) -> URL? {
    let shared = ProcessInfo.processInfo.environment["KITH_SHARED"] ?? "../shared"
    let folder = URL(fileURLWithPath: shared).appendingPathComponent(path)
    return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
  }
}
