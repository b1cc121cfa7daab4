import Definitions
public import Foundation

/// A place folder about to be made.
public struct NewPlace {
  public let folder: URL
  public let name: String
  public let kind: String
  public let code: String
  /// The shipped pack, or nil where the folder describes itself.
  public let pack: String?
  public let openData: URL
  /// The sources of extracts, each with the mapping that reads it.
  public let sources: [(id: String, mapping: String)]
  /// The directory of postcodes: its file and its columns.
  public let postcodes: (file: String, postcode: String, area: String)?

  public init(
    folder: URL, name: String, kind: String, code: String, pack: String?, openData: URL,
    sources: [(id: String, mapping: String)] = [],
    postcodes: (file: String, postcode: String, area: String)? = nil
  ) {
    self.sources = sources
    self.postcodes = postcodes
    self.folder = folder.standardizedFileURL
    self.name = name
    self.kind = kind
    self.code = code
    self.pack = pack
    self.openData = openData.standardizedFileURL
  }

  /// Writes a commented `kith.yaml` and the folders that a place has.
  ///
  /// - Throws: ``Definitions/Problem`` where there is a place already, or nothing can be written.
  public func write() throws {
    try requireFree()
    let file = folder.appendingPathComponent(PlaceFile.fileName)
    do {
      for name in ["definitions", "extracts"] {
        try FileManager.default.createDirectory(
          at: folder.appendingPathComponent(name), withIntermediateDirectories: true)
      }
      try Data(text.utf8).write(to: file, options: .atomic)
    } catch {
      throw Problem(
        file: folder.path, "The place cannot be written here.",
        hint: "Check that you may write in the folder, and that the disk is not full.")
    }
  }

  /// Throws where there is a place in the folder already.
  public func requireFree() throws {
    let file = folder.appendingPathComponent(PlaceFile.fileName)
    guard !FileManager.default.fileExists(atPath: file.path) else {
      throw Problem(
        file: file.path, "There is a place here already.",
        hint: "Choose another folder, or edit this file.")
    }
  }

  private var text: String {
    """
    # The configuration of a place. `kith check` checks it, `kith run` reads the data it names, and
    # `kith serve` shows the result.

    place:
      name: \(name.yamlQuoted)
      # The area that the place is: a kind and a code of the open data.
      area: {kind: \(kind), code: \(code)}

    open_data:
    \(pack.map { "  # The description of the files, which ships with Kith.\n  pack: \($0)" }
      ?? "  # The folder describes itself in open-data.yaml.")
      # The folder with the files; a relative path starts at this place.
      folder: \(relativeFolder.yamlQuoted)

    engine:
      # How much memory the SQL engine may use, and how many threads (all, if left out).
      memory_limit: 700MB
      # threads: 2

    \(postcodesText)

    \(sourcesText)
    """
  }

  private var postcodesText: String {
    guard let postcodes else {
      return """
        # Which small area each postcode lies in, such as the ONS Postcode Directory, so that records
        # can be placed without their addresses.
        # postcodes: {file: extracts/reference/onspd.csv, postcode: pcds, area: lsoa21}
        """
    }
    return """
      # Which small area each postcode lies in, so that records can be placed without their addresses.
      postcodes:
        file: \(postcodes.file.yamlQuoted)
        postcode: \(postcodes.postcode)
        area: \(postcodes.area)
      """
  }

  private var sourcesText: String {
    guard !sources.isEmpty else {
      return """
        # The sources of extracts: the mapping that reads each, and a folder with a folder a delivery,
        # named by its date (extracts/ID if left out). docs/intake.md says more.
        # sources:
        #   - {id: gp, mapping: gp-fhir, folder: extracts/gp, withdrawn: []}

        """
    }
    let lines = sources.map { "  - {id: \($0.id), mapping: \($0.mapping)}" }
    return """
      # The sources of extracts: the mapping that reads each, and a folder with a folder a delivery,
      # named by its date (extracts/ID if left out). A delivery that was a mistake is left out with
      # 'withdrawn: [2025-01-31]'. docs/intake.md says more.
      sources:
      \(lines.joined(separator: "\n"))

      """
  }

  /// The data folder as seen from the place where it lies inside it, else as an absolute path.
  private var relativeFolder: String {
    let base = folder.path + "/"
    return openData.path.hasPrefix(base)
      ? String(openData.path.dropFirst(base.count)) : openData.path
  }
}

extension String {
  /// The text as a YAML scalar in double quotes.
  fileprivate var yamlQuoted: String {
    "\"" + unicodeScalars.map { $0 == "\\" || $0 == "\"" ? "\\\($0)" : String($0) }.joined() + "\""
  }
}
