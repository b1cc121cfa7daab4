import Charts
import Partnership

/// Two people changed the same fields: both values side by side, and a form that settles it.
struct ConflictPage {
  let record: Record
  let desk: Desk

  /// The page for an edit that was just refused.
  func page(_ conflict: EditConflict) throws -> Page {
    try page(
      clashes: conflict.fields, theirs: conflict.theirs, mine: conflict.mine,
      merged: conflict.merged, by: conflict.by, waiting: conflict.waiting,
      version: conflict.version,
      mineBy: "you")
  }

  /// The page for an edit that has waited.
  func page(waiting edit: WaitingEdit) throws -> Page {
    let base = try desk.partnership.fields(of: record.number, version: edit.base, for: desk.actor)
    var merged = record.fields
    var clashes: [String] = []
    for field in record.kind.fields {
      let (before, now, wanted) = (
        base[field.name], record.fields[field.name], edit.fields[field.name]
      )
      guard wanted != before, wanted != now else { continue }
      if now == before { merged[field.name] = wanted } else { clashes.append(field.name) }
    }
    return try page(
      clashes: clashes, theirs: record.fields, mine: edit.fields, merged: merged,
      by: "others", waiting: edit.number, version: record.version, mineBy: edit.name)
  }

  private func page(
    clashes: [String], theirs: Fields, mine: Fields, merged: Fields, by: String, waiting: Int64,
    version: Int, mineBy: String
  ) throws -> Page {
    let kind = record.kind
    let pointed = try desk.partnership.titles(
      kind.fields.flatMap { $0.records(in: theirs) + $0.records(in: mine) }, for: desk.actor)
    let words = ValueWords(titles: pointed, lists: desk.listTitles)
    var values: [String: any Sendable] = [
      "title": record.title, "path": record.path, "by": by, "mineBy": mineBy,
      "token": desk.visitor.formToken,
    ]
    values["rows"] = kind.fields.filter { clashes.contains($0.name) }.map {
      field -> [String: any Sendable] in
      func html(_ fields: Fields) -> String {
        fields[field.name].map { words.html($0, field) } ?? "<span class=\"m\">nothing</span>"
      }
      return ["label": field.label, "theirs": html(theirs), "mine": html(mine)]
    }
    // What only they changed is saved with either, and goes where they let it go.
    let others = kind.fields.filter {
      merged[$0.name] != theirs[$0.name] && !clashes.contains($0.name)
    }
    values["others"] = others.map { field -> [String: any Sendable] in
      [
        "label": field.label,
        "html": merged[field.name].map { words.html($0, field) }
          ?? "<span class=\"m\">nothing</span>",
      ]
    }
    values["hasOthers"] = !others.isEmpty
    values["hasClashes"] = !clashes.isEmpty
    // Each button sends a whole form: what stands with what only one changed, and one side of the rest.
    var wanted = merged
    for name in clashes { wanted[name] = mine[name] }
    // What forms leave as it is, this one leaves too.
    var alone = kind.left(alone: record.fields)
    if !record.isInnermost(desk.actor) { alone.formUnion(kind.ownWords) }
    values["mineHTML"] = HiddenForm(kind, wanted, without: alone).html
    values["theirsHTML"] = HiddenForm(kind, merged, without: alone).html
    values["version"] = "\(version)"
    values["waiting"] = "\(waiting)"
    return Page(
      title: "Two changes of \(record.title)", template: "conflict", section: kind.section,
      values: values)
  }
}

/// All fields of a record as hidden fields of a form.
struct HiddenForm {
  let html: String

  init(_ kind: RecordKind, _ fields: Fields, without names: Set<String>) {
    html = Self.html(kind.fields.filter { !names.contains($0.name) }, fields, "f")
  }

  private static func html(_ list: [Field], _ fields: Fields, _ path: String) -> String {
    func input(_ name: String, _ value: String) -> String {
      "<input type=\"hidden\" name=\"\(name)\" value=\"\(value.xmlEscaped)\">"
    }
    return list.compactMap { field in
      let name = "\(path).\(field.name)"
      guard let value = fields[field.name] else { return nil }
      switch (field.type, value) {
      case (.record, .number(let number)): return input("\(name).pick", number.plainText)
      case (.records, _):
        return fields.records(field.name).map { input("\(name).keep", "\($0)") }.joined()
      case (.rows(let inner, _), .rows(let rows)):
        return rows.enumerated().map { html(inner, $0.element, "\(name).\($0.offset)") }.joined()
      case (_, .text(let text)): return input(name, text)
      case (_, .number(let number)): return input(name, number.plainText)
      case (_, .flag(let flag)): return flag ? input(name, "yes") : nil
      case (_, .texts(let texts)): return texts.map { input(name, $0) }.joined()
      default: return nil
      }
    }.joined()
  }
}
