import Foundation
import Partnership

/// The form of a record: its fields as markup, and what somebody put into them as values.
struct RecordForm {
  let kind: RecordKind
  let desk: Desk
  /// What the fields hold, as they are shown.
  var fields: Fields
  var consents: [String: Audience]
  var problems: [FieldProblem] = []
  /// Texts that name no one record, with the records that they could mean.
  struct Unclear {
    let text: String
    let found: [RecordSummary]
  }

  /// Texts that name no one record, by the field's path.
  var unclear: [String: [Unclear]] = [:]
  /// Texts that were typed and are none of what a field may hold, by path.
  var typed: [String: String] = [:]
  /// How many empty lines a field of lines shows, where somebody asked for more than one.
  var blankLines: [String: Int] = [:]
  /// Fields that are not shown, and stay as they are.
  var hidden: Set<String> = []
  /// Whether whoever fills it in may open fields to more people than see them otherwise.
  var mayWiden = true

  init(_ kind: RecordKind, _ desk: Desk, fields: Fields = [:], consents: [String: Audience] = [:]) {
    self.kind = kind
    self.desk = desk
    self.fields = fields
    self.consents = consents
    hidden = kind.left(alone: fields)
  }

  // MARK: Reading

  /// Takes in what a form brought along.
  mutating func read(_ form: Form) throws {
    fields = try read(kind.fields.filter { !hidden.contains($0.name) }, form, at: "f")
    for field in kind.fields where field.isConsented {
      if let text = form["who.\(field.name)"], let number = Int(text),
        let audience = Audience(rawValue: number)
      {
        consents[field.name] = audience
      }
    }
    if let more = form["_more"] { blankLines[more] = 3 }
  }

  private mutating func read(_ list: [Field], _ form: Form, at path: String) throws -> Fields {
    var fields = Fields()
    for field in list {
      fields[field.name] = try value(of: field, form, at: "\(path).\(field.name)")
    }
    return fields
  }

  private mutating func value(of field: Field, _ form: Form, at path: String) throws -> FieldValue?
  {
    switch field.type {
    case .choices, .listed: return .texts(form.all(path))
    case .words:
      let lines = form.all(path).flatMap { $0.split(whereSeparator: \.isNewline).map(String.init) }
      return .texts(lines)
    case .number:
      guard let text = form[path] else { return nil }
      let plain = text.replacing(",", with: "").replacing("£", with: "")
        .trimmingCharacters(in: .whitespaces)
      guard let number = Double(plain), number.isFinite else {
        typed[path] = text
        problems.append(
          FieldProblem(path.fieldPath, "\(field.label): '\(text.prefix(40))' is not a number."))
        return nil
      }
      return .number(number)
    case .flag: return form[path] == "yes" ? .flag(true) : nil
    case .record(let kinds): return try record(field, kinds, form, at: path)
    case .records(let kinds):
      return try records(field, kinds, form, at: path)
    case .rows(let inner, _):
      var rows: [Fields] = []
      // The lines that the form has, by their numbers.
      let lines = Set(
        form.names.compactMap { name -> Int? in
          guard name.hasPrefix("\(path).") else { return nil }
          return Int(name.dropFirst(path.count + 1).prefix { $0 != "." })
        })
      for index in 0..<200 {
        let row = "\(path).\(index)"
        guard lines.contains(index) else { break }
        if form["\(row)._remove"] != nil { continue }
        let fields = try read(inner, form, at: row)
        if !fields.isEmpty { rows.append(fields) }
      }
      return .rows(rows)
    case .date:
      guard let text = form[path] else { return nil }
      return .text(Self.day(text.trimmingCharacters(in: .whitespaces)))
    case .time:
      guard let text = form[path]?.trimmingCharacters(in: .whitespaces) else { return nil }
      // Browsers send seconds where there are any; people leave out a nought.
      let parts = text.split(whereSeparator: { ":.".contains($0) })
      if parts.count >= 2, parts[0].count == 1 { return .text("0\(parts[0]):\(parts[1])") }
      return .text(parts.count >= 2 ? "\(parts[0]):\(parts[1])" : text)
    default: return form[path].map { .text($0) }
    }
  }

  /// A day as it is kept, of one as people here write it, 23/11/2026.
  private static func day(_ text: String) -> String {
    let parts = text.split(whereSeparator: { "/.".contains($0) }).map(String.init)
    guard parts.count == 3, parts[2].count == 4 else { return text }
    func two(_ part: String) -> String { part.count < 2 ? "0" + part : part }
    return "\(parts[2])-\(two(parts[1]))-\(two(parts[0]))"
  }

  /// The record that a text names: one that was chosen, that stood there before, or the only one of that name.
  private mutating func record(
    _ field: Field, _ kinds: [String], _ form: Form, at path: String
  ) throws -> FieldValue? {
    let text = form[path]?.trimmingCharacters(in: .whitespaces)
    if let chosen = form["\(path).pick"].flatMap({ RecordNumber($0) }) { return chosen.asValue }
    guard let text else { return nil }
    if let before = form["\(path).number"].flatMap({ RecordNumber($0) }),
      form["\(path).was"] == text
    {
      return before.asValue
    }
    return try named(text, field, kinds, at: path)?.asValue
  }

  private mutating func records(
    _ field: Field, _ kinds: [String], _ form: Form, at path: String
  ) throws -> FieldValue? {
    var numbers = form.all("\(path).keep").compactMap { RecordNumber($0) }
    // No more than are looked up below, with those that are taken out first: the rest of a million would be gone
    // through once for each that was chosen.
    var names = Array(
      form.all(path).flatMap { $0.split(separator: ";") }
        .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }.prefix(200))
    // What was chosen for names that several records have.
    for index in 0..<50 {
      guard let asked = form["\(path).asked.\(index)"],
        let number = form["\(path).pick.\(index)"].flatMap({ RecordNumber($0) })
      else { continue }
      numbers.append(number)
      names.removeAll { $0 == asked }
    }
    for name in names.prefix(50) {
      if let number = try named(name, field, kinds, at: path) { numbers.append(number) }
    }
    var seen: Set<RecordNumber> = []
    return .numbers(numbers.filter { seen.insert($0).inserted }.map { Double($0.value) })
  }

  /// The only record of a name; where there is none, or are several, that is a problem with what to choose from.
  private mutating func named(
    _ text: String, _ field: Field, _ kinds: [String], at path: String
  ) throws -> RecordNumber? {
    var query = RecordQuery(kinds)
    query.text = text
    query.order = .relevance
    query.perPage = 10
    let found = try desk.partnership.list(query, for: desk.actor).records
    let exact = found.filter { $0.title.lowercased() == text.lowercased() }
    if exact.count == 1 { return exact[0].number }
    typed[path] = text
    unclear[path, default: []].append(Unclear(text: text, found: found))
    let what = kinds.compactMap { RecordKind.named($0)?.singular }.joined(separator: " or ")
    problems.append(
      FieldProblem(
        path.fieldPath,
        found.isEmpty
          ? "\(field.label): no \(what) is called '\(text.prefix(60))'. Check the spelling, add it first, or leave this empty."
          : "\(field.label): choose which \(what) you mean by '\(text.prefix(60))'."))
    return nil
  }
}

extension String {
  /// The path of a field in a record, of that in a form.
  var fieldPath: String { hasPrefix("f.") ? String(dropFirst(2)) : self }
}
