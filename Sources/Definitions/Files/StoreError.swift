import Foundation

/// The store of a place cannot be read or changed: it is locked, full, or not ours to write.
public struct StoreError: Error, CustomStringConvertible, Sendable {
  public let path: String
  public let message: String
  public let hint: String?

  public init(_ path: String, _ message: String, hint: String? = nil) {
    self.path = path
    self.message = message
    self.hint = hint
  }

  public var description: String { "\(path): \(message)" + (hint.map { " \($0)" } ?? "") }

  /// A file that cannot be written, with the system's reason.
  public static func unwritable(_ path: String, _ code: Int32) -> StoreError {
    StoreError(
      path, "The file cannot be written: \(String(cString: strerror(code))).",
      hint: "Check that the folder exists, that you may write there, and that the disk has room.")
  }
}
