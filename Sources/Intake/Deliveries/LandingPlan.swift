import FHIRViews

/// How the deliveries of a source are read, with its views compiled and its rules at hand.
public struct LandingPlan: Sendable {
  public let mapping: SourceMapping
  let views: [String: ViewPlan]
  let policies: RulePolicies
  /// A hash of the mapping, its views and the rules.
  let fingerprint: String

  /// - Throws: ``Definitions/Problem`` where a view is missing or lacks a column of its mapping.
  public init(_ mapping: SourceMapping, _ catalogue: MappingCatalogue) throws {
    self.mapping = mapping
    policies = try catalogue.policies()
    var views: [String: ViewPlan] = [:]
    for file in mapping.files {
      guard case .fhir(let view) = file.format else { continue }
      views[view] = try catalogue.view(view)
    }
    self.views = views
    fingerprint = try catalogue.fingerprint(of: mapping)
  }
}
