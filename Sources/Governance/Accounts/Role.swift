/// What the holder of an account may do, each what the one before it may, and more.
public enum Role: String, Sendable, Codable, CaseIterable, Comparable {
  /// Reads what partners may see.
  case reader
  /// Adds records and keeps those of their own organisation.
  case partner
  /// Looks after the whole: any record, duplicates, imports, corrections from the public.
  case steward
  /// And accounts.
  case administrator

  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

  public static func < (one: Self, other: Self) -> Bool { one.rank < other.rank }
}
