/// Whether what a request asks for is within the remit of the organisation that is asked.
public struct RequestRemit: Sendable {
  public let remit: Remit
  public let asked: RecordNumber
  public let function: RecordNumber
  public let scale: Scale?

  /// Nil for a request that names no function.
  public init?(_ record: Record, _ map: RoleMap) {
    guard let asked = record.fields.record("organisation"),
      let function = record.fields.record("function")
    else { return nil }
    self.asked = asked
    self.function = function
    scale = record.fields.text("scale").flatMap(Scale.init)
    remit = map.remit(of: asked, for: function, at: scale)
  }
}
