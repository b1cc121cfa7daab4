extension Indicator {
  /// What is counted: figures of area tables, or later people and events of the linked tables.
  public enum Term: Codable, Sendable, Equatable {
    case measure(MeasureTerm)
    case people(PeopleTerm)
    case events(EventsTerm)
    /// Figures that somebody else has worked out, in this file.
    case imported(String)

    /// The measure that it reads; nil for people and events.
    public var measure: MeasureTerm? { if case .measure(let term) = self { term } else { nil } }
  }

  /// Figures of a measure of the open data or of a partner's aggregates.
  public struct MeasureTerm: Codable, Sendable, Equatable {
    public enum Part: String, Codable, CaseIterable, Sendable {
      case numerator, denominator, value
    }

    /// The measure's id.
    public var measure: String
    public var part: Part
    /// Which of its groups: those that meet every condition.
    public var groups: [GroupCondition]
    /// The period to take, where it is not the figure's own.
    public var period: String?
    /// Whether people are counted for as long as the period is.
    public var asPersonYears = false
    public var line: Int
  }

  /// A condition on the groups of a measure.
  public struct GroupCondition: Codable, Sendable, Equatable {
    public var dimension: String
    public var test: Test
  }

  public enum Test: Codable, Sendable, Equatable {
    case values([String])
    case codelist(String)
    /// From and to, both included.
    case range(from: Double?, to: Double?)
  }

  /// People of the place, once it has linked records.
  public struct PeopleTerm: Codable, Sendable, Equatable {
    public enum Unit: String, Codable, CaseIterable, Sendable {
      case people
      case personYears = "person_years"
    }

    public var who: [ColumnCondition]
    public var unit: Unit
  }

  /// Events of people, once the place has linked records.
  public struct EventsTerm: Codable, Sendable, Equatable {
    public enum Count: String, Codable, CaseIterable, Sendable { case events, people }

    public var table: LinkedTable
    public var conditions: [ColumnCondition]
    public var count: Count
  }

  public struct ColumnCondition: Codable, Sendable, Equatable {
    public var column: String
    public var test: Test
  }
}

/// The linked tables of people that indicators may count in, with the columns that conditions may name.
public enum LinkedTable: String, Codable, CaseIterable, Sendable {
  case person, encounter, condition, observation, medication, procedure, immunisation, support, need

  public var columns: [String] {
    switch self {
    case .person:
      [
        "age", "sex", "ethnic_group", "language", "imd_decile", "imd_quintile", "rural_urban",
        "practice", "pcn", "ward", "lad", "icb", "lsoa21",
      ]
    case .encounter:
      [
        "class", "admission_method", "primary_diagnosis", "diagnoses", "organisation", "cost",
        "source", "age",
      ]
    case .condition, .observation, .medication, .procedure, .immunisation:
      ["code_system", "code", "value", "unit", "organisation", "source", "age"]
    case .support: ["service_type", "provider", "cost", "age"]
    case .need: ["domain", "code", "source", "age"]
    }
  }
}
