import Charts
import Foundation
import Indicators
import TableFiles

/// A table as the site shows it: as HTML under a caption, and as CSV.
struct DataTable: Sendable {
  /// Unique on its page; the name of its CSV file.
  let id: String
  let caption: String
  let columns: [Column]
  let rows: [[Cell]]
  /// Whether the cells of a row stand below each other on a phone, each with its column's title: for wide
  /// tables with words in them.
  var stacks = false

  struct Column: Sendable {
    let title: String
    let isNumeric: Bool

    init(_ title: String, isNumeric: Bool = false) {
      self.title = title
      self.isNumeric = isNumeric
    }
  }

  /// The table's first rows, saying of how many where there are more; its CSV has them all.
  func first(_ count: Int) -> DataTable {
    guard rows.count > count else { return self }
    return DataTable(
      id: id, caption: "\(caption) (the first \(count) of \(rows.count))", columns: columns,
      rows: Array(rows.prefix(count)), stacks: stacks)
  }

  enum Cell: Sendable {
    case text(String)
    case link(String, to: String)
    /// A number without a unit, to so many decimals.
    case number(Double, decimals: Int)
    /// A figure in the unit of its measure.
    case figure(Figure, decimals: Int)
    /// Nothing that belongs here, such as an interval of a census count.
    case none
  }

  // MARK: HTML

  /// The table as HTML, with a link to its CSV.
  ///
  /// - Parameter csv: where the CSV is; nil for no link.
  func html(csv: String?) -> String {
    // The caption stands outside, so that it stays where it is when a wide table is scrolled.
    var html = "<p class=\"caption\" id=\"cap-\(id)\">\(caption.xmlEscaped)</p>"
    html += "<div class=\"table-scroll\" role=\"region\" tabindex=\"0\" "
    html += "aria-labelledby=\"cap-\(id)\">"
    // The roles keep a stacked table one for screen readers.
    func role(_ role: String) -> String { stacks ? " role=\"\(role)\"" : "" }
    html += "<table class=\"nhsuk-table\(stacks ? " stack" : "")\" aria-labelledby=\"cap-\(id)\""
    html += "\(role("table"))><thead class=\"nhsuk-table__head\"\(role("rowgroup"))>"
    html += "<tr\(role("row"))>"
    for column in columns {
      html += "<th scope=\"col\"\(column.isNumeric ? " class=\"n\"" : "")\(role("columnheader"))>"
      html += column.title.xmlEscaped + "</th>"
    }
    html += "</tr></thead><tbody class=\"nhsuk-table__body\"\(role("rowgroup"))>"
    for row in rows {
      html += "<tr\(role("row"))>"
      for (index, cell) in row.enumerated() {
        // The first cell names the row.
        if index == 0 {
          html += "<th scope=\"row\"\(role("rowheader"))>\(cell.html)</th>"
        } else {
          let title = stacks ? " data-title=\"\(columns[index].title.xmlEscaped)\"" : ""
          html += "<td\(columns[index].isNumeric ? " class=\"n\"" : "")\(role("cell"))\(title)>"
          html += "\(cell.html)</td>"
        }
      }
      html += "</tr>"
    }
    html += "</tbody></table></div>"
    if rows.isEmpty { html += "<p>There is nothing to show here.</p>" }
    if let csv {
      html +=
        "<p class=\"csv\"><a href=\"\(csv.xmlEscaped)\" download=\"\(id).csv\">Download as CSV"
      html += "<span class=\"nhsuk-u-visually-hidden\">: \(caption.xmlEscaped)</span></a></p>"
    }
    return html
  }

  /// The table behind a disclosure, as it stands under a chart.
  func disclosed(
    csv: String?, summary: String = "Show the figures as a table", repeatsCaption: Bool = true
  ) -> String {
    let hidden =
      repeatsCaption
      ? "<span class=\"nhsuk-u-visually-hidden\">: \(caption.xmlEscaped)</span>" : ""
    return """
      <details class="nhsuk-details"><summary class="nhsuk-details__summary">\
      <span class="nhsuk-details__summary-text">\(summary)\(hidden)</span></summary>\
      <div class="nhsuk-details__text">\(html(csv: csv))</div></details>
      """
  }

  // MARK: CSV

  /// The table as CSV. A column of figures is followed by one that says why a value is missing, so
  /// that an empty cell is never taken for a zero.
  var csv: String {
    let hasFigures = columns.indices.map { index in
      rows.contains { if case .figure = $0[index] { true } else { false } }
    }
    var header: [String] = []
    for (column, isFigure) in zip(columns, hasFigures) {
      header.append(column.title)
      if isFigure { header.append("\(column.title) (status)") }
    }
    let lines = rows.map { row in
      zip(row, hasFigures).flatMap { cell, isFigure in
        isFigure ? [cell.csv, cell.status.csvText] : [cell.csv]
      }
    }
    return ([header.map(\.csvText)] + lines).map { $0.joined(separator: ",") }
      .joined(separator: "\r\n") + "\r\n"
  }
}

extension DataTable.Cell {
  var html: String {
    switch self {
    case .text(let text): text.xmlEscaped
    case .link(let text, let address):
      "<a href=\"\(address.xmlEscaped)\">\(text.xmlEscaped)</a>"
    case .number(let value, let decimals): numberText(value, decimals: decimals)
    case .figure(let figure, let decimals): figure.html(decimals: decimals)
    case .none: "<span class=\"m\">–</span>"
    }
  }

  /// The cell in CSV: numbers as they are, texts so that no spreadsheet runs them.
  var csv: String {
    switch self {
    case .text(let text), .link(let text, _): text.csvText
    case .number(let value, _): value.plainText
    case .figure(let figure, _): figure.value?.plainText ?? ""
    case .none: ""
    }
  }

  var status: String {
    guard case .figure(let figure, _) = self else { return "" }
    switch figure {
    case .known: return "known"
    case .suppressed(let reason): return "suppressed: \(reason)"
    case .unknown(let reason): return "unknown: \(reason)"
    }
  }
}

extension Figure {
  /// The figure as a person reads it; what is missing says so, and why.
  func html(decimals: Int) -> String {
    switch self {
    case .known(let known): numberText(known.value, decimals: decimals)
    case .suppressed(let reason):
      "<span class=\"m\" title=\"\(reason.xmlEscaped)\">suppressed</span>"
    case .unknown(let reason):
      "<span class=\"m\" title=\"\(reason.xmlEscaped)\">not known</span>"
    }
  }

  /// Whether there is a value that is held back.
  var isSuppressed: Bool { if case .suppressed = self { true } else { false } }

  /// Why there is no value; nil where there is one.
  var reason: String? {
    switch self {
    case .known: nil
    case .suppressed(let reason), .unknown(let reason): reason
    }
  }
}

extension Double {
  /// The number for a machine: no commas, no needless decimals.
  var plainText: String {
    if self == rounded(), abs(self) < 1e15 { return String(Int64(self)) }
    // Fifteen digits, as spreadsheets and R have: the sixteenth is noise of the arithmetic.
    return isFinite
      ? Double(String(format: "%.15g", self)).map { String($0) } ?? String(self) : String(self)
  }
}
