/// A standard population: how many of 100,000 people are in each age band.
public struct StandardPopulation: Sendable, Hashable {
  public let title: String
  /// The ages at which bands begin, in years and ascending, and the people in each.
  public let ages: [Int]
  public let people: [Double]
  /// The age at which the last band ends; nil where it has no end.
  public let end: Int?

  /// The European Standard Population of 2013, in 19 bands to 90 and over.
  ///
  /// Eurostat (2013), Revision of the European Standard Population, table 4; both sexes.
  public static let european2013 = StandardPopulation(
    title: "European Standard Population 2013",
    ages: [0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90],
    people: [
      5_000, 5_500, 5_500, 5_500, 6_000, 6_000, 6_500, 7_000, 7_000, 7_000, 7_000, 6_500, 6_000,
      5_500, 5_000, 4_000, 2_500, 1_500, 1_000,
    ])

  /// - Parameters:
  ///   - ages: where bands begin, each once, in any order; a band ends where the next one begins.
  ///   - end: where the last band ends; nil where it has no end.
  public init(title: String, ages: [Int], people: [Double], end: Int? = nil) {
    precondition(ages.count == people.count, "each age band has people")
    let order = ages.indices.sorted { ages[$0] < ages[$1] }
    self.title = title
    self.ages = order.map { ages[$0] }
    self.people = order.map { people[$0] }
    self.end = end
  }

  /// The people in the band that begins at `age`; nil where there is no such band.
  public func people(from age: Int) -> Double? {
    ages.firstIndex(of: age).map { people[$0] }
  }

  /// The people from an age up to, but not including, another; nil where these ages are not whole bands.
  ///
  /// - Parameter end: nil for everybody from `age` on.
  public func people(from age: Int, below end: Int?) -> Double? {
    guard let first = ages.firstIndex(of: age) else { return nil }
    guard let last = end == self.end ? ages.count : ages.firstIndex(where: { $0 == end }),
      last > first
    else { return nil }
    return people[first..<last].reduce(0, +)
  }
}
