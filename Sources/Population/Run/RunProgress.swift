/// What a run tells while it works.
public enum RunEvent: Sendable, Equatable {
  /// A stage begins; `isResumed` where an earlier run had finished it.
  case stage(RunStage, isResumed: Bool)
  /// Within a stage: what it is at, such as a file.
  case step(String)
  /// Something that whoever runs it should know, though the run goes on.
  case note(String)
}

/// The stages of a run, in order.
public enum RunStage: String, CaseIterable, Sendable {
  case land, intake, derive, link, measure, indicators, publish

  /// What the stage does, for a person who waits.
  public var title: String {
    switch self {
    case .land: "Land the deliveries"
    case .intake: "Read and check the files"
    case .derive: "Place the areas and organisations, with their figures"
    case .link: "Find the people whom records are about"
    case .measure: "Measure how good the records are"
    case .indicators: "Work out the indicators"
    case .publish: "Publish the snapshot"
    }
  }
}

/// How a run ended.
public enum RunOutcome: Sendable {
  /// A new snapshot is in use.
  case published(Manifest)
  /// Nothing that the snapshot depends on has changed.
  case unchanged(Manifest)
}
