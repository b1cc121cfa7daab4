import Crypto
import Definitions
public import Foundation

/// What a source sent at one time: a folder of files.
public struct Delivery: Sendable {
  public let source: String
  /// The folder's name, which begins with a date: `2025-01-31`, `2024-12-31-full`.
  public let name: String
  public let folder: URL
  /// The files that the mapping knows, in its order.
  public let files: [(mapping: FileMapping, url: URL)]
  /// Files that nothing reads.
  public let unknown: [String]
  /// Why none of it can land, in words, such as a file that is missing.
  let faults: [String]

  /// The day that it is from, counted from 1970-01-01.
  var day: Int32 { Self.day(of: name) ?? .max }

  private static func day(of name: String) -> Int32? {
    let bytes = Array(name.utf8.prefix(10))
    let found = bytes.withUnsafeBytes { DateReader(yearMonthDay: ()).days($0) }
    guard case .success(let day) = found else { return nil }
    return day
  }

  /// The deliveries of a source, the oldest first: the folders in `folder` whose names begin with a
  /// date.
  ///
  /// - Throws: ``Definitions/Problem`` where the folder cannot be read, or a name has no date.
  public static func all(of source: String, in folder: URL, _ mapping: SourceMapping) throws
    -> [Delivery]
  {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    } catch {
      throw Problem(
        file: folder.path, "The folder of the source '\(source)' cannot be read.",
        hint: "Put its deliveries there, a folder each, named by their date: 2025-01-31.")
    }
    return try names.filter { !$0.hasPrefix(".") }.sorted().compactMap { name in
      let place = folder.appendingPathComponent(name, isDirectory: true)
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: place.path, isDirectory: &isFolder),
        isFolder.boolValue
      else { return nil }
      guard day(of: name) != nil else {
        throw Problem(
          file: place.path, "The folder's name does not begin with the date of the delivery.",
          hint: "Name it such as 2025-01-31 or 2025-01-31-full.")
      }
      return try Delivery(source: source, name: name, folder: place, mapping)
    }
  }

  private init(source: String, name: String, folder: URL, _ mapping: SourceMapping) throws {
    self.source = source
    self.name = name
    self.folder = folder
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    } catch {
      throw Problem(
        file: folder.path, "The folder of the delivery cannot be read.",
        hint: "Check that you may read it.")
    }
    var rest = Set(names.filter { !$0.hasPrefix(".") && $0 != "manifest.json" })
    var files: [(FileMapping, URL)] = []
    var faults: [String] = []
    var missing: [String] = []
    for file in mapping.files {
      let found = names.filter { file.matches($0) }
      if found.isEmpty, !file.isOptional {
        missing.append(file.name)
      }
      if let twice = Self.twice(found) { faults.append(twice) }
      for name in found {
        let url = folder.appendingPathComponent(name)
        rest.remove(name)
        do {
          try url.requireRegularFile()
          files.append((file, url))
        } catch {
          faults.append("\(name): \(error.message)" + (error.hint.map { " \($0)" } ?? ""))
        }
      }
    }
    if files.count > LandedPart.mostFiles {
      faults.append(
        "The delivery has \(files.count) files; \(LandedPart.mostFiles) are the most there can be. "
          + "Put the resources of a type into one file, a line each.")
    }
    self.files = files
    unknown = rest.sorted()
    let others =
      rest.isEmpty
      ? ""
      : " It has \(rest.sorted().prefix(3).joined(separator: ", ")), which the mapping does not read."
    self.faults =
      missing.map {
        "The delivery has no file \($0).\(others) Ask for it again whole, or withdraw the delivery."
      } + faults
  }

  /// Says which table came twice, plain and packed or as CSV and as Parquet: its rows would land twice. nil where
  /// none did.
  private static func twice(_ names: [String]) -> String? {
    for name in names {
      guard let other = [name + ".gz", name + ".zst"].first(where: names.contains) else { continue }
      return "The delivery has the same file twice: \(name) and \(other). Keep one of them."
    }
    for name in names where name.hasSuffix(".parquet") {
      let stem = String(name.dropLast(".parquet".count)) + ".csv"
      guard let other = names.first(where: { [stem, stem + ".gz", stem + ".zst"].contains($0) })
      else { continue }
      return "The delivery has the same table twice: \(name) and \(other). Keep one of them."
    }
    return nil
  }

  /// A hash of the files' names and bytes, and of its faults: the same delivery twice has the same.
  func fingerprint() throws -> String {
    var hash = SHA256()
    // With a fault it is another delivery than without, though its files are the same.
    for fault in faults { hash.update(data: Data((fault + "\n").utf8)) }
    for (_, url) in files {
      hash.update(data: Data((url.lastPathComponent + "\n").utf8))
      try url.forEachPiece { hash.update(bufferPointer: $0) }
    }
    return hash.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

extension FileMapping {
  /// Whether a file of this name, packed or not, is meant. A table that comes as CSV may come as Parquet.
  func matches(_ fileName: String) -> Bool {
    // Parquet is packed in itself.
    if format == .parquet { return matches(plain: fileName) }
    if case .csv = format, name.hasSuffix(".csv"), fileName.hasSuffix(".parquet") {
      return matches(plain: fileName.dropLast(".parquet".count) + ".csv")
    }
    return matches(
      plain: fileName.hasSuffix(".gz") || fileName.hasSuffix(".zst")
        ? String(fileName[..<(fileName.lastIndex(of: ".") ?? fileName.endIndex)]) : fileName)
  }

  private func matches(plain: String) -> Bool {
    guard let star = name.firstIndex(of: "*") else { return plain == name }
    let (before, after) = (name[..<star], name[name.index(after: star)...])
    return plain.count >= before.count + after.count && plain.hasPrefix(before)
      && plain.hasSuffix(after)
  }
}
