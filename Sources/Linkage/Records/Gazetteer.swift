import Foundation

/// Where postcodes lie.
public final class Gazetteer: @unchecked Sendable {
  // Sendable because it is read only once it is filled.
  private let table = ValueTable()
  private var points: [SIMD4<Double>] = [SIMD4(repeating: .nan)]

  public init() {}

  public var count: Int { table.count }

  /// Adds a postcode, however it is written, with its latitude and longitude in degrees (WGS 84); one that is there
  /// already is left as it is.
  public func add(_ postcode: UnsafeRawBufferPointer, latitude: Double, longitude: Double) {
    let clean = Cleaning(.postcode).clean(postcode) ?? []
    guard !clean.isEmpty, abs(latitude) <= 90, abs(longitude) <= 180 else { return }
    guard table.code(of: clean) == points.count else { return }
    let (phi, lambda) = (latitude * .pi / 180, longitude * .pi / 180)
    points.append(SIMD4(cos(phi) * cos(lambda), cos(phi) * sin(lambda), sin(phi), 0))
  }

  /// The point of a clean postcode on a sphere of radius 1; not a number where it is not known.
  func point(of postcode: [UInt8]) -> SIMD4<Double> {
    points[Int(table.known(postcode) ?? 0)]
  }

  /// The kilometres between two points, as the crow flies: the earth taken for a sphere of 6,371.0088 km (IUGG's mean
  /// radius), which is wrong by half a percent at most.
  static func kilometres(_ one: SIMD4<Double>, _ other: SIMD4<Double>) -> Double {
    let apart = one - other
    let half = (apart * apart).sum().squareRoot() / 2
    return half.isNaN ? .nan : 2 * 6_371.0088 * asin(min(1, half))
  }
}
