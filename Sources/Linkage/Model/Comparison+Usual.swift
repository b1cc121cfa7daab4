extension Comparison {
  /// The comparisons that the kinds of fields call for.
  static func usual(for fields: [LinkField]) -> [Comparison] {
    let forename = fields.first { $0.kind == .forename }?.name
    let surname = fields.first { $0.kind == .surname }?.name
    // Names in each other's place count once, with the forename.
    let swap =
      forename.flatMap { forename in surname.map { "swapped(\(forename), \($0))" } }
    return fields.map { field in
      let isOfSwap = field.name == forename || field.name == surname
      return usual(for: field, swap: isOfSwap ? swap : nil)
    }
  }

  private static func usual(for field: LinkField, swap: String?) -> Comparison {
    func comparison(_ levels: [String], frequency: Int = 0, unless: String? = nil) -> Comparison {
      Comparison(
        field.name, field: field.name,
        levels: levels.enumerated().map {
          Level(written($0.element), usesFrequency: $0.offset < frequency)
        },
        unless: unless.map(written))
    }
    if field.separator != nil {
      return comparison(["exact", "overlap >= 2", "overlap >= 1"], frequency: 1)
    }
    switch field.kind {
    case .forename:
      let start = ["exact"] + (swap.map { [$0] } ?? [])
      return comparison(
        start + [
          "nickname", "jaro_winkler >= 0.92 or damerau <= 1 and jaro_winkler >= 0.8", "part",
          "initial", "jaro_winkler >= 0.8 or double_metaphone",
        ], frequency: 1)
    case .surname:
      return comparison(
        [
          "exact", "jaro_winkler >= 0.92 or damerau <= 1 and jaro_winkler >= 0.8", "part",
          "jaro_winkler >= 0.8 or double_metaphone",
        ], frequency: 2, unless: swap)
    case .fullName:
      return comparison(
        [
          "exact", "reordered", "jaro_winkler >= 0.95 or damerau <= 1", "common >= 2",
          "jaro_winkler >= 0.88 or jaccard >= 0.6", "part or jaro_winkler >= 0.8",
        ], frequency: 2)
    case .dateOfBirth:
      return comparison([
        "exact and not first_of_january", "exact", "day_swapped",
        "damerau <= 1 and not first_of_january", "first_of_january and same_year", "same_month",
        "same_year", "damerau <= 2", "years <= 1", "years <= 10",
      ])
    case .sex: return comparison(["exact"])
    case .postcode:
      return comparison(
        ["exact", "damerau <= 1", "sector", "district"], frequency: 1)
    case .address:
      let (street, postcode) = (field.part(0), field.part(1))
      return comparison([
        "exact(\(street)) and exact(\(postcode))",
        "exact(\(postcode)) and (house_number(\(street)) or jaro_winkler(\(street)) >= 0.9)",
        "exact(\(street)) and (sector(\(postcode)) or damerau(\(postcode)) <= 1)",
        "exact(\(street))",
        // Without a street the postcode says more than where the streets differ.
        "exact(\(postcode)) and missing(\(street))",
        "exact(\(postcode))",
        "house_number(\(street)) and jaro_winkler(\(street)) >= 0.9",
        "missing(\(street)) and sector(\(postcode)) or missing(\(street)) and damerau(\(postcode)) <= 1",
        "sector(\(postcode)) or damerau(\(postcode)) <= 1",
        "district(\(postcode))",
      ])
    case .phone: return comparison(["exact", "damerau <= 1"], frequency: 1)
    case .email:
      return comparison(["exact", "damerau <= 1", "jaro_winkler >= 0.92"], frequency: 1)
    case .nhsNumber: return comparison(["exact", "damerau <= 1"])
    case .code, .localNumber: return comparison(["exact"], frequency: 1)
    case .number:
      return comparison(["exact", "damerau <= 1", "percent <= 1", "percent <= 10"], frequency: 1)
    case .encoding:
      return comparison(
        stride(from: 0.96, to: 0.55, by: -0.04).map { "dice >= \(($0 * 100).rounded() / 100)" })
    case .text:
      return comparison(
        [
          "exact", "reordered", "jaro_winkler >= 0.92 or damerau <= 1", "jaccard >= 0.6",
          "jaccard >= 0.35 or jaro_winkler >= 0.85",
        ], frequency: 2)
    }
  }

  /// A condition that is written here, and so is right.
  private static func written(_ text: String) -> Condition {
    do {
      return try Condition(text)
    } catch {
      preconditionFailure("\(error)")
    }
  }
}

extension LinkField {
  /// The name that a column of a field of several has in conditions: that of the column.
  func part(_ index: Int) -> String { columns.indices.contains(index) ? columns[index] : name }

  /// What is coded apart: the field itself, or for an address its street and its postcode.
  var parts: [(name: String, kind: FieldKind, column: String)] {
    kind == .address && columns.count == 2
      ? [(columns[0], .address, columns[0]), (columns[1], .postcode, columns[1])]
      : [(name, kind, columns[0])]
  }
}
