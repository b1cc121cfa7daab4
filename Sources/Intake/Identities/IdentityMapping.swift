import Definitions

/// Which columns of a file say who its records are about, so that records of several sources can be linked.
public struct IdentityMapping: Sendable, Hashable {
  /// By what they say, the columns as they land or go to the vault.
  public let columns: [IdentityField: String]
  /// The source's own number of a person: the columns that make it up, and the name of the range of numbers
  /// that it is from where several sources share one. Hospitals number patients apart, so that the number of a
  /// patient is the hospital's code and its number.
  public let ownNumber: OwnNumber?

  public struct OwnNumber: Sendable, Hashable {
    public let columns: [String]
    public let range: String?
  }

  /// All columns that it names.
  var names: Set<String> { Set(columns.values).union(ownNumber?.columns ?? []) }

  /// - Parameter known: the names of what lands or goes to the vault.
  init?(reading value: YAMLValue, known: Set<String>) {
    let fields = IdentityField.allCases.map(\.rawValue)
    guard let section = value.section(fields + ["own_number"]) else { return nil }
    func column(_ value: YAMLValue) -> String? {
      guard let name = value.name() else { return nil }
      guard known.contains(name) else {
        value.report(
          "No column lands or goes to the vault as '\(name)'.",
          hint: nearestName(to: name, among: Array(known)).map { "Did you mean '\($0)'?" })
        return nil
      }
      return name
    }
    var columns: [IdentityField: String] = [:]
    for field in IdentityField.allCases {
      columns[field] = section[field.rawValue].flatMap(column)
    }
    self.columns = columns
    ownNumber = section["own_number"].flatMap { value in
      guard value.isSection else {
        return column(value).map { OwnNumber(columns: [$0], range: nil) }
      }
      guard let own = value.section(["columns", "range"]), let list = own.required("columns") else {
        return nil
      }
      let names = list.items().compactMap(column)
      return names.isEmpty ? nil : OwnNumber(columns: names, range: own["range"]?.name())
    }
  }
}

/// What a record says of who it is about.
public enum IdentityField: String, CaseIterable, Sendable {
  case forename, surname
  case dateOfBirth = "date_of_birth"
  case sex
  case nhsNumber = "nhs_number"
  /// The street with the house's number.
  case address
  case postcode
  case phone, email
}
