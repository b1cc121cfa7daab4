public import Definitions

/// A kind of area or organisation, as the snapshot has it.
public struct UnitKind: Sendable, Identifiable, Equatable {
  public let id: String
  public let title: String
  public let plural: String
  public let isOrganisation: Bool
  public let vintage: String
  public let note: String
}

/// An area or organisation.
public struct AtlasUnit: Sendable, Identifiable, Equatable {
  /// Its number in the snapshot.
  public let id: Int
  public let kind: String
  public let code: String
  public let name: String
  public let alternativeCode: String?
  public let postcode: String?
  public let ruralUrban: String?
  public let latitude: Double?
  public let longitude: Double?
  /// How many small areas or practices make it up, and how many of those lie in the place.
  public let parts: Int
  public let partsInPlace: Int
  public let isInPlace: Bool
  public let isPlace: Bool
  /// Whether every other unit is part of it, as of England.
  public let isWhole: Bool
}

/// A measure, as the snapshot's catalogue has it.
public struct Measure: Sendable, Identifiable, Equatable {
  public let id: String
  public let title: String
  public let description: String
  public let topic: String
  public let unit: String
  public let decimals: Int
  public let polarity: OpenDataPack.Polarity
  public let caveat: String
  public let interval: OpenDataPack.Interval
  public let method: String
  /// What a share is multiplied by: 100 for percentages.
  public let per: Double
  /// The kinds that the source gives figures for.
  public let kinds: [String]
  public let file: String
  public let columns: String
  public let source: String
}

/// Figures of one measure, group and period, one a unit.
public struct Series: Sendable, Equatable {
  public let id: Int
  public let measure: String
  public let group: String
  public let groupTitle: String
  public let period: String
}

/// Where figures come from.
public struct AtlasSource: Sendable, Identifiable, Equatable {
  public let id: String
  public let title: String
  public let publisher: String
  public let licence: String
  public let url: String
  public let note: String
}

/// A surgery, library or hospital.
public struct AtlasPoint: Sendable, Equatable {
  public let type: String
  public let id: String
  public let name: String
  public let postcode: String?
  public let latitude: Double?
  public let longitude: Double?
  public let unit: Int?
  public let source: String
  public let collected: String
}

/// The outline of an area: rings of points in degrees, the outer ring of each part first.
public struct Outline: Sendable, Equatable {
  public let rings: [[GeoPoint]]
}

/// A position in degrees.
public struct GeoPoint: Sendable, Equatable {
  public let longitude: Double
  public let latitude: Double

  public init(longitude: Double, latitude: Double) {
    self.longitude = longitude
    self.latitude = latitude
  }
}
