import Charts
import Definitions
import Foundation
import Partnership

extension RecordForm {
  /// The fields as markup: what everybody is asked first, the rest behind disclosures.
  func html() throws -> String {
    var html = ""
    let shown = kind.fields.filter { !hidden.contains($0.name) }
    for field in shown where field.section.isEmpty { html += try self.html(field) }
    var sections: [String] = []
    for field in shown where !field.section.isEmpty && !sections.contains(field.section) {
      sections.append(field.section)
    }
    for section in sections {
      let fields = shown.filter { $0.section == section }
      let hasProblem = fields.contains { field in
        problems.contains { $0.field == field.name || $0.field.hasPrefix("\(field.name).") }
      }
      let isOpen = hasProblem || fields.contains { blankLines[$0.name] != nil }
      let filled = fields.count { self.fields[$0.name] != nil }
      html += "<details class=\"nhsuk-details\"\(isOpen ? " open" : "")>"
      html +=
        "<summary class=\"nhsuk-details__summary\"><span class=\"nhsuk-details__summary-text\">"
      html += section.xmlEscaped
      html += filled > 0 ? " (\(filled) filled in)" : " (optional)"
      html += "</span></summary><div class=\"nhsuk-details__text\">"
      for field in fields { html += try self.html(field) }
      html += "</div></details>"
    }
    return html
  }

  /// What is wrong, on top of the form, with links to the fields.
  var summaryHTML: String {
    guard !problems.isEmpty else { return "" }
    let items = problems.map { problem in
      "<li><a href=\"#\(id("f.\(problem.field)"))\">\(problem.message.xmlEscaped)</a></li>"
    }.joined()
    return """
      <div class="nhsuk-error-summary" role="alert" aria-labelledby="problems" tabindex="-1">\
      <h2 class="nhsuk-error-summary__title" id="problems">There is a problem</h2>\
      <div class="nhsuk-error-summary__body"><ul class="nhsuk-list nhsuk-error-summary__list">\(items)</ul></div></div>
      """
  }

  private func id(_ path: String) -> String { path.replacing(".", with: "-") }

  private func html(_ field: Field) throws -> String {
    var html = try self.html(field, fields[field.name], at: "f.\(field.name)")
    if field.isConsented { html += consentHTML(field) }
    return html
  }

  private func consentHTML(_ field: Field) -> String {
    let chosen = consents[field.name] ?? field.audience
    let offered = Audience.allCases.filter {
      mayWiden || $0 >= field.audience || $0 == chosen
    }
    let options = offered.map {
      "<option value=\"\($0.rawValue)\"\($0 == chosen ? " selected" : "")>\($0.title)</option>"
    }.joined()
    let id = "who-\(field.name)"
    return """
      <div class="who"><label for="\(id)">Who may see this<span class="nhsuk-u-visually-hidden">: \
      \(field.label.xmlEscaped)</span></label> \
      <select class="nhsuk-select" id="\(id)" name="who.\(field.name)">\(options)</select></div>
      """
  }

  /// A field at a path, with its label, hint and what is wrong with it.
  private func html(_ field: Field, _ value: FieldValue?, at path: String) throws -> String {
    let id = id(path)
    let wrong = problems.filter { $0.field == path.fieldPath }.map(\.message)
    let error =
      wrong.isEmpty
      ? ""
      : "<span class=\"nhsuk-error-message\" id=\"\(id)-error\">"
        + "<span class=\"nhsuk-u-visually-hidden\">Error:</span> "
        + wrong.joined(separator: " ").xmlEscaped + "</span>"
    let hint =
      field.hint.isEmpty
      ? "" : "<div class=\"nhsuk-hint\" id=\"\(id)-hint\">\(field.hint.xmlEscaped)</div>"
    var described: [String] = []
    if !field.hint.isEmpty { described.append("\(id)-hint") }
    if !wrong.isEmpty { described.append("\(id)-error") }
    let describedBy =
      described.isEmpty ? "" : " aria-describedby=\"\(described.joined(separator: " "))\""
    let group = "<div class=\"nhsuk-form-group\(wrong.isEmpty ? "" : " nhsuk-form-group--error")\">"
    // A page says what is optional only where most is asked for; here most is optional.
    let label =
      field.label.xmlEscaped + (field.isRequired ? "" : " <span class=\"m\">(optional)</span>")
    switch field.type {
    case .choice(let choices) where choices.count <= 8:
      return group
        + fieldset(
          field, choices, chosen: [value].compactMap(\.?.asText), path, id, label, hint, error,
          describedBy)
    case .choices(let choices):
      var chosen: [String] = []
      if case .texts(let texts)? = value { chosen = texts }
      return group
        + fieldset(field, choices, chosen: chosen, path, id, label, hint, error, describedBy)
    case .listed(let list):
      var chosen: [String] = []
      if case .texts(let texts)? = value { chosen = texts }
      return group
        + fieldset(
          field, desk.choices(of: list, keeping: chosen), chosen: chosen, path, id, label, hint,
          error, describedBy)
    case .flag:
      let checked = value == .flag(true) ? " checked" : ""
      return group + error
        + "<p class=\"tick\"><input type=\"checkbox\" id=\"\(id)\" name=\"\(path)\" value=\"yes\"\(checked)\(describedBy)> "
        + "<label for=\"\(id)\">\(field.label.xmlEscaped)</label></p>\(hint)</div>"
    case .rows(let inner, let one):
      var rows: [Fields] = []
      if case .rows(let held)? = value { rows = held }
      return group + (try rowsHTML(field, inner, one, rows, path, id, hint, error)) + "</div>"
    default: break
    }
    return group + "<label class=\"nhsuk-label\" for=\"\(id)\">\(label)</label>\(hint)\(error)"
      + (try control(field, value, path, id, describedBy, isWrong: !wrong.isEmpty)) + "</div>"
  }

  private func fieldset(
    _ field: Field, _ choices: [FieldType.Choice], chosen: [String], _ path: String, _ id: String,
    _ label: String, _ hint: String, _ error: String, _ describedBy: String
  ) -> String {
    let isSeveral =
      switch field.type {
      case .choices, .listed: true
      default: false
      }
    var html = "<fieldset class=\"nhsuk-fieldset\"\(describedBy) id=\"\(id)\" tabindex=\"-1\">"
    html += "<legend class=\"nhsuk-fieldset__legend\">\(label)</legend>\(hint)\(error)"
    html += "<div class=\"choices\(choices.count > 8 ? " many" : "")\">"
    for choice in choices {
      let item =
        "\(id)-\(choice.id.filter { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" })"
      let isChosen = chosen.contains(choice.id)
      html +=
        "<div class=\"tick\"><input type=\"\(isSeveral ? "checkbox" : "radio")\" id=\"\(item)\""
      html += " name=\"\(path)\" value=\"\(choice.id.xmlEscaped)\"\(isChosen ? " checked" : "")>"
      html += "<label for=\"\(item)\">\(choice.title.xmlEscaped)</label></div>"
    }
    return html + "</div></fieldset></div>"
  }

  private func control(
    _ field: Field, _ value: FieldValue?, _ path: String, _ id: String, _ describedBy: String,
    isWrong: Bool
  ) throws -> String {
    let text = typed[path] ?? value?.asText ?? ""
    let style = "nhsuk-input\(isWrong ? " nhsuk-input--error" : "")"
    func input(_ type: String, _ more: String = "") -> String {
      "<input class=\"\(style)\" type=\"\(type)\" id=\"\(id)\" name=\"\(path)\" value=\"\(text.xmlEscaped)\""
        + " dir=\"auto\" autocomplete=\"off\"\(more)\(describedBy)>"
    }
    switch field.type {
    case .paragraphs(let limit):
      return
        "<textarea class=\"nhsuk-textarea\" id=\"\(id)\" name=\"\(path)\" rows=\"\(limit > 1_000 ? 5 : 3)\" dir=\"auto\"\(describedBy)>"
        + "\n\(text.xmlEscaped)</textarea>"
    case .words:
      var lines = ""
      if case .texts(let texts)? = value { lines = texts.joined(separator: "\n") }
      return
        "<textarea class=\"nhsuk-textarea\" id=\"\(id)\" name=\"\(path)\" rows=\"3\" dir=\"auto\"\(describedBy)>"
        + "\n\(lines.xmlEscaped)</textarea>"
    case .choice(let choices):
      let options = choices.map {
        "<option value=\"\($0.id.xmlEscaped)\"\($0.id == text ? " selected" : "")>\($0.title.xmlEscaped)</option>"
      }.joined()
      return "<select class=\"nhsuk-select\" id=\"\(id)\" name=\"\(path)\"\(describedBy)>"
        + "<option value=\"\">Choose</option>\(options)</select>"
    case .number: return input("text", " inputmode=\"decimal\"")
    case .date: return input("date")
    case .time: return input("time")
    case .email: return input("text", " inputmode=\"email\"")
    case .phone: return input("tel")
    case .web: return input("text", " inputmode=\"url\"")
    case .record(let kinds):
      return try recordHTML(field, kinds, value, path, id, describedBy, style)
    case .records(let kinds):
      return try recordsHTML(field, kinds, value, path, id, describedBy, style)
    default: return input("text")
    }
  }

  private func recordHTML(
    _ field: Field, _ kinds: [String], _ value: FieldValue?, _ path: String, _ id: String,
    _ describedBy: String, _ style: String
  ) throws -> String {
    var html = ""
    var text = typed[path] ?? ""
    if case .number(let number)? = value, let record = RecordNumber(exactly: number) {
      text =
        try desk.partnership.titles([record], for: desk.actor)[record]?.title ?? "record \(record)"
      html += "<input type=\"hidden\" name=\"\(path).number\" value=\"\(record)\">"
      html += "<input type=\"hidden\" name=\"\(path).was\" value=\"\(text.xmlEscaped)\">"
    }
    let unclear = unclear[path]?.first
    return html + searchHTML(kinds, text, path, id, describedBy, style)
      + (unclear.map { pickHTML($0, "\(path).pick", "\(id)-pick") } ?? "")
  }

  /// Those that are there, each of which can be left out, and room for the names of more.
  private func recordsHTML(
    _ field: Field, _ kinds: [String], _ value: FieldValue?, _ path: String, _ id: String,
    _ describedBy: String, _ style: String
  ) throws -> String {
    var html = ""
    if case .numbers(let numbers)? = value {
      let records = numbers.compactMap { RecordNumber(exactly: $0) }
      let titles = try desk.partnership.titles(records, for: desk.actor)
      for record in records {
        html +=
          "<div class=\"tick\"><input type=\"checkbox\" id=\"\(id)-\(record)\" name=\"\(path).keep\""
        html += " value=\"\(record)\" checked><label for=\"\(id)-\(record)\">"
        html += "\((titles[record]?.title ?? "record \(record)").xmlEscaped)</label></div>"
      }
    }
    for (index, name) in (unclear[path] ?? []).enumerated() {
      let own = index == 0 ? id : "\(id)-\(index)"
      html += searchHTML(
        kinds, name.text, path, own, describedBy, style,
        label: index == 0 ? "" : "\(field.label), \(index + 1)")
      guard !name.found.isEmpty else { continue }
      html +=
        "<input type=\"hidden\" name=\"\(path).asked.\(index)\" value=\"\(name.text.xmlEscaped)\">"
      html += pickHTML(name, "\(path).pick.\(index)", "\(own)-pick")
    }
    let first = unclear[path]?.count ?? 0
    for index in first..<max(1, first + (blankLines[field.name] ?? 0)) {
      html += searchHTML(
        kinds, "", path, index == 0 ? id : "\(id)-\(index)", describedBy, style,
        label: index == 0 ? "" : "\(field.label), \(index + 1)",
        takesFocus: index == first && blankLines[field.name] != nil && problems.isEmpty)
    }
    guard path == "f.\(field.name)" else { return html }
    return html
      + "<p><button class=\"nhsuk-button nhsuk-button--secondary\" name=\"_more\" value=\"\(field.name)\" formnovalidate>"
      + "Room for more<span class=\"nhsuk-u-visually-hidden\">: \(field.label.xmlEscaped)</span></button></p>"
  }

  /// A field in which the name of a record is typed; with a script, names are offered meanwhile.
  private func searchHTML(
    _ kinds: [String], _ text: String, _ path: String, _ id: String, _ describedBy: String,
    _ style: String, label: String = "", takesFocus: Bool = false
  ) -> String {
    let named =
      (label.isEmpty ? "" : " aria-label=\"\(label.xmlEscaped)\"")
      + (takesFocus ? " autofocus" : "")
    return """
      <input class="\(style)" type="text" id="\(id)" name="\(path)" value="\(text.xmlEscaped)" dir="auto"\(named) \
      autocomplete="off" list="\(id)-list" hx-get="/agree/names?kinds=\(kinds.joined(separator: ","))" \
      hx-trigger="input changed delay:250ms" hx-target="#\(id)-list"\(describedBy)><datalist id="\(id)-list"></datalist>
      """
  }

  private func pickHTML(_ unclear: Unclear, _ name: String, _ id: String) -> String {
    guard !unclear.found.isEmpty else { return "" }
    var html =
      "<div class=\"choices\" role=\"radiogroup\" aria-label=\"Which one: \(unclear.text.xmlEscaped)\">"
    for record in unclear.found {
      let item = "\(id)-\(record.number)"
      html += "<div class=\"tick\"><input type=\"radio\" id=\"\(item)\" name=\"\(name)\""
      html += " value=\"\(record.number)\"><label for=\"\(item)\">\(record.title.xmlEscaped)"
      html += record.summary.isEmpty ? "" : ", \(record.summary.xmlEscaped)"
      html += record.organisationTitle.map { ", \($0.xmlEscaped)" } ?? ""
      let twins = unclear.found.count {
        $0.title == record.title && $0.summary == record.summary
          && $0.organisationTitle == record.organisationTitle
      }
      html += twins > 1 ? ", number \(record.number)" : ""
      html += "</label></div>"
    }
    return html + "</div>"
  }

  private func rowsHTML(
    _ field: Field, _ inner: [Field], _ one: String, _ rows: [Fields], _ path: String, _ id: String,
    _ hint: String, _ error: String
  ) throws -> String {
    var html = "<fieldset class=\"nhsuk-fieldset\" id=\"\(id)\" tabindex=\"-1\">"
    html +=
      "<legend class=\"nhsuk-fieldset__legend\">\(field.label.xmlEscaped)</legend>\(hint)\(error)"
    let blanks = blankLines[field.name] ?? 1
    for index in 0..<(rows.count + blanks) {
      let row = index < rows.count ? rows[index] : Fields()
      // Where there is more room, one goes on there.
      let isNext = index == rows.count && blankLines[field.name] != nil && problems.isEmpty
      html +=
        "<fieldset class=\"nhsuk-fieldset line\"\(isNext ? " tabindex=\"-1\" autofocus" : "")><legend class=\"nhsuk-u-visually-hidden\">"
      html += "\(one.capitalisedFirst) \(index + 1)</legend>"
      for field in inner {
        var field = field
        // An empty line needs nothing.
        if row.isEmpty { field.isRequired = false }
        html += try self.html(field, row[field.name], at: "\(path).\(index).\(field.name)")
      }
      if index < rows.count {
        let remove = "\(id)-\(index)-remove"
        html +=
          "<p class=\"tick\"><input type=\"checkbox\" id=\"\(remove)\" name=\"\(path).\(index)._remove\""
        html += " value=\"yes\"><label for=\"\(remove)\">Take this \(one) out</label></p>"
      }
      html += "</fieldset>"
    }
    html +=
      "<button class=\"nhsuk-button nhsuk-button--secondary\" name=\"_more\" value=\"\(field.name)\""
    html += " formnovalidate>Room for more</button>"
    return html + "</fieldset>"
  }
}

extension FieldValue {
  /// The value as a text field shows it.
  var asText: String? {
    switch self {
    case .text(let text): text
    case .number(let number): number.plainText
    default: nil
    }
  }
}
