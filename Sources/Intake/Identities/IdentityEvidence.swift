import Codes

/// How far what a record says tells who it is about.
///
/// Records are of one identity only where their values identify somebody: 40 records of a man born in 1950 are not
/// one man.
public struct IdentityEvidence: Sendable, Hashable {
  public enum Strength: Sendable, Hashable {
    /// Nothing that tells people apart: no values, a sex, or fillers.
    case nobody
    /// Something that several people may share.
    case weak
    /// A number of the person's own, or a name with something that tells its bearers apart.
    case identifies
  }

  public let strength: Strength
  /// Whether it has a number of the person's own.
  public let hasNumber: Bool

  /// - Parameters:
  ///   - ownNumber: the source's own number of the person; what tells it from other sources' numbers may be before it,
  ///     with a stroke between.
  ///   - value: what the record says of a field; nil or empty where nothing.
  public init(
    ownNumber: UnsafeRawBufferPointer?, _ value: (IdentityField) -> UnsafeRawBufferPointer?
  ) {
    func says(_ field: IdentityField) -> Bool {
      guard let text = value(field), !text.isEmpty else { return false }
      return !Self.isFiller(text, of: field)
    }
    // Most records have an NHS number, which is soonest told.
    hasNumber =
      says(.nhsNumber) || ownNumber.map { !$0.isEmpty && !Filler.isOwnNumber($0) } ?? false
    if hasNumber {
      strength = .identifies
      return
    }
    let others: [IdentityField] = [.dateOfBirth, .postcode, .address, .phone, .email]
    if says(.forename), says(.surname), others.contains(where: says) {
      strength = .identifies
    } else {
      let saysSomething = IdentityField.allCases.contains { $0 != .sex && says($0) }
      strength = saysSomething ? .weak : .nobody
    }
  }

  private static func isFiller(_ text: UnsafeRawBufferPointer, of field: IdentityField) -> Bool {
    switch field {
    case .nhsNumber: Identifiers.fault(ofNHSNumber: text) != nil
    case .forename: Filler.isForename(text)
    case .surname: Filler.isName(text)
    case .dateOfBirth: Filler.isWord(text) || Filler.isDate(text)
    case .postcode: Filler.isWord(text) || Filler.isPostcode(text)
    case .phone: Filler.isPhone(text)
    case .email: !text.contains(UInt8(ascii: "@"))
    case .sex, .address: Filler.isWord(text)
    }
  }
}

extension IdentityField {
  /// Its place among all.
  public var place: Int {
    switch self {
    case .forename: 0
    case .surname: 1
    case .dateOfBirth: 2
    case .sex: 3
    case .nhsNumber: 4
    case .address: 5
    case .postcode: 6
    case .phone: 7
    case .email: 8
    }
  }
}
