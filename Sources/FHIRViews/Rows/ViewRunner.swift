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
          try resource(tape, JSONTape.root, text, &account)
        } catch {
          reject(line, error)
        }
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[(end.map { $0 + 1 } ?? rest.count)...])
      line += 1
    }
  }

  /// Reads a file that is one document: a resource, or a Bundle of resources, whose entries are counted
  /// as lines are.
  private func runDocument(
    _ bytes: UnsafeRawBufferPointer, _ account: inout ViewAccount,
    _ reject: (Int, RecordFailure) -> Void
  ) {
    rowWriter.line = 1
    var text = bytes
    if text.starts(with: [0xEF, 0xBB, 0xBF]) { text = .init(rebasing: text[3...]) }
    do throws(RecordFailure) {
      let tape = try parse(text)
      guard plan.definition.resource != "Bundle", try type(of: JSONTape.root, tape) == "Bundle"
      else { return try resource(tape, JSONTape.root, text, &account) }
      guard let entries = tape.find(Self.entry, in: JSONTape.root), tape.kind(entries) == .array
      else { return }
      var places: [Int] = []
      tape.forEachItem(of: entries) { entry in
        guard tape.kind(entry) == .object, let place = tape.find(Self.resource, in: entry) else {
          return
        }
        places.append(place)
      }
      for (index, place) in places.enumerated() {
        rowWriter.line = Int64(index + 1)
        do throws(RecordFailure) {
          try resource(tape, place, text, &account)
        } catch {
          reject(index + 1, error)
        }
      }
    } catch {
      reject(1, error)
    }
  }

  private static let entry = FieldName("entry")
  private static let resource = FieldName("resource")

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

  private func type(of place: Int, _ tape: JSONTape) throws(RecordFailure) -> String {
    guard tape.kind(place) == .object,
      let type = tape.find(Evaluator.resourceType, in: place), tape.kind(type) == .string
    else { throw RecordFailure(.noResource, "The record has no resourceType.") }
    return String(decoding: tape.string(type), as: UTF8.self)
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
    _ tape: JSONTape, _ place: Int, _ text: UnsafeRawBufferPointer, _ account: inout ViewAccount
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
    evaluator.begin(tape, text, at: place)
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
