/// Streets, postcodes and keys of homes, each a function of the home alone.
struct AddressBook: Sendable {
  let ground: AreaLives.Ground

  struct Address: Sendable {
    let number: Int
    let street: String
    let postcode: String
  }

  /// What is known of a building.
  struct Building: Sendable {
    /// Energy band: 0 for C and better, to 4 for G.
    let energy: Int
    let isDamp: Bool
    var band: String { SocialParameters.bands[energy] }
  }

  private static let letters = Array("ABDEFGHJLNPQRSTUWXYZ".utf8)
  /// Homes to a postcode, about the number that Royal Mail has.
  private static let homesPerPostcode = 18

  func address(_ home: Home) -> Address {
    let unit = Self.unit(home.dwelling)
    let streets = ground.names.streets
    let street = streets[(home.area &* 131 &+ unit &* 29) % streets.count]
    return Address(
      number: home.dwelling >= Home.careHome ? 1 : 1 + 2 * (home.dwelling % Self.homesPerPostcode),
      street: home.dwelling >= Home.careHome ? "\(street) Care Home" : street,
      postcode: postcode(area: home.area, unit: unit))
  }

  func postcode(_ home: Home) -> String {
    postcode(area: home.area, unit: Self.unit(home.dwelling))
  }

  /// The number of postcodes of an area with that many homes; the last is the care home's.
  static func units(homes: Int) -> Int {
    min(99, (homes + homesPerPostcode - 1) / homesPerPostcode)
  }
  static let careHomeUnit = 99

  private static func unit(_ dwelling: Int) -> Int {
    dwelling >= Home.careHome ? careHomeUnit : (dwelling / homesPerPostcode) % careHomeUnit
  }

  /// A postcode of the area ZZ, which Royal Mail does not use: four small areas to a sector.
  func postcode(area: Int, unit: Int) -> String {
    let letters = Self.letters
    let pair = (area % 4) * 100 + unit
    let text: [UInt8] = [letters[pair / 20], letters[pair % 20]]
    return "ZZ\(10 + area / 40) \(area / 4 % 10)" + String(decoding: text, as: UTF8.self)
  }

  /// A key like a UPRN, of twelve digits that begin with 999, which no real one does.
  static func propertyNumber(_ home: Home) -> Int {
    999_000_000_000 + home.area * 10_000 + home.dwelling
  }

  func building(_ home: Home, _ sector: SocialParameters.Sector) -> Building {
    let social = ground.parameters.social
    var random = SeededGenerator(
      seed: ground.seed, purpose: "buildings", index: home.area * 10_000 + home.dwelling)
    let energy = random.pick(social.energy[sector.rawValue])
    let tilt = 1 + social.dampByDecile / 100 * (5.5 - Double(ground.frame.areas[home.area].decile))
    // Cold homes are damp more often.
    let damp = social.damp[sector.rawValue] / 100 * tilt * [0.8, 1, 1.5, 2.2, 2.6][energy]
    return Building(energy: energy, isDamp: random.chance(damp))
  }
}

/// NHS numbers with valid check digits that are issued to nobody: 999 …, and where a place has more
/// people than the 909,091 that fit there, 998 … and so on, which are not issued either.
struct TestNumbers: Sendable {
  private let numbers: [UInt64]

  /// As many numbers, in an order that says nothing.
  init(count: Int) {
    var numbers: [UInt64] = []
    numbers.reserveCapacity(count)
    var prefix: UInt64 = 999
    while numbers.count < count, prefix > 900 {
      for index in 0..<UInt64(1_000_000) where numbers.count < count {
        // A step that has no divisor in common with a million goes through all of them.
        let nine = prefix * 1_000_000 + (index * 618_033 + 271_828) % 1_000_000
        if let digit = Self.checkDigit(nine) { numbers.append(nine * 10 + digit) }
      }
      prefix -= 1
    }
    self.numbers = numbers
  }

  subscript(person: Int) -> UInt64 { numbers[person] }

  /// The check digit of nine digits, modulus 11 (NHS Data Dictionary, NHS NUMBER); nil where the number
  /// is not to be used.
  static func checkDigit(_ nine: UInt64) -> UInt64? {
    var sum: UInt64 = 0
    var rest = nine
    for weight in UInt64(2)...10 {
      sum += rest % 10 * weight
      rest /= 10
    }
    let digit = 11 - sum % 11
    return digit == 11 ? 0 : digit == 10 ? nil : digit
  }
}
