/// A standard population: how many of 100,000 people are in each age band.
public struct StandardPopulation: Sendable, Hashable {
  public let title: String
  /// The ages at which bands begin, in years, and the people in each.
  public let ages: [Int]
  public let people: [Double]

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

  public init(title: String, ages: [Int], people: [Double]) {
    precondition(ages.count == people.count, "each age band has people")
    self.title = title
    self.ages = ages
    self.people = people
  }

  /// The people in the band that begins at `age`; nil where there is no such band.
  public func people(from age: Int) -> Double? {
    ages.firstIndex(of: age).map { people[$0] }
  }
}
