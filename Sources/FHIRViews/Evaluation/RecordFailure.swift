/// Why a view cannot make rows of a resource; it quotes nothing of the resource.
public struct RecordFailure: Error, Hashable, Sendable {
  /// A short name that counts and thresholds go by.
  public enum Rule: String, CaseIterable, Sendable {
    /// The line is no JSON document, or is cut off.
    case invalidJSON = "invalid_json"
    /// The line is not UTF-8.
    case wrongEncoding = "wrong_encoding"
    /// The line is longer than a record may be.
    case tooLong = "too_long"
    /// An object has a key twice, so that what it says is not known.
    case repeatedKey = "repeated_key"
    /// The document has no `resourceType`.
    case noResource = "no_resource"
    /// The resource is of another type than the file's.
    case wrongResourceType = "wrong_resource_type"
    /// A column that holds one value would get several.
    case severalValues = "several_values"
    /// A value is not of its column's type.
    case wrongType = "wrong_type"
    /// An expression cannot be worked out on this resource.
    case notComputable = "not_computable"
    /// What takes the rows refuses one of them.
    case refused
  }

  public let rule: Rule
  /// The column or path, where one is to blame.
  public let field: String?
  public let message: String

  init(_ rule: Rule, field: String? = nil, _ message: String) {
    self.rule = rule
    self.field = field
    self.message = message
  }
}
