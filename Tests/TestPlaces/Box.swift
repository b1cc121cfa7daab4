import Synchronization

/// A value that a callback leaves for the test.
public final class Box<Value: Sendable>: Sendable {
  private let state = Mutex<Value?>(nil)

  public init() {}

  public var value: Value? {
    get { state.withLock { $0 } }
    set { state.withLock { $0 = newValue } }
  }
}
