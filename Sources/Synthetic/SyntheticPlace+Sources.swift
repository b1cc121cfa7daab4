extension SyntheticPlace {
  /// The sources whose extracts a synthetic place has, and the mappings that read them.
  public static let sources = [
    ("gp", "gp-fhir"), ("apc", "apc"), ("ecds", "ecds"), ("outpatients", "outpatients"),
    ("housing", "housing"), ("social-care", "client-level-data"), ("deaths", "deaths"),
    ("voluntary", "voluntary-contacts"), ("programmes", "programme-roster"),
  ].map { (id: $0.0, mapping: $0.1) }

  /// Where the extracts have the directory of postcodes, and its columns.
  public static let postcodes = (
    file: "extracts/reference/postcodes.csv.zst", postcode: "postcode", area: "small_area"
  )
}
