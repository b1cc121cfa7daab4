import Columns
public import LineFiles

/// Makes rows of resources, chunk by chunk of NDJSON. One thread uses a runner at a time.
public final class ViewRunner {
  private let plan: ViewPlan
  private let parser: JSONParser
  private let evaluator: Evaluator
  private let rowWriter: RowWriter
  private let conditions: [(expression: Int, place: String)]
  private let rejectsOtherTypes: Bool

  /// - Parameters:
  ///   - rejectsOtherTypes: whether a resource of another type than the view's is something wrong, as
  ///     in a file that is named for the type, or is passed over.
  ///   - lineColumn: the name of a further column, of int64, for the line that a row's resource is on.
  public convenience init(
    _ plan: ViewPlan, rejectsOtherTypes: Bool = false, lineColumn: String? = nil
  ) throws {
    try self.init(
      plan, rejectsOtherTypes: rejectsOtherTypes, lineColumn: lineColumn, sink: nil)
  }

  /// Makes a runner whose rows go to `sink`; its batches have none.
  package convenience init(
    _ plan: ViewPlan, rejectsOtherTypes: Bool, sink: any RowSink
  ) throws {
    try self.init(plan, rejectsOtherTypes: rejectsOtherTypes, lineColumn: nil, sink: sink)
  }

  private init(
    _ plan: ViewPlan, rejectsOtherTypes: Bool, lineColumn: String?, sink: (any RowSink)?
  ) throws {
    self.plan = plan
    self.rejectsOtherTypes = rejectsOtherTypes
    conditions = plan.conditions
    let parser = JSONParser()
    self.parser = parser
    let empty = try (Array("{}".utf8) + repeatElement(0, count: 64)).withUnsafeBytes {
      try parser.parse(UnsafeRawBufferPointer(rebasing: $0[..<2]))
    }
    evaluator = Evaluator(plan, empty)
    rowWriter = try RowWriter(plan, evaluator, lineColumn: lineColumn, sink: sink)
  }

  /// The rows of the resources in `chunk`.
  public func run(_ chunk: LineChunk) -> ViewBatch {
    var account = ViewAccount()
    var rejected: [RejectedRecord] = []
    func reject(_ line: Int, _ failure: RecordFailure) {
      rejected.append(RejectedRecord(file: chunk.file, line: line, failure: failure))
    }
    if let size = chunk.oversized {
      reject(
        chunk.firstLine,
        RecordFailure(.tooLong, "The record has \(size) bytes, more than a record may have."))
    } else if chunk.isWholeFile {
      runDocument(chunk.bytes, &account, reject)
    } else {
      runLines(chunk, &account, reject)
    }
    account.rejected = rejected.count
    return ViewBatch(rows: rowWriter.finish(), account: account, rejected: rejected)
  }

  private func runLines(
    _ chunk: LineChunk, _ account: inout ViewAccount, _ reject: (Int, RecordFailure) -> Void
  ) {
    var rest = chunk.bytes
    var line = chunk.firstLine
    if line == 1, rest.starts(with: [0xEF, 0xBB, 0xBF]) {
      rest = UnsafeRawBufferPointer(rebasing: rest[3...])
    }
    while !rest.isEmpty {
      let end = firstLineFeed(rest)
      let text = UnsafeRawBufferPointer(rebasing: rest[..<(end ?? rest.count)])
      if text.allSatisfy(\.isJSONBlank) {
        account.blank += 1
      } else {
        rowWriter.line = Int64(line)
        do throws(RecordFailure) {
          let tape = try parse(text)
          if let list = heldList(at: JSONTape.root, tape) {
            // Lines that are counted one by one hold one resource each.
            guard !rejectsOtherTypes else {
              throw RecordFailure(
                .wrongResourceType, field: "resourceType",
                "The line is a Bundle: put a resource on each line, or the Bundle into a .json file."
              )
            }
            try readHeld(
              JSONTape.root, list, tape, text, in: nil, isNumbered: false, &account, reject)
          } else {
            try resource(tape, JSONTape.root, text, &account)
          }
        } catch {
          reject(line, error)
        }
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[(end.map { $0 + 1 } ?? rest.count)...])
      line += 1
    }
  }

  /// Reads a file that is one document: a resource, or a Bundle or Parameters, of which each entry is
  /// counted as a line.
  private func runDocument(
    _ bytes: UnsafeRawBufferPointer, _ account: inout ViewAccount,
    _ reject: (Int, RecordFailure) -> Void
  ) {
    rowWriter.line = 1
    var text = bytes
    if text.starts(with: [0xEF, 0xBB, 0xBF]) { text = .init(rebasing: text[3...]) }
    do throws(RecordFailure) {
      let tape = try parse(text)
      guard let list = heldList(at: JSONTape.root, tape) else {
        return try resource(tape, JSONTape.root, text, &account)
      }
      rowWriter.line = 0
      try readHeld(JSONTape.root, list, tape, text, in: nil, isNumbered: true, &account, reject)
    } catch {
      reject(1, error)
    }
  }

  private static let bundle = FieldName("Bundle")
  private static let parameters = FieldName("Parameters")
  private static let entry = FieldName("entry")
  private static let parameter = FieldName("parameter")
  private static let part = FieldName("part")
  private static let resource = FieldName("resource")

  /// The element of a Bundle or Parameters that has resources; nil for other resources, and where the
  /// view itself reads Bundles or Parameters.
  private func heldList(at place: Int, _ tape: JSONTape) -> FieldName? {
    guard tape.kind(place) == .object,
      let type = tape.find(Evaluator.resourceType, in: place), tape.kind(type) == .string,
      !isSame(tape.string(type), plan.resource.bytes)
    else { return nil }
    if isSame(tape.string(type), Self.bundle.bytes) { return Self.entry }
    return isSame(tape.string(type), Self.parameters.bytes) ? Self.parameter : nil
  }

  /// Reads the resources in a Bundle or Parameters, and those in Bundles within it.
  ///
  /// - Parameter isNumbered: whether each entry is counted as a line.
  private func readHeld(
    _ holder: Int, _ name: FieldName, _ tape: JSONTape, _ text: UnsafeRawBufferPointer,
    in outer: BundleEntries?, isNumbered: Bool, _ account: inout ViewAccount,
    _ reject: (Int, RecordFailure) -> Void
  ) throws(RecordFailure) {
    guard let list = tape.find(name, in: holder) else {
      account.emptyBundles += 1
      return
    }
    guard tape.kind(list) == .array else {
      let field = String(decoding: name.bytes, as: UTF8.self)
      throw RecordFailure(.wrongType, field: field, "The value of '\(field)' is not a list.")
    }
    readItems(
      list, BundleEntries(list, tape, in: outer), tape, text, isNumbered: isNumbered, &account,
      reject)
  }

  private func readItems(
    _ list: Int, _ bundle: BundleEntries, _ tape: JSONTape, _ text: UnsafeRawBufferPointer,
    isNumbered: Bool, _ account: inout ViewAccount, _ reject: (Int, RecordFailure) -> Void
  ) {
    var items: [Int] = []
    tape.forEachItem(of: list) { items.append($0) }
    if items.isEmpty { account.emptyBundles += 1 }
    for item in items {
      if isNumbered { rowWriter.line += 1 }
      do throws(RecordFailure) {
        guard tape.kind(item) == .object else {
          throw RecordFailure(.wrongType, "The entry is not an object.")
        }
        if let parts = tape.find(Self.part, in: item), tape.kind(parts) == .array {
          readItems(parts, bundle, tape, text, isNumbered: isNumbered, &account, reject)
        }
        // A request, a response or a parameter without a resource.
        guard let place = tape.find(Self.resource, in: item) else { continue }
        if let inner = heldList(at: place, tape) {
          try readHeld(
            place, inner, tape, text, in: bundle, isNumbered: isNumbered, &account, reject)
        } else {
          try resource(
            tape, place, text, in: bundle, address: BundleEntries.address(of: item, tape), &account)
        }
      } catch {
        reject(Int(rowWriter.line), error)
      }
    }
  }

  private func parse(_ text: UnsafeRawBufferPointer) throws(RecordFailure) -> JSONTape {
    let tape: JSONTape
    do throws(JSONFailure) {
      tape = try parser.parse(text)
    } catch {
      throw RecordFailure(error.isEncoding ? .wrongEncoding : .invalidJSON, error.message)
    }
    if let key = parser.repeatedKey() {
      throw RecordFailure(.repeatedKey, field: key, "An object has the key '\(key)' twice.")
    }
    return tape
  }

  /// The rows of the resources at `places` of a document that another parser holds.
  ///
  /// - Throws: what is wrong with the first that cannot be made rows of.
  func run(
    _ tape: JSONTape, _ places: [Int], _ text: UnsafeRawBufferPointer
  ) throws(RecordFailure) -> FinishedBatch {
    var account = ViewAccount()
    for place in places { try resource(tape, place, text, &account) }
    return rowWriter.finish()
  }

  /// Makes rows of the resource at `place`.
  private func resource(
    _ tape: JSONTape, _ place: Int, _ text: UnsafeRawBufferPointer, in bundle: BundleEntries? = nil,
    address: UnsafeRawBufferPointer? = nil, _ account: inout ViewAccount
  ) throws(RecordFailure) {
    guard tape.kind(place) == .object,
      let type = tape.find(Evaluator.resourceType, in: place), tape.kind(type) == .string
    else { throw RecordFailure(.noResource, "The record has no resourceType.") }
    guard isSame(tape.string(type), plan.resource.bytes) else {
      guard !rejectsOtherTypes else {
        throw RecordFailure(
          .wrongResourceType, field: "resourceType",
          "The record is not the \(plan.definition.resource) that its file is for.")
      }
      account.ofOtherTypes += 1
      return
    }
    evaluator.begin(tape, text, at: place, in: bundle, address: address)
    for condition in conditions {
      let flag: Bool?
      do throws(RecordFailure) {
        flag = try evaluator.boolean(condition.expression, .object(place), isStrict: true)
      } catch {
        throw RecordFailure(error.rule, field: condition.place, error.message)
      }
      guard flag == true else {
        account.filtered += 1
        return
      }
    }
    try rowWriter.write()
    account.read += 1
  }
}

extension UInt8 {
  /// Whether the byte is white space to JSON.
  fileprivate var isJSONBlank: Bool { self == 0x20 || self == 0x0D || self == 0x09 || self == 0x0A }
}
