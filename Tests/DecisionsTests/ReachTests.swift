import Indicators
import Partnership
import Places
import TestPlaces
import TestRandom
import Testing

@testable import Decisions

@Suite("Who can reach what")
struct ReachTests {
  private func ground() async throws -> (ReachGround, Atlas) {
    let atlas = try await Atlas.current(of: try await TestPlaces.fictional())
    return (ReachGround(atlas), atlas)
  }

  /// Some points in the place.
  private func sites(_ count: Int, _ ground: ReachGround, seed: UInt64) -> [Position] {
    var random = SeededRandom(seed: seed)
    return (0..<count).map { _ in
      let area = ground.areas[Int.random(in: ground.areas.indices, using: &random)].position
      return Position(
        latitude: area.latitude + .random(in: -0.02...0.02, using: &random),
        longitude: area.longitude + .random(in: -0.02...0.02, using: &random))
    }
  }

  @Test(
    "Shares in reach are those of residents, counted one by one", arguments: [1, 2, 3] as [UInt64])
  func shares(seed: UInt64) async throws {
    let (ground, _) = try await ground()
    #expect(ground.areas.count > 50)
    let points = sites(4, ground, seed: seed)
    let reach = ground.reach(points, within: 2)
    for fifth in [nil, 1, 2, 3, 4, 5] {
      let own = ground.areas.filter { fifth == nil || $0.fifth == fifth }
      let near = own.filter { area in
        points.contains { $0.kilometres(to: area.position) <= 2 }
      }
      let all = own.reduce(0) { $0 + $1.people }
      guard let share = ground.shareInReach(reach, fifth: fifth) else {
        #expect(all == 0)
        continue
      }
      #expect(abs(share - near.reduce(0) { $0 + $1.people } / all * 100) < 1e-6)
    }
  }

  @Test("One more site brings those into reach who had none", arguments: [4, 5] as [UInt64])
  func oneMore(seed: UInt64) async throws {
    let (ground, _) = try await ground()
    let points = sites(3, ground, seed: seed)
    let more = sites(1, ground, seed: seed + 100)
    let reach = ground.reach(points, within: 2)
    let with = ground.reach(points + more, within: 2)
    let gain = ground.newlyReached(reach, with)
    func people(_ reach: Double?) -> Double { (reach ?? 0) / 100 * ground.people }
    #expect(
      abs(gain.people - (people(ground.shareInReach(with)) - people(ground.shareInReach(reach))))
        < 1e-6 * ground.people)
    #expect(gain.deprived <= gain.people)
    #expect(ground.newlyReached(with, with).people == 0)
  }

  @Test("Areas of high need are the fifth with most of it, apart by what they reach")
  func gaps() async throws {
    let (ground, atlas) = try await ground()
    let needs = AreaNeed.all(ground, atlas)
    #expect(needs.first?.id == "imd_score")
    #expect(Set(needs.map(\.id)).count == needs.count)
    let reach = ground.reach(sites(6, ground, seed: 9), within: 2)
    for need in needs {
      let gaps = ReachGaps(ground, reach, need)
      let values = ground.areas.compactMap { need.value($0.unit) }
        .sorted { need.isMoreWorse ? $0 > $1 : $0 < $1 }
      let high = values.prefix(values.count / 5)
      for area in gaps.few + gaps.near {
        let edge = try #require(high.last)
        #expect(need.isMoreWorse ? area.need >= edge : area.need <= edge, "\(need.id)")
      }
      #expect(gaps.near.allSatisfy { $0.sites > 0 })
      let few = Set(gaps.few.map { $0.area.unit.code })
      #expect(few.isDisjoint(with: gaps.near.map { $0.area.unit.code }), "\(need.id)")
      #expect(gaps.few.count + gaps.near.count <= high.count)
    }
    #expect(ReachGaps(ground, reach, nil).few.isEmpty)
  }

  @Test("A point lies in the small area whose outline it is in")
  func finder() async throws {
    let (ground, atlas) = try await ground()
    let finder = SmallAreaFinder(atlas)
    #expect(finder.area(at: Position(latitude: 0, longitude: 0)) == nil)
    var found = 0
    for area in ground.areas where finder.area(at: area.position)?.code == area.unit.code {
      found += 1
    }
    // The middle of an area may lie outside of it where its outline is bent.
    #expect(found > ground.areas.count * 9 / 10)
  }
}
