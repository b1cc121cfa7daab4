extension ViewDefinition {
  /// Reads a definition from JSON.
  ///
  /// - Throws: ``ViewProblem`` at the first thing that is wrong.
  public init(json: [UInt8]) throws(ViewProblem) {
    let value: JSONValue
    do throws(JSONFailure) {
      value = try JSONValue.parse(json)
    } catch {
      throw ViewProblem("", error.message, hint: "A view definition is a JSON object.")
    }
    try self.init(value)
  }

  init(_ value: JSONValue) throws(ViewProblem) {
    guard let members = value.members else {
      throw ViewProblem("", "A view definition is an object, not \(value.kindName).")
    }
    if let type = members["resourceType"]?.string, !type.hasSuffix("ViewDefinition") {
      throw ViewProblem("resourceType", "This is a \(type), not a ViewDefinition.")
    }
    try Self.requireKeys(value, Self.viewKeys, "")
    name = members["name"]?.string
    if let name, !Self.isName(name) {
      throw ViewProblem(
        "name", "'\(name)' is no name that a database takes.",
        hint: "Letters, digits and underscores, beginning with a letter.")
    }
    title = members["title"]?.string
    guard let resource = members["resource"]?.string, !resource.isEmpty else {
      throw ViewProblem(
        "resource", "The type of the resources is missing.", hint: "Such as \"Patient\".")
    }
    self.resource = resource
    constants = try Self.constants(members["constant"])
    conditions = try Self.list(members["where"], "where").enumerated().map {
      (index, item) throws(ViewProblem) in
      let place = "where[\(index)]"
      try Self.requireKeys(item, ["path", "description"], place)
      return Condition(path: try Self.path(item["path"], place + ".path"), place: place + ".path")
    }
    selects = try Self.selects(members["select"], "select")
    guard !selects.isEmpty else {
      throw ViewProblem(
        "select", "A view selects something.", hint: "Give it a select with columns.")
    }
    try Self.requireDistinct(selects.flatMap(\.allColumns))
  }

  private static let viewKeys = [
    "resourceType", "meta", "text", "contained", "language", "implicitRules", "url", "identifier",
    "version", "versionAlgorithmString", "versionAlgorithmCoding", "name", "title", "status",
    "experimental", "date", "publisher", "contact", "description", "useContext", "jurisdiction",
    "purpose", "copyright", "copyrightLabel", "resource", "fhirVersion", "profile", "constant",
    "where", "select",
  ]

  // MARK: Selects

  private static let selectKeys = [
    "column", "select", "forEach", "forEachOrNull", "repeat", "unionAll",
  ]

  private static func selects(
    _ value: JSONValue?, _ place: String
  ) throws(ViewProblem) -> [Select] {
    var selects: [Select] = []
    for (index, item) in try list(value, place).enumerated() {
      selects.append(try select(item, "\(place)[\(index)]"))
    }
    return selects
  }

  private static func select(_ value: JSONValue, _ place: String) throws(ViewProblem) -> Select {
    try requireKeys(value, selectKeys, place)
    let found = Select(
      iteration: try iteration(value, place),
      columns: try columns(value["column"], place + ".column"),
      selects: try selects(value["select"], place + ".select"),
      unionAll: try selects(value["unionAll"], place + ".unionAll"), place: place)
    guard !found.columnNames.isEmpty else {
      throw ViewProblem(place, "There is no column in this select.")
    }
    for (index, branch) in found.unionAll.enumerated().dropFirst() {
      let first = found.unionAll[0].allColumns
      guard branch.columnNames == first.map(\.name) else {
        throw ViewProblem(
          "\(place).unionAll[\(index)]",
          "Its columns are \(branch.columnNames.joined(separator: ", ")); those of the first branch "
            + "are \(first.map(\.name).joined(separator: ", ")).",
          hint: "The branches of a union have the same columns in the same order.")
      }
      for (mine, its) in zip(branch.allColumns, first)
      where mine.kind.type != its.kind.type || mine.isCollection != its.isCollection {
        throw ViewProblem(
          mine.place, "The column '\(mine.name)' has another type in the union's first branch.")
      }
    }
    return found
  }

  private static func iteration(
    _ value: JSONValue, _ place: String
  ) throws(ViewProblem) -> Iteration {
    let given = ["forEach", "forEachOrNull", "repeat"].filter { value[$0] != nil }
    guard given.count < 2 else {
      throw ViewProblem(place, "A select has only one of \(given.joined(separator: " and ")).")
    }
    guard let key = given.first else { return .once }
    let place = place + "." + key
    guard key == "repeat" else {
      return .forEach(try path(value[key], place), orNull: key == "forEachOrNull")
    }
    var paths: [FHIRPathExpression] = []
    for (index, item) in try list(value[key], place).enumerated() {
      paths.append(try path(item, "\(place)[\(index)]"))
    }
    guard !paths.isEmpty else { throw ViewProblem(place, "There is no path to repeat.") }
    return .repeat(paths)
  }

  // MARK: Columns

  private static func columns(
    _ value: JSONValue?, _ place: String
  ) throws(ViewProblem) -> [ViewColumn] {
    var columns: [ViewColumn] = []
    for (index, item) in try list(value, place).enumerated() {
      columns.append(try column(item, "\(place)[\(index)]"))
    }
    return columns
  }

  private static func column(
    _ value: JSONValue, _ place: String
  ) throws(ViewProblem) -> ViewColumn {
    try requireKeys(value, ["name", "path", "description", "type", "collection", "tag"], place)
    guard let name = value["name"]?.string, isName(name) else {
      throw ViewProblem(
        place + ".name", "The column has no name that a database takes.",
        hint: "Letters, digits and underscores, beginning with a letter.")
    }
    let path = try path(value["path"], place + ".path")
    if let flag = value["collection"], flag.bool == nil {
      throw ViewProblem(place + ".collection", "This is true or false.")
    }
    if let type = value["type"], type.string == nil {
      throw ViewProblem(place + ".type", "This is the name of a FHIR type.")
    }
    let type = value["type"]?.string.map { String($0.split(separator: "/").last ?? "") }
    return ViewColumn(
      name: name, description: value["description"]?.string, type: type,
      isCollection: value["collection"]?.bool ?? false,
      kind: try kind(type, tags: value["tag"], path, place), path: path, place: place + ".path")
  }

  private static func isName(_ name: String) -> Bool {
    guard let first = name.unicodeScalars.first, first.isASCII, first.properties.isAlphabetic else {
      return false
    }
    return name.utf8.allSatisfy {
      (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
        || $0 == 0x5F
    }
  }

  private static func kind(
    _ type: String?, tags: JSONValue?, _ path: FHIRPathExpression, _ place: String
  ) throws(ViewProblem) -> ViewColumn.Kind {
    for (index, tag) in try list(tags, place + ".tag").enumerated()
    where tag["name"]?.string == "ansi/type" {
      let ansi = (tag["value"]?.string ?? "").uppercased()
      guard let kind = ViewColumn.Kind(ansi: ansi) else {
        throw ViewProblem(
          "\(place).tag[\(index)].value", "'\(ansi)' is not an ANSI type that Kith keeps.",
          hint:
            "BOOLEAN, INTEGER, BIGINT, DOUBLE PRECISION, DECIMAL, DATE, TIMESTAMP, CHARACTER VARYING."
        )
      }
      return kind
    }
    guard let type else { return path.evidentKind ?? .text(isStrict: false) }
    guard let kind = ViewColumn.Kind(fhir: type) else {
      throw ViewProblem(
        place + ".type", "'\(type)' is not a primitive type of FHIR, which a column needs.",
        hint: "Choose an element in it, such as its code or its value.")
    }
    return kind
  }

  private static func requireDistinct(_ columns: [ViewColumn]) throws(ViewProblem) {
    var seen: Set<String> = []
    for column in columns where !seen.insert(column.name.lowercased()).inserted {
      throw ViewProblem(column.place, "The column '\(column.name)' is there twice.")
    }
  }

  // MARK: Constants

  private static func constants(
    _ value: JSONValue?
  ) throws(ViewProblem) -> [String: FHIRPathLiteral] {
    var constants: [String: FHIRPathLiteral] = [:]
    for (index, item) in try list(value, "constant").enumerated() {
      let place = "constant[\(index)]"
      guard let name = item["name"]?.string, isName(name) else {
        throw ViewProblem(place + ".name", "The constant has no name.")
      }
      let values = (item.members ?? [:]).filter { $0.key.hasPrefix("value") }
      guard values.count == 1, let (key, given) = values.first else {
        throw ViewProblem(
          place, "The constant '\(name)' has \(values.count) values; it has one.",
          hint: "Such as \"valueString\": \"official\".")
      }
      guard let literal = literal(given, type: String(key.dropFirst(5))) else {
        throw ViewProblem(
          place + "." + key, "\(given.kindName) is no value of this type.".capitalisedFirst)
      }
      guard constants.updateValue(literal, forKey: name) == nil else {
        throw ViewProblem(place + ".name", "The constant '\(name)' is there twice.")
      }
    }
    return constants
  }

  private static func literal(_ value: JSONValue, type: String) -> FHIRPathLiteral? {
    switch (type, value) {
    case ("Boolean", .bool(let flag)): .boolean(flag)
    case ("Integer", .integer(let number)), ("PositiveInt", .integer(let number)),
      ("UnsignedInt", .integer(let number)), ("Integer64", .integer(let number)):
      .integer(number)
    case ("Decimal", .double(let number)): .decimal(number, digits: "\(number)".digitsAfterPoint)
    case ("Decimal", .integer(let number)): .decimal(Double(number), digits: 0)
    case ("Date", .string(let text)): Temporal(text).map { _ in .temporal(text, .date) }
    case ("DateTime", .string(let text)), ("Instant", .string(let text)):
      Temporal(text).map { _ in .temporal(text, .dateTime) }
    case ("Time", .string(let text)): Temporal(text).map { _ in .temporal(text, .time) }
    case ("String", .string(let text)), ("Code", .string(let text)), ("Id", .string(let text)),
      ("Uri", .string(let text)), ("Url", .string(let text)), ("Canonical", .string(let text)),
      ("Oid", .string(let text)), ("Uuid", .string(let text)), ("Markdown", .string(let text)),
      ("Base64Binary", .string(let text)):
      .string(text)
    default: nil
    }
  }

  // MARK: Parts

  private static func list(
    _ value: JSONValue?, _ place: String
  ) throws(ViewProblem) -> [JSONValue] {
    guard let value else { return [] }
    guard let items = value.items else {
      throw ViewProblem(place, "This is a list, not \(value.kindName).")
    }
    return items
  }

  private static func path(
    _ value: JSONValue?, _ place: String
  ) throws(ViewProblem) -> FHIRPathExpression {
    guard let value else { throw ViewProblem(place, "The path is missing.") }
    guard let text = value.string else {
      throw ViewProblem(place, "A path is a text, not \(value.kindName).")
    }
    do throws(FHIRPathProblem) {
      return try FHIRPathParser.parse(text)
    } catch {
      throw ViewProblem(
        place, "In '\(text)', at letter \(error.letter): \(error.message)",
        hint: "Paths are FHIRPath, such as name.where(use = 'official').family.")
    }
  }

  /// Refuses keys that mean nothing: a misspelt forEach would change the rows unnoticed.
  private static func requireKeys(
    _ value: JSONValue, _ keys: [String], _ place: String
  ) throws(ViewProblem) {
    guard let members = value.members else {
      throw ViewProblem(place, "This is an object, not \(value.kindName).")
    }
    let everywhere = ["id", "extension", "modifierExtension"]
    for key in members.keys.sorted()
    where !keys.contains(key) && !everywhere.contains(key) && !key.hasPrefix("_") {
      throw ViewProblem(
        place, "'\(key)' is not a key here.", hint: "The keys are: \(keys.joined(separator: ", "))."
      )
    }
  }
}

extension ViewColumn.Kind {
  /// The kind for a primitive type of FHIR; nil for other types.
  init?(fhir type: String) {
    switch type {
    case "boolean": self = .boolean
    case "integer", "positiveInt", "unsignedInt": self = .integer
    case "integer64": self = .integer64
    case "decimal": self = .decimal
    case "string", "code", "id", "uri", "url", "canonical", "oid", "uuid", "markdown",
      "base64Binary", "date", "dateTime", "instant", "time", "xhtml":
      self = .text(isStrict: true)
    default: return nil
    }
  }

  init?(ansi type: String) {
    let name = type.prefix { $0 != "(" }
    switch name.trimmed {
    case "BOOLEAN": self = .boolean
    case "INTEGER", "INT", "SMALLINT": self = .integer
    case "BIGINT": self = .integer64
    case "DOUBLE PRECISION", "DECIMAL", "NUMERIC", "REAL", "FLOAT": self = .decimal
    case "DATE": self = .date
    case "TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "TIMESTAMP WITHOUT TIME ZONE":
      self = .timestamp
    case "CHARACTER VARYING", "VARCHAR", "CHARACTER", "CHAR", "CHARACTER LARGE OBJECT", "TEXT":
      self = .text(isStrict: false)
    default: return nil
    }
  }
}

extension Substring {
  fileprivate var trimmed: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}

extension String {
  fileprivate var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }

  fileprivate var digitsAfterPoint: Int {
    firstIndex(of: ".").map { distance(from: $0, to: endIndex) - 1 } ?? 0
  }
}
