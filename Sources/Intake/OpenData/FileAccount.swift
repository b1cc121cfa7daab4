/// What became of the rows of one file; it adds up, or the run fails.
public struct FileAccount: Sendable, Codable, Equatable {
  /// The file's name in its folder.
  public let file: String
  /// The SHA-256 of its bytes, in hexadecimal.
  public let sha256: String
  public let bytes: Int
  /// Records in the file, without the header.
  public let read: Int
  /// Records that were checked and landed.
  public let landed: Int
  /// Records that the pack says are of no use here, with the reasons.
  public let setAside: Int
  public let setAsideReasons: [String]
}
