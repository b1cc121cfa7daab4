import Definitions
import FileTools
import Foundation
import Linkage

/// A model in full, as text.
struct ModelText {
  private let model: LinkModel
  init(_ model: LinkModel) { self.model = model }

  var text: String {
    var lines = [
      "Records are named by '\(model.id)'. Pairs are looked for \(scope).", "", "Fields",
    ]
    for field in model.fields {
      let columns =
        field.columns == [field.name] ? "" : " from \(field.columns.joined(separator: ", "))"
      lines.append("  \(field.name): \(field.kind.rawValue)\(columns)")
    }
    lines += ["", "Comparisons (the first level that holds counts)"]
    for (index, comparison) in model.comparisons.enumerated() {
      lines.append("  \(comparison.name)\(comparison.unless.map { ", unless \($0.text)" } ?? "")")
      let trained = model.trained?.comparisons[index]
      for (level, title) in comparison.titles.enumerated() {
        let place = level - comparison.firstLevel
        let rare =
          comparison.levels.indices.contains(place) && comparison.levels[place].usesFrequency
          ? "; rare values count for more" : ""
        lines.append("    \(level) \(title)\(rare)\(weights(trained, level))")
      }
    }
    lines += ["", blockingTitle]
    for rule in model.trained?.rules
      ?? (model.blocking.rules.isEmpty ? model.blocking.candidates : model.blocking.rules)
    {
      lines.append("  \(rule.text)")
    }
    lines.append(
      "  A key with more than \(model.blocking.largestBlock) pairs is split by further parts.")
    lines += ["", "Clusters"]
    lines.append(
      "  one valid NHS number: \(model.clusters.oneNHSNumber ? "yes" : "no"); twins kept apart: "
        + (model.clusters.separateTwins.map { $0 ? "yes" : "no" } ?? "where there are any")
        + (model.clusters.single.isEmpty
          ? "" : "; one value of \(model.clusters.single.joined(separator: ", "))")
        + (model.clusters.onePerPerson.isEmpty
          ? "" : "; one record a person in \(model.clusters.onePerPerson.joined(separator: ", "))"))
    if let trained = model.trained {
      lines += [
        "",
        "Two records taken blindly are of one person once in \(Int(1 / trained.shares.match)); pairs "
          + "are taken for matches from a weight of \(trained.threshold.formatted()) on.",
      ]
    } else {
      let prior = model.prior.probability.map { "is \($0)" } ?? "is worked out from the pairs"
      let training = model.training ?? TrainingRules()
      lines += [
        "", "The probability that two records taken blindly are of one person \(prior).", "",
        "Training",
        "  at most \(training.iterations) iterations, until nothing changes by "
          + "\(training.tolerance); comparisons that go together are "
          + (training.allowsForDependence ? "allowed for" : "taken for independent"),
      ]
    }
    return lines.joined(separator: "\n")
  }

  private var scope: String {
    let where_ =
      model.scope.within && model.scope.between
      ? "within and between sources" : model.scope.within ? "within sources" : "between sources"
    return where_ + (model.scope.isOneToOne ? ", one partner at most for each record" : "")
  }

  private var blockingTitle: String {
    if model.trained != nil { return "Blocking rules (pairs are compared that any of them finds)" }
    return model.blocking.rules.isEmpty
      ? "Candidates for blocking rules (those are taken that find most matches for the fewest pairs)"
      : "Blocking rules (pairs are compared that any of them finds)"
  }

  private func weights(_ trained: TrainedModel.Levels?, _ level: Int) -> String {
    guard let trained, trained.match[level] > 0, trained.random[level] > 0 else { return "" }
    let weight = log2(trained.match[level] / trained.random[level])
    return ": m \(short(trained.match[level])), u \(short(trained.random[level])), weight "
      + String(format: "%.1f", weight)
  }

  private func short(_ number: Double) -> String { String(format: "%.3g", number) }
}

/// What a linkage comes to, in words.
struct LinkSummary {
  private let result: LinkResult
  init(_ result: LinkResult) { self.result = result }

  var text: String {
    let sources = result.sources.map { "\($0.name) (\($0.count.formatted()) records)" }
    var lines = [
      "\(result.linkCount.formatted()) links among \(sources.joined(separator: ", "))."
    ]
    if result.linkCount == 0 {
      lines.append("No pair of records is likely enough to be of one person.")
    } else {
      let weight = String(format: "%.2f", result.threshold)
      lines.append("Pairs count as matches from a match weight of \(weight) on.")
    }
    if let report = result.report {
      lines.append(
        (report.isLearnt ? "Learnt from" : "Too few matches to learn from among")
          + " \(report.pairs.formatted()) pairs of \(report.patterns.formatted()) patterns; "
          + "\(Int(report.expectedMatches).formatted()) matches are expected among them.")
      if !report.dependences.isEmpty {
        let pairs = report.dependences.map {
          "\($0.one) and \($0.other) (\(String(format: "%.1f", $0.bits)) bits)"
        }
        lines.append(
          "Comparisons that go together, which the weights allow for: \(pairs.joined(separator: ", "))."
        )
      }
      if !report.isConverged {
        lines.append("The estimates did not come to rest: see what --explain says of model.json.")
      }
      if !report.unidentified.isEmpty {
        lines.append(
          "Nothing could be learnt of \(report.unidentified.joined(separator: ", ")): every blocking "
            + "rule touches them. They have the usual values.")
      }
    }
    if let choice = result.choice, !choice.rules.isEmpty {
      lines.append(
        "\(choice.rules.count) blocking rules find \(percent(choice.recall)) percent of the matches that all "
          + "\(choice.candidates.count) candidates find, which miss \(Int(choice.missed.rounded()).formatted()) "
          + "or more (capture and recapture).")
    }
    return lines.joined(separator: "\n")
  }
}

private func percent(_ share: Double) -> String {
  String(format: "%.1f", 100 * share)
}

/// How right a linkage is, as a table.
struct EvaluationText {
  private let evaluation: TruthEvaluation
  init(_ evaluation: TruthEvaluation) { self.evaluation = evaluation }

  var text: String {
    func cells(_ title: String, _ score: TruthEvaluation.Score) -> [String] {
      func share(_ value: Double) -> String { value.isNaN ? "" : String(format: "%.4f", value) }
      return [
        title, String(score.right), String(score.wrong), String(score.missed),
        share(score.precision), share(score.recall), share(score.f1),
      ]
    }
    var rows = [cells("links", evaluation.links), cells("clusters", evaluation.clusters)]
    rows += evaluation.thresholds.map { cells("weight >= \(Int($0.weight))", $0.pairs) }
    let table = TextTable(
      columns: ["pairs", "right", "wrong", "missed", "precision", "recall", "F1"], rows: rows)
    let missed = evaluation.missedByBlocking
    return table.aligned
      + "\n\(evaluation.truePairs.formatted()) pairs are true; blocking missed \(missed.formatted())."
  }
}

/// How right a linkage is likely to be, and for whom, as a table.
struct QualityText {
  private let quality: FileQuality
  init(_ quality: FileQuality) { self.quality = quality }

  var text: String {
    var groups: [String: [QualityRow]] = [:]
    var order: [String] = []
    for row in quality.rows {
      let key = [row.source, row.kind, row.group].joined(separator: "\u{0}")
      if groups[key] == nil { order.append(key) }
      groups[key, default: []].append(row)
    }
    func errors(_ row: QualityRow?) -> String {
      guard let row, let value = row.value, let lower = row.lower, let upper = row.upper else {
        return "not known"
      }
      func words(_ share: Double) -> String {
        String(format: "%.1f", 1_000 * (1 - share))
      }
      return "\(words(value)) (\(words(upper)) to \(words(lower)))"
    }
    let rows = order.compactMap { groups[$0] }.map { rows -> [String] in
      func row(_ measure: QualityRow.Measure) -> QualityRow? {
        rows.first { $0.measure == measure }
      }
      let linked = row(.linked)
      return [
        rows[0].source.isEmpty ? "all" : rows[0].source,
        rows[0].kind.isEmpty ? "everybody" : "\(rows[0].kind): \(rows[0].group)",
        linked.map { Int($0.denominator).formatted() } ?? "",
        linked?.value.map(percent) ?? "", errors(row(.precision)), errors(row(.recall)),
      ]
    }
    let table = TextTable(
      columns: [
        "source", "group", "records", "linked, %", "wrong of 1,000", "missed of 1,000",
      ], rows: rows)
    return table.aligned
      + "\nEstimates with 95% intervals, by the model"
      + (quality.reviewed > 0 ? " and \(quality.reviewed.formatted()) reviewed pairs." : " alone.")
      + (quality.knowsBlocking
        ? "" : " What blocking misses is not in them: the rules were not chosen from these files.")
  }
}
