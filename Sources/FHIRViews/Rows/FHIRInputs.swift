public import Foundation
import LineFiles

/// The files that hold resources of one type: files as named, and what folders have of them.
public struct FHIRInputs: Sendable {
  /// The files, in the order they are read.
  public let files: [URL]
  /// How many records a bulk export's manifest says that the files hold; nil where it does not.
  public let expectedRecords: Int?

  /// Finds the files of resources of type `resource`.
  ///
  /// A folder with a `manifest.json` is a bulk export (FHIR Bulk Data Access, "Response - Complete
  /// Status"): the manifest names its files, which lie beside it. In any other folder the files are
  /// known by their names: `Patient.ndjson`, `Patient.000.ndjson.gz`; and `.json` files, a resource
  /// or a Bundle each, may hold any type.
  ///
  /// - Throws: ``FHIRInputsError`` where there is no such file, or one would be read twice.
  public init(_ paths: [URL], resource: String) throws(FHIRInputsError) {
    var files: [URL] = []
    var counts: [URL: Int] = [:]
    for path in paths {
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path.path, isDirectory: &isFolder) else {
        throw FHIRInputsError(path.path, "There is no such file or folder.")
      }
      guard isFolder.boolValue else {
        files.append(path)
        continue
      }
      let manifest = path.appendingPathComponent("manifest.json")
      if FileManager.default.fileExists(atPath: manifest.path) {
        for (file, count) in try Self.read(manifest, resource) {
          files.append(file)
          counts[file] = count
        }
      } else {
        files += try Self.files(in: path, resource)
      }
    }
    try Self.requireDistinct(files)
    try Self.requireText(files)
    self.files = files
    // Only where the manifest counts every file can a sum be expected.
    expectedRecords =
      counts.count == files.count && !files.isEmpty
      ? counts.values.reduce(0, +) : nil
  }

  /// Refuses files that are no text in UTF-8, such as UTF-16 or a web page.
  private static func requireText(_ files: [URL]) throws(FHIRInputsError) {
    for file in files {
      // What cannot be read is told when it is read.
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder),
        !isFolder.boolValue
      else { continue }
      let form: TextForm?
      do throws(LineFilesError) {
        form = try TextForm.of(file.path)
      } catch {
        continue
      }
      if let form { throw FHIRInputsError(file.path, form.words, hint: form.hint) }
    }
  }

  /// Refuses a file that would be read twice.
  private static func requireDistinct(_ files: [URL]) throws(FHIRInputsError) {
    var seen: [String: String] = [:]
    for file in files {
      let path = file.standardizedFileURL.path
      let isPacked = ["gz", "zst"].contains(file.pathExtension)
      let plain = isPacked ? String(path[..<(path.lastIndex(of: ".") ?? path.endIndex)]) : path
      guard let other = seen.updateValue(path, forKey: plain) else { continue }
      throw FHIRInputsError(
        path,
        other == path ? "The file is named twice." : "The file is there packed and not packed.",
        hint: "Its records would be counted twice: leave one out.")
    }
  }

  /// Whether the file is one JSON document rather than a resource a line.
  public static func isDocument(_ path: String) -> Bool {
    let name = path.lowercased()
    return [".json", ".json.gz", ".json.zst"].contains { name.hasSuffix($0) }
  }

  private static func files(
    in folder: URL, _ resource: String
  ) throws(FHIRInputsError) -> [URL] {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    } catch {
      throw FHIRInputsError(
        folder.path, "The folder cannot be read.", hint: "Check that you may read it.")
    }
    let lines = names.filter { name in
      [".ndjson", ".ndjson.gz", ".ndjson.zst", ".jsonl", ".jsonl.gz", ".jsonl.zst"]
        .contains { name.hasSuffix($0) }
    }
    let ofType = lines.filter { $0.prefix { !".-_".contains($0) } == resource }
    let documents = names.filter { isDocument($0) }
    guard !ofType.isEmpty || !documents.isEmpty else {
      throw FHIRInputsError(
        folder.path, "The folder has no \(resource) files.",
        hint:
          "Files are known by their names, such as \(resource).ndjson or \(resource).000.ndjson.gz; "
          + "name other files one by one.")
    }
    return (ofType + documents).map { folder.appendingPathComponent($0) }
  }

  private static func read(
    _ manifest: URL, _ resource: String
  ) throws(FHIRInputsError) -> [(URL, Int?)] {
    guard let data = try? Data(contentsOf: manifest) else {
      throw FHIRInputsError(manifest.path, "The file cannot be read.")
    }
    let value: JSONValue
    do throws(JSONFailure) {
      value = try JSONValue.parse([UInt8](data))
    } catch {
      throw FHIRInputsError(manifest.path, error.message)
    }
    guard let outputs = value["output"]?.items else {
      throw FHIRInputsError(manifest.path, "The manifest has no list 'output'.")
    }
    let folder = manifest.deletingLastPathComponent()
    var found: [(URL, Int?)] = []
    for output in outputs where output["type"]?.string == resource {
      // A server's URL: the file lies beside the manifest under its last part, packed or not.
      let address = output["url"]?.string ?? ""
      let name =
        address.split(separator: "?").first?.split(separator: "/").last.map(String.init) ?? ""
      let candidates = ["", ".gz", ".zst"].map { folder.appendingPathComponent(name + $0) }
      let there = candidates.first {
        !name.isEmpty && FileManager.default.fileExists(atPath: $0.path)
      }
      guard let there else {
        throw FHIRInputsError(
          manifest.path, "The manifest names '\(name)', which is not in the folder.",
          hint: "The export was not fetched whole.")
      }
      let count: Int? = if case .integer(let number)? = output["count"] { Int(number) } else { nil }
      found.append((there, count))
    }
    return found
  }
}

/// Input files that cannot be found: where, why, and what to do.
public struct FHIRInputsError: Error, Hashable, Sendable, CustomStringConvertible {
  public let path: String
  public let message: String
  public let hint: String?

  init(_ path: String, _ message: String, hint: String? = nil) {
    self.path = path
    self.message = message
    self.hint = hint
  }

  public var description: String { "\(path): \(message)" + (hint.map { " " + $0 } ?? "") }
}
