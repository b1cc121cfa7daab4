/// A number for each of some identities.
///
/// The ids are keyed hashes, so their own bits say where in the table each belongs.
public struct IdentityTable: Sendable {
  private struct Slot {
    var id: Int64 = 0
    /// The number plus 1; 0 where the place is free.
    var number: UInt32 = 0
  }

  // An id and its number lie side by side, for each look-up waits for memory.
  private var slots = [Slot](repeating: Slot(), count: 1 << 10)
  public private(set) var count = 0

  public init() {}

  public subscript(id: Int64) -> UInt32? {
    slots.withUnsafeBufferPointer { slots in
      let slot = slots[Self.place(of: id, slots)]
      return slot.number == 0 ? nil : slot.number - 1
    }
  }

  public mutating func set(_ id: Int64, _ number: UInt32) {
    let isNew = slots.withUnsafeMutableBufferPointer { slots in
      let place = Self.place(of: id, UnsafeBufferPointer(slots))
      defer { slots[place] = Slot(id: id, number: number + 1) }
      return slots[place].number == 0
    }
    if isNew { count += 1 }
    if 2 * count > slots.count { grow() }
  }

  private static func place(of id: Int64, _ slots: UnsafeBufferPointer<Slot>) -> Int {
    let mask = slots.count - 1
    var place = Int(truncatingIfNeeded: id) & mask
    while slots[place].number != 0, slots[place].id != id { place = (place + 1) & mask }
    return place
  }

  private mutating func grow() {
    let old = slots
    slots = [Slot](repeating: Slot(), count: 2 * old.count)
    slots.withUnsafeMutableBufferPointer { slots in
      for slot in old where slot.number != 0 {
        slots[Self.place(of: slot.id, UnsafeBufferPointer(slots))] = slot
      }
    }
  }
}
