import Decisions
import Foundation
import Partnership
import Places
import Site

/// The partnership of a place, as commands open it.
enum PlacePartnership {
  /// Opens it, with the postcodes of the snapshot in use where there is one.
  static func open(_ store: PlaceStore) async throws -> Partnership {
    try store.makeRoot()
    return try Partnership(
      at: store.partnership, locator: try await store.postcodeLocator())
  }
}
