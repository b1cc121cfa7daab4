package import Definitions
import Foundation
package import Indicators
import Intake
package import Partnership
package import Places
import Synchronization

/// Where the postcodes of a place are: those of its surgeries, libraries and hospitals just so, others in the middle of
/// their small area, by the place's directory where it has one.
package final class PlacePostcodes: PostcodeLocator {
  package let signature: String
  private let atlas: Atlas
  private let file: PlaceFile.Postcodes?
  private let state = Mutex<Known?>(nil)

  private struct Known {
    let directory: PostcodeDirectory?
    let points: [String: Position]
    /// The mean of the points of each postcode district.
    let districts: [String: Position]
    let areas: [String: Position]
  }

  /// - Throws: ``Definitions/Problem`` where the place names a directory that cannot be read.
  package init(_ atlas: Atlas, _ file: PlaceFile.Postcodes?) throws {
    self.atlas = atlas
    self.file = file
    let attributes = try file.map { file in
      do {
        return try FileManager.default.attributesOfItem(atPath: file.file.path)
      } catch {
        throw Problem(
          file: file.file.path, "The directory of postcodes cannot be read.",
          hint: "Bring it back, or take 'postcodes' out of kith.yaml.")
      }
    }
    signature =
      "\(atlas.points.count) \(attributes?[.size] ?? 0) \(attributes?[.modificationDate] ?? "")"
  }

  package func position(of postcode: String) -> Position? {
    exactPosition(of: postcode)
      ?? known().districts[String(postcode.split(separator: " ").first ?? "")]
  }

  /// Where a postcode is, to its small area at least; nil where only its district is known.
  package func exactPosition(of postcode: String) -> Position? {
    let known = known()
    if let point = known.points[postcode] { return point }
    guard let directory = known.directory else { return nil }
    let text = Array(postcode.utf8)
    return text.withUnsafeBytes { directory.area(of: $0) }.flatMap { known.areas[$0] }
  }

  private func known() -> Known {
    state.withLock { state -> Known in
      if let state { return state }
      let made = read()
      state = made
      return made
    }
  }

  /// Reads the directory, at the first question: it can be long, and a server should be there at once.
  private func read() -> Known {
    var points: [String: Position] = [:]
    var sums: [String: (latitude: Double, longitude: Double, count: Double)] = [:]
    for point in atlas.points {
      guard let text = point.postcode, let postcode = Field.postcode(text),
        let latitude = point.latitude, let longitude = point.longitude
      else { continue }
      points[postcode] = Position(latitude: latitude, longitude: longitude)
      let district = String(postcode.split(separator: " ").first ?? "")
      let sum = sums[district] ?? (0, 0, 0)
      sums[district] = (sum.latitude + latitude, sum.longitude + longitude, sum.count + 1)
    }
    var areas: [String: Position] = [:]
    for unit in atlas.units {
      if let centre = atlas.outline(of: unit)?.centre {
        areas[unit.code] = Position(
          latitude: centre.latitude, longitude: centre.longitude, isRough: true)
      }
    }
    return Known(
      // A directory that cannot be read stopped the run that made this snapshot; it has said so.
      directory: file.flatMap { try? PostcodeDirectory($0) }, points: points,
      districts: sums.mapValues {
        Position(
          latitude: $0.latitude / $0.count, longitude: $0.longitude / $0.count, isRough: true)
      }, areas: areas)
  }
}

extension PlaceStore {
  /// Where the place's postcodes are, by the snapshot in use; none where there is no snapshot yet.
  ///
  /// - Throws: ``Definitions/Problem`` where the snapshot or the directory of postcodes cannot be read.
  package func postcodeLocator() async throws -> any PostcodeLocator {
    guard try currentID() != nil else { return NoPostcodes() }
    return try PlacePostcodes(
      try await Atlas.current(of: self), try PlaceFile(inPlace: place).postcodes)
  }
}
