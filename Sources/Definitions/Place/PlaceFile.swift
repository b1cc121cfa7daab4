public import Foundation

/// What `kith.yaml` says: the configuration of one place.
public struct PlaceFile: Sendable {
  /// What the file is called in a place folder.
  public static let fileName = "kith.yaml"

  public let name: String
  /// The unit that is the place: a kind and a code, such as `icb24` and `E54000048`.
  public let area: AreaReference
  public let openData: OpenData
  public let engine: EngineSettings
  /// The sources whose deliveries are landed.
  public let sources: [Source]
  /// The directory that places postcodes in small areas, if the place has one.
  public let postcodes: Postcodes?
  /// What partners have agreed that goes beyond what is kept of every record.
  public let agreements: [Agreement]
  /// Descriptions of partners' aggregates: tables of the areas and organisations of the open data.
  public let aggregates: [URL]
  /// Files in the form of Fingertips, whose indicators stand beside the place's own.
  public let fingertips: [URL]

  /// A file that says which small area each postcode lies in.
  public struct Postcodes: Sendable {
    public let file: URL
    /// The column of the postcode, and that of its small area (LSOA 2021).
    public let postcode: String
    public let area: String
  }

  /// An agreement between partners about data.
  public struct Agreement: Sendable {
    public let id: String
    public let title: String
    /// Its last day, as `yyyy-MM-dd`; a delivery of a later day is not covered.
    public let until: String
    /// The columns of free text that it lets into the vault, as `source.table.column`.
    public let freeText: [String]
    public let line: Int
  }

  /// A source of extracts: who sends what, and where its deliveries lie.
  public struct Source: Sendable {
    public let id: String
    public let title: String?
    /// The id of the mapping that its files are read by.
    public let mapping: String
    /// The folder with a folder a delivery.
    public let folder: URL
    /// Deliveries that are not to be used.
    public let withdrawn: [String]
    public let line: Int
  }

  public struct AreaReference: Sendable {
    public let kind: String
    public let code: String
    public let line: Int
  }

  public struct OpenData: Sendable {
    /// The id of a pack that ships with Kith, or nil where the folder describes itself.
    public let pack: String?
    /// The folder with the files; a relative path starts at the place folder.
    public let folder: URL
    public let line: Int
  }

  public struct EngineSettings: Sendable {
    public let memoryLimit: String
    public let threads: Int?
  }

  /// Reads `kith.yaml` in `folder`.
  ///
  /// - Throws: ``Problems`` with every error in the file.
  public init(inPlace folder: URL) throws {
    let url = folder.appendingPathComponent(Self.fileName)
    guard FileManager.default.fileExists(atPath: url.path) else {
      throw Problem(
        file: url.path, "There is no kith.yaml, so this is not a place folder.",
        hint: "Make one with `kith new`, or give the path of a place folder.")
    }
    let diagnostics = Diagnostics()
    let text = try TextFile(reading: url).text()
    let root = YAMLValue.parse(text, file: url.path, diagnostics: diagnostics)
    let parsed = root.flatMap { Self(reading: $0, folder: folder) }
    try diagnostics.throwIfAny()
    guard let parsed else { throw Problem(file: url.path, "The file cannot be read.") }
    self = parsed
  }

  private init?(reading root: YAMLValue, folder: URL) {
    guard
      let root = root.section([
        "place", "open_data", "engine", "sources", "postcodes", "agreements", "aggregates",
        "fingertips",
      ])
    else { return nil }
    let place = root.required("place")?.section(["name", "area"])
    let area = place?.required("area")?.section(["kind", "code"])
    let data = root.required("open_data")?.section(["pack", "folder"])
    let engine = root["engine"]?.section(["memory_limit", "threads"])
    let memory = engine?["memory_limit"]?.memorySize() ?? "700MB"
    let threads = engine?["threads"]?.positiveInteger()
    guard let place, let area, let data,
      let name = place.required("name")?.name(),
      let kind = area.required("kind")?.name(), let code = area.required("code")?.name(),
      let path = data.required("folder")?.name()
    else { return nil }
    self.name = name
    self.area = AreaReference(kind: kind, code: code, line: area.at.line)
    openData = OpenData(
      pack: data["pack"]?.name(),
      folder: folder.resolving(path),
      line: data.at.line)
    self.engine = EngineSettings(memoryLimit: memory, threads: threads)
    postcodes = root["postcodes"].flatMap { Postcodes(reading: $0, folder: folder) }
    fingertips = Self.files(root["fingertips"], in: folder)
    aggregates = Self.files(root["aggregates"], in: folder)
    agreements = (root["agreements"]?.items() ?? []).compactMap { Agreement(reading: $0) }
    sources = (root["sources"]?.items() ?? []).compactMap { Source(reading: $0, folder: folder) }
    var seen: Set<String> = []
    for (source, value) in zip(sources, root["sources"]?.items() ?? [])
    where !seen.insert(source.id).inserted {
      value.report("There is a source '\(source.id)' already.")
    }
  }
}

extension PlaceFile {
  /// A list of files, each of which is there.
  fileprivate static func files(_ value: YAMLValue?, in folder: URL) -> [URL] {
    (value?.items() ?? []).compactMap { item in
      guard let file = item.name().map({ folder.resolving($0) }) else { return nil }
      guard FileManager.default.fileExists(atPath: file.path) else {
        item.report("There is no file \(file.path).")
        return nil
      }
      return file
    }
  }
}

extension PlaceFile.Source {
  fileprivate init?(reading value: YAMLValue, folder: URL) {
    guard let section = value.section(["id", "title", "mapping", "folder", "withdrawn"]),
      let id = section.required("id")?.name(), let mapping = section.required("mapping")?.name()
    else { return nil }
    guard id.utf8.allSatisfy({ $0.isIDLetter }), !id.hasPrefix("-"), id != "open-data" else {
      section["id"]?.report(
        "'\(id)' is no id for a source.", hint: "Small letters, digits and hyphens, such as gp.")
      return nil
    }
    self.id = id
    self.mapping = mapping
    title = section["title"]?.name()
    self.folder = folder.resolving(section["folder"]?.name() ?? "extracts/\(id)")
    withdrawn = section["withdrawn"]?.texts() ?? []
    line = value.line
  }
}

extension PlaceFile.Postcodes {
  fileprivate init?(reading value: YAMLValue, folder: URL) {
    guard let section = value.section(["file", "postcode", "area"]),
      let path = section.required("file")?.name()
    else { return nil }
    file = folder.resolving(path)
    postcode = section["postcode"]?.name() ?? "pcds"
    area = section["area"]?.name() ?? "lsoa21"
    if !FileManager.default.fileExists(atPath: file.path) {
      section["file"]?.report("There is no file \(file.path).")
    }
  }
}

extension PlaceFile.Agreement {
  fileprivate init?(reading value: YAMLValue) {
    guard let section = value.section(["id", "title", "until", "free_text"]),
      let id = section.required("id")?.name(), let title = section.required("title")?.name(),
      let until = section.required("until")?.text()
    else { return nil }
    guard until.wholeMatch(of: /\d{4}-\d{2}-\d{2}/) != nil else {
      section["until"]?.report(
        "'\(until)' is no day.", hint: "Write the agreement's last day, such as 2027-03-31.")
      return nil
    }
    self.id = id
    self.title = title
    self.until = until
    freeText = section["free_text"]?.texts() ?? []
    line = value.line
  }
}

extension URL {
  /// A path as seen from this folder.
  fileprivate func resolving(_ path: String) -> URL {
    URL(
      fileURLWithPath: path, relativeTo: URL(fileURLWithPath: self.path, isDirectory: true)
    ).standardizedFileURL
  }
}

extension UInt8 {
  fileprivate var isIDLetter: Bool {
    (0x61...0x7A).contains(self) || (0x30...0x39).contains(self) || self == 0x2D
  }
}

extension YAMLValue {
  /// A size such as 700MB or 2GB.
  fileprivate func memorySize() -> String? {
    guard let text = name() else { return nil }
    let digits = text.prefix { $0.isNumber }
    guard let number = Int(digits), number > 0, ["MB", "GB"].contains(text.dropFirst(digits.count))
    else {
      report(
        "'\(text)' is not a size of memory.", hint: "Write a whole number and MB or GB: 700MB.")
      return nil
    }
    return text
  }
}
