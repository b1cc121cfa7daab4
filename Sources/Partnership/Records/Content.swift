import Foundation
import GRDB

/// What a record holds, as history keeps it.
struct Content: Hashable {
  var fields: Fields
  var consents: [String: Audience]
  var state: Record.State
  var mergedInto: Int64?
}

extension Content {
  private struct Columns: Hashable {
    let fields: String
    let consents: String
  }

  init(row: Row) throws {
    fields = try Self.decoder.decode(Fields.self, from: Data((row["fields"] as String).utf8))
    consents = try Self.decoder.decode(
      [String: Audience].self, from: Data((row["consents"] as String).utf8))
    state = Record.State(rawValue: row["state"]) ?? .active
    mergedInto = row["merged_into"]
  }

  var fieldsText: String { get throws { try Self.text(fields) } }
  var consentsText: String { get throws { try Self.text(consents) } }

  private static func text(_ value: some Encodable) throws -> String {
    String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  private static var decoder: JSONDecoder { JSONDecoder() }
  private static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
  }

  /// Who may see a field.
  func audience(of field: Field) -> Audience {
    if let other = field.follows { return consents[other] ?? field.audience }
    return field.isConsented ? consents[field.name] ?? field.audience : field.audience
  }

  /// The fields that somebody in a circle may see, and the names of those that they may not.
  func seen(by circle: Audience, _ kind: RecordKind) -> (fields: Fields, hidden: Set<String>) {
    var seen = fields
    var hidden: Set<String> = []
    for field in kind.fields where fields[field.name] != nil && audience(of: field) > circle {
      seen[field.name] = nil
      hidden.insert(field.name)
    }
    return (kind.fields.seen(seen, by: circle), hidden)
  }
}

extension [Field] {
  /// Fields whose lines lack what is not for a circle.
  func seen(_ fields: Fields, by circle: Audience) -> Fields {
    var seen = fields
    for field in self {
      guard case .rows(let inner, _) = field.type, inner.contains(where: { $0.audience > circle }),
        case .rows(let rows)? = fields[field.name]
      else { continue }
      seen[field.name] = .rows(
        rows.map { row in
          var row = row
          for one in inner where one.audience > circle { row[one.name] = nil }
          return row
        })
    }
    return seen
  }
}

/// A moment as it is kept: UTC, to the second.
enum Moment {
  static func text(_ date: Date) -> String {
    date.formatted(.iso8601)
  }

  /// - Throws: ``PartnershipError`` for what is no moment: the file was changed by something else than Kith.
  static func date(_ text: String) throws -> Date {
    do {
      return try Date(text, strategy: .iso8601)
    } catch {
      throw damaged(text)
    }
  }

  /// What is said of a time or day that is none.
  static func damaged(_ text: String) -> PartnershipError {
    PartnershipError(
      .file, "A time in the partnership is damaged: '\(text.prefix(40))'.",
      hint: "Bring the file back from its copy.")
  }
}
