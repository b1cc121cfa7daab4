public import Definitions
public import Foundation

/// The open-data packs that ship with Kith, and the descriptions that folders bring themselves.
public enum PackCatalogue {
  /// What a folder's own description is called.
  public static let fileName = "open-data.yaml"

  /// The description of a place's open data, with the partners' aggregates that the place adds.
  ///
  /// - Throws: as ``pack(id:folder:)``, and for what is wrong in the additions.
  public static func pack(of place: PlaceFile) throws -> OpenDataPack {
    var pack = try pack(id: place.openData.pack, folder: place.openData.folder)
    for aggregates in place.aggregates { try pack.add(aggregates) }
    return pack
  }

  /// The description with `id`, or the folder's own where `id` is nil.
  ///
  /// - Throws: ``Definitions/Problem`` where there is none, ``Definitions/Problems`` where it is
  ///   wrong.
  public static func pack(id: String?, folder: URL) throws -> OpenDataPack {
    if let id {
      let files = try shippedFiles
      let ids = files.map { $0.deletingPathExtension().lastPathComponent }
      guard let index = ids.firstIndex(of: id) else {
        let near = nearestName(to: id, among: ids).map { "Did you mean '\($0)'? " } ?? ""
        throw Problem(
          file: folder.path, "No open-data pack '\(id)' ships with Kith.",
          hint: "\(near)The packs are: \(ids.joined(separator: ", ")).")
      }
      return try OpenDataPack(reading: files[index])
    }
    return try OpenDataPack(reading: folder.appendingPathComponent(fileName))
  }

  /// The id of the pack that describes `folder`: nil for its own description, else the shipped one
  /// whose files are all there.
  ///
  /// - Throws: ``Definitions/Problem`` where no description fits, saying what is missing for the
  ///   nearest.
  public static func recognise(_ folder: URL) throws -> String? {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder),
      isFolder.boolValue
    else {
      throw Problem(file: folder.path, "There is no such folder of open data.")
    }
    if FileManager.default.fileExists(atPath: folder.appendingPathComponent(fileName).path) {
      return nil
    }
    var nearest: (id: String, missing: [String])?
    for file in try shippedFiles {
      let pack = try OpenDataPack(reading: file)
      let missing = pack.files.filter {
        !FileManager.default.fileExists(atPath: folder.appendingPathComponent($0).path)
      }
      if missing.isEmpty { return pack.id }
      if missing.count < nearest?.missing.count ?? .max { nearest = (pack.id, missing) }
    }
    let missing = nearest.map {
      "For the pack '\($0.id)' these files are missing: \($0.missing.joined(separator: ", "))."
    }
    throw Problem(
      file: folder.path, "No open-data pack describes this folder.",
      hint: "Add a description \(fileName) (docs/open-data.md says how). \(missing ?? "")")
  }

  private static var shippedFiles: [URL] {
    get throws {
      let folder = try ShippedFiles.url("packs", of: "Intake")
      return try FileManager.default.names(in: folder).map { folder.appendingPathComponent($0) }
        .filter { $0.pathExtension == "yaml" }
    }
  }
}
