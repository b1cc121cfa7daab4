/// The type of a column, in Arrow's terms.
///
/// Every type that DuckDB and Spark return has a case; `init(format:…)` refuses the others by name.
public indirect enum ColumnType: Hashable, Sendable {
  case null
  case bool
  case int8, int16, int32, int64
  case uint8, uint16, uint32, uint64
  case float32, float64
  /// A 128-bit decimal: an integer divided by ten to the power `scale`.
  case decimal128(precision: Int, scale: Int)
  case utf8, largeUTF8, utf8View
  case binary, largeBinary, binaryView, fixedSizeBinary(width: Int)
  /// Days since 1970-01-01.
  case date32
  /// Milliseconds since 1970-01-01, a whole number of days.
  case date64
  case time32(TimeUnit), time64(TimeUnit)
  /// A moment: with a zone it is UTC and the zone is how to show it; without, a wall-clock time.
  case timestamp(TimeUnit, zone: String?)
  case duration(TimeUnit)
  case interval(IntervalUnit)
  case list(Field), largeList(Field), fixedSizeList(Field, count: Int)
  case structure([Field])
  /// A list of (key, value) structures.
  case map(Field)
  /// Integers that point into a column of distinct values.
  case dictionary(index: ColumnType, values: ColumnType)

  /// The unit in which a time of day, moment or duration is counted.
  public enum TimeUnit: Hashable, Sendable {
    case second, millisecond, microsecond, nanosecond

    /// How many of this unit make a second.
    public var perSecond: Int64 {
      switch self {
      case .second: 1
      case .millisecond: 1_000
      case .microsecond: 1_000_000
      case .nanosecond: 1_000_000_000
      }
    }
  }

  /// The parts of a calendar interval.
  public enum IntervalUnit: Hashable, Sendable {
    case months, dayTime, monthDayNano
  }
}

/// A named column type: an entry of a schema, a member of a structure, or the item of a list.
public struct Field: Hashable, Sendable {
  public let name: String
  public let type: ColumnType
  public let isNullable: Bool

  public init(_ name: String, _ type: ColumnType, isNullable: Bool = true) {
    self.name = name
    self.type = type
    self.isNullable = isNullable
  }
}
