import Foundation
import Testing

@testable import Charts

@Suite("The picture of a network in groups")
struct GroupedNetworkTests {
  /// Five hundred people of sixteen groups, the largest of 120.
  private static let picture: GroupedNetwork = {
    let groups = (1...16).map { "Group \($0)" }
    let nodes = (0..<500).map { index in
      GroupedNetwork.Node(
        group: index < 120 ? 0 : 1 + index % 15, name: index % 7 == 0 ? "Person \(index)" : nil,
        mark: index == 3 ? .own : index % 50 == 0 ? .weak : .plain)
    }
    let ties = (0..<1_500).compactMap { index -> GroupedNetwork.Tie? in
      let one = index * 7 % 500
      let other = (index * 13 + 1) % 500
      let strength = Double(index % 10 + 1) / 8
      return one == other ? nil : GroupedNetwork.Tie(one, other, strength: strength)
    }
    return GroupedNetwork(groups: groups, nodes: nodes, ties: ties)
  }()

  @Test("Of five hundred people no two dots lie upon each other, and none leaves its group's disc")
  func readable() throws {
    let svg = Self.picture.svg(id: "n", title: "People", description: "Who knows whom")
    let dots = try svg.matches(
      of: #/<circle class="dot (\w+)" cx="([\d.]+)" cy="([\d.]+)" r="([\d.]+)"/#
    )
    .map { match in
      (
        x: try #require(Double(match.output.2)), y: try #require(Double(match.output.3)),
        r: try #require(Double(match.output.4))
      )
    }
    #expect(dots.count == 500)
    for (index, one) in dots.enumerated() {
      for other in dots[(index + 1)...] {
        let distance = hypot(one.x - other.x, one.y - other.y)
        // Their middles stay apart by more than the radius of a plain dot; a tenth is lost in writing.
        #expect(distance > 1.4)
      }
      #expect((0...400).contains(one.x))
      // Between the labels of two rows.
      let row = (one.y - 8).truncatingRemainder(dividingBy: 78)
      #expect((10...70).contains(row))
    }
    #expect(svg.matches(of: #/class="tie/#).count == GroupedNetwork.mostTies)
    #expect(Self.picture.isPartial)
    #expect(svg.contains("<title>Person 7, Group"))
    #expect(svg.contains("<title>Somebody, Group"))
  }
}
