import CADBC
import Synchronization

/// Owns one Arrow array handed over by an engine and releases it exactly once, when the last
/// column that reads from it is gone.
final class ArrowOwner: @unchecked Sendable {
  // Sendable because Arrow memory is immutable once handed over, and release happens in deinit.
  private let array: UnsafeMutablePointer<ArrowArray>

  /// Takes over `array`; the caller must not release it any more.
  init(taking array: ArrowArray) {
    self.array = .allocate(capacity: 1)
    self.array.initialize(to: array)
    ArrowMemory.live.add(1, ordering: .relaxed)
  }

  var root: UnsafePointer<ArrowArray> { UnsafePointer(array) }

  deinit {
    array.pointee.release?(array)
    array.deallocate()
    ArrowMemory.live.subtract(1, ordering: .relaxed)
  }
}

/// How much foreign memory is held, for tests and for `kith engine`.
public enum ArrowMemory {
  static let live = Atomic<Int>(0)

  /// The number of arrays taken from engines and not yet given back.
  public static var liveArrays: Int { live.load(ordering: .relaxed) }
}
