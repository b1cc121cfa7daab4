/// A number for each of some identities.
///
/// The ids are keyed hashes, so their own bits say where in the table each belongs.
public struct IdentityTable: Sendable {
  private var ids = [Int64](repeating: 0, count: 1 << 10)
  /// A number plus 1; 0 is a free place.
  private var numbers = [UInt32](repeating: 0, count: 1 << 10)
  public private(set) var count = 0

  public init() {}

  public subscript(id: Int64) -> UInt32? {
    let number = numbers[place(of: id)]
    return number == 0 ? nil : number - 1
  }

  public mutating func set(_ id: Int64, _ number: UInt32) {
    let place = place(of: id)
    if numbers[place] == 0 {
      ids[place] = id
      count += 1
    }
    numbers[place] = number + 1
    if 2 * count > ids.count { grow() }
  }

  private func place(of id: Int64) -> Int {
    let mask = ids.count - 1
    var place = Int(truncatingIfNeeded: id) & mask
    while numbers[place] != 0, ids[place] != id { place = (place + 1) & mask }
    return place
  }

  private mutating func grow() {
    let (oldIDs, oldNumbers) = (ids, numbers)
    ids = [Int64](repeating: 0, count: 2 * oldIDs.count)
    numbers = [UInt32](repeating: 0, count: ids.count)
    for (id, number) in zip(oldIDs, oldNumbers) where number != 0 {
      let place = place(of: id)
      ids[place] = id
      numbers[place] = number
    }
  }
}
