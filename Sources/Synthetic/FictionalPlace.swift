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
  private(set) var people: AreaPeople
  private(set) var services: Services
  let wardNames: [String]
  /// What the people's records come to, where the place has people.
  private(set) var measured: Measured?

  /// The year that the area tables are of: of the first day of the people's records, where there are people.
  var year: Int { measured?.timeline.start.year ?? 2025 }

  /// Figures of districts counted from people's records.
  struct Measured {
    let tally: Tally
    let timeline: Timeline
    /// People of the ages that each register counts: condition × districts + district.
    let lists: [Int]
  }

  /// Draws the place.
  ///
  /// - Parameters:
  ///   - seed: what everything follows from.
  ///   - smallAreas: about how many small areas; 30 or more.
  public init(seed: UInt64 = 1, smallAreas: Int = 430) throws {
    precondition(smallAreas >= 30, "a place has at least 30 small areas")
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

  /// The place's partnership, invented: organisations, people and assets, as YAML, with the file's name.
  ///
  /// - Throws: ``SyntheticError`` where the file is missing beside the program.
  public static func partnership() throws -> (text: String, file: String) {
    let url = try ShippedFiles.url("partnership.yaml", of: "Synthetic")
    return (try String(contentsOf: url, encoding: .utf8), "partnership.yaml")
  }

  /// Writes the open data of the place, with its description, to `folder`.
  ///
  /// - Throws: ``SyntheticError`` where nothing can be written.
  public func write(to folder: URL) throws {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for (name, text) in try AreaFiles(self).all() {
        try Data(text.utf8).write(to: folder.appendingPathComponent(name), options: .atomic)
      }
    } catch let problem as Problem {
      throw problem
    } catch {
      throw SyntheticPlace.unwritable(
        folder.path, (error as NSError).code == NSFileWriteOutOfSpaceError ? ENOSPC : 0)
    }
  }

  /// The place with the numbers of the people who were put on it, in place of those they were drawn
  /// from.
  func counted(
    _ censuses: [AreaCensus], _ tally: Tally, _ ground: AreaLives.Ground
  ) -> FictionalPlace {
    var place = self
    place.people = AreaPeople(
      counts: zip(people.counts, censuses).map { drawn, census in
        var counts = drawn
        counts.female = census.ages[0]
        counts.male = census.ages[1]
        counts.ethnicGroups = census.ethnicGroups
        counts.tenure = census.tenure
        counts.dimensions = census.dimensions
        counts.occupancy = census.occupancy
        counts.disabled = census.disabled
        return counts
      })
    for index in place.services.practices.indices {
      let lists = censuses.compactMap { $0.practices[index] }
      place.services.practices[index].patients = lists.reduce(0) { $0 + $1.all }
      place.services.practices[index].patientsOver18 = lists.reduce(0) { $0 + $1.over18 }
      place.services.practices[index].patientsOver65 = lists.reduce(0) { $0 + $1.over65 }
    }
    let districts = land.towns.count
    var lists = Array(repeating: 0, count: parameters.conditions.count * districts)
    let groups = parameters.ethnicGroups.count
    for (area, census) in censuses.enumerated() {
      for (index, condition) in parameters.conditions.enumerated() {
        for age in 0...AreaCensus.oldest where condition.ages.contains(age) {
          for cell in 0..<(2 * groups) {
            lists[index * districts + land.areas[area].district] += Int(
              census.cells[age * 2 * groups + cell])
          }
        }
      }
    }
    place.measured = Measured(tally: tally, timeline: ground.timeline, lists: lists)
    return place
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
