extension OpenDataPack.Measure {
  private static let keys = [
    "title", "description", "topic", "unit", "decimals", "polarity", "caveat", "interval",
    "missing", "larger_areas_only",
  ]
  private static let methods = [
    "count", "proportion", "rate", "groups", "score", "rank", "decile", "published",
  ]

  /// Reads a measure; the template of measures that are spread over rows has no title of its own.
  init?(id: String, _ value: YAMLValue, topic: String, isTemplate: Bool = false) {
    guard let section = value.section(Self.keys + Self.methods) else { return nil }
    let given = Self.methods.filter { section[$0] != nil }
    guard let methodName = given.first, given.count == 1, let methodValue = section[methodName]
    else {
      value.report(
        "A measure has exactly one of \(Self.methods.joined(separator: ", ")); "
          + "'\(id)' has \(given.isEmpty ? "none" : given.joined(separator: " and ")).")
      return nil
    }
    guard let method = Self.method(methodName, methodValue, of: id) else {
      return nil
    }
    guard let title = isTemplate ? "" : section.required("title")?.name() else { return nil }
    self.init(
      id: id, title: title, description: section["description"]?.text() ?? "",
      topic: section["topic"]?.name() ?? topic,
      unit: section["unit"]?.text() ?? Self.usualUnit(method),
      decimals: section["decimals"]?.integer() ?? Self.usualDecimals(method),
      polarity: section["polarity"]?.choice(OpenDataPack.Polarity.self) ?? .neutral,
      caveat: section["caveat"]?.text() ?? "",
      interval: section["interval"]?.choice(OpenDataPack.Interval.self) ?? .none,
      missing: section["missing"]?.choice(OpenDataPack.Missing.self) ?? .unknown,
      isForLargerAreasOnly: section["larger_areas_only"]?.flag() ?? false,
      method: method, line: value.line)
  }

  private static func usualUnit(_ method: OpenDataPack.Method) -> String {
    switch method {
    case .count: "people"
    case .proportion, .groups: "%"
    case .rate(_, _, let per): "per \(Int(per).formattedWithCommas)"
    case .score: "score"
    case .rank: "rank"
    case .decile: "decile"
    case .published: ""
    }
  }

  private static func usualDecimals(_ method: OpenDataPack.Method) -> Int {
    switch method {
    case .count, .rank, .decile: 0
    default: 1
    }
  }

  private static func method(
    _ name: String, _ value: YAMLValue, of id: String
  ) -> OpenDataPack.Method? {
    switch name {
    case "count": return quantity(value).map { .count($0) }
    case "proportion":
      guard let section = value.section(["numerator", "denominator"]),
        let part = section.required("numerator").flatMap(quantity),
        let whole = section.required("denominator").flatMap(quantity)
      else { return nil }
      return .proportion(part, of: whole)
    case "rate":
      guard let section = value.section(["numerator", "denominator", "per"]),
        let part = section.required("numerator").flatMap(quantity),
        let whole = section.required("denominator").flatMap(quantity),
        let per = section.required("per")?.number()
      else { return nil }
      return .rate(part, over: whole, per: per)
    case "groups": return groups(value, of: id)
    case "score": return value.name().map { .score(column: $0) }
    case "rank": return value.name().map { .rank(column: $0) }
    case "published": return value.name().map { .published(column: $0) }
    case "decile":
      guard value.isSection else { return value.name().map { .decile(column: $0, score: nil) } }
      guard let section = value.section(["column", "score"]),
        let column = section.required("column")?.name()
      else { return nil }
      return .decile(column: column, score: section["score"]?.name())
    default: return nil
    }
  }

  /// Reads `column`, `[column, column]` or `{sum: [columns], when: {column: [values]}}`.
  private static func quantity(_ value: YAMLValue) -> OpenDataPack.Quantity? {
    guard value.isSection else {
      let columns = value.texts()
      return columns.isEmpty ? nil : OpenDataPack.Quantity(columns: columns, when: nil)
    }
    guard let section = value.section(["sum", "when"]), let sum = section.required("sum"),
      let when = section.required("when").flatMap(condition)
    else { return nil }
    return OpenDataPack.Quantity(
      columns: sum.texts(), when: when)
  }

  /// Reads `id: {title: …, of: quantity, is: {age: 00_04, sex: female}}`; the title is the id where there is none.
  private static func groups(_ value: YAMLValue, of measure: String) -> OpenDataPack.Method? {
    let groups = value.entries().compactMap { entry -> OpenDataPack.Group? in
      guard let section = entry.value.section(["title", "of", "is"]),
        let quantity = section.required("of").flatMap(quantity)
      else { return nil }
      return OpenDataPack.Group(
        id: entry.key, title: section["title"]?.name() ?? entry.key, quantity: quantity,
        dimensions: section["is"]?.entries().compactMap { one in
          one.value.name().map { (one.key, $0) }
        } ?? [(measure, entry.key)])
    }
    return groups.isEmpty ? nil : .groups(groups)
  }
}

extension Int {
  /// The number with a comma after every third digit.
  var formattedWithCommas: String {
    var text = ""
    for (index, digit) in String(magnitude).reversed().enumerated() {
      if index > 0 && index % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return (self < 0 ? "-" : "") + String(text.reversed())
  }
}
