import Foundation

/// How many files and connections the program may have open.
enum Descriptors {
  /// Those that are left for files, databases and the accepting of connections.
  static let reserve = 256

  /// Asks for as many as the system lets a program have, to 65,536.
  ///
  /// - Returns: how many there are then.
  static func raise() -> Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1_024 }
    let wanted = min(limit.rlim_max, 65_536)
    if limit.rlim_cur < wanted {
      let before = limit.rlim_cur
      limit.rlim_cur = wanted
      if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) != 0 {
        limit.rlim_cur = before
      }
    }
    return Int(clamping: limit.rlim_cur)
  }
}
