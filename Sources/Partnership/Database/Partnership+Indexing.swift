import GRDB

extension Partnership {
  /// Makes the index of every record anew.
  static func indexAll(_ db: Database, _ locator: any PostcodeLocator) throws {
    try db.execute(
      sql: "delete from link; delete from facet; delete from place; delete from search")
    let numbers = try Int64.fetchAll(db, sql: "select number from record")
    for number in numbers {
      guard
        let row = try Row.fetchOne(
          db,
          sql: "select id, kind, fields, consents, state, merged_into from record where number = ?",
          arguments: [number]), let kind = RecordKind.named(row["kind"])
      else { continue }
      try index(number, row["id"], kind, Content(row: row), db, locator)
    }
    try db.execute(
      sql: """
        update pulse set number = number + 1;
        insert or replace into touched select number, (select number from pulse) from record;
        """)
  }

  /// Makes the index of a record: its links, filters, places and words.
  static func index(
    _ number: Int64, _ id: String, _ kind: RecordKind, _ content: Content, _ db: Database,
    _ locator: any PostcodeLocator
  ) throws {
    for table in [
      "link where source", "facet where record", "place where record", "search where rowid",
      "photograph where record",
    ] {
      try db.cachedStatement(sql: "delete from \(table) = ?").execute(arguments: [number])
    }
    guard content.state == .active || content.state == .archived else { return }
    for field in kind.fields {
      for link in [field].links(in: content.fields) {
        try db.cachedStatement(sql: "insert or ignore into link values (?, ?, ?, ?)").execute(
          arguments: [number, link.role, link.target, content.audience(of: field).rawValue])
      }
    }
    for photograph in content.fields.rows("photographs").compactMap({ Photograph($0) })
    where content.state == .active {
      try db.cachedStatement(sql: "insert or ignore into photograph values (?, ?)").execute(
        arguments: [photograph.file, number])
    }
    for field in kind.fields where field.isFilter {
      for value in content.fields.texts(field.name) {
        try db.cachedStatement(sql: "insert or ignore into facet values (?, ?, ?, ?)").execute(
          arguments: [number, field.name, value, content.audience(of: field).rawValue])
      }
    }
    // Whoever may see that it is there sees where, so where it is must be for no fewer.
    let circle = kind.fields[kind.titleField].map(content.audience) ?? .everyone
    let isPlaced = kind.fields["postcode"].map { content.audience(of: $0) <= circle } ?? true
    for (line, place) in (isPlaced ? content.fields.places(locator) : []).enumerated() {
      try db.cachedStatement(sql: "insert into place values (?, ?, ?, ?, ?, ?, ?)").execute(
        arguments: [
          number, line, place.position?.latitude, place.position?.longitude,
          place.position?.isRough ?? false, place.postcode,
          NameUUID.of("place \(line)", in: id),
        ])
    }
    var texts: [Audience: [String]] = [:]
    for field in kind.fields where field.isSearched {
      guard let value = content.fields[field.name] else { continue }
      texts[content.audience(of: field), default: []] += field.type.words(of: value)
    }
    try db.cachedStatement(
      sql: "insert into search (rowid, title, open, partners) values (?, ?, ?, ?)"
    ).execute(
      arguments: [
        number, content.fields.text(kind.titleField) ?? "",
        texts[.everyone, default: []].joined(separator: "\n"),
        texts[.partners, default: []].joined(separator: "\n"),
      ])
  }
}

extension [Field] {
  /// The records that fields point at, and by which field.
  func links(in fields: Fields) -> [(role: String, target: Int64)] {
    flatMap { field -> [(role: String, target: Int64)] in
      switch field.type {
      case .record, .records:
        fields.records(field.name).map { (field.name, $0.value) }
      case .rows(let inner, _):
        fields.rows(field.name).flatMap { row in
          inner.links(in: row).map { ("\(field.name).\($0.role)", $0.target) }
        }
      default: []
      }
    }
  }
}

extension FieldType {
  /// The words of a value that a search may find: texts, and the titles of what was chosen.
  func words(of value: FieldValue) -> [String] {
    switch (self, value) {
    case (.choice(let choices), .text(let text)): choices.filter { $0.id == text }.map(\.title)
    case (.choices(let choices), .texts(let texts)):
      choices.filter { texts.contains($0.id) }.map(\.title)
    case (.rows(let fields, _), .rows(let rows)):
      rows.flatMap { row in
        fields.filter(\.isSearched).flatMap { field in
          row[field.name].map { field.type.words(of: $0) } ?? []
        }
      }
    case (_, .text(let text)): [text]
    case (_, .texts(let texts)): texts
    default: []
    }
  }
}

extension Fields {
  /// Where a record is: its own point or postcode, and those of its places.
  fileprivate func places(
    _ locator: any PostcodeLocator
  ) -> [(position: Position?, postcode: String?)] {
    ([self] + rows("places")).compactMap { part in
      let postcode = part.text("postcode")
      if let latitude = part.number("latitude"), let longitude = part.number("longitude") {
        return (Position(latitude: latitude, longitude: longitude), postcode)
      }
      return postcode.map { (locator.position(of: $0), $0) }
    }
  }
}
