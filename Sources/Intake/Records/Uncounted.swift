/// A reference that is used without being counted, where counting costs more than the use: whoever holds
/// it holds the object too, for longer.
struct Uncounted<Object: AnyObject> {
  private let reference: Unmanaged<Object>

  init(_ object: Object) { reference = Unmanaged.passUnretained(object) }

  @inline(__always)
  func use<Result>(_ body: (Object) -> Result) -> Result {
    reference._withUnsafeGuaranteedRef(body)
  }
}
