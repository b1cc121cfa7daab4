import Foundation

/// Services of Open Referral as records of ours.
public struct OpenReferralReading: Sendable {
  public init() {}

  /// A service, and the organisation that it names, as items to import; nil where it has no id.
  ///
  /// - Parameter isPartial: whether only what a list says of it could be read.
  public func items(of service: JSONValue, isPartial: Bool = false) -> [ImportItem] {
    guard let id = service["id"]?.text?.trimmingCharacters(in: .whitespaces), !id.isEmpty else {
      return []
    }
    var items: [ImportItem] = []
    let organisation = service["organization"]
    let organisationID = [organisation?["id"]?.text, service["organization_id"]?.text]
      .compactMap { $0 }.first { !$0.isEmpty }
    if let organisation, organisation["name"] != nil, let organisationID {
      items.append(self.organisation(organisation, organisationID))
    }
    var asset = asset(service, id, organisation: organisationID)
    asset.isPartial = isPartial
    items.append(asset)
    return items
  }

  private func organisation(_ value: JSONValue, _ id: String) -> ImportItem {
    var fields = Fields()
    fields["name"] = text(value, "name")
    // The profile does not say which sector; most who publish community services are of this one.
    fields["sector"] = .text(Sector.voluntary.rawValue)
    fields["description"] = text(value, "description")
    fields["email"] = text(value, "email")
    fields["website"] = text(value, "website") ?? text(value, "uri")
    let schemes = ["GB-NHS", "GB-CHC", "GB-COH", "GB-EDU", "GB-LAE"]
    fields["identifiers"] = .rows(
      (value["organization_identifiers"]?.list ?? []).compactMap { one in
        guard let number = one["identifier"]?.text else { return nil }
        let scheme = one["identifier_scheme"]?.text ?? ""
        return [
          "scheme": .text(schemes.contains(scheme) ? scheme : "other"), "number": .text(number),
        ]
      })
    return ImportItem(
      kind: .organisation, id: id, fields: fields, original: Self.json(value))
  }

  private func asset(_ value: JSONValue, _ id: String, organisation: String?) -> ImportItem {
    var fields = Fields()
    for (ours, theirs) in [
      ("name", "name"), ("description", "description"), ("website", "url"), ("email", "email"),
      ("status", "status"), ("fees", "fees"), ("accreditations", "accreditations"),
      ("alert", "alert"),
    ] { fields[ours] = text(value, theirs) }
    fields["type"] = .text(AssetType.service.rawValue)
    for name in ["minimum_age", "maximum_age"] {
      // Without an upper end, feeds say 999 or 120.
      if let age = value[name]?.number, name == "minimum_age" ? age > 0 : age < 120 {
        fields[name] = .number(age)
      }
    }
    fields["publisher_checked"] = day(value, "assured_date")
    fields["areas"] = .texts(
      list(value, "service_areas").compactMap { ($0["name"] ?? $0["service_area"])?.text }.map(
        short))
    fields["languages"] = .texts(
      list(value, "languages").compactMap {
        ($0["name"]?.text ?? $0["code"]?.text.map(Self.language))
      })
    fields["funding"] = .texts(list(value, "funding").compactMap { $0["source"]?.text }.map(short))
    fields["costs"] = .rows(list(value, "cost_options").map(cost).filter { !$0.isEmpty })
    var hours = list(value, "schedules").map { self.hours($0) }
    var contacts = self.contacts(value)
    var numbers = phones(value).map { (number: $0.number, use: $0.use ?? "Telephone") }
    // Hours, people and numbers of one place of the service are kept with the name of the place.
    for place in list(value, "service_at_locations") {
      let name = Self.trimmed(place["location"]?["name"])
      for holder in [place, place["location"]].compactMap({ $0 }) {
        hours += list(holder, "schedules").map { self.hours($0, at: name) }
        contacts += self.contacts(holder, at: name)
        numbers += phones(holder).map { ($0.number, $0.use ?? name ?? "Telephone") }
      }
    }
    fields["hours"] = .rows(hours.filter { !$0.isEmpty })
    fields["phone"] = numbers.first.map { .text($0.number) }
    var seen = Set(numbers.prefix(1).map(\.number))
    for number in numbers.dropFirst() where seen.insert(number.number).inserted {
      var row = Fields()
      row["name"] = .text(String(number.use.prefix(200)))
      row["phone"] = .text(number.number)
      contacts.append(row)
    }
    fields["contacts"] = .rows(contacts)
    let locations = list(value, "service_at_locations").compactMap { $0["location"] }
    fields["places"] = .rows(locations.map(place).filter { !$0.isEmpty })
    if locations.contains(where: { $0["location_type"]?.text == "virtual" }) {
      fields["access"] = .texts(["online"])
    }
    terms(list(value, "attributes"), into: &fields)
    return ImportItem(
      kind: .asset, id: id, fields: fields,
      day: value["last_modified"]?.text.map { String($0.prefix(10)) },
      original: Self.json(value), organisation: organisation)
  }

  private func hours(_ schedule: JSONValue, at location: String? = nil) -> Fields {
    var row = Fields()
    // What cannot be read is kept in words: without it the schedule would be another.
    var words: [String] = []
    func given(_ name: String) -> String? { Self.trimmed(schedule[name]) }
    if let text = given("byday") {
      let days = FeedDays(text)
      row["days"] = .texts(days.codes)
      if !days.unread.isEmpty { words.append("Days: \(text).") }
    }
    for (ours, theirs, word) in [("opens", "opens_at", "Opens"), ("closes", "closes_at", "Closes")]
    {
      guard let text = given(theirs) else { continue }
      if let time = FeedTime.read(text) {
        row[ours] = .text(time)
      } else {
        words.append("\(word): \(text).")
      }
    }
    for (ours, theirs, word) in [("from", "valid_from", "From"), ("to", "valid_to", "Until")] {
      row[ours] = day(schedule, theirs)
      if row[ours] == nil, let text = given(theirs) { words.append("\(word): \(text).") }
    }
    let interval = schedule["interval"]?.number ?? 1
    let frequency = schedule["freq"]?.text
    // Every second week and the first Tuesday have no field here: they are said in words.
    if interval > 1 {
      words.append("Every \(interval.plain) \(frequency == "MONTHLY" ? "months" : "weeks").")
    } else if frequency == "MONTHLY" || frequency == "WEEKLY" {
      row["every"] = .text(frequency == "MONTHLY" ? "month" : "week")
    }
    if frequency == "MONTHLY", let days = schedule["byday"]?.text, days.contains(where: \.isNumber)
    {
      words.append("On \(days) of the month.")
    }
    let said = [schedule["description"], schedule["notes"], schedule["attending_type"]]
      .compactMap { $0?.text }.filter { !$0.isEmpty }
    let notes = (location.map { ["At \($0)."] } ?? []) + words + said
    row["notes"] = .text(String(notes.joined(separator: " ").prefix(500)))
    return row
  }

  private static func trimmed(_ value: JSONValue?) -> String? {
    guard let text = value?.text?.trimmingCharacters(in: .whitespacesAndNewlines), !text.isEmpty
    else { return nil }
    return text
  }

  /// The telephone numbers of a service, place or contact with their extensions, and what each is for.
  private func phones(_ value: JSONValue) -> [(number: String, use: String?)] {
    list(value, "phones").compactMap { phone in
      guard let number = Self.trimmed(phone["number"]) else { return nil }
      let more = Self.trimmed(phone["extension"]) ?? phone["extension"]?.number.map(\.plain)
      return (
        number + (more.map { " ext. \($0)" } ?? ""),
        Self.trimmed(phone["description"]) ?? Self.trimmed(phone["type"])
      )
    }
  }

  /// The contacts of a service or place, with a row for each further number of a contact.
  private func contacts(_ value: JSONValue, at location: String? = nil) -> [Fields] {
    list(value, "contacts").flatMap { contact -> [Fields] in
      var row = Fields()
      row["name"] = text(contact, "name") ?? location.map { .text(String($0.prefix(200))) }
      row["role"] = text(contact, "title")
      let numbers = phones(contact)
      row["phone"] = numbers.first.map { .text($0.number) }
      return [row]
        + numbers.dropFirst().map { number in
          var more = row
          more["role"] = number.use.map { .text(String($0.prefix(200))) } ?? row["role"]
          more["phone"] = .text(number.number)
          return more
        }
    }.filter { !$0.isEmpty }
  }

  private func cost(_ option: JSONValue) -> Fields {
    var row = Fields()
    row["option"] = text(option, "option")
    row["amount"] = option["amount"]?.number.map { .number($0) }
    row["detail"] = text(option, "amount_description")
    row["from"] = day(option, "valid_from")
    row["to"] = day(option, "valid_to")
    return row
  }

  private func place(_ location: JSONValue) -> Fields {
    var row = Fields()
    row["name"] = text(location, "name")
    if let address = location["addresses"]?.list.first {
      row["address"] = text(address, "address_1")
      row["town"] = text(address, "city")
      if let postcode = address["postal_code"]?.text { row["postcode"] = .text(postcode) }
    }
    if let latitude = location["latitude"]?.number, let longitude = location["longitude"]?.number,
      latitude != 0 || longitude != 0
    {
      row["latitude"] = .number(latitude)
      row["longitude"] = .number(longitude)
    }
    let access = location["accessibility"]?.list.compactMap {
      ($0["description"] ?? $0["accessibility"])?.text
    }
    row["access_note"] = .text(String((access ?? []).joined(separator: " ").prefix(1_000)))
    return row
  }

  /// Terms of taxonomies: topics of ours by their names, other terms as labels.
  private func terms(_ attributes: [JSONValue], into fields: inout Fields) {
    var topics: [String] = []
    var labels: [String] = []
    for attribute in attributes {
      guard let name = attribute["taxonomy_term"]?["name"]?.text, !name.isEmpty else { continue }
      if let topic = Topic.allCases.first(where: { $0.title.lowercased() == name.lowercased() }) {
        topics.append(topic.rawValue)
      } else {
        labels.append(short(name))
      }
    }
    fields["topics"] = .texts(topics.withoutRepeats)
    fields["labels"] = .texts(labels.withoutRepeats)
  }

  // MARK: Values

  private func list(_ value: JSONValue, _ name: String) -> [JSONValue] { value[name]?.list ?? [] }

  private func text(_ value: JSONValue, _ name: String) -> FieldValue? {
    guard let text = value[name]?.text?.trimmingCharacters(in: .whitespacesAndNewlines),
      !text.isEmpty
    else { return nil }
    return .text(text)
  }

  /// A day, of a day or a moment.
  private func day(_ value: JSONValue, _ name: String) -> FieldValue? {
    value[name]?.text.flatMap { Day($0.prefix(10)) }.map { .text($0.description) }
  }

  private func short(_ text: String) -> String { String(text.prefix(80)) }

  /// The English name of a language, of its code (ISO 639).
  private static func language(_ code: String) -> String {
    Locale(identifier: "en_GB").localizedString(forLanguageCode: code) ?? code
  }

  private static func json(_ value: JSONValue) -> String? {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) }
  }
}
