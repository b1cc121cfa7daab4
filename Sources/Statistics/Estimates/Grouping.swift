/// Which group each row of a table belongs to.
public struct Grouping: Sendable {
  /// The number of each row's group, from 0.
  public let group: [Int32]
  public let groupCount: Int

  public init(group: [Int32], groupCount: Int) {
    precondition(
      group.allSatisfy { $0 >= 0 && $0 < groupCount }, "a group has a number below their count")
    self.group = group
    self.groupCount = groupCount
  }

  /// One group with every row.
  public init(whole rows: Int) {
    group = Array(repeating: 0, count: rows)
    groupCount = 1
  }

  /// Every row a group of its own.
  public init(each rows: Int) {
    group = (0..<Int32(rows)).map { $0 }
    groupCount = rows
  }

  /// Groups of equal names, in the order in which they first come.
  public init<Name: Hashable>(_ names: some Collection<Name>) {
    var numbers: [Name: Int32] = [:]
    group = names.map { name in
      if let number = numbers[name] { return number }
      let number = Int32(numbers.count)
      numbers[name] = number
      return number
    }
    groupCount = numbers.count
  }

  /// The rows of each group, in their order.
  public var rows: [[Int]] {
    var rows = [[Int]](repeating: [], count: groupCount)
    for (row, group) in group.enumerated() { rows[Int(group)].append(row) }
    return rows
  }

  /// The first row of each group; 0 for a group without any.
  public var firstRows: [Int] {
    var first = [Int](repeating: 0, count: groupCount)
    for (row, group) in group.enumerated().reversed() { first[Int(group)] = row }
    return first
  }

  /// The sum of a column in each group; not a number where a value is missing.
  public func sums(_ column: [Double]) -> [Double] {
    precondition(column.count == group.count, "a column has a value for each row")
    var sums = [Double](repeating: 0, count: groupCount)
    for (row, group) in group.enumerated() { sums[Int(group)] += column[row] }
    return sums
  }
}
