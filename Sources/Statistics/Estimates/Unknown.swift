/// Why there is no figure, or no interval about it.
public enum Unknown: UInt8, Sendable, CaseIterable {
  /// A value that the figure needs is missing.
  case missing
  /// A population, a denominator or a weight is zero.
  case noPopulation
  /// A count, a population or a weight is below zero, or is no number.
  case impossible
  /// There are more events than people, where each can have one.
  case moreEventsThanPeople
  /// There are fewer events than the method can bear.
  case tooFewEvents
  /// There are fewer values or groups than the method needs.
  case tooFewValues
  /// There are more values than the method can take on.
  case tooManyValues
  /// All values are the same, so that there is no variation to judge by.
  case noVariation
  /// An age band is missing, is there twice, or is not one of the standard's.
  case ageBands
  /// The population is too small for the method.
  case smallPopulation
  /// The interval is too wide for the figure to mean anything.
  case tooUncertain
  /// The calculation came to no end.
  case noSolution

  /// The reason in plain English, as it stands in tables after "unknown: ".
  public var text: String {
    switch self {
    case .missing: "a value is missing"
    case .noPopulation: "the population is zero"
    case .impossible: "a value is below zero or no number"
    case .moreEventsThanPeople: "there are more events than people"
    case .tooFewEvents: "there are too few events"
    case .tooFewValues: "there are too few values"
    case .tooManyValues: "there are too many values"
    case .noVariation: "all values are the same"
    case .ageBands: "the age bands are not complete"
    case .smallPopulation: "the population is too small"
    case .tooUncertain: "the interval is too wide"
    case .noSolution: "the calculation found no solution"
    }
  }
}

extension Unknown {
  /// Why nothing can be said of so many events in a population; nil where something can.
  @inline(__always)
  static func ofCount(_ events: Double, _ population: Double) -> Unknown? {
    if events.isNaN || population.isNaN { return .missing }
    if events < 0 || population < 0 || !events.isFinite || !population.isFinite {
      return .impossible
    }
    return population == 0 ? .noPopulation : nil
  }
}
