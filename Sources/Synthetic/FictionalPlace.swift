import Definitions
public import Foundation

/// A fictional place: land, areas, the people of each area in numbers, and services, from a seed.
///
/// The same seed gives the same files to the last byte.
public struct FictionalPlace {
  public static let name = "The Curlew Coast"

  let seed: UInt64
  let parameters: Parameters
  let land: Land
  let people: AreaPeople
  let services: Services
  let wardNames: [String]

  /// Draws the place.
  ///
  /// - Parameters:
  ///   - seed: what everything follows from.
  ///   - smallAreas: about how many small areas; 100 or more.
  public init(seed: UInt64 = 1, smallAreas: Int = 430) throws {
    precondition(smallAreas >= 100, "a place has at least 100 small areas")
    self.seed = seed
    parameters = try Parameters()
    land = Land(seed: seed, count: smallAreas)
    people = AreaPeople(land, parameters, seed: seed)
    var names = NameMaker(seed: seed)
    // Towns took the first names.
    for _ in land.towns { _ = names.town() }
    wardNames = land.wardDistricts.map { _ in names.ward() }
    services = Services(land, people, wards: wardNames, seed: seed)
  }

  /// Writes the open data of the place, with its description, to `folder`.
  ///
  /// - Throws: ``Definitions/Problem`` where nothing can be written.
  public func write(to folder: URL) throws {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for (name, text) in try AreaFiles(self).all() {
        try Data(text.utf8).write(to: folder.appendingPathComponent(name), options: .atomic)
      }
    } catch let problem as Problem {
      throw problem
    } catch {
      throw Problem(
        file: folder.path, "The fictional place cannot be written here.",
        hint: "Check that you may write in the folder, and that the disk is not full.")
    }
  }

  // MARK: Codes

  /// The kind and code of the area that the place is.
  public static let kind = "ics"
  public static let code = "Z54000001"
  func districtCode(_ index: Int) -> String { "Z07\(Services.digits(index + 1, 6))" }
  func wardCode(_ index: Int) -> String { "Z05\(Services.digits(index + 1, 6))" }
  func areaCode(_ index: Int) -> String { "Z01\(Services.digits(index + 1, 6))" }

  /// Small areas are called after their ward, with a letter, in order.
  func areaNames() -> [String] {
    var count: [Int: Int] = [:]
    return land.areas.map { area in
      let letter = UnicodeScalar(UInt8(65 + count[area.ward, default: 0] % 26))
      count[area.ward, default: 0] += 1
      return "\(wardNames[area.ward]) \(letter)"
    }
  }
}
