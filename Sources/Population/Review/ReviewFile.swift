import Columns
import Definitions
import Engine
public import Foundation
import Intake
public import Linkage
import TableFiles

/// The files of a review: pairs that are given to people, what they say of them, and what was decided.
public enum ReviewFile {
  /// A pair that a reviewer looked at.
  public struct Reviewed: Sendable, Hashable {
    public let one: PairDecision.Record
    public let other: PairDecision.Record
    public let verdict: ReviewVerdict
    /// Where it stands in the reviewer's file.
    public let line: Int

    /// What is decided so; nil where the reviewer is not sure.
    public var decision: PairDecision? {
      PairDecision.Verdict(rawValue: verdict.rawValue).map { PairDecision(one, other, $0) }
    }
  }

  private static let names = ["left_source", "left_id", "right_source", "right_id"]

  /// Writes pairs for people to decide, with the values of both records side by side.
  ///
  /// The file says who people are: only its owner may read it.
  public static func write(_ pairs: [ReviewPair], of result: LinkResult, to url: URL) throws {
    let values = result.parts.flatMap { ["left_\($0)", "right_\($0)"] }
    let comparisons = result.model.comparisons.map(\.name)
    let fields =
      ["decision", "comment"] + names + ["match_weight", "match_probability", "chance"]
      + values + comparisons.map { "agreement_\($0)" }
    let rows = pairs.map { pair -> [String?] in
      let (one, other) = (result.name(of: pair.left), result.name(of: pair.right))
      let sides = zip(result.values(of: pair.left), result.values(of: pair.right))
        .flatMap { [$0.map(shown), $1.map(shown)] }
      let levels = pair.parts.map { "\($0.level) (\(signed($0.weight)))" }
      return [nil, nil, one.source, one.id, other.source, other.id]
        + [
          String(format: "%.2f", pair.weight), String(format: "%.4f", pair.probability),
          String(format: "%.6f", pair.chance),
        ] + sides + levels
    }
    try writeTable(fields, rows, to: url)
  }

  /// A value as a spreadsheet should show it: never as something to be worked out.
  private static func shown(_ value: String) -> String {
    guard let first = value.first, "=@+-\t".contains(first),
      value.contains(where: { $0.isLetter || $0 == "(" })
    else { return value }
    return "'" + value
  }

  private static func signed(_ weight: Double) -> String {
    (weight < 0 ? "−" : "+") + String(format: "%.1f", abs(weight))
  }

  /// Reads what a reviewer said; pairs that were left open are not among it.
  ///
  /// - Throws: ``Definitions/Problem`` for what is no decision, and for a pair that is there twice with another.
  public static func read(_ url: URL) throws -> [Reviewed] {
    var reviewed: [Reviewed] = []
    var known: [[PairDecision.Record]: ReviewVerdict] = [:]
    var line = 1
    let reader = try StreamReader()
    try TableFile(url).read(names + ["decision"], reader) { batch in
      for row in 0..<batch.rowCount {
        line += 1
        let texts = batch.columns.map { text($0, row) }
        let word = (texts[4] ?? "").trimmingCharacters(in: .whitespaces).lowercased()
        guard !word.isEmpty else { continue }
        guard let verdict = ReviewVerdict(rawValue: word) else {
          throw Problem(
            file: url.path, line: line, "In 'decision' there is something that is no decision.",
            hint: "Write same, different or unsure, or leave it empty.")
        }
        guard let a = texts[0], let b = texts[1], let c = texts[2], let d = texts[3] else {
          throw Problem(
            file: url.path, line: line, "The pair does not say which records it is of.",
            hint: "Leave the columns \(names.joined(separator: ", ")) as they were.")
        }
        let pair = [
          PairDecision.Record(source: a, id: b), PairDecision.Record(source: c, id: d),
        ].sorted()
        if let earlier = known[pair] {
          guard earlier == verdict else {
            throw Problem(
              file: url.path, line: line, "The pair is there twice, with another decision.",
              hint: "Leave one of the two out.")
          }
          continue
        }
        known[pair] = verdict
        reviewed.append(Reviewed(one: pair[0], other: pair[1], verdict: verdict, line: line))
      }
    }
    return reviewed
  }

  /// Reads decisions: those that people are sure of.
  public static func decisions(_ url: URL) throws -> [PairDecision] {
    try read(url).compactMap(\.decision)
  }

  /// Writes decisions.
  public static func write(_ decisions: [PairDecision], to url: URL) throws {
    let rows = decisions.sorted { ($0.one, $0.other) < ($1.one, $1.other) }.map { decision in
      [
        decision.verdict.rawValue, decision.one.source, decision.one.id, decision.other.source,
        decision.other.id,
      ] as [String?]
    }
    try writeTable(["decision"] + names, rows, to: url)
  }

  /// Writes the pairs that a round of review leaves open, with what was said.
  public static func write(open pairs: [ReviewRound.Pair], to url: URL) throws {
    let rows = pairs.map { pair in
      [
        nil, pair.one.source, pair.one.id, pair.other.source, pair.other.id,
        pair.verdicts.map(\.rawValue).joined(separator: ", "),
      ] as [String?]
    }
    try writeTable(["decision"] + names + ["said"], rows, to: url)
  }

  private static func text(_ column: Column, _ row: Int) -> String? {
    column.withBytes(row) { String(decoding: $0, as: UTF8.self) }
  }

  /// Writes a table as CSV, whole or not at all.
  private static func writeTable(_ names: [String], _ rows: [[String?]], to url: URL) throws {
    let fields = names.map { Field($0, .utf8) }
    let columns = try fields.map { try ColumnWriter($0) }
    for row in rows {
      for (value, column) in zip(row, columns) {
        if let value { column.append(text: value) } else { column.appendNull() }
      }
    }
    let partial = url.deletingLastPathComponent()
      .appendingPathComponent(".partial-\(url.lastPathComponent)")
    do {
      // Only its owner may read it, from its first byte on.
      unlink(partial.path)
      let descriptor = open(partial.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else { throw StoreError.unwritable(url.path, errno) }
      close(descriptor)
      var batch: FinishedBatch? = FinishedBatch(columns)
      try StreamWriter().write(fields, to: partial.path, .csv(.none)) {
        defer { batch = nil }
        return batch
      }
      guard chmod(partial.path, 0o600) == 0, rename(partial.path, url.path) == 0 else {
        throw StoreError.unwritable(url.path, errno)
      }
    } catch {
      try? FileManager.default.removeItem(at: partial)
      throw error
    }
  }
}
