/// What Kith needs to know of FHIR's types where a document does not say it.
enum FHIRTypes {
  /// Elements of FHIR R4 whose type is `date`; a text elsewhere that looks like one is a `dateTime`.
  static let dateElements: Set<String> = [
    "approvalDate", "birthDate", "expirationDate", "lastReviewDate", "paymentDate", "statusDate",
  ]

  /// Elements of FHIR R4 that a type's name is added to (`value[x]`).
  static let choiceElements: Set<String> = [
    "abatement", "additive", "age", "allowed", "amount", "answer", "asNeeded", "author", "bodySite",
    "born", "bounds",
    "chargeItem", "code", "collected", "content", "cost", "created", "deceased", "defaultValue",
    "definition", "detail", "diagnosis", "dose", "doseNumber", "due", "effective", "entity",
    "event",
    "fastingStatus", "fixed", "grade", "identified", "indication", "instantiates", "item",
    "legallyBinding", "location", "maxValue", "medication", "minValue", "module", "multipleBirth",
    "name", "occurred",
    "occurrence", "onset", "pattern", "performed", "probability", "procedure", "product",
    "quantity", "rate",
    "reason", "reported", "scheduled", "seriesDoses", "serviced", "source", "start", "statusReason",
    "subject", "target", "time",
    "timing", "topic", "type", "used", "value", "when",
  ]

  /// The types that may follow such an element's name.
  static let choiceTypes: [String] = [
    "Address", "Age", "Annotation", "Attachment", "Base64Binary", "Boolean", "Canonical", "Code",
    "CodeableConcept", "Coding", "ContactDetail", "ContactPoint", "Contributor", "Count",
    "DataRequirement", "Date", "DateTime", "Decimal", "Distance", "Dosage", "Duration",
    "Expression", "HumanName", "Id", "Identifier", "Instant", "Integer", "Integer64", "Markdown",
    "Meta", "Money", "Oid", "ParameterDefinition", "Period", "PositiveInt", "Quantity", "Range",
    "Ratio", "Reference", "RelatedArtifact", "SampledData", "Signature", "String", "Time",
    "Timing", "TriggerDefinition", "UnsignedInt", "Uri", "Url", "UsageContext", "Uuid",
  ]

  /// The number of a type among ``choiceTypes``, from 1; 0 for another.
  static func number(ofType name: String) -> UInt32 {
    choiceTypes.firstIndex(of: name).map { UInt32($0 + 1) } ?? 0
  }

  /// The kind of text that a type's values are.
  static func textKind(_ type: String) -> Item.Kind {
    switch type.lowercasedFirst {
    case "date": .date
    case "dateTime", "instant": .dateTime
    case "time": .time
    default: .string
    }
  }

  /// Primitive types whose values are texts in JSON.
  static let textTypes: Set<String> = [
    "string", "code", "id", "uri", "url", "canonical", "oid", "uuid", "markdown", "base64Binary",
    "date", "dateTime", "instant", "time", "xhtml",
  ]
}

extension String {
  var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
  var uppercasedFirst: String { prefix(1).uppercased() + dropFirst() }
}
