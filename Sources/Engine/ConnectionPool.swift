import Dispatch
import Synchronization

/// Connections that are made when needed, at most `limit`, and handed round.
///
/// Each has a queue of its own, so that calls that block stay off the cooperative threads.
final class ConnectionPool: Sendable {
  struct Lease: Sendable {
    let connection: Connection
    let queue: DispatchQueue
  }

  private struct State {
    var idle: [Lease] = []
    var made = 0
    var waiting: [CheckedContinuation<Lease, any Error>] = []
  }

  private let limit: Int
  private let make: @Sendable () throws -> Connection
  private let state = Mutex(State())

  init(limit: Int, make: @escaping @Sendable () throws -> Connection) {
    precondition(limit > 0, "a pool has at least one connection")
    self.limit = limit
    self.make = make
  }

  /// A connection of one's own until it is given back; waits for one where all are lent.
  func take() async throws -> Lease {
    try await withCheckedThrowingContinuation { continuation in
      let make = state.withLock { state -> Bool in
        if let lease = state.idle.popLast() {
          continuation.resume(returning: lease)
          return false
        }
        guard state.made < limit else {
          state.waiting.append(continuation)
          return false
        }
        state.made += 1
        return true
      }
      if make { makeLease(for: continuation) }
    }
  }

  func giveBack(_ lease: Lease) {
    let next = state.withLock { state -> CheckedContinuation<Lease, any Error>? in
      guard !state.waiting.isEmpty else {
        state.idle.append(lease)
        return nil
      }
      return state.waiting.removeFirst()
    }
    next?.resume(returning: lease)
  }

  /// Connecting may block, so it happens on the connection's own queue.
  private func makeLease(for continuation: CheckedContinuation<Lease, any Error>) {
    let queue = DispatchQueue(label: "kith.engine.connection")
    queue.async { [self] in
      do {
        continuation.resume(returning: Lease(connection: try make(), queue: queue))
      } catch {
        // Whoever waits next tries for itself, or it would wait for ever.
        let next = state.withLock { state -> CheckedContinuation<Lease, any Error>? in
          guard !state.waiting.isEmpty else {
            state.made -= 1
            return nil
          }
          return state.waiting.removeFirst()
        }
        continuation.resume(throwing: error)
        if let next { makeLease(for: next) }
      }
    }
  }
}
