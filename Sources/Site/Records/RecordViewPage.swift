import Charts
import Decisions
import Definitions
import Foundation
import Governance
import Partnership

/// The page of a record: what it says, how far it can be trusted, what points at it, and what can be done with it.
struct RecordViewPage {
  private let kind: RecordKind
  private let desk: Desk
  private let request: PageRequest
  /// A form of the page that could not be saved.
  private let returned: ReturnedForm?

  init(
    _ kind: RecordKind, _ desk: Desk, _ request: PageRequest, _ returned: ReturnedForm? = nil
  ) {
    self.kind = kind
    self.desk = desk
    self.request = request
    self.returned = returned
  }

  func page() throws -> Page {
    let record = try desk.record(kind, request.part("number"))
    let pointed = try desk.partnership.titles(
      kind.fields.flatMap { $0.records(in: record.fields) }
        + [record.organisation, record.mergedInto].compactMap { $0 }, for: desk.actor)
    let words = ValueWords(titles: pointed, lists: desk.listTitles)
    let waiting = try desk.partnership.waitingEdits(of: record.number, for: desk.actor)
    let path = record.path
    let mayEdit =
      record.allows(desk.actor, .edit) && record.state != .merged
      && !kind.isManaged
    let own = try KindSection(record, desk, request, returned)
    var values: [String: any Sendable] = [
      "title": record.title, "kind": kind.singular, "kindPath": "/\(kind.path)",
      "kinds": kind.plural.capitalisedFirst, "path": path, "token": desk.visitor.formToken,
      "alert": record.fields.text("alert") ?? "",
      "isArchived": record.state == .archived,
      "merged": record.mergedInto.flatMap { number in pointed[number]?.title } ?? "",
      "mergedPath": record.mergedInto.map { "/\(kind.path)/\($0)" } ?? "",
      "description": record.fields.text("description").map {
        words.html(.text($0), Field("description", "", .paragraphs(0)))
      } ?? "",
      "sections": sections(record, words, without: own.fields), "hiddenText": hiddenText(record),
      "mayEdit": mayEdit,
      "mayAssure": record.allows(desk.actor, .assure) && record.state == .active,
      "mayWithdraw": record.assurance != nil && record.allows(desk.actor, .assure),
      "mayArchive": record.allows(desk.actor, .archive) && record.state == .active,
      "mayRestore": record.allows(desk.actor, .archive) && record.state == .archived,
      "mayMerge": record.allows(desk.actor, .merge) && !kind.isManaged && record.state == .active,
      "mayForget": kind.id == "person" && mayEdit && record.fields.text("name") != nil,
      "isSignedIn": desk.visitor.account != nil, "signIn": "/sign-in?next=\(path)",
      "waiting": waiting.map { edit -> [String: any Sendable] in
        [
          "name": edit.name, "at": edit.at.inWords, "path": "\(path)/waiting/\(edit.number)",
        ]
      },
      "references": try references(to: record),
      "done": Done(request, desk).values, "pillars": pillars(record),
      "source": record.source.map { source in
        "From \(source.name)" + (source.day.map { ", as of \($0)" } ?? "")
      } ?? "",
      "nowhere": nowhere(record),
      "changed": record.changed.inWords, "version": "\(record.version)",
    ]
    if kind.isChecked { values["trust"] = RecordTrust(record, today: .today).values }
    return Page(
      title: (returned == nil ? "" : "Error: ") + record.title, template: "record",
      section: kind.section,
      values: values.merging(own.values) { $1 }, tables: own.tables)
  }

  /// What stands in which section; the name, description, notice and pillars stand elsewhere.
  private func sections(
    _ record: Record, _ words: ValueWords, without others: Set<String>
  ) -> [[String: any Sendable]] {
    let elsewhere = others.union([
      kind.titleField, "description", "alert", "pillars", "stories",
    ])
    var titles: [String] = []
    for field in kind.fields where !titles.contains(field.section) { titles.append(field.section) }
    var sections = titles.compactMap { title -> [String: any Sendable]? in
      let rows = kind.fields.filter { $0.section == title && !elsewhere.contains($0.name) }
        .compactMap { field -> [String: any Sendable]? in
          guard let value = record.fields[field.name] else { return nil }
          let html = words.html(value, field)
          return html.isEmpty ? nil : ["label": field.label, "html": html]
        }
      return rows.isEmpty ? nil : ["heading": title, "rows": rows, "hasRows": true]
    }
    let stories = record.fields.rows("stories").filter { $0.flag("consent") }
    if !stories.isEmpty {
      let html = stories.map { story in
        "<blockquote class=\"nhsuk-inset-text\" dir=\"auto\"><p>\((story.text("text") ?? "").xmlEscaped)</p>"
          + (story.text("teller").map { "<p class=\"m\">\($0.xmlEscaped)</p>" } ?? "")
          + "</blockquote>"
      }.joined()
      sections.append(["heading": "Stories", "storiesHTML": html])
    }
    return sections
  }

  /// Says that there is more than is shown, so that nobody takes it for unknown.
  private func hiddenText(_ record: Record) -> String {
    record.hidden.isEmpty ? "" : "More is kept than is open to you."
  }

  /// Says which of its places no map shows, and why.
  private func nowhere(_ record: Record) -> String {
    let places = record.fields.rows("places")
    let codes =
      [record.fields.text("postcode")]
      + places.map { $0.number("latitude") == nil ? $0.text("postcode") : nil }
    let unknown = codes.compactMap { $0 }.filter {
      desk.edition.postcodes.position(of: $0) == nil
    }
    var parts = unknown.map { "this place knows no postcode \($0)" }
    if !places.isEmpty, let map = desk.edition.land {
      for (index, place) in places.enumerated() {
        guard let latitude = place.number("latitude"), let longitude = place.number("longitude"),
          !(map.south...map.north).contains(latitude) || !(map.west...map.east).contains(longitude)
        else { continue }
        parts.append("the coordinates of place \(index + 1) lie beyond it")
      }
    }
    return parts.isEmpty ? "" : "Not on the map: \(parts.inWords). Check it."
  }

  private func pillars(_ record: Record) -> String {
    record.fields.pillars.map(\.title).joined(separator: " · ")
  }

  /// What points at the record, by how it does.
  private func references(to record: Record) throws -> [[String: any Sendable]] {
    let all = try desk.partnership.references(to: record.number, for: desk.actor)
    var groups: [(title: String, records: [RecordSummary], more: String)] = []
    for reference in all {
      guard let other = RecordKind.named(reference.record.kind) else { continue }
      let field = other.fields[reference.role.split(separator: ".").first.map(String.init) ?? ""]
      let title =
        reference.role == "organisation"
        ? other.plural.capitalisedFirst
        : "\(other.plural.capitalisedFirst): \(field?.label.lowercased() ?? reference.role)"
      let more =
        reference.role == "organisation" ? "/\(other.path)?organisation=\(record.number)" : ""
      if let index = groups.firstIndex(where: { $0.title == title }) {
        groups[index].records.append(reference.record)
      } else {
        groups.append((title, [reference.record], more))
      }
    }
    return groups.map { group in
      [
        "title": group.title,
        "records": group.records.prefix(20).map {
          RecordCard($0, RecordKind.named($0.kind)).values
        },
        "more": group.records.count > 20 ? "All \(group.records.count)" : "",
        "morePath": group.more,
      ]
    }
  }
}

/// How far a record can be trusted, in words.
struct RecordTrust {
  let values: [String: any Sendable]

  init(_ record: Record, today: Day) {
    let trust = Trust(
      assured: record.assurance?.day, reviewMonths: record.kind.reviewMonths, on: today)
    var text = "Nobody has checked yet that this is still true."
    if let assurance = record.assurance {
      text = "\(assurance.name) checked on \(assurance.day.inWords) that this is true."
      if assurance.version < record.version { text += " It was changed since." }
      switch trust {
      case .due:
        text += " That is more than \(record.kind.reviewMonths) months ago: please check again."
      case .stale: text += " That is long ago: do not rely on it without asking."
      default: break
      }
    }
    values = ["title": trust.title, "class": trust.rawValue, "text": text]
  }
}

extension Record {
  var path: String { "/\(kind.path)/\(number)" }
}

extension Date {
  /// The day, as people write it.
  var inWords: String { Day(self).inWords }
}

extension Desk {
  /// A record of a kind by the number in an address.
  func record(_ kind: RecordKind, _ text: String) throws -> Record {
    guard let number = RecordNumber(text) else {
      throw PageError.notFound("There is no \(kind.singular) '\(text.prefix(40))'.")
    }
    let record: Record
    do {
      record = try partnership.record(number, for: actor)
    } catch let error as PartnershipError where error.reason == .missing {
      throw PageError.notFound(
        visitor.account == nil
          ? "There is no such \(kind.singular), or it is for partners: sign in to see it."
          : "There is no such \(kind.singular), or it is not open to you.")
    }
    guard record.kind.id == kind.id else {
      throw PageError.notFound("Record \(number) is \(record.kind.singular), not \(kind.singular).")
    }
    return record
  }
}

/// What was just done, said on the page that is shown next, with a way to undo it.
struct Done {
  let values: [String: any Sendable]

  init(_ request: PageRequest, _ desk: Desk) {
    guard let done = request["done"], let text = Self.texts[done], desk.visitor.account != nil
    else {
      values = [:]
      return
    }
    var values: [String: any Sendable] = ["text": text]
    // Only what the visitor did, so that no link of somebody else's offers another change to be undone.
    if let change = request["change"].flatMap({ Int64($0) }), done != "undone",
      let owner = try? desk.partnership.account(ofChange: change), owner == desk.actor.account
    {
      values["undo"] = "/changes/\(change)/undo"
      values["token"] = desk.visitor.formToken
    }
    if request["beside"] == "yes" {
      values["beside"] = "Somebody else changed other fields meanwhile; that is kept too."
    }
    self.values = values
  }

  private static let texts = [
    "added": "Added. Thank you.", "scored": "Scored. Thank you: that was the last of them.",
    "saved": "Saved.",
    "unchanged": "Nothing was different, so nothing was changed.",
    "assured": "Thank you: it says now that you checked it today.",
    "withdrawn": "Your word that it is true was taken back.",
    "archived": "Archived: lists no longer show it.", "restored": "Brought back.",
    "undone": "Undone.", "discarded": "The edit that waited was let go.",
    "settled": "Settled and saved.", "merged": "The two are one now.",
    "corrected": "Settled. How to reach whoever wrote it is deleted.",
    "photograph": "Taken out. Its file is deleted: that cannot be undone.",
    "apart": "Kept apart. They stand below, where you can take that back.",
    "together": "They are looked at again, if they are alike enough.",
    "handed": "Handed over.", "me": "That is you now: your own choices of who may see what hold.",
    "forgotten": "What was kept about this person is gone, from history too.",
  ]
}
