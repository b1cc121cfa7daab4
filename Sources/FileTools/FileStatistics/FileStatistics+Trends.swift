import Codes
import Definitions
import Foundation
public import Statistics
public import TableFiles

extension FileStatistics {
  /// Whether each group's values rise or fall with time: Mann and Kendall's test and Sen's slope.
  public static func trends(
    _ settings: Settings, time: String, value: String
  ) throws -> ResultTable {
    let table = try NumberTable(settings.file, texts: settings.groups, numbers: [time, value])
    let times = table.number(time)
    try table.refuse("The time is missing.", hint: "Times are numbers, such as years.") {
      times[$0].isNaN
    }
    let groups = RowGroups(table, by: settings.groups, isEachRow: false)
    try requireOnce(table, groups, times, what: time)
    let results = groups.grouping.rows.map { rows -> Result<MannKendall, NoEstimate> in
      let rows = rows.sorted { times[$0] < times[$1] }
      return Result { () throws(NoEstimate) in
        try MannKendall(
          rows.map { table.number(value)[$0] }, times: rows.map { times[$0] },
          confidence: settings.confidences[0])
      }
    }
    func column(_ value: (MannKendall) -> Double?) -> ResultTable.Values {
      .number(results.map { (try? $0.get()).flatMap(value) ?? .nan })
    }
    return ResultTable(
      groups.columns() + [
        ("s", column { Double($0.score) }), ("tau", column(\.tau)), ("p_value", column(\.pValue)),
        ("slope", column(\.slope)), ("slope_lowercl", column { $0.slopeLimits?.lower }),
        ("slope_uppercl", column { $0.slopeLimits?.upper }),
        (
          "status",
          .text(
            results.map { result in
              switch result {
              case .failure(let error): "unknown: \(error.reason.text)"
              case .success(let trend):
                trend.slopeLimits == nil
                  ? "no limits of the slope: there are too few values" : "known"
              }
            })
        ),
      ])
  }

  /// Straight lines that join, for each group: a row a segment.
  public static func segments(
    _ settings: Settings, time: String, value: String, most: Int, isLogarithmic: Bool
  ) throws -> ResultTable {
    let table = try NumberTable(settings.file, texts: settings.groups, numbers: [time, value])
    let (times, values) = (table.number(time), table.number(value))
    try table.refuse("The time or the value is missing.", hint: "Leave the row out.") {
      times[$0].isNaN || values[$0].isNaN
    }
    if isLogarithmic {
      try table.refuse(
        "The value is not above zero.", hint: "It has no logarithm: leave --log out."
      ) {
        values[$0] <= 0
      }
    }
    let groups = RowGroups(table, by: settings.groups, isEachRow: false)
    try requireOnce(table, groups, times, what: time)
    var of: [Int] = []
    var rows: [(number: Int?, from: Double, to: Double, slope: Double, low: Double, high: Double)] =
      []
    var words: [String?] = []
    for (group, unsorted) in groups.grouping.rows.enumerated() {
      let sorted = unsorted.sorted { times[$0] < times[$1] }
      do throws(NoEstimate) {
        let trend = try SegmentedTrend(
          sorted.map { table.number(value)[$0] }, times: sorted.map { times[$0] }, most: most,
          isLogarithmic: isLogarithmic, confidence: settings.confidences[0])
        for (number, segment) in trend.segments.enumerated() {
          of.append(group)
          rows.append(
            (
              number + 1, segment.from, segment.to, segment.slope, segment.limits.lower,
              segment.limits.upper
            ))
          words.append("known")
        }
      } catch {
        of.append(group)
        rows.append((nil, .nan, .nan, .nan, .nan, .nan))
        words.append("unknown: \(error.reason.text)")
      }
    }
    // The change of a logarithm as a percentage a unit of time.
    func scale(_ slope: Double) -> Double { isLogarithmic ? (exp(slope) - 1) * 100 : slope }
    let name = isLogarithmic ? "percent_change" : "slope"
    return ResultTable(
      groups.columns(groups: of) + [
        ("segment", .integer(rows.map(\.number))), ("from", .number(rows.map(\.from))),
        ("to", .number(rows.map(\.to))), (name, .number(rows.map { scale($0.slope) })),
        ("\(name)_lowercl", .number(rows.map { scale($0.low) })),
        ("\(name)_uppercl", .number(rows.map { scale($0.high) })), ("status", .text(words)),
      ])
  }

  /// Whether each group's share rises or falls over ordered parts: Cochran and Armitage's test.
  public static func trendsOfShares(
    _ settings: Settings, score: String, events: String, population: String
  ) throws -> ResultTable {
    let table = try NumberTable(
      settings.file, texts: settings.groups, numbers: [score, events, population])
    try table.refuseNegative(events)
    try table.refuseNegative(population)
    let groups = RowGroups(table, by: settings.groups, isEachRow: false)
    let scores = table.number(score)
    try table.refuse("The score is missing.", hint: "It is the group's place in the order.") {
      scores[$0].isNaN
    }
    try requireOnce(table, groups, scores, what: score)
    let results = groups.grouping.rows.map { rows -> Result<CochranArmitage, NoEstimate> in
      Result { () throws(NoEstimate) in
        try CochranArmitage(
          events: rows.map { table.number(events)[$0] },
          populations: rows.map { table.number(population)[$0] },
          scores: rows.map { table.number(score)[$0] })
      }
    }
    func column(_ value: (CochranArmitage) -> Double) -> ResultTable.Values {
      .number(results.map { (try? $0.get()).map(value) ?? .nan })
    }
    return ResultTable(
      groups.columns() + [
        ("z", column(\.z)), ("p_value", column(\.pValue)), ("status", status(results)),
      ])
  }

  private static func status<Success>(
    _ results: [Result<Success, NoEstimate>]
  ) -> ResultTable.Values {
    .text(
      results.map { result in
        if case .failure(let error) = result { "unknown: \(error.reason.text)" } else { "known" }
      })
  }

  /// Rates of small areas drawn towards the mean of all of a group's areas.
  public static func smoothed(
    _ settings: Settings, area: String, events: String, population: String, per: Double
  ) throws -> ResultTable {
    let table = try NumberTable(
      settings.file, texts: settings.groups + [area], numbers: [events, population])
    try table.refuseNegative(events)
    try table.refuseNegative(population)
    let (x, n) = (table.number(events), table.number(population))
    let groups = RowGroups(table, by: settings.groups, isEachRow: false)
    try requireOnce(table, groups, table.text(area), what: area)
    var model = Estimates(
      unknown: .missing, count: table.rowCount, confidences: settings.confidences)
    var moments = [Double](repeating: .nan, count: table.rowCount)
    for rows in groups.grouping.rows {
      let (events, people) = (rows.map { x[$0] }, rows.map { n[$0] })
      let marshall = EmpiricalBayes(events: events, populations: people)
      do throws(NoEstimate) {
        let fitted = try GammaPoisson(
          events: events, expected: people, confidences: settings.confidences)
        for (index, row) in rows.enumerated() {
          moments[row] = marshall.rates[index] * per
          switch fitted.estimates[index] {
          case .unknown(let reason): model.setUnknown(row, reason)
          case .known(let known):
            model.set(
              row, known.value * per,
              known.intervals.map { limits in
                limits.map {
                  Interval(
                    lower: $0.lower * per, upper: $0.upper * per, confidence: $0.confidence)
                }
              })
          }
        }
      } catch {
        for row in rows { model.setUnknown(row, error.reason) }
      }
    }
    let crude = Estimates.crudeRates(events: x, populations: n, per: per, confidences: [0.95])
    return ResultTable(
      groups.columns(groups: groups.grouping.group.map(Int.init)) + [
        (area, .text(table.text(area).map(Optional.some))), (events, .number(x)),
        (population, .number(n)), ("crude", .number(crude.values)),
        ("empirical_bayes", .number(moments)),
      ] + model.columns(.wide, prefix: "smoothed"))
  }

  /// How a regression is set up.
  public struct ModelSettings: Sendable {
    public var family = GeneralisedLinearModel.Family.poisson
    public var outcome = ""
    /// Columns that are numbers, and those whose values are groups, the first of which is the reference.
    public var numbers: [String] = []
    public var categories: [String] = []
    public var exposure: String?
    public var isRobust = false
    public var cluster: String?

    public init() {}
  }

  /// A regression of the file's rows: a row a term.
  public static func regression(
    _ settings: Settings, _ model: ModelSettings
  ) throws -> ResultTable {
    let numbers = [model.outcome] + model.numbers + [model.exposure].compactMap { $0 }
    let table = try NumberTable(
      settings.file, texts: model.categories + [model.cluster].compactMap { $0 }, numbers: numbers)
    try table.refuseNegative(model.outcome)
    let outcome = table.number(model.outcome)
    if model.family == .logistic {
      try table.refuse(
        "The outcome is not from 0 to 1.", hint: "1 is yes and 0 is no; shares lie between."
      ) { outcome[$0] > 1 }
    } else if model.family == .negativeBinomial {
      try table.refuse("The outcome is no whole number.", hint: "Counts are whole numbers.") {
        outcome[$0] != outcome[$0].rounded() && !outcome[$0].isNaN
      }
    }
    if let name = model.exposure {
      let exposure = table.number(name)
      try table.refuse("The exposure is not above zero.", hint: "Leave rows without people out.") {
        exposure[$0] <= 0
      }
    }
    for name in numbers {
      let values = table.number(name)
      try table.refuse(
        "The column '\(name)' is missing here.",
        hint: "Leave out rows that are not complete, and say so where the model is shown."
      ) { values[$0].isNaN }
    }
    for name in model.categories + [model.cluster].compactMap({ $0 }) {
      let texts = table.text(name)
      try table.refuse(
        "The column '\(name)' is missing here.",
        hint: "Leave out rows that are not complete, or give those that are not known a name."
      ) { texts[$0].isEmpty || WrittenValue.missingNumbers.contains(texts[$0]) }
    }
    var columns = model.numbers.map { (name: $0, values: table.number($0)) }
    for name in model.categories {
      let values = table.text(name)
      for level in Set(values).sorted().dropFirst() {
        columns.append(("\(name)=\(level)", values.map { $0 == level ? 1 : 0 }))
      }
    }
    let errors: GeneralisedLinearModel.Errors =
      model.cluster.map { .clustered(Grouping(table.text($0))) }
      ?? (model.isRobust ? .robust(isCorrected: true) : .model)
    let fitted: GeneralisedLinearModel
    do throws(NoEstimate) {
      fitted = try GeneralisedLinearModel(
        model.family, outcome: table.number(model.outcome), columns: columns,
        exposure: model.exposure.map(table.number), errors: errors,
        confidence: settings.confidences[0])
    } catch {
      throw Problem(
        file: settings.file.url.path, "The model cannot be fitted: \(error.reason.text).",
        hint:
          "Check that no column follows from others, that no group has all events or none, and that there are more rows than terms."
      )
    }
    let terms = fitted.coefficients
    return ResultTable([
      ("term", .text(terms.map(\.name))), ("estimate", .number(terms.map(\.value))),
      ("std_error", .number(terms.map(\.standardError))), ("z", .number(terms.map(\.z))),
      ("p_value", .number(terms.map(\.pValue))),
      ("lowercl", .number(terms.map(\.limits.lower))),
      ("uppercl", .number(terms.map(\.limits.upper))),
      ("ratio", .number(terms.map(\.ratio.value))),
      ("ratio_lowercl", .number(terms.map { exp($0.limits.lower) })),
      ("ratio_uppercl", .number(terms.map { exp($0.limits.upper) })),
      ("dispersion", .number(terms.map { _ in fitted.dispersion })),
      ("log_likelihood", .number(terms.map { _ in fitted.logLikelihood })),
    ])
  }

  /// Probabilities of many tests made good for there being many.
  public static func adjusted(
    _ settings: Settings, pValue: String, columns: [String]
  ) throws -> ResultTable {
    let table = try NumberTable(settings.file, texts: settings.groups + columns, numbers: [pValue])
    let values = table.number(pValue)
    try table.refuse(
      "The column '\(pValue)' is no probability.", hint: "Probabilities are from 0 to 1."
    ) { !values[$0].isNaN && !(0...1).contains(values[$0]) }
    let groups = RowGroups(table, by: settings.groups, isEachRow: false)
    var result =
      groups.columns(groups: groups.grouping.group.map(Int.init))
      + columns.map { ($0, .text(table.text($0).map(Optional.some))) }
      + [(pValue, .number(values))]
    for method in MultipleComparisons.allCases {
      var adjusted = values
      for rows in groups.grouping.rows {
        for (row, value) in zip(rows, method.adjusted(rows.map { values[$0] })) {
          adjusted[row] = value
        }
      }
      result.append((method.rawValue, .number(adjusted)))
    }
    return ResultTable(result)
  }
}
