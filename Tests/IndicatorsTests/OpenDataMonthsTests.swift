import Foundation
import Places
import Population
import TestPlaces
import Testing

@testable import Indicators

@Suite("Months of open data")
struct OpenDataMonthsTests {
  @Test("A month with one digit is that month, in its order")
  func shortMonths() async throws {
    let place = try TestPlaces.makeFictional()
    defer { try? FileManager.default.removeItem(at: place) }
    func months() async throws -> [String] {
      _ = try await PlaceRun(place: place).run()
      let atlas = try await Atlas.current(of: PlaceStore(place: place))
      return (atlas.seriesByMeasure["ae_attendances"] ?? []).map(\.period)
    }
    let before = try await months()
    let file = place.appendingPathComponent("extracts/open-data/hospital.csv")
    let text = try String(contentsOf: file, encoding: .utf8)
    let short = text.replacing(/,(\d{4})-0(\d),/) { ",\($0.1)-\($0.2)," }
    #expect(short != text)
    try Data(short.utf8).write(to: file)
    #expect(try await months() == before && before.count > 1)
  }
}
