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
  /// Whether the end of the feed was reached, so that what is not in it is gone.
  public private(set) var isWhole = true

  /// Fetches what is at an address.
  public typealias Fetch = @Sendable (URL) async throws -> Data

  private let check = OpenReferralCheck()
  /// Of how many pages files speak that are pages of lists.
  private var pagesOfFiles = 0.0
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
      throw PartnershipError(.file, "\(files.path): There is no such file or folder.")
    }
    let names =
      isFolder.boolValue
      ? try FileManager.default.contentsOfDirectory(atPath: files.path)
        .filter { $0.lowercased().hasSuffix(".json") }.sorted().map {
          files.appendingPathComponent($0)
        }
      : [files]
    guard !names.isEmpty else {
      throw PartnershipError(.file, "\(files.path): The folder has no file that ends in .json.")
    }
    for name in names { try take(Data(contentsOf: name), page: name.lastPathComponent) }
    isWhole = pagesOfFiles <= Double(pages)
  }

  /// Reads the content of a file that has a name.
  ///
  /// - Throws: ``PartnershipError`` for what is no JSON.
  public init(data: Data, named name: String) throws {
    self.init()
    try take(data, page: name)
    isWhole = pagesOfFiles <= 1
  }

  private mutating func take(_ data: Data, page: String) throws {
    let value = try Self.json(data, page)
    pages += 1
    switch value {
    case .array(let items): take(items, page: page, isListed: false)
    case .object where value["contents"] != nil:
      faults += check.faults(inPage: value, page: page)
      take(value["contents"]?.list ?? [], page: page, isListed: true)
      // A page of several by itself: what is not on it may well be on another.
      if case .number(let all)? = value["total_pages"], all > 1 {
        pagesOfFiles = max(pagesOfFiles, all)
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

  private static func json(_ data: Data, _ name: String) throws -> JSONValue {
    do {
      return try JSONReader.value(of: Array(data))
    } catch {
      throw PartnershipError(
        .file,
        "\(name): This is not JSON that Kith reads: at byte \(error.offset), \(error.message).",
        hint:
          "Give the address of an Open Referral UK API, such as https://example.org/api/v3, or its files."
      )
    }
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
