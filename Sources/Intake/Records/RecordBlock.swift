/// Some records of a file, column by column, as they are in its memory.
///
/// A column's values lie side by side, so that each check runs over many of them; a block is small enough
/// to stay in the processor's cache from the first column to the last. One thread uses a block at a time.
final class RecordBlock {
  /// How many records a block holds.
  static let capacity = 256

  /// Columns begin a little apart from powers of two, which would all share a few lines of the cache.
  private static let stride = capacity + 4

  let width: Int
  private(set) var count = 0
  /// The line of each record, and whether it takes back an earlier one.
  let lines: UnsafeMutableBufferPointer<Int>
  let deletions: UnsafeMutableBufferPointer<Bool>
  /// Which records have anything that is told of, or that sets them aside.
  let isOdd: UnsafeMutableBufferPointer<Bool>
  private let numbers: UnsafeMutableBufferPointer<Int64>
  private let cells: UnsafeMutableBufferPointer<UnsafeRawBufferPointer>

  /// - Parameter width: how many columns the mapping has.
  init(width: Int) {
    self.width = width
    lines = .allocate(capacity: Self.capacity)
    lines.initialize(repeating: 0)
    deletions = .allocate(capacity: Self.capacity)
    deletions.initialize(repeating: false)
    isOdd = .allocate(capacity: Self.capacity)
    isOdd.initialize(repeating: false)
    numbers = .allocate(capacity: Self.stride * width)
    numbers.initialize(repeating: 0)
    cells = .allocate(capacity: Self.stride * width)
    cells.initialize(repeating: UnsafeRawBufferPointer(start: nil, count: 0))
  }

  deinit {
    lines.deallocate()
    deletions.deallocate()
    isOdd.deallocate()
    numbers.deallocate()
    cells.deallocate()
  }

  var isFull: Bool { count == Self.capacity }

  /// Adds a record whose memory stays until the block is emptied.
  ///
  /// - Parameter positions: for each column its position among the fields; those that the file has not
  ///   got are left out.
  func add(
    line: Int, isDeletion: Bool, _ fields: UnsafeBufferPointer<UnsafeRawBufferPointer>,
    at positions: UnsafeBufferPointer<(column: Int, field: Int)>
  ) {
    lines[count] = line
    deletions[count] = isDeletion
    for position in positions {
      cells[position.column * Self.stride + count] = fields[position.field]
    }
    count += 1
  }

  /// Takes the records of some lines, at most ``capacity`` of them, whose values are then written to its
  /// columns.
  func set(_ lines: some Collection<Int>) {
    count = self.lines.update(fromContentsOf: lines)
    deletions[..<count].update(repeating: false)
  }

  func removeAll() { count = 0 }

  /// A column of a block.
  struct Column {
    /// The values as they came; an empty one is none.
    let cells: UnsafeMutableBufferPointer<UnsafeRawBufferPointer>
    /// Room for what they mean: days, whole numbers, milliseconds, or the bits of a decimal.
    let numbers: UnsafeMutableBufferPointer<Int64>
    let isOdd: UnsafeMutableBufferPointer<Bool>
  }

  @inline(__always)
  func column(_ index: Int) -> Column {
    let range = index * Self.stride..<index * Self.stride + count
    return Column(
      cells: UnsafeMutableBufferPointer(rebasing: cells[range]),
      numbers: UnsafeMutableBufferPointer(rebasing: numbers[range]), isOdd: isOdd)
  }
}
