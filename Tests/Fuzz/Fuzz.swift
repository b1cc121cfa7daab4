// What libFuzzer calls with one input after the other; Tests/Fuzz/run.sh builds it with the readers.

import Foundation

@testable import Codes
@testable import FHIRViews
@testable import Governance
@testable import Intake
@testable import LineFiles

/// The readers, made once: what they keep from one input to the next is part of what is tested.
private struct Readers {
  let runner: ViewRunner
  let documents: ViewRunner
  let contacts: CSVWorker
  let patients: FHIRWorker
  let lines = CSVLines(separator: UInt8(ascii: ","))

  init() throws {
    let plan = try ViewPlan(try ViewDefinition(json: Array(Self.view.utf8)))
    runner = try ViewRunner(plan)
    documents = try ViewRunner(plan)
    let catalogue = MappingCatalogue(definitions: nil)
    let context = LandingContext(
      source: "fuzz", delivery: "2024-10-04", lastDay: 20_000, policies: try catalogue.policies(),
      pseudonyms: PseudonymKey(), sealer: Sealer(number: 1, VaultKey().key),
      known: KnownIdentities(), postcodes: nil, freeText: [])
    func lander(_ file: FileMapping) throws -> RecordLander { try RecordLander(file, context) }
    let mapping = try catalogue.mapping("voluntary-contacts").files[0]
    let header = TableHeader(mapping.columns.map(\.name), mapping)
    contacts = CSVWorker(separator: UInt8(ascii: ","), header, mapping, try lander(mapping))
    let gp = try catalogue.mapping("gp-fhir").files[0]
    patients = try FHIRWorker(try catalogue.view("uk-core-patient"), gp, try lander(gp))
  }

  /// A view that goes through most of what views can do.
  private static let view = """
    {"resource":"Patient","select":[
      {"column":[
        {"name":"id","path":"getResourceKey()","type":"id"},
        {"name":"birth","path":"birthDate.lowBoundary()","type":"date"},
        {"name":"number","path":"multipleBirth.ofType(integer) + 1 - 0.5 * 2","type":"decimal"},
        {"name":"edge","path":"extension.value.ofType(decimal).first().highBoundary()","type":"decimal"},
        {"name":"given","path":"name.given.join(' ')","type":"string"},
        {"name":"all","path":"name.given | name.family","type":"string","collection":true},
        {"name":"same","path":"name = contact.name or name.first() in contact.name","type":"boolean"},
        {"name":"late","path":"birthDate > @1980-01-01T00:00:00Z","type":"boolean"},
        {"name":"practice","path":"generalPractitioner.getReferenceKey(Organization).first()","type":"id"}]},
      {"forEachOrNull":"contact","column":[{"name":"i","path":"%rowIndex","type":"integer"}],
        "unionAll":[
          {"column":[{"name":"t","path":"gender","type":"string"}]},
          {"forEach":"telecom.where(value.exists())","column":[{"name":"t","path":"value","type":"string"}]}]},
      {"repeat":["link","other"],"column":[{"name":"r","path":"type","type":"string"}]}]}
    """
}

// Made once; libFuzzer runs one input at a time.
nonisolated(unsafe) private let readers: Readers = {
  do { return try Readers() } catch { fatalError("the readers could not be made: \(error)") }
}()

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  guard size > 1 else { return 0 }
  let input = UnsafeRawBufferPointer(start: data + 1, count: size - 1)
  let feeds = input.count { $0 == 0x0A }
  let lineCount = feeds + (input.last == 0x0A ? 0 : 1)
  switch data[0] % 8 {
  case 0:
    let batch = readers.runner.run(LineChunk(input, firstLine: 1))
    // What a Bundle or Parameters holds is counted one by one.
    let text = String(decoding: input, as: UTF8.self)
    if !text.contains("Bundle"), !text.contains("Parameters"), !text.contains("\\u") {
      precondition(batch.account.records + batch.account.blank == lineCount, "a line was lost")
    }
    precondition(batch.rejected.count == batch.account.rejected, "a rejected line was lost")
  case 1: _ = readers.documents.run(LineChunk(input, firstLine: 1, isWholeFile: true))
  case 2:
    var lines = 0
    readers.lines.forEach(input, firstLine: 1) { line, _ in
      lines += 1
      precondition(line == lines, "a line was counted twice")
    }
    precondition(lines == lineCount, "a line was lost")
  case 3:
    let landed = readers.contacts.land(LineChunk(input, firstLine: 2))
    precondition(landed.read + landed.blank == lineCount, "a line was lost")
    precondition(landed.rows.rowCount == landed.read - landed.faults.count, "a row came of nothing")
  case 4:
    let landed = readers.patients.land(LineChunk(input, firstLine: 1))
    precondition(landed.read + landed.blank == lineCount, "a line was lost")
    precondition(landed.rows.rowCount == landed.read - landed.faults.count, "a row came of nothing")
  case 5:
    // What is read has a meaning that does not depend on blanks around it.
    let number = WrittenNumber.read(input)
    if case .number(let value) = number { precondition(value.isFinite, "an infinite number") }
    let padded = [0x20] + Array(input) + [0x09]
    precondition(padded.withUnsafeBytes { WrittenNumber.read($0) } == number, "blanks count")
    if let plain = WrittenNumber.plain(input) { precondition(number == .number(plain)) }
    _ = WrittenNumber.wholeDigits(input)
  case 6:
    for order in [WrittenDate.Order.dayFirst, .monthFirst] {
      let parts = WrittenDate.read(input, latestYear: 2_026).parts(order: order)
      precondition((parts?.year ?? 0) >= 0, "a year below zero")
    }
    _ = Filler.isDate(input)
    _ = Filler.isForename(input)
    _ = Filler.isOwnNumber(input)
    var room: [UInt8] = []
    if WrittenCode.appendNHSNumber(input, to: &room) { precondition(room.count == 10) }
    _ = WrittenCode.appendCode(input, to: &room)
    let shape = WrittenValue.shape(input)
    precondition(!shape.utf8.contains { (0x30...0x38).contains($0) }, "a digit is shown")
  default:
    // Rows are counted once, and their lines rise.
    var line = 0
    let text = SeparatedText(Array(input), separator: UInt8(ascii: ","))
    text.forEach { row in
      precondition(row.line > line && !row.fields.isEmpty, "a line was counted twice")
      line = row.line
      return true
    }
    _ = text.lineOfWrongEncoding
    _ = TextForm(input)
  }
  return 0
}
