import Decisions
import Definitions
import Indicators

extension PriorityEvidence {
  /// The evidence in sentences.
  var sentences: [[String: any Sendable]] {
    lines.map { line in
      let words = IndicatorWords(line.indicator)
      var text = "\(words.value(line.reading)), \(line.period)"
      if let benchmark = line.benchmark {
        text += "; \(benchmark.name): \(words.value(benchmark.value))"
      }
      if let comparison = line.comparison { text += ": \(comparison.word)" }
      return ["title": line.indicator.title, "path": line.indicator.path, "text": text]
    }
  }
}
