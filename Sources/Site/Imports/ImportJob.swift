import Foundation
import Partnership
import Synchronization

/// The feed that somebody has sent, while it is taken in and after: one at a time, for it writes for long.
final class ImportJob: Sendable {
  enum State: Sendable {
    case none
    case reading(String)
    case taking(String, done: Int, of: Int)
    case done(String, ImportResult, faults: [FeedFault], services: Int)
    /// Nothing was changed.
    case failed(String, why: String)
  }

  private let held = Mutex(State.none)
  private let queue = DispatchQueue(label: "kith.import")

  var state: State { held.withLock { $0 } }

  /// Begins with a file, unless another is at work.
  ///
  /// - Returns: whether it began.
  func begin(
    _ data: Data, named file: String, as source: String, into partnership: Partnership,
    by actor: Actor
  ) -> Bool {
    let isFree = held.withLock { state in
      switch state {
      case .reading, .taking: return false
      default:
        state = .reading(source)
        return true
      }
    }
    guard isFree else { return false }
    queue.async { self.work(data, file, source, partnership, actor) }
    return true
  }

  private func set(_ state: State) { held.withLock { $0 = state } }

  private func work(
    _ data: Data, _ file: String, _ source: String, _ partnership: Partnership, _ actor: Actor
  ) {
    do {
      let feed = try OpenReferralFeed(data: data, named: file)
      let items = feed.items
      set(.taking(source, done: 0, of: items.count))
      let result = try partnership.take(items, from: source, isWhole: feed.isWhole, by: actor) {
        set(.taking(source, done: $0, of: $1))
      }
      set(
        .done(source, result, faults: feed.faults + result.faults, services: feed.services.count))
    } catch {
      set(.failed(source, why: "\(error)"))
    }
  }
}
