/// What a run tells while it works.
public enum RunEvent: Sendable, Equatable {
  /// A stage begins; `isResumed` where an earlier run had finished it.
  case stage(RunStage, isResumed: Bool)
  /// Within a stage: what it is at, such as a file.
  case step(String)
  /// Something that whoever runs it should know, though the run goes on.
  case note(String)
}

/// A stage of a run as it is shown.
public struct RunStage: Sendable, Equatable {
  public let name: String
  /// What it does, for a person who waits.
  public let title: String
  /// Its place among all, from 1.
  public let number: Int
  /// How many there are.
  public let count: Int
}

/// How a run ended.
public enum RunOutcome: Sendable {
  /// A new snapshot is in use.
  case published(Manifest)
  /// Nothing that the snapshot depends on has changed.
  case unchanged(Manifest)
}
