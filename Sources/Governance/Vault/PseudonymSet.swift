/// A set of pseudonyms.
///
/// They are keyed hashes, so their own bits say where in the table each belongs; `Set` would hash them once
/// more for each of billions of records.
struct PseudonymSet {
  /// A power of two of places, at most half of them taken; 0 is a free one.
  private var places: [Int64] = Array(repeating: 0, count: 1024)
  private var hasZero = false
  /// How many places are taken.
  private var count = 0

  /// Adds a pseudonym.
  ///
  /// - Returns: whether it is new.
  mutating func insert(_ pseudonym: Int64) -> Bool {
    guard pseudonym != 0 else {
      defer { hasZero = true }
      return !hasZero
    }
    let place = place(of: pseudonym)
    guard places[place] == 0 else { return false }
    places[place] = pseudonym
    count += 1
    if 2 * count > places.count { rebuild(with: 2 * places.count) { _ in true } }
    return true
  }

  mutating func subtract(_ gone: [Int64]) {
    let gone = Set(gone)
    if gone.contains(0) { hasZero = false }
    rebuild(with: places.count) { !gone.contains($0) }
  }

  /// Where a pseudonym is, or would go.
  private func place(of pseudonym: Int64) -> Int {
    let mask = places.count - 1
    var place = Int(truncatingIfNeeded: pseudonym) & mask
    while places[place] != 0, places[place] != pseudonym { place = (place + 1) & mask }
    return place
  }

  private mutating func rebuild(with size: Int, _ isKept: (Int64) -> Bool) {
    let all = places
    places = Array(repeating: 0, count: size)
    count = 0
    for pseudonym in all where pseudonym != 0 && isKept(pseudonym) {
      places[place(of: pseudonym)] = pseudonym
      count += 1
    }
  }
}
