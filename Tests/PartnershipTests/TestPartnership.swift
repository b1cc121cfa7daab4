import Foundation
import Governance

@testable import Partnership

/// A partnership of nobody real, in a folder that goes with it.
final class TestPartnership {
  let partnership: Partnership
  let folder: URL
  let steward = Actor(account: "steward", name: "A steward", role: .steward)
  let partner: Actor
  /// Of another organisation.
  let other: Actor
  let charity: RecordNumber
  let council: RecordNumber

  init(locator: any PostcodeLocator = NoPostcodes()) throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "kith-partnership-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    partnership = try Partnership(
      at: folder.appendingPathComponent("partnership.sqlite"), locator: locator)
    charity = try partnership.add(
      .organisation, ["name": .text("Example Warm Homes Trust"), "sector": .text("voluntary")],
      by: steward)
    council = try partnership.add(
      .organisation, ["name": .text("Example Council"), "sector": .text("local_authority")],
      by: steward)
    partner = Actor(
      account: "partner", name: "A partner", role: .partner, organisations: [charity])
    other = Actor(account: "other", name: "Another", role: .partner, organisations: [council])
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func asset(_ name: String, _ more: Fields = [:], by actor: Actor? = nil) throws -> RecordNumber {
    var fields: Fields = [
      "name": .text(name), "type": .text("group"), "organisation": charity.asValue,
    ]
    for (field, value) in more.values { fields[field] = value }
    return try partnership.add(.asset, fields, by: actor ?? partner)
  }
}

/// Knows a few postcodes of nowhere.
struct FewPostcodes: PostcodeLocator {
  let signature = "few"

  func position(of postcode: String) -> Position? {
    [
      "ZZ1 1AA": Position(latitude: 53.75, longitude: -2.48),
      "ZZ1 2BB": Position(latitude: 53.76, longitude: -2.48, isRough: true),
      "ZZ9 9ZZ": Position(latitude: 54.5, longitude: -2.9),
    ][postcode]
  }
}
