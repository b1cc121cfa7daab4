public import Columns

/// The rows that a view made of some lines, and an account of every line.
public struct ViewBatch: Sendable {
  public let rows: FinishedBatch
  public let account: ViewAccount
  /// The records that gave no rows because something is wrong with them, in the files' order.
  public let rejected: [RejectedRecord]
}

/// What became of the records of some files: each is counted once.
public struct ViewAccount: Hashable, Sendable {
  /// Resources of the view's type that were made rows of, if only none.
  public var read = 0
  /// Resources of the view's type that did not meet its conditions.
  public var filtered = 0
  /// Resources of other types.
  public var ofOtherTypes = 0
  public var rejected = 0
  /// Lines with nothing on them.
  public var blank = 0

  /// Bundles and Parameters without entries.
  public var emptyBundles = 0

  public init() {}

  /// Whether no record was of the view's type; an empty Bundle alone is an answer of none.
  public var hasNothing: Bool { read + filtered == 0 && (records > 0 || emptyBundles == 0) }

  /// Records of every kind; blank lines are none.
  public var records: Int { read + filtered + ofOtherTypes + rejected }

  public static func += (total: inout ViewAccount, part: ViewAccount) {
    total.read += part.read
    total.filtered += part.filtered
    total.ofOtherTypes += part.ofOtherTypes
    total.rejected += part.rejected
    total.blank += part.blank
    total.emptyBundles += part.emptyBundles
  }
}

/// A record that a view cannot make rows of.
public struct RejectedRecord: Hashable, Sendable {
  /// Which of the files it is in, from 0.
  public let file: Int
  /// The line it stands on, from 1.
  public let line: Int
  public let failure: RecordFailure
}
