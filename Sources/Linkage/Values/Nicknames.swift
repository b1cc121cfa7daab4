import Foundation

/// Which forenames are one name: Bob and Robert, Mohammed and Muhammad.
struct Nicknames: Sendable {
  /// By name, the sets that it is in, numbered from 1: at most four, 0 for none.
  private let sets: [String: SIMD4<UInt16>]
  /// By name, the first name of all sets that hang together: a name that is in two joins them.
  private let families: [String: String]

  /// Those that ship.
  static let english = Nicknames(lines: Nicknames.shipped)

  init(lines: [[String]]) {
    var sets: [String: SIMD4<UInt16>] = [:]
    var families: [String: String] = [:]
    func family(_ name: String) -> String {
      var name = name
      while let next = families[name], next != name { name = next }
      return name
    }
    for (number, names) in lines.enumerated() {
      for name in Set(names) {
        var own = sets[name] ?? SIMD4()
        if let free = (0..<4).first(where: { own[$0] == 0 }) { own[free] = UInt16(number + 1) }
        sets[name] = own
        let (one, other) = (family(names[0]), family(name))
        // The smaller name leads, so that the order of lines does not matter.
        families[max(one, other)] = min(one, other)
      }
    }
    for name in sets.keys { families[name] = family(name) }
    self.sets = sets
    self.families = families
  }

  private static var shipped: [[String]] {
    String(decoding: PackageResources.nicknames_txt, as: UTF8.self).split(separator: "\n").filter {
      !$0.hasPrefix("#")
    }
    .map { $0.split(separator: " ").map(String.init) }
  }

  /// For each code of a table the sets of its name.
  func sets(_ table: ValueTable) -> [SIMD4<UInt16>] {
    (0...table.count).map { code in
      code == 0 ? SIMD4() : sets[table.string(UInt32(code))] ?? SIMD4()
    }
  }

  /// The name that stands for a name and all that hang together with it.
  func family(of name: [UInt8]) -> [UInt8] {
    families[String(decoding: name, as: UTF8.self)].map { Array($0.utf8) } ?? name
  }

  /// Whether two names are in one set.
  @inline(__always)
  static func meet(_ a: SIMD4<UInt16>, _ b: SIMD4<UInt16>) -> Bool {
    guard a[0] != 0, b[0] != 0 else { return false }
    for index in 0..<4 where a[index] != 0 {
      if any(b .== SIMD4(repeating: a[index])) { return true }
    }
    return false
  }
}
