extension Blocking {
  /// Rules to choose from that the kinds of the fields call for: keys that are strong alone, all pairs of keys
  /// of two fields, and some of three.
  static func automatic(_ fields: [LinkField]) -> Blocking {
    var rules: [BlockingRule] = []
    func add(_ parts: KeyPart?...) {
      let present = parts.compactMap { $0 }
      let rule = BlockingRule(parts: present)
      if present.count == parts.count, rule.fields.count == present.count, !rules.contains(rule),
        rules.count < RuleChoice.mostCandidates
      {
        rules.append(rule)
      }
    }
    // Of encodings some bits, drawn anew for each rule: few for small files, more for large ones.
    for field in fields where field.kind == .encoding {
      for width in [12, 15, 18, 21] {
        for band in 1...32 {
          add(KeyPart(kind: .bits, field: field.name, count: width, band: band))
        }
      }
    }
    for field in fields where field.separator != nil {
      for band in 1...16 { add(KeyPart(kind: .drawn, field: field.name, count: 0, band: band)) }
    }
    let keys = FieldKeys(fields.filter { $0.separator == nil })
    for key in keys.alone { add(key) }
    let (forename, surname) = (keys.forename, keys.surname)
    let (birth, place) = (keys.birth, keys.postcode)
    add(forename?.exact, surname?.exact, birth?.year)
    add(forename?.exact, surname?.exact, place?.district)
    add(surname?.soundex, forename?.nickname, place?.sector)
    add(surname?.soundex, forename?.nickname, birth?.year)
    add(surname?.doubleMetaphone, forename?.doubleMetaphone, birth?.year)
    add(surname?.first(3), forename?.first(3), birth?.year)
    add(surname?.last(4), forename?.nickname, birth?.year)
    add(birth?.dateDigits, surname?.exact)
    add(birth?.dateDigits, forename?.exact)
    add(birth?.exact, forename?.first(1), place?.district)
    add(place?.exact, surname?.exact, birth?.year)
    add(forename?.exact, surname?.exact)
    for (index, one) in keys.strong.enumerated() {
      for other in keys.strong[(index + 1)...] { add(one, other) }
    }
    for weak in keys.weak {
      for strong in keys.strong { add(strong, weak) }
    }
    for strong in keys.strong { add(strong) }
    // Encodings are compared in no time, and many bits are the same by chance.
    let isEncoded = fields.contains { $0.kind == .encoding }
    return Blocking(
      rules: [], candidates: rules, recall: 0.9999, pairsPerRecord: isEncoded ? 100 : 30,
      pairsPerMatch: isEncoded ? 20_000 : 2_000, largestBlock: usualLargestBlock)
  }
}

/// The keys that the fields of a model offer.
private struct FieldKeys {
  /// Keys that make a rule by themselves.
  let alone: [KeyPart]
  /// Keys that two of make one, and those that go with a strong one.
  let strong: [KeyPart]
  let weak: [KeyPart]
  let forename: KeyMaker?
  let surname: KeyMaker?
  let birth: KeyMaker?
  let postcode: KeyMaker?

  init(_ fields: [LinkField]) {
    func maker(_ kind: FieldKind) -> KeyMaker? {
      fields.first { $0.kind == kind }.map { KeyMaker(field: $0.name) }
    }
    let address = fields.first { $0.kind == .address && $0.columns.count == 2 }
    let street = address.map { KeyMaker(field: $0.part(0)) }
    (forename, surname, birth) = (maker(.forename), maker(.surname), maker(.dateOfBirth))
    postcode = address.map { KeyMaker(field: $0.part(1)) } ?? maker(.postcode)
    var (alone, strong): ([KeyPart], [KeyPart]) = ([], [])
    for field in fields {
      let key = KeyMaker(field: field.name)
      switch field.kind {
      case .nhsNumber, .email, .phone: alone.append(key.exact)
      case .code, .localNumber, .number:
        alone.append(key.exact)
        strong.append(key.exact)
      case .forename: strong.append(key.nickname)
      case .surname: strong.append(key.soundex)
      case .fullName, .text: strong.append(key.words)
      case .dateOfBirth: strong.append(key.exact)
      case .postcode: strong.append(key.exact)
      case .address, .sex, .encoding: break
      }
    }
    if let street, let postcode { strong += [street.exact, postcode.exact] }
    self.alone = alone
    self.strong = strong
    weak = [birth?.year, postcode?.sector, street?.houseNumber].compactMap { $0 }
  }
}

/// Makes the keys of a field.
private struct KeyMaker {
  let field: String

  private func part(_ kind: KeyPart.Kind, _ count: Int = 0) -> KeyPart {
    KeyPart(kind: kind, field: field, count: count)
  }

  var exact: KeyPart { part(.exact) }
  var soundex: KeyPart { part(.soundex) }
  var doubleMetaphone: KeyPart { part(.doubleMetaphone) }
  var nickname: KeyPart { part(.nickname) }
  var words: KeyPart { part(.words) }
  var year: KeyPart { part(.year) }
  var dateDigits: KeyPart { part(.dateDigits) }
  var sector: KeyPart { part(.sector) }
  var district: KeyPart { part(.district) }
  var houseNumber: KeyPart { part(.houseNumber) }
  func first(_ count: Int) -> KeyPart { part(.first, count) }
  func last(_ count: Int) -> KeyPart { part(.last, count) }
}
