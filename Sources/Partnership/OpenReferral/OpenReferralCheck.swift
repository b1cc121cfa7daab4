import Foundation

/// One thing in a feed that its publisher should mend: where it is, what is wrong, what to do.
public struct FeedFault: Hashable, Sendable, CustomStringConvertible {
  public enum Severity: String, Sendable {
    /// Against the specification.
    case error
    /// Within the specification and yet of no use, such as a place in the sea.
    case warning
  }

  public let severity: Severity
  /// The page or file, where a feed has several.
  public let page: String
  /// The id of the service or other record, where it has one.
  public let record: String
  /// Where in it, such as `service_at_locations[0].location.latitude`.
  public let path: String
  public let message: String

  public var description: String {
    ([page, record, path].filter { !$0.isEmpty } + [message]).joined(separator: ": ")
  }
}

/// Holds records against Open Referral UK 3.0.
public struct OpenReferralCheck: Sendable {
  public init() {}

  /// All that is wrong with a record of a table.
  ///
  /// - Parameters:
  ///   - table: such as `service`.
  ///   - isListed: whether it stands in a list, where only what there is once of is described.
  public func faults(
    in value: JSONValue, as table: String, isListed: Bool = false, page: String = ""
  ) -> [FeedFault] {
    var walk = Walk(page: page, record: value["id"]?.text ?? "", isListed: isListed)
    walk.check(value, table, "", depth: 0)
    return walk.faults
  }

  /// What is wrong with the envelope of a page of a list.
  public func faults(inPage value: JSONValue, page: String = "") -> [FeedFault] {
    var walk = Walk(page: page, record: "", isListed: true)
    guard case .object = value else {
      walk.report(.error, "", "A page is an object, not \(value.sort.withArticle).")
      return walk.faults
    }
    for name in ["total_items", "total_pages", "page_number", "size"] {
      switch value[name] {
      case .number(let number)? where number >= 0 && number == number.rounded(): break
      case nil: walk.report(.warning, name, "Missing; readers need it to know how far they are.")
      case let other?:
        walk.report(.error, name, "Should be a whole number, not \(other.sort.withArticle).")
      }
    }
    for name in ["first_page", "last_page", "empty"] {
      if let other = value[name], other.sort != "boolean" {
        walk.report(.error, name, "Should be true or false, not \(other.sort.withArticle).")
      }
    }
    if value["contents"]?.sort != "array" {
      walk.report(.error, "contents", "Should be a list of records, and is not there or none.")
    }
    return walk.faults
  }

  private struct Walk {
    let page: String
    let record: String
    let isListed: Bool
    var faults: [FeedFault] = []

    mutating func report(_ severity: FeedFault.Severity, _ path: String, _ message: String) {
      faults.append(
        FeedFault(severity: severity, page: page, record: record, path: path, message: message))
    }

    mutating func check(_ value: JSONValue, _ table: String, _ path: String, depth: Int) {
      guard let properties = OpenReferralProfile.tables[table] else { return }
      guard depth < 12 else { return report(.error, path, "Records lie too deep in each other.") }
      guard case .object(let object) = value else {
        return report(
          .error, path, "Should be \(table.withArticle) object, not \(value.sort.withArticle).")
      }
      for property in properties {
        let place = path.isEmpty ? property.name : "\(path).\(property.name)"
        guard let held = object[property.name] else {
          if property.isRequired { report(.error, place, "Missing, and required.") }
          continue
        }
        check(held, property, place, depth: depth)
      }
      if table == "location" { checkPosition(object, path) }
      if table == "service" { checkAges(object, path) }
      if table == "schedule" { checkSchedule(object, path) }
      checkDays(object, path)
    }

    private mutating func check(
      _ value: JSONValue, _ property: OpenReferralProfile.Property, _ path: String, depth: Int
    ) {
      switch (property.type, value) {
      case (.one(let table), _): check(value, table, path, depth: depth + 1)
      case (.many(let table), .array(let items)) where isListed:
        // Lists need not have these; those that are there are taken in, so their values are checked.
        var walk = Walk(page: page, record: record, isListed: false)
        for (index, item) in items.enumerated() {
          walk.check(item, table, "\(path)[\(index)]", depth: depth + 1)
        }
        faults += walk.faults.filter { $0.severity == .warning }
      case (.many, _) where isListed: break
      case (.many(let table), .array(let items)):
        for (index, item) in items.enumerated() {
          check(item, table, "\(path)[\(index)]", depth: depth + 1)
        }
      case (.many, _): report(.error, path, "Should be a list, not \(value.sort.withArticle).")
      case (.number, .number): break
      case (.number, _): report(.error, path, "Should be a number, not \(value.sort.withArticle).")
      case (.choice(let choices), .string(let text)):
        if !choices.contains(text) {
          report(
            .error, path, "'\(text.prefix(40))' is none of \(choices.joined(separator: ", ")).")
        }
      case (let type, .string(let text)):
        if let message = Self.fault(in: text, type) {
          report(type == .uri ? .warning : .error, path, message)
        } else if property.isRequired, text.allSatisfy(\.isWhitespace),
          // There are no states or provinces here.
          property.name != "state_province"
        {
          report(.warning, path, "Empty, and required.")
        }
      default: report(.error, path, "Should be a string, not \(value.sort.withArticle).")
      }
    }

    /// What is wrong with a text of a format (JSON Schema 2020-12, section 7.3, formats asserted).
    private static func fault(
      in text: String, _ type: OpenReferralProfile.PropertyType
    ) -> String? {
      let start = text.prefix(60)
      switch type {
      case .uuid:
        return text.wholeMatch(of: /[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}/) == nil
          ? "'\(start)' is no UUID such as ac148810-d857-441c-9679-408f346de14b." : nil
      case .email:
        return Field.isEmail(text) ? nil : "'\(start)' is not an email address."
      case .uri:
        return Field.isWebAddress(text)
          ? nil : "'\(start)' is not a whole web address, with https://."
      case .moment:
        return text.wholeMatch(
          of:
            /[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})/
        ) == nil
          ? "'\(start)' is no moment such as 2023-03-15T10:30:45Z (RFC 3339)." : nil
      default: return nil
      }
    }

    private mutating func checkPosition(_ object: [String: JSONValue], _ path: String) {
      for (name, most) in [("latitude", 90.0), ("longitude", 180.0)] {
        guard let number = object[name]?.number else { continue }
        if abs(number) > most {
          report(
            .warning, path.isEmpty ? name : "\(path).\(name)",
            "\(number.plain) is impossible: from -\(most.plain) to \(most.plain).")
        }
      }
      let (latitude, longitude) = (object["latitude"]?.number, object["longitude"]?.number)
      if (latitude == nil) != (longitude == nil) {
        report(.warning, path, "Has a latitude or a longitude without the other.")
      } else if let latitude, let longitude, (-30...10).contains(latitude),
        (49...61.5).contains(longitude)
      {
        report(.warning, path, "Latitude and longitude seem to be in each other's place.")
      } else if latitude == 0, longitude == 0 {
        report(.warning, path, "Lies at 0, 0, in the sea off Africa.")
      }
    }

    /// The path of a property of what is at a path.
    private func at(_ name: String, _ path: String) -> String {
      path.isEmpty ? name : "\(path).\(name)"
    }

    /// Checks times and days: a schedule without those that cannot be read would be another.
    private mutating func checkSchedule(_ object: [String: JSONValue], _ path: String) {
      var times: [String: String] = [:]
      for name in ["opens_at", "closes_at"] {
        guard let text = object[name]?.text, !text.allSatisfy(\.isWhitespace) else { continue }
        times[name] = FeedTime.read(text)
        if times[name] == nil {
          report(
            .warning, at(name, path),
            "'\(text.prefix(40))' cannot be read as a time of day such as 09:30; it is kept in words."
          )
        }
      }
      if let opens = times["opens_at"], let closes = times["closes_at"], closes < opens,
        closes != "00:00"
      {
        report(
          .warning, at("closes_at", path),
          "Closes at \(closes), before it opens at \(opens): past midnight, or mixed up?")
      }
      if let text = object["byday"]?.text {
        let unread = FeedDays(text).unread
        if !unread.isEmpty {
          report(
            .warning, at("byday", path),
            "'\(unread.joined(separator: " ").prefix(40))' cannot be read as days such as MO,TU; they are kept in words."
          )
        }
      }
    }

    private mutating func checkDays(_ object: [String: JSONValue], _ path: String) {
      for name in ["assured_date", "valid_from", "valid_to", "dtstart", "until"] {
        guard let text = object[name]?.text, !text.allSatisfy(\.isWhitespace),
          Day(text.prefix(10)) == nil
        else { continue }
        report(
          .warning, at(name, path),
          "'\(text.prefix(40))' is not a day such as 2026-11-23, so it is left out.")
      }
    }

    private mutating func checkAges(_ object: [String: JSONValue], _ path: String) {
      for name in ["minimum_age", "maximum_age"] {
        if let age = object[name]?.number, age < 0 {
          report(.warning, at(name, path), "\(age.plain) is not an age, so it is left out.")
        }
      }
      if let from = object["minimum_age"]?.number, let to = object["maximum_age"]?.number, from > to
      {
        report(
          .warning, path.isEmpty ? "maximum_age" : "\(path).maximum_age",
          "\(to.plain) is below the minimum age, \(from.plain).")
      }
    }
  }
}

extension String {
  var withArticle: String { ("aeiou".contains(lowercased().first ?? " ") ? "an " : "a ") + self }
}
