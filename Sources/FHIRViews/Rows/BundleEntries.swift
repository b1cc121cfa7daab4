/// The resources of a Bundle by the `fullUrl` of their entries.
///
/// A reference that equals the `fullUrl` of an entry is to the resource in that entry (FHIR R4, Bundle,
/// "Resolving references in Bundles"). What a Bundle within a Bundle does not have is looked up in the
/// outer one.
final class BundleEntries {
  private let outer: BundleEntries?
  /// The place of each resource; 0 where two entries with the same address have different ids.
  private var places: [String: Int] = [:]

  private static let fullURL = FieldName("fullUrl")
  private static let resource = FieldName("resource")

  /// - Parameter list: the place of the entries, an array.
  init(_ list: Int, _ tape: JSONTape, in outer: BundleEntries?) {
    self.outer = outer
    tape.forEachItem(of: list) { entry in
      guard let address = Self.address(of: entry, tape),
        let place = tape.find(Self.resource, in: entry), tape.kind(place) == .object
      else { return }
      let text = String(decoding: address, as: UTF8.self)
      guard let before = places[text] else { return places[text] = place }
      // Versions of one resource share its address.
      if before != 0, !Self.haveSameID(before, place, tape) { places[text] = 0 }
    }
  }

  /// The `fullUrl` of an entry.
  static func address(of entry: Int, _ tape: JSONTape) -> UnsafeRawBufferPointer? {
    guard tape.kind(entry) == .object, let place = tape.find(fullURL, in: entry),
      tape.kind(place) == .string, !tape.string(place).isEmpty
    else { return nil }
    return tape.string(place)
  }

  private static func haveSameID(_ one: Int, _ other: Int, _ tape: JSONTape) -> Bool {
    guard let a = tape.find(Evaluator.id, in: one), let b = tape.find(Evaluator.id, in: other),
      tape.kind(a) == .string, tape.kind(b) == .string
    else { return false }
    return isSame(tape.string(a), tape.string(b))
  }

  /// The place of the resource that a reference is to; nil where no entry, or more than one, has it.
  func place(of reference: UnsafeRawBufferPointer) -> Int? {
    place(of: String(decoding: reference, as: UTF8.self))
  }

  private func place(of reference: String) -> Int? {
    guard let place = places[reference] else { return outer?.place(of: reference) }
    return place == 0 ? nil : place
  }
}
