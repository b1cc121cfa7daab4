import Definitions
public import Foundation

/// The services of a feed of Open Referral UK: an API, a file, or a folder of files.
public struct OpenReferralFeed: Sendable {
  /// Every service that was found, in full where the feed gives it in full.
  public private(set) var services: [JSONValue] = []
  /// What its publisher should mend.
  public private(set) var faults: [FeedFault] = []
  /// The ids of services of which only what a list says could be read.
  public private(set) var partial: Set<String> = []
  /// How many pages were read.
  public private(set) var pages = 0
  /// Whether all of the feed was read, so that what is not in it is gone.
  public private(set) var isWhole = true

  /// Fetches what is at an address.
  public typealias Fetch = @Sendable (URL) async throws -> Data

  private let check = OpenReferralCheck()
  /// What files that are pages of lists say: of how many pages and services, and whether one of them is the last.
  private var totals = (pages: 0.0, items: 0.0, isLastNamed: false, isLastHere: false)
  /// How many services files have, those that are there twice or cannot be taken in among them.
  private var listedCount = 0
  private var seen: Set<String> = []
  /// Where each service stands, by its id.
  private var positions: [String: Int] = [:]

  private init() {}

  // MARK: Files

  /// Reads a file, or every file ending in .json of a folder: pages of lists, lists, or single services.
  ///
  /// - Throws: ``PartnershipError`` for a file that cannot be read or is no JSON.
  public init(files: URL) throws {
    self.init()
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: files.path, isDirectory: &isFolder) else {
      throw PartnershipError(.input, "\(files.path): There is no such file or folder.")
    }
    let names =
      isFolder.boolValue
      ? try Self.names(in: files)
        .filter { $0.lowercased().hasSuffix(".json") }.sorted().map {
          files.appendingPathComponent($0)
        }
      : [files]
    guard !names.isEmpty else {
      throw PartnershipError(.input, "\(files.path): The folder has no file that ends in .json.")
    }
    for name in names {
      let data: Data
      do {
        try name.requireRegularFile()
        data = try Data(contentsOf: name)
      } catch let problem as Problem {
        throw PartnershipError(.input, "\(name.path): \(problem.message)", hint: problem.hint)
      } catch {
        throw PartnershipError(
          .input, "\(name.path): The file cannot be read.", hint: "Check that you may read it.")
      }
      try take(data, page: name.lastPathComponent)
    }
    checkWhole()
  }

  /// Reads the content of a file that has a name.
  ///
  /// - Throws: ``PartnershipError`` for what is no JSON.
  public init(data: Data, named name: String) throws {
    self.init()
    try take(data, page: name)
    checkWhole()
  }

  private static func names(in folder: URL) throws(PartnershipError) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder.path)
    } catch {
      throw PartnershipError(
        .input, "\(folder.path): The folder cannot be read.", hint: "Check that you may read it.")
    }
  }

  /// Notes where files are pages of a list that goes on: what is not in them may well be on another.
  private mutating func checkWhole() {
    let isCut = totals.isLastNamed && !totals.isLastHere
    guard totals.pages > Double(pages) || totals.items > Double(listedCount) || isCut else {
      return
    }
    isWhole = false
    func counted(_ count: Double, _ what: String) -> String {
      "\(count.plain) \(what)\(count == 1 ? "" : "s")"
    }
    let all = [
      totals.pages > 0 ? counted(totals.pages, "page") : nil,
      totals.items > 0 ? counted(totals.items, "service") : nil,
    ].compactMap { $0 }
    report(
      "", "",
      "This is not the whole feed: \(counted(Double(pages), "page")) with \(counted(Double(listedCount), "service")) "
        + (all.isEmpty ? "and none of them the last." : "of \(all.joined(separator: " with "))."))
  }

  private mutating func take(_ data: Data, page: String) throws {
    let value = try Self.json(data, page)
    try Self.requireVersion3(value, page)
    pages += 1
    listedCount += value["contents"]?.list.count ?? value.list.count
    switch value {
    case .array(let items): take(items, page: page, isListed: false)
    case .object where value["contents"] != nil:
      faults += check.faults(inPage: value, page: page)
      take(value["contents"]?.list ?? [], page: page, isListed: true)
      totals.pages = max(totals.pages, value["total_pages"]?.number ?? 0)
      totals.items = max(totals.items, value["total_items"]?.number ?? 0)
      if case .bool(let isLast)? = value["last_page"] {
        totals.isLastNamed = true
        totals.isLastHere = totals.isLastHere || isLast
      }
    default: take([value], page: page, isListed: false)
    }
  }

  /// What its services are as records here; of an organisation that several name, what the last says.
  public var items: [ImportItem] {
    let reading = OpenReferralReading()
    var items: [String: ImportItem] = [:]
    var order: [String] = []
    for service in services {
      let isPartial = partial.contains(service["id"]?.text ?? "")
      for item in reading.items(of: service, isPartial: isPartial) {
        let key = "\(item.kind.id) \(item.id)"
        if items.updateValue(item, forKey: key) == nil { order.append(key) }
      }
    }
    return order.compactMap { items[$0] }
  }

  private static func json(_ data: Data, _ name: String) throws(PartnershipError) -> JSONValue {
    let bytes = Array(data)
    do throws(JSONReader.Failure) {
      return try JSONReader.value(of: bytes)
    } catch {
      let before = bytes[..<min(error.offset, bytes.count)]
      let line = 1 + before.count { $0 == 0x0A }
      let column = before.count - (before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0) + 1
      let isMarkup = bytes.first { $0 > 0x20 } == UInt8(ascii: "<")
      throw PartnershipError(
        .input,
        "\(name):\(line):\(column): This is not JSON: "
          + (isMarkup ? "it is markup, such as a web page." : "\(error.message)."),
        hint: isMarkup
          ? "Give the address of an Open Referral UK API, such as https://example.org/api/v3, or its files."
          : "Ask its publisher to mend it: other readers refuse it too.")
    }
  }

  /// Refuses what is not a feed of version 3 in one message, rather than in one for every name that it lacks.
  private static func requireVersion3(
    _ value: JSONValue, _ name: String, isInFull: Bool = true
  ) throws(PartnershipError) {
    func refused(_ message: String) -> PartnershipError {
      PartnershipError(
        .input, "\(name): \(message)",
        hint: "Kith reads version 3: give the address of such an API, such as "
          + "https://example.org/api/v3, or its files.")
    }
    let services: [JSONValue]
    switch value {
    case .array(let items): services = items
    case .object where value["contents"] != nil: services = value["contents"]?.list ?? []
    case .object where value["content"]?.sort == "array":
      throw refused("This is a feed of Open Referral UK 1, whose services are in 'content'.")
    case .object(let object):
      guard object["id"] != nil || object["name"] != nil else {
        let names = object.keys.sorted().prefix(5).map { "'\($0.prefix(40))'" }
        throw refused(
          names.isEmpty
            ? "This is an empty object."
            : "This is neither a page (with services in 'contents') nor a service; it has "
              + "\(names.joined(separator: ", ")).")
      }
      services = [value]
    default: throw refused("This is \(value.sort.withArticle), not a feed of services.")
    }
    if let old = services.lazy.compactMap(Self.olderName).first {
      throw refused(
        "This is a feed of Open Referral UK 1, or of HSDS 1 or 2: its services have '\(old)'.")
    }
    if isInFull, !services.isEmpty,
      services.allSatisfy({ service in onlyOfServices.allSatisfy { service[$0] == nil } })
    {
      throw refused(
        "This is a list of something other than services: none of its records has 'status' or anything else that "
          + "only services have.")
    }
  }

  /// The properties that services have, and organisations and locations have not.
  private static let onlyOfServices: Set<String> = {
    func names(_ table: String) -> Set<String> {
      Set((OpenReferralProfile.tables[table] ?? []).map(\.name))
    }
    return names("service").subtracting(names("organization")).subtracting(names("location"))
  }()

  /// A name that only earlier versions have, where that of version 3 is not there too.
  private static func olderName(_ service: JSONValue) -> String? {
    for (old, new) in [
      ("regular_schedules", "schedules"), ("regular_schedule", "schedules"),
      ("holiday_schedules", "schedules"), ("holiday_schedule", "schedules"),
      ("eligibilitys", "attributes"), ("service_taxonomys", "attributes"),
      ("service_taxonomies", "attributes"),
    ] where service[old] != nil && service[new] == nil { return old }
    for place in service["service_at_locations"]?.list ?? [] {
      for old in ["physical_addresses", "physical_address", "postal_addresses"]
      where place["location"]?[old] != nil && place["location"]?["addresses"] == nil { return old }
    }
    return nil
  }

  // MARK: An API

  /// Reads every service of an API: page by page, and each service in full.
  ///
  /// What the API says of how many pages there are is not relied on: reading ends at an empty page, or at one that says
  /// that it is the last and has nothing more behind it, or at one that has been there before.
  ///
  /// - Parameters:
  ///   - base: the address of the API, to which `/services` is added.
  ///   - progress: is told how many services are read, of how many the API speaks.
  public init(
    api base: URL, fetch: @escaping Fetch,
    progress: @Sendable (_ services: Int, _ of: Int?) -> Void = { _, _ in }
  ) async throws {
    self.init()
    var listed: [JSONValue] = []
    var last: [JSONValue] = []
    var told: (items: Int?, pages: Int?) = (nil, nil)
    for number in 1...100_000 {
      let address = base.appending(path: "services").appending(queryItems: [
        URLQueryItem(name: "page", value: "\(number)"),
        URLQueryItem(name: "per_page", value: "100"),
      ])
      let page: JSONValue
      do {
        page = try Self.json(try await fetch(address), "page \(number)")
      } catch  where number > 1 {
        // Nothing is taken for gone that was only not reached.
        isWhole = false
        report("page \(number)", "", "Could not be read: \(error)")
        break
      }
      // What only services have may be left out of a list, and is there in full.
      if number == 1 { try Self.requireVersion3(page, "page 1", isInFull: false) }
      pages += 1
      faults += check.faults(inPage: page, page: "page \(number)")
      if number == 1 {
        told = (
          page["total_items"]?.number.flatMap { Int(exactly: $0) },
          page["total_pages"]?.number.flatMap { Int(exactly: $0) }
        )
      }
      let contents = page["contents"]?.list ?? []
      let new = contents.filter { item in
        guard let id = item["id"]?.text else { return true }
        return seen.insert(id).inserted
      }
      if contents.isEmpty { break }
      if contents == last {
        report("page \(number)", "", "It is the page before it once more, so reading ended here.")
        break
      }
      last = contents
      if new.isEmpty {
        report(
          "page \(number)", "", "Every service on it was on an earlier page, so reading ended here."
        )
        break
      }
      if new.count < contents.count {
        report(
          "page \(number)", "contents",
          "\(contents.count - new.count) services on it were there before.")
      }
      listed += new
      progress(listed.count, told.items)
      let isLast = page["last_page"] == .bool(true)
      if isLast, told.pages.map({ number >= $0 }) ?? true { break }
    }
    // A server that gives the first page again and again has more than was had from it.
    if let items = told.items, items > listed.count { isWhole = false }
    if let items = told.items, items != listed.count {
      report("page 1", "total_items", "Says \(items), and \(listed.count) services were found.")
    }
    if let count = told.pages, count != pages, !listed.isEmpty {
      report("page 1", "total_pages", "Says \(count), and \(pages) pages were found.")
    }
    try await readInFull(listed, base, fetch, progress)
  }

  /// Asks for each service in full, four at a time.
  private mutating func readInFull(
    _ listed: [JSONValue], _ base: URL, _ fetch: @escaping Fetch,
    _ progress: @Sendable (Int, Int?) -> Void
  ) async throws {
    var done = 0
    for start in stride(from: 0, to: listed.count, by: 4) {
      let group = Array(listed[start..<min(start + 4, listed.count)])
      let found = await withTaskGroup(of: (Int, Result<JSONValue, any Error>).self) { tasks in
        for (index, item) in group.enumerated() {
          guard let id = item["id"]?.text else { continue }
          tasks.addTask {
            do {
              let data = try await fetch(base.appending(path: "services").appending(path: id))
              return (index, .success(try Self.json(data, id)))
            } catch {
              return (index, .failure(error))
            }
          }
        }
        return await tasks.reduce(into: [Int: Result<JSONValue, any Error>]()) { $0[$1.0] = $1.1 }
      }
      for (index, item) in group.enumerated() {
        let id = item["id"]?.text ?? ""
        switch found[index] {
        case .success(let full)? where full["id"]?.text == id:
          take([full], page: "", isListed: false)
        case .success(let full)?:
          report(
            "", "", "\(id): asked for in full, it answers with \(full["id"]?.text ?? "no id").")
          take([item], page: "", isListed: true)
          partial.insert(id)
        case .failure(let error)?:
          report(
            "", "",
            "\(id): could not be read in full, so only what the list says is taken: \(error)")
          take([item], page: "", isListed: true)
          partial.insert(id)
        case nil: take([item], page: "", isListed: true)
        }
      }
      done += group.count
      progress(done, listed.count)
      try Task.checkCancellation()
    }
  }

  // MARK: Pieces

  private mutating func take(_ items: [JSONValue], page: String, isListed: Bool) {
    for item in items {
      let found = check.faults(in: item, as: "service", isListed: isListed, page: page)
      faults += found
      guard let id = item["id"]?.text, !id.isEmpty else {
        if found.isEmpty { report(page, "", "A service without an id cannot be taken in.") }
        continue
      }
      if let index = positions[id] {
        report(page, "", "\(id) is there more than once; the last is taken.")
        services[index] = item
        continue
      }
      positions[id] = services.count
      services.append(item)
    }
  }

  private mutating func report(_ page: String, _ path: String, _ message: String) {
    faults.append(
      FeedFault(severity: .warning, page: page, record: "", path: path, message: message))
  }
}
