/// Dates that systems write where they know none, as days since 1970-01-01.
public enum FillerDates {
  /// Where a birth or a beginning is not known: 1899-12-30, 1899-12-31 and 1900-01-01 are day 0 or 1 of OLE, Lotus,
  /// Excel and SQL Server; 1901-01-01 and 1911-11-11 are typed where a form requires a date.
  public static let begins: [Int32] = [-25_569, -25_568, -25_567, -25_202, -21_236]

  /// The last of ``begins``: nearly all dates are later.
  public static let last: Int32 = -21_236

  /// Ends of what has not ended: 2079-06-06 (the last smalldatetime of SQL Server), first and last days of 2099, 2100,
  /// 2199, 2200, 2299, 2999, 3000, 3999, of 4712 (Oracle) and of 9999, 9999-12-30 and 9999-09-09.
  public static let openEnds: [Int32] = [
    39_968, 47_117, 47_481, 47_482, 47_846, 84_005, 84_006, 120_529, 376_199, 376_200, 741_441,
    1_001_859, 2_932_532, 2_932_783, 2_932_895, 2_932_896,
  ]

  /// Days of the calendar before 1899 that systems write: 0001-01-01, 1753-01-01 (the first of SQL Server), 1800-01-01 and
  /// 1801-01-01.
  static let early: [Int32] = [-719_162, -79_257, -62_091, -61_726]

  /// All of them as numbers yyyyMMdd, and those that no calendar has: day 0 of a spreadsheet is 00/01/1900.
  static let written: Set<Int> = Set(
    (begins + openEnds + early).map { day in
      let (year, month, day) = CivilDate.parts(ofDay: Int(day))
      return year * 10_000 + month * 100 + day
    } + [0, 1900_01_00, 9999_99_99])
}
