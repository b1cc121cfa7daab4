/// What a field holds, from which follow how its values are cleaned, compared and blocked on.
public enum FieldKind: String, CaseIterable, Codable, Sendable {
  case forename
  case surname
  case fullName = "full_name"
  case dateOfBirth = "date_of_birth"
  case sex
  case postcode
  /// A street with its number, and a postcode: two columns that are compared as one.
  case address
  case phone
  case email
  case nhsNumber = "nhs_number"
  case code
  /// The number that an organisation has given somebody, after what tells it from the numbers of others: a range
  /// and a number, such as RXX/1234567. Of numbers of two ranges nothing can be said.
  case localNumber = "local_number"
  case number
  case text
  /// What `kith link encode` makes of a person's values: bits that tell how alike two people are and not who they are.
  case encoding

  /// Whether people who are not the same, of one home, share it: what a home has in common must not
  /// count as so many proofs.
  var isSharedAtHome: Bool {
    switch self {
    case .surname, .fullName, .postcode, .address, .phone: true
    default: false
    }
  }

  /// Whether it is a number that was given to one person.
  var isOwnNumber: Bool { self == .nhsNumber || self == .localNumber }
}
