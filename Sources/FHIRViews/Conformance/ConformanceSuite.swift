import Columns

/// Runs files of tests in SQL on FHIR's own form: resources, and views with the rows expected of them
/// (https://github.com/FHIR/sql-on-fhir.js, tests).
public struct ConformanceSuite: Sendable {
  /// How one test of a file ended.
  public struct Outcome: Hashable, Sendable {
    public let file: String
    public let title: String
    public let tags: [String]
    /// What differs from what is expected; nil where nothing does.
    public let difference: String?

    public var isPassed: Bool { difference == nil }
  }

  /// The outcomes of the tests in a file, whose text is `json`.
  ///
  /// - Throws: ``ViewProblem`` where the text is no such file.
  public static func run(_ json: [UInt8], file: String) throws(ViewProblem) -> [Outcome] {
    let parser = JSONParser()
    let padded = json + repeatElement(0, count: 64)
    let result = padded.withUnsafeBytes { bytes in
      let text = UnsafeRawBufferPointer(rebasing: bytes[..<json.count])
      return Result<[Outcome], JSONFailure> { () throws(JSONFailure) in
        run(try parser.parse(text), text, file)
      }
    }
    do throws(JSONFailure) {
      return try result.get()
    } catch {
      throw ViewProblem(file, error.message)
    }
  }

  private static func run(
    _ tape: JSONTape, _ text: UnsafeRawBufferPointer, _ file: String
  ) -> [Outcome] {
    var resources: [Int] = []
    let name = FieldName("resources")
    defer { name.deallocate() }
    if tape.kind(JSONTape.root) == .object, let list = tape.find(name, in: JSONTape.root),
      tape.kind(list) == .array
    {
      // Each resource where it stands in the file, so that its numbers keep their digits.
      tape.forEachItem(of: list) { resources.append($0) }
    }
    let tests = JSONValue(tape, JSONTape.root)["tests"]?.items ?? []
    return tests.map { test in
      Outcome(
        file: file, title: test["title"]?.string ?? "without a title",
        tags: (test["tags"]?.items ?? []).compactMap(\.string),
        difference: difference(test, tape, resources, text))
    }
  }

  private static func difference(
    _ test: JSONValue, _ tape: JSONTape, _ resources: [Int], _ text: UnsafeRawBufferPointer
  ) -> String? {
    let rows: [[String: JSONValue]]
    let columns: [String]
    do {
      let plan = try ViewPlan(try ViewDefinition(test["view"] ?? .null))
      columns = plan.columns.map(\.name)
      rows = try evaluate(plan, tape, resources, text)
    } catch {
      return test["expectError"]?.bool == true ? nil : "it failed: \(error)"
    }
    if test["expectError"]?.bool == true {
      return "it gave \(rows.count) rows; an error is expected"
    }
    if let names = test["expectColumns"]?.items?.compactMap(\.string), names != columns {
      return "its columns are \(columns.joined(separator: ", "))"
    }
    guard let expected = test["expect"]?.items else { return nil }
    return difference(rows, expected.map { ($0.members ?? [:]).mapValues(\.asNumber) })
  }

  /// Compares rows as a set in which a row may stand several times; a missing cell is null.
  private static func difference(
    _ rows: [[String: JSONValue]], _ expected: [[String: JSONValue]]
  ) -> String? {
    guard rows.count == expected.count else {
      return "it gave \(rows.count) rows; \(expected.count) are expected"
    }
    var left: [[String: JSONValue]: Int] = [:]
    for row in rows { left[row.filter { $0.value != .null }, default: 0] += 1 }
    for row in expected {
      let key = row.filter { $0.value != .null }
      guard let count = left[key], count > 0 else {
        let cells = row.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        return "a row is missing: \(cells.joined(separator: ", "))"
      }
      left[key] = count - 1
    }
    return nil
  }

  private static func evaluate(
    _ plan: ViewPlan, _ tape: JSONTape, _ resources: [Int], _ text: UnsafeRawBufferPointer
  ) throws -> [[String: JSONValue]] {
    let finished = try ViewRunner(plan).run(tape, resources, text)
    let batch = try Batch(taking: finished.take(), fields: plan.columns.map(\.field))
    return (0..<batch.rowCount).map { row in
      Dictionary(
        uniqueKeysWithValues: batch.columns.map {
          ($0.field.name, JSONValue($0.value(row)).asNumber)
        })
    }
  }
}

extension JSONValue {
  /// The value with every number as a double, so that 5 and 5.0 are equal.
  fileprivate var asNumber: JSONValue {
    switch self {
    case .integer(let number): .double(Double(number))
    case .array(let items): .array(items.map(\.asNumber))
    default: self
    }
  }

  fileprivate init(_ value: Value) {
    switch value {
    case .bool(let flag): self = .bool(flag)
    case .int(let number): self = .integer(number)
    case .double(let number): self = .double(number)
    case .string(let text): self = .string(text)
    case .list(let items): self = .array(items.map(JSONValue.init))
    default: self = .null
    }
  }
}
