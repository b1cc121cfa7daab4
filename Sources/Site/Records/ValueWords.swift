import Charts
import Definitions
import Partnership

/// Values of fields as people read them.
struct ValueWords {
  /// What the records are called that fields point at.
  let titles: [RecordNumber: RecordTitle]
  /// What choices are called of lists that the place has.
  var lists: [String: [String: String]] = [:]

  /// A value in one line, for CSV and history.
  func line(_ value: FieldValue, _ field: Field) -> String {
    switch (field.type, value) {
    case (.rows(let inner, _), .rows(let rows)):
      rows.map { row in
        // What a file is called here says nothing to anybody.
        inner.filter { $0.name != "file" }.compactMap { field in
          row[field.name].map { "\(field.label.lowercased()): \(line($0, field))" }
        }.joined(separator: ", ")
      }.joined(separator: "; ")
    case (.record, _), (.records, _):
      field.records(in: Fields([field.name: value])).map { titles[$0]?.title ?? "record \($0)" }
        .joined(separator: "; ")
    case (.listed(let list), .texts(let texts)):
      texts.map { lists[list]?[$0] ?? $0 }.joined(separator: "; ")
    case (_, .text(let text)): field.type.title(of: text)
    case (_, .texts(let texts)): texts.map { field.type.title(of: $0) }.joined(separator: "; ")
    case (_, .number(let number)): number.plainText
    case (_, .flag(let flag)): flag ? "yes" : "no"
    default: ""
    }
  }

  /// A value as markup, with links.
  func html(_ value: FieldValue, _ field: Field) -> String {
    switch (field.type, value) {
    case (.paragraphs, .text(let text)):
      text.split(separator: "\n\n").map {
        "<p dir=\"auto\">\($0.xmlEscaped.replacing("\n", with: "<br>"))</p>"
      }.joined()
    case (.web, .text(let text)):
      "<a href=\"\(text.xmlEscaped)\" rel=\"noopener nofollow\">\(text.xmlEscaped)</a>"
    case (.email, .text(let text)):
      "<a href=\"mailto:\(text.xmlEscaped)\">\(text.xmlEscaped)</a>"
    case (.phone, .text(let text)):
      "<a href=\"tel:\(text.filter { $0.isNumber || $0 == "+" })\">\(text.xmlEscaped)</a>"
    case (.date, .text(let text)): (Day(text)?.inWords ?? text).xmlEscaped
    case (.record, _), (.records, _):
      field.records(in: Fields([field.name: value])).compactMap { number in
        guard let title = titles[number], let kind = RecordKind.named(title.kind) else {
          return nil
        }
        return "<a href=\"/\(kind.path)/\(number)\">\(title.title.xmlEscaped)</a>"
      }.joined(separator: ", ")
    case (.rows(let inner, _), .rows(let rows)):
      "<ul class=\"nhsuk-list nhsuk-list--bullet\">"
        + rows.map { row in
          let hours = hours(row)
          let told: Set = hours.isEmpty ? [] : ["days", "opens", "closes"]
          let rest = inner.filter { !told.contains($0.name) }
          return "<li dir=\"auto\">"
            + ([hours.xmlEscaped]
            + rest.compactMap { field in
              row[field.name].map { value in
                if case .flag = field.type { return "" }
                let text = html(value, field)
                return isPlain(field) ? text : "\(field.label.xmlEscaped): \(text)"
              }
            }).filter { !$0.isEmpty }.asOneLine + "</li>"
        }.joined() + "</ul>"
    default: "<span dir=\"auto\">\(line(value, field).xmlEscaped)</span>"
    }
  }

  /// When something is open, "Monday to Friday, 09:00 to 17:00"; empty for lines of anything else.
  private func hours(_ row: Fields) -> String {
    guard let opens = row.text("opens"), let closes = row.text("closes") else { return "" }
    let week = RecordKind.weekdays
    let open = week.indices.filter { row.texts("days").contains(week[$0].id) }
    var runs: [[Int]] = []
    for day in open {
      if let last = runs.last?.last, last + 1 == day {
        runs[runs.count - 1].append(day)
      } else {
        runs.append([day])
      }
    }
    let days = runs.flatMap { run in
      run.count > 2
        ? ["\(week[run[0]].title) to \(week[run[run.count - 1]].title)"]
        : run.map { week[$0].title }
    }
    return [days.inWords, "\(opens) to \(closes)"].filter { !$0.isEmpty }.joined(separator: ", ")
  }

  /// Whether a field of a line says what it is by itself.
  private func isPlain(_ field: Field) -> Bool {
    switch field.type {
    case .line, .paragraphs, .choice, .choices, .postcode, .phone, .record:
      field.name != "access_note"
    default: false
    }
  }
}

extension [String] {
  /// Pieces of markup with commas between them, whole paragraphs after those that stand in a line.
  fileprivate var asOneLine: String {
    filter { !$0.hasPrefix("<p") }.joined(separator: ", ")
      + filter { $0.hasPrefix("<p") }.joined()
  }
}

extension Substring {
  var xmlEscaped: String { String(self).xmlEscaped }
}
