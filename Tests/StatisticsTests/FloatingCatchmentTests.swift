import Foundation
import Testing

@testable import Statistics

@Suite("Two-step floating catchment areas")
struct FloatingCatchmentTests {
  /// Three areas and two sites on a line; each site serves whoever is within 5 km.
  ///
  /// Areas at 0, 4 and 10 km with 100, 300 and 200 people; sites at 2 km with 8 places and at 8 km with 5. Site 1 serves
  /// areas 1 and 2: 8 ÷ 400 = 0.02. Site 2 serves areas 2 and 3: 5 ÷ 500 = 0.01. So 0.02, 0.03 and 0.01.
  private func example(_ decay: FloatingCatchment.Decay) -> FloatingCatchment {
    let (areas, sites) = ([0.0, 4, 10], [2.0, 8])
    return FloatingCatchment(
      people: [100, 300, 200], capacities: [8, 5], radius: 5, decay: decay
    ) { abs(areas[$0] - sites[$1]) }
  }

  @Test("The worked example of three areas and two sites")
  func workedExample() {
    let found = example(.none)
    #expect(found.ratios == [0.02, 0.01])
    for (value, expected) in zip(found.accessibility, [0.02, 0.03, 0.01]) {
      #expect(abs(value - expected) < 1e-12)
    }
    #expect(found.nearest == [2, 2, 2])
    #expect(found.sitesInReach == [1, 2, 1])
  }

  @Test("What is shared out is what there is, with and without decay", arguments: 1...20)
  func conserved(seed: UInt64) {
    var random = RandomNumbers(seed: seed)
    func points(_ count: Int) -> [(x: Double, y: Double)] {
      (0..<count).map { _ in (random.uniform() * 20, random.uniform() * 20) }
    }
    let (areas, sites) = (points(60), points(9))
    let people = areas.map { _ in (random.uniform() * 2_000).rounded() + 1 }
    let capacities = sites.map { _ in random.uniform() * 10 }
    for decay in [FloatingCatchment.Decay.none, .gaussian] {
      let found = FloatingCatchment(
        people: people, capacities: capacities, radius: 6, decay: decay
      ) { hypot(areas[$0].x - sites[$1].x, areas[$0].y - sites[$1].y) }
      let given = zip(people, found.accessibility).reduce(0) { $0 + $1.0 * $1.1 }
      let there = zip(capacities, found.ratios).reduce(0) { $0 + ($1.1 == nil ? 0 : $1.0) }
      #expect(abs(given - there) < 1e-9)
    }
  }

  @Test("Weights fall from 1 to 0 at the edge, as the formula says")
  func decay() {
    let gaussian = FloatingCatchment.Decay.gaussian
    #expect(gaussian.weight(0, radius: 5) == 1)
    #expect(abs(gaussian.weight(5, radius: 5)) < 1e-12)
    #expect(gaussian.weight(5.01, radius: 5) == 0)
    // (e^(−1/8) − e^(−1/2)) ÷ (1 − e^(−1/2))
    #expect(abs(gaussian.weight(2.5, radius: 5) - 0.701_367) < 1e-6)
    #expect(FloatingCatchment.Decay.none.weight(5, radius: 5) == 1)
    // Nearer people get more of it.
    let found = example(.gaussian)
    #expect(found.accessibility[1] > found.accessibility[0])
  }

  @Test("Nobody near, or nothing there: nothing reached, and no division by nothing")
  func empty() {
    let far = FloatingCatchment(people: [10, 0], capacities: [1], radius: 1) { area, _ in
      area == 0 ? 5 : 0
    }
    #expect(far.ratios == [nil])
    #expect(far.accessibility == [0, 0])
    #expect(far.nearest == [5, 0])
    let none = FloatingCatchment(people: [10], capacities: [], radius: 1) { _, _ in 0 }
    #expect(none.accessibility == [0])
    #expect(none.nearest == [nil])
  }
}
