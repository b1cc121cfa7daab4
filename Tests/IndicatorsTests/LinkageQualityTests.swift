import Linkage
import Population
import Testing

@testable import Indicators

@Suite("What is about too few is not shown, nor what the rest would tell of it")
struct LinkageQualityTests {
  private func row(
    _ source: String, _ group: String, _ count: Double, _ measure: QualityRow.Measure = .linked,
    of all: Double? = nil
  ) -> QualityRow {
    QualityRow(
      source: source, measure: measure, kind: "sex", group: group,
      numerator: all == nil ? count * 0.9 : count, denominator: all ?? count)
  }

  private func hidden(
    _ quality: LinkageQuality, _ source: String, _ measure: QualityRow.Measure = .linked
  ) -> [String] {
    quality.cells(measure, source: source, kind: "sex").filter(\.isHidden).map(\.row.group)
  }

  @Test("One small group takes the next smallest with it")
  func next() {
    let quality = LinkageQuality(rows: [row("a", "F", 500), row("a", "M", 495), row("a", "X", 5)])
    #expect(hidden(quality, "a") == ["M", "X"])
  }

  @Test("A group that is small in one source is hidden in another too, or in all together")
  func across() {
    let quality = LinkageQuality(rows: [
      row("", "F", 550), row("", "M", 520), row("", "X", 54), row("", "Y", 200),
      row("gp", "F", 500), row("gp", "M", 480), row("gp", "X", 50), row("gp", "Y", 100),
      row("housing", "F", 50), row("housing", "M", 40), row("housing", "X", 4),
      row("housing", "Y", 100),
    ])
    // X is hidden in both sources, each with another group: all together and the other source would give it away.
    #expect(hidden(quality, "housing").contains("X") && hidden(quality, "housing").count > 1)
    #expect(hidden(quality, "gp").contains("X") && hidden(quality, "gp").count > 1)
  }

  @Test("That nearly nobody or nearly everybody has a record is not shown")
  func reach() {
    let quality = LinkageQuality(rows: [
      row("housing", "F", 4, .reach, of: 300), row("housing", "M", 295, .reach, of: 300),
      row("housing", "X", 50, .reach, of: 100), row("housing", "Y", 0, .reach, of: 100),
    ])
    // No share gives a count of 1 to 9 back, of those who have a record or of those who have none.
    for cell in quality.cells(.reach, source: "housing", kind: "sex") where !cell.isHidden {
      let (part, all) = (cell.row.numerator, cell.row.denominator)
      #expect(part == 0 || part >= 10, "\(cell.row.group)")
      #expect(all - part == 0 || all - part >= 10, "\(cell.row.group)")
    }
  }
}
