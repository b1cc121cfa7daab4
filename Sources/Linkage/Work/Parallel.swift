import Dispatch
import Synchronization

/// Runs pieces of work on several threads and gives their results in the order of the pieces, so that
/// nothing depends on which thread did what.
///
/// - Parameter worker: makes what a thread needs for its pieces.
func parallel<Worker, Result: Sendable>(
  _ count: Int, threads: Int, _ worker: @Sendable () -> Worker,
  _ work: @Sendable (inout Worker, Int) -> Result
) -> [Result] {
  guard count > 1, threads > 1 else {
    var state = worker()
    return (0..<count).map { work(&state, $0) }
  }
  let next = Atomic(0)
  let results = Mutex([Result?](repeating: nil, count: count))
  DispatchQueue.concurrentPerform(iterations: min(threads, count)) { _ in
    var state = worker()
    while true {
      let index = next.add(1, ordering: .relaxed).oldValue
      guard index < count else { return }
      let result = work(&state, index)
      results.withLock { $0[index] = result }
    }
  }
  return results.withLock { results in
    results.map { result in
      guard let result else { preconditionFailure("every piece of work gives a result") }
      return result
    }
  }
}

/// The same for pieces that need nothing.
func parallel<Result: Sendable>(
  _ count: Int, threads: Int, _ work: @Sendable (Int) -> Result
) -> [Result] {
  parallel(count, threads: threads, {}) { _, index in work(index) }
}
