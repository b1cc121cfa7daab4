import Definitions

extension Atlas {
  /// The smallest kind of area that has outlines; nil where none has.
  package var smallestMappedKind: UnitKind? {
    kinds.last { kindsWithOutlines.contains($0.id) && !$0.isOrganisation }
  }

  /// The newest figures of a measure that are of everybody; nil where it has groups alone.
  package func latestSeries(of measure: Measure) -> Series? {
    series(of: measure.id).last { $0.group.isEmpty }
  }

  /// Measures that areas of a kind have figures of everybody for.
  package func measures(ofKind kind: String) -> [Measure] {
    measures.filter { measure in
      guard let series = latestSeries(of: measure) else { return false }
      return hasFigures(series, ofKind: kind)
    }
  }
}
