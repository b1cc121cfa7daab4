import Crypto
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Random nonces of 96 bits, drawn from the system many at a time: a call to the system for each costs
/// more than sealing does.
final class Nonces: Sendable {
  private static let size = 12
  private let drawn = Mutex<[UInt8]>([])

  func next() -> AES.GCM.Nonce {
    let bytes = drawn.withLock { drawn in
      if drawn.isEmpty { drawn = Self.random(count: Self.size * 1_024) }
      defer { drawn.removeLast(Self.size) }
      return Array(drawn.suffix(Self.size))
    }
    do {
      return try AES.GCM.Nonce(data: bytes)
    } catch {
      preconditionFailure("12 bytes are a nonce: \(error)")
    }
  }

  private static func random(count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      let source = open("/dev/urandom", O_RDONLY | O_CLOEXEC)
      precondition(source >= 0, "the system has no random numbers")
      defer { close(source) }
      while initialized < count, let base = buffer.baseAddress {
        let got = read(source, base + initialized, count - initialized)
        precondition(got > 0 || errno == EINTR, "the system has no random numbers")
        initialized += max(0, got)
      }
    }
  }
}
