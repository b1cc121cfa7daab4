import ArgumentParser
import Definitions
import Foundation
import Linkage
import Population
import Site
import Synchronization

struct Link: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Link the records of files that are about the same people.",
    discussion: """
      MODEL says what the columns hold; comparisons, blocking rules and the rest follow from that, and \
      --explain prints them. Inputs are CSV or Parquet. One file is searched for people who are in it \
      twice; several are linked with each other. docs/linkage.md explains the method, and when not to \
      trust it. A model, in full:

        id: patient_number
        link: {within: false, between: true, one_to_one: true}
        fields:
          first_name: forename
          surname: surname
          dob: date_of_birth
          sex: sex
          address: {kind: address, columns: [street, postcode]}
          nhs_number: nhs_number

      Written to the folder: links (pairs of records with weight, probability and the level of each \
      comparison), clusters (the person of each record) and model.json, which can be given in MODEL's \
      place to link by it without learning anew. Examples:

        kith link model.yaml patients.csv tenants.csv --output linked
        kith link model.yaml register.parquet --output linked --csv
        kith link linked/model.json new.csv tenants.csv --output linked-again
        kith link model.yaml a.csv b.csv --output linked --truth person_id --report
        kith link --explain model.yaml
      """)

  @Argument(
    help: "The model (.yaml, or .json as written before), and the files to link.",
    completion: .file())
  var paths: [String] = []

  @Option(
    name: .shortAndLong, help: "The folder to write to; made where it is missing.",
    completion: .directory)
  var output: String?

  @Flag(help: "Write the tables as CSV rather than Parquet.")
  var csv = false

  @Option(help: "A column that says who each record is of: print how right the linkage is.")
  var truth: String?

  @Flag(help: "Write report.html too: what was learnt, the pairs by weight, blocking, clusters.")
  var report = false

  @Flag(help: "Print the model in full, and do nothing else.")
  var explain = false

  @Option(help: "The seed of what is drawn by chance. The same seed gives the same result.")
  var seed: UInt64 = 1

  @Option(help: "How many threads work; one a core if left out. The result is the same.")
  var threads: Int?

  @Option(
    help:
      "How much memory the pairs may take, such as 500MB; with more pairs they are compared twice.")
  var memory = "2GB"

  func validate() throws {
    guard !paths.isEmpty else { throw ValidationError("Name a model, and the files to link.") }
    guard threads.map({ (1...256).contains($0) }) ?? true else {
      throw ValidationError("Say how many threads: 1 to 256.")
    }
    guard bytes(memory) != nil else {
      throw ValidationError("'\(memory)' is no amount of memory; write one such as 500MB or 2GB.")
    }
    if explain {
      guard paths.count == 1, output == nil, truth == nil else {
        throw ValidationError("--explain takes a model and nothing else.")
      }
      return
    }
    guard paths.count >= 2 else {
      throw ValidationError("Name the files to link, after the model.")
    }
    guard output != nil || !report else {
      throw ValidationError("--report writes to a folder: name it with --output, such as linked.")
    }
    guard output != nil || truth != nil else {
      throw ValidationError("Name the folder to write to with --output, such as linked.")
    }
  }

  func run() throws {
    let model = try LinkModelFile(URL(fileURLWithPath: paths[0])).model
    if explain {
      print(ModelText(model).text)
      return
    }
    var settings = LinkRun.Settings()
    settings.seed = seed
    if let threads { settings.threads = threads }
    if let memory = bytes(memory) { settings.memory = memory }
    let inputs = paths.dropFirst().map { LinkInput(URL(fileURLWithPath: $0)) }
    let start = ContinuousClock.now
    let notes = Mutex([String]())
    let result: LinkResult
    do {
      result = try FileLinkage(model, inputs, settings, truth: truth).run { event in
        Self.show(event, start)
        if case .note(let text) = event { notes.withLock { $0.append(text) } }
      }
    } catch let error as LinkageError {
      throw Problem(
        file: error.record?.source ?? paths[0], line: error.record?.number, error.message,
        hint: error.hint)
    }
    print(LinkSummary(result).text)
    let evaluation = TruthEvaluation(result)
    if let evaluation { print("\n" + EvaluationText(evaluation).text) }
    if let output {
      let page =
        try report ? LinkReport(result, evaluation, notes: notes.withLock { $0 }).html() : nil
      let names = try LinkOutput(
        result, to: URL(fileURLWithPath: output), csv ? .csv : .parquet, report: page
      ).write()
      print("Wrote \(names.joined(separator: ", ")) to \(output).")
    }
  }

  private static func show(_ event: LinkRun.Event, _ start: ContinuousClock.Instant) {
    switch event {
    case .note(let text): print(error: "Note: \(text)")
    case .step(let text):
      let seconds = start.duration(to: .now) / .seconds(1)
      print(error: "\(seconds.formatted(.number.precision(.fractionLength(1)))) s: \(text)")
    case .chose(let choice):
      print(error: "chose \(choice.rules.count) of \(choice.candidates.count) blocking rules")
    }
  }

  private func bytes(_ text: String) -> Int? {
    let units = ["KB": 1_000, "MB": 1_000_000, "GB": 1_000_000_000]
    for (unit, size) in units where text.uppercased().hasSuffix(unit) {
      guard let number = Double(text.dropLast(2)), number > 0 else { return nil }
      return Int(number * Double(size))
    }
    return nil
  }
}

/// A model in full, as text.
private struct ModelText {
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
      lines += ["", "The probability that two records taken blindly are of one person \(prior)."]
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
      + weight.formatted(.number.precision(.fractionLength(1)))
  }

  private func short(_ number: Double) -> String { String(format: "%.3g", number) }
}

/// What a linkage comes to, in words.
private struct LinkSummary {
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
      let weight = result.threshold.formatted(.number.precision(.fractionLength(2)))
      lines.append("Pairs count as matches from a match weight of \(weight) on.")
    }
    if let report = result.report {
      lines.append(
        "Learnt from \(report.pairs.formatted()) pairs of \(report.patterns.formatted()) patterns; "
          + "\(Int(report.expectedMatches).formatted()) matches are expected among them.")
      if !report.isConverged {
        lines.append("The estimates did not come to rest: see what --explain says of model.json.")
      }
      if !report.unidentified.isEmpty {
        lines.append(
          "Nothing could be learnt of \(report.unidentified.joined(separator: ", ")): every blocking "
            + "rule touches them. They have the usual values.")
      }
    }
    if let choice = result.choice {
      lines.append(
        "\(choice.rules.count) blocking rules find \(percent(choice.recall)) percent of the matches that all "
          + "\(choice.candidates.count) candidates find, which miss \(Int(choice.missed.rounded()).formatted()) "
          + "or more (capture and recapture).")
    }
    return lines.joined(separator: "\n")
  }
}

private func percent(_ share: Double) -> String {
  (100 * share).formatted(.number.precision(.fractionLength(1)))
}

/// How right a linkage is, as a table.
private struct EvaluationText {
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
    return ((try? table.text(.table)) ?? "")
      + "\n\(evaluation.truePairs.formatted()) pairs are true; blocking missed \(missed.formatted())."
  }
}
