/// A person as one source has written them down, errors and all.
final class Identity {
  struct Slip {
    let kind: Defect.Kind
    let field: StaticString
    /// What is right.
    let truth: String
  }

  /// The source's own key for the person.
  let key: Int
  var forename: String
  var surname: String
  var birth: Day
  let sex: Sex
  let ethnicCategory: String
  /// 0 where there is none.
  var nhsNumber: UInt64
  /// The home that the source did not hear of leaving, or nil.
  var oldHome: Home?
  var slips: [Slip] = []
  /// Whether the slips have been noted in the truth, which is done with the first record.
  var isNoted = false

  init(
    key: Int, forename: String, surname: String, birth: Day, sex: Sex, ethnicCategory: String,
    nhsNumber: UInt64
  ) {
    self.key = key
    self.forename = forename
    self.surname = surname
    self.birth = birth
    self.sex = sex
    self.ethnicCategory = ethnicCategory
    self.nhsNumber = nhsNumber
  }
}

extension AreaExtract {
  /// The person as the source has them: the same each time for the same holder, or one of two where
  /// the holder has them twice.
  func identity(_ person: Int, _ source: ErrorSource, holder: Int) -> Identity {
    let key = IdentityKey(source: source, holder: holder, person: person)
    if let known = identities[key] {
      return known.count > 1 && errors.chance(0.4) ? known[1] : known[0]
    }
    let first = makeIdentity(person, source, key: nextRecord())
    var made = [first]
    if isDuplicated(person, source) {
      let second = makeIdentity(person, source, key: nextRecord())
      second.slips.append(.init(kind: .duplicate, field: "", truth: String(first.key)))
      made.append(second)
    }
    identities[key] = made
    return first
  }

  /// The one or two identities that the source has for the person.
  func identitiesOf(_ person: Int, _ source: ErrorSource, holder: Int) -> [Identity] {
    let first = identity(person, source, holder: holder)
    return identities[IdentityKey(source: source, holder: holder, person: person)] ?? [first]
  }

  func isDuplicated(_ person: Int, _ source: ErrorSource) -> Bool {
    let percent = parameters.social.errors[source]?[.duplicate] ?? 0
    return percent > 0 && errors.chance(percent / 100 * carelessness(person))
  }

  /// Keeps an identity's errors to be noted with the line that is written next, the first time.
  func noteSlips(_ identity: Identity, _ person: Int) {
    guard !identity.isNoted else { return }
    identity.isNoted = true
    pending += identity.slips.map { ($0, identity.key, person) }
  }

  /// Notes the errors that were kept, with the line about to be written.
  func notePending(_ stream: Stream, _ delivery: Int, record: @autoclosure () -> String) {
    for (slip, key, person) in pending {
      // Deaths and rosters have no number of their own for a person, so the record stands for both.
      let hasKey = stream != .deaths && stream != .programmes
      out.note(
        slip.kind, stream, delivery, record: hasKey ? String(key) : record(), person: truth(person),
        field: slip.field, detail: slip.truth)
    }
    pending.removeAll(keepingCapacity: true)
  }

  /// How much more often than others this person is written down wrongly.
  func carelessness(_ person: Int) -> Double {
    let social = parameters.social
    let one = lives.people[person]
    let age = one.age(on: one.arrival)
    var factor = social.errorsByDecile[decile(area) - 1]
    factor *= social.errorsByGroup[ground.group(of: one.ethnicity)]
    if age < 1 { factor *= social.errorsByAge.infant }
    if (18...34).contains(age) { factor *= social.errorsByAge.young }
    if age > 85 { factor *= social.errorsByAge.old }
    return factor
  }

  func makeIdentity(_ person: Int, _ source: ErrorSource, key: Int) -> Identity {
    let one = lives.people[person]
    let identity = Identity(
      key: key, forename: ground.names.forenames[Int(one.forename)],
      surname: ground.names.surnames[Int(one.surname)], birth: one.birth, sex: one.sex,
      ethnicCategory: parameters.life.ethnicCategories[one.ethnicity].code,
      nhsNumber: nhsNumber(person))
    let rates = parameters.social.errors[source] ?? [:]
    let factor = carelessness(person)
    func happens(_ kind: Defect.Kind) -> Bool {
      guard let percent = rates[kind], percent > 0 else { return false }
      // What is common already grows less.
      let chance = percent / 100
      return errors.chance(
        chance > 0.3 ? min(0.97, chance * (0.7 + 0.3 * factor)) : chance * factor)
    }
    slipNames(identity, one, happens)
    slipBirth(identity, happens)
    if happens(.numberMissing) {
      identity.slips.append(
        .init(kind: .numberMissing, field: "nhs_number", truth: String(identity.nhsNumber)))
      identity.nhsNumber = 0
    } else if happens(.numberWrong) {
      // Another person's: as a rule somebody of the same home.
      let others = lives.households[one.household].members.filter { $0 != person }
      let other =
        others.isEmpty ? errors.below(lives.people.count) : others[errors.below(others.count)]
      if other != person {
        identity.slips.append(
          .init(kind: .numberWrong, field: "nhs_number", truth: String(identity.nhsNumber)))
        identity.nhsNumber = nhsNumber(other)
      }
    }
    if happens(.oldAddress) {
      let moved = !lives.households[one.household].moves.isEmpty
      let near = ground.frame.nearest[area][errors.below(ground.frame.nearest[area].count)]
      let old =
        moved
        ? Home(area: area, dwelling: lives.households[one.household].dwelling)
        : Home(
          area: near, dwelling: errors.below(max(1, plan.homes[near])))
      let latest = residences(person).last?.home ?? old
      identity.slips.append(
        .init(kind: .oldAddress, field: "address", truth: book.postcode(latest)))
      identity.oldHome = old
    }
    return identity
  }

  private func slipNames(
    _ identity: Identity, _ person: Person, _ happens: (Defect.Kind) -> Bool
  ) {
    let (forename, surname) = (identity.forename, identity.surname)
    if person.birthSurname != person.surname, happens(.maidenName) {
      identity.slips.append(.init(kind: .maidenName, field: "family", truth: surname))
      identity.surname = ground.names.surnames[Int(person.birthSurname)]
    }
    if let others = ground.names.otherForenames[forename], !others.isEmpty, happens(.nickname) {
      identity.slips.append(.init(kind: .nickname, field: "given", truth: forename))
      identity.forename = others[errors.below(others.count)]
    }
    if happens(.forenameTypo) {
      identity.slips.append(.init(kind: .forenameTypo, field: "given", truth: forename))
      identity.forename = mistyped(identity.forename)
    }
    if happens(.surnameTypo) {
      identity.slips.append(.init(kind: .surnameTypo, field: "family", truth: surname))
      identity.surname = mistyped(identity.surname)
    }
    if happens(.namesSwapped) {
      identity.slips.append(.init(kind: .namesSwapped, field: "name", truth: surname))
      (identity.forename, identity.surname) = (identity.surname, identity.forename)
    }
  }

  private func slipBirth(_ identity: Identity, _ happens: (Defect.Kind) -> Bool) {
    let birth = identity.birth
    let (year, month, day) = birth.civil
    var wrong: (Defect.Kind, Day)?
    if day <= 12, day != month, happens(.birthTransposed) {
      wrong = (.birthTransposed, Day(year: year, month: day, day: month))
    } else if happens(.birthDigit) {
      let step = errors.below(3)
      let other =
        step == 0
        ? Day(year: year, month: month, day: day % 28 + 1)
        : step == 1
          ? Day(year: year, month: month % 12 + 1, day: min(day, 28))
          : Day(
            year: max(1905, year - (errors.chance(0.5) ? 1 : 10)), month: month, day: min(day, 28))
      wrong = (.birthDigit, other)
    } else if happens(.birthDefaulted) {
      wrong = (.birthDefaulted, Day(year: year, month: 1, day: 1))
    }
    guard let (kind, other) = wrong, other != birth else { return }
    identity.slips.append(.init(kind: kind, field: "birth_date", truth: birth.iso))
    identity.birth = other
  }

  /// A name with one letter too few, too many, wrong, or two in the wrong order.
  private func mistyped(_ name: String) -> String {
    var letters = Array(name.unicodeScalars)
    guard letters.count > 2 else { return name + "e" }
    let position = 1 + errors.below(letters.count - 1)
    switch errors.below(4) {
    case 0: letters.remove(at: position)
    case 1: letters.insert(letters[position], at: position)
    case 2:
      let alphabet = Array("abcdefghijklmnoprstuvwy".unicodeScalars)
      var other = alphabet[errors.below(alphabet.count)]
      if other == letters[position] { other = "z" }
      letters[position] = other
    default:
      if position + 1 < letters.count, letters[position] != letters[position + 1] {
        letters.swapAt(position, position + 1)
      } else {
        letters.remove(at: position)
      }
    }
    var text = String.UnicodeScalarView()
    text.append(contentsOf: letters)
    return String(text)
  }

  /// The home that a source believes in.
  func believed(_ identity: Identity, _ residences: [Residence], on day: Day) -> Home {
    identity.oldHome ?? home(residences, on: day)
  }

  // MARK: Columns that several sources write

  /// Forename and surname.
  func name(_ w: ByteWriter, _ identity: Identity) {
    w.text(identity.forename)
    w.comma()
    w.text(identity.surname)
    w.comma()
  }

  /// House number and street.
  func street(_ w: ByteWriter, _ address: AddressBook.Address) {
    w.number(address.number)
    w.text(" ")
    w.text(address.street)
  }
}
