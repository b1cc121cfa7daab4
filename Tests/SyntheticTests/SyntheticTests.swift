import Foundation
import Indicators
import Population
import TestPlaces
import Testing

@testable import Synthetic

@Suite("The fictional place is whole, and plausible")
struct SyntheticTests {
  static let seeds: [UInt64] = [1, 2, 77]

  private func place(_ seed: UInt64) throws -> FictionalPlace {
    try FictionalPlace(seed: seed, smallAreas: 160)
  }

  @Test("The same seed gives the same files; another gives others")
  func deterministic() throws {
    let first = try AreaFiles(place(1)).all()
    let again = try AreaFiles(place(1)).all()
    let other = try AreaFiles(place(2)).all()
    #expect(first.map(\.text) == again.map(\.text))
    #expect(first[0].text != other[0].text)
  }

  @Test("Small areas tile the land: every inner border is shared by exactly two", arguments: seeds)
  func tiling(seed: UInt64) throws {
    let land = try place(seed).land
    var edges: [Edge: Int] = [:]
    for area in land.areas {
      #expect(area.cell.count >= 3)
      #expect(signedArea(area.cell) > 0)
      for (index, from) in area.cell.enumerated() {
        edges[Edge(from: from, to: area.cell[(index + 1) % area.cell.count]), default: 0] += 1
      }
    }
    #expect(edges.values.allSatisfy { $0 == 1 }, "no border is run along twice the same way")
    let areas = land.areas.reduce(0) { $0 + signedArea($1.cell) }
    let whole = dissolve(land.areas.map(\.cell))
    let outline = whole.reduce(0) { sum, rings in
      sum + rings.reduce(0) { $0 + signedArea(Array($1.dropLast())) }
    }
    #expect(areas == outline, "what is inside the outline is what the cells cover")
  }

  private struct Edge: Hashable {
    let from: GridPoint
    let to: GridPoint
  }

  @Test("Wards tile their district, and districts the place", arguments: seeds)
  func hierarchy(seed: UInt64) throws {
    let land = try place(seed).land
    for (ward, district) in land.wardDistricts.enumerated() {
      let members = land.areas.filter { $0.ward == ward }
      #expect(!members.isEmpty)
      #expect(members.allSatisfy { $0.district == district })
    }
    for district in land.towns.indices {
      let members = land.areas.filter { $0.district == district }
      let rings = dissolve(members.map(\.cell))
      let area = rings.reduce(0) { sum, part in
        sum + part.reduce(0) { $0 + signedArea(Array($1.dropLast())) }
      }
      #expect(area == members.reduce(0) { $0 + signedArea($1.cell) })
      #expect(rings.allSatisfy { $0.allSatisfy { $0.first == $0.last && $0.count >= 4 } })
    }
  }

  @Test("Counts add up, and stay near the published figures", arguments: seeds)
  func counts(seed: UInt64) throws {
    let place = try place(seed)
    var residents = 0
    var groups = [0, 0, 0, 0, 0]
    for count in place.people.counts {
      #expect((1_000...3_000).contains(count.residents))
      #expect(count.ethnicGroups.reduce(0, +) == count.residents)
      #expect(count.disabled < count.residents)
      #expect(count.tenure.reduce(0, +) == count.dimensions.reduce(0, +))
      #expect((0.2...94.2).contains(count.score))
      #expect(count.deciles.allSatisfy { (1...10).contains($0) })
      residents += count.residents
      for index in groups.indices { groups[index] += count.ethnicGroups[index] }
    }
    let white = 100 * Double(groups[0]) / Double(residents)
    #expect((70...95).contains(white))
  }

  @Test("Deprivation has spatial structure: neighbours are alike", arguments: seeds)
  func spatial(seed: UInt64) throws {
    let land = try place(seed).land
    var owners: [Edge: Int] = [:]
    for (index, area) in land.areas.enumerated() {
      for (corner, from) in area.cell.enumerated() {
        owners[Edge(from: from, to: area.cell[(corner + 1) % area.cell.count])] = index
      }
    }
    // Moran's I with neighbours by shared border; 0 for no structure.
    var products = 0.0
    var pairs = 0.0
    for (edge, owner) in owners {
      guard let other = owners[Edge(from: edge.to, to: edge.from)] else { continue }
      products += land.areas[owner].deprivation * land.areas[other].deprivation
      pairs += 1
    }
    let variance = land.areas.reduce(0) { $0 + $1.deprivation * $1.deprivation }
    #expect(products / pairs / (variance / Double(land.areas.count)) > 0.25)
  }

  @Test("Months have the change and the outlier that the parameters say")
  func months() throws {
    let place = try FictionalPlace(seed: 1, smallAreas: 200)
    let rows = MonthlySeries(place).hospital().split(separator: "\n").dropFirst().map {
      $0.split(separator: ",").map(String.init)
    }
    func sum(_ column: Int, _ include: (String) -> Bool) -> Double {
      rows.filter { include($0[1]) }.compactMap { Double($0[column]) }.reduce(0, +)
    }
    let before = sum(2) { ("2023-02"..."2024-01").contains($0) }
    let after = sum(2) { ("2024-02"..."2025-01").contains($0) }
    #expect((1.05...1.09).contains(after / before))
    let usual = sum(3) { $0 == "2022-11" } / sum(2) { $0 == "2022-11" }
    let outlier = sum(3) { $0 == "2022-12" } / sum(2) { $0 == "2022-12" }
    #expect((1.25...1.45).contains(outlier / usual))
  }

  @Test("Parts shared out add up", arguments: [0, 1, 7, 1_000])
  func apportionment(whole: Int) {
    #expect(apportion(whole, [1, 2.5, 0, 3]).reduce(0, +) == whole)
    #expect(apportion(whole, [0, 0]) == [0, 0])
  }

  @Test("Codes are no real ones, and postcodes are of an area that does not exist")
  func fictionalCodes() throws {
    let files = try AreaFiles(place(1)).all()
    let areas = try #require(files.first { $0.name == "small_areas.csv" }?.text)
    #expect(!areas.contains(/[EWSN]0[0-9]{7}/))
    let places = try #require(files.first { $0.name == "places.csv" }?.text)
    for line in places.split(separator: "\n").dropFirst() {
      #expect(line.split(separator: ",")[3].hasPrefix("ZZ"))
    }
  }

  @Test("It runs, and its figures are those of its files")
  func runs() async throws {
    let atlas = try await Atlas.current(of: try await TestPlaces.fictional())
    let place = try #require(atlas.place)
    let expected = try FictionalPlace(seed: 1, smallAreas: 120).people.counts
      .reduce(0) { $0 + $1.residents }
    #expect(atlas.figure("residents", place).value == Double(expected))
    #expect(atlas.periods(of: "ae_attendances").count == 40)
    #expect(atlas.units(ofKind: "lad").count == 6)
  }
}
