import Codes

/// Checks of the identifiers and codes of England's health and care records.
enum Identifiers {
  // MARK: NHS number

  enum NHSNumberFault: Hashable { case shape, checkDigit, placeholder }

  /// What is wrong with an NHS number; spaces and hyphens between its digits are let pass.
  static func fault(ofNHSNumber bytes: UnsafeRawBufferPointer) -> NHSNumberFault? {
    guard bytes.count != 10 else { return fault(ofTen: bytes) }
    guard bytes.allSatisfy({ $0.isDigit || $0 == 0x20 || $0 == 0x2D }) else { return .shape }
    let digits = digits(bytes)
    return digits.count == 10 ? fault(ofTen: digits) : .shape
  }

  @inline(__always)
  private static func fault(ofTen bytes: some Collection<UInt8>) -> NHSNumberFault? {
    guard bytes.allSatisfy(\.isDigit) else { return .shape }
    guard !WrittenCode.isFillerNHSNumber(bytes) else { return .placeholder }
    return WrittenCode.hasNHSCheckDigit(bytes) ? nil : .checkDigit
  }

  /// The digits of an NHS number without what stands between them.
  static func digits(_ bytes: UnsafeRawBufferPointer) -> [UInt8] { bytes.filter(\.isDigit) }

  /// Whether the number is in the range that is kept for tests.
  static func isTestRange(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.starts(with: [0x39, 0x39, 0x39])
  }

  // MARK: Places and organisations

  private static let postcodes = [
    "A9 9AA", "A99 9AA", "AA9 9AA", "AA99 9AA", "A9A 9AA", "AA9A 9AA",
  ]
  .map { CodeShape($0.filter { $0 != " " }) }

  /// Whether the bytes have the shape of a postcode, in any case and with any spaces
  /// (UK Government Data Standards Catalogue, Postcode).
  static func isPostcode(_ bytes: UnsafeRawBufferPointer) -> Bool {
    withNormalisedPostcode(bytes) { normalised in
      normalised.map { text in postcodes.contains { $0.matches(text) } } ?? false
    }
  }

  /// Gives `body` the postcode in capitals without spaces; nil where it is too long for one.
  static func withNormalisedPostcode<Result>(
    _ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer?) -> Result
  ) -> Result {
    withUnsafeTemporaryAllocation(byteCount: 8, alignment: 1) { memory in
      var count = 0
      for byte in bytes where byte != 0x20 {
        guard count < 8 else { return body(nil) }
        memory[count] = byte &- 0x61 < 26 ? byte - 0x20 : byte
        count += 1
      }
      return body(UnsafeRawBufferPointer(rebasing: memory[..<count]))
    }
  }

  private static let lsoa = CodeShape("A01999999")

  static func isLSOA(_ bytes: UnsafeRawBufferPointer) -> Bool { lsoa.matches(bytes) }

  static func isODS(_ bytes: UnsafeRawBufferPointer) -> Bool {
    (3...12).contains(bytes.count) && bytes.allSatisfy { $0.isDigit || $0.isCapital }
  }

  // MARK: Clinical codes

  /// Whether the bytes have the shape of an ICD-10 code: a letter, two digits, then as the code has
  /// them a fourth character (a digit, or X for none), a fifth and a dagger or asterisk letter.
  static func isICD10(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard (3...6).contains(bytes.count), bytes[0].isCapital, bytes[1].isDigit, bytes[2].isDigit
    else { return false }
    for index in 3..<max(3, bytes.count) {
      let isFine =
        switch index {
        case 3: bytes[3].isDigit || bytes[3] == UInt8(ascii: "X")
        case 4:
          bytes[4].isDigit || bytes[4] == UInt8(ascii: "D") || bytes[4] == UInt8(ascii: "A")
        default: bytes[5] == UInt8(ascii: "D") || bytes[5] == UInt8(ascii: "A")
        }
      guard isFine else { return false }
    }
    return true
  }

  /// Whether the bytes have the shape of an OPCS-4 code: a letter other than I, and two or three
  /// digits.
  static func isOPCS4(_ bytes: UnsafeRawBufferPointer) -> Bool {
    (3...4).contains(bytes.count) && bytes[0].isCapital && bytes[0] != UInt8(ascii: "I")
      && bytes.dropFirst().allSatisfy(\.isDigit)
  }

  /// Whether the bytes are a SNOMED CT identifier: 6 to 18 digits, no leading zero, a partition that
  /// exists, and a check digit by Verhoeff's method.
  static func isSNOMED(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let count = bytes.count
    guard (6...18).contains(count), bytes[0] != 0x30, bytes.allSatisfy(\.isDigit) else {
      return false
    }
    // 00 to 02 are the international concepts, descriptions and relationships, 10 to 12 the others'.
    let partition = (bytes[count - 3], bytes[count - 2])
    guard partition.0 == 0x30 || partition.0 == 0x31, partition.1 <= 0x32 else { return false }
    return hasVerhoeffDigit(bytes)
  }

  /// Whether the last digit is the check digit of those before it (J. Verhoeff, "Error Detecting
  /// Decimal Codes", 1969): the digits, permuted by their position, multiply to 0 in the dihedral
  /// group of order ten.
  static func hasVerhoeffDigit(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var product = 0
    for position in 0..<bytes.count {
      let digit = Int(bytes[bytes.count - 1 - position]) - 0x30
      product = multiply(product, permutations[(position & 7) * 10 + digit])
    }
    return product == 0
  }

  /// The product of two elements of the dihedral group: 0 to 4 are turns, 5 to 9 turns of the mirror.
  private static func multiply(_ a: Int, _ b: Int) -> Int {
    switch (a < 5, b < 5) {
    case (true, true): (a + b) % 5
    case (true, false): (a + b - 5) % 5 + 5
    case (false, true): (a - 5 - b + 5) % 5 + 5
    case (false, false): (a - b + 5) % 5
    }
  }

  /// Verhoeff's permutation applied 0 to 7 times.
  private static let permutations: [Int] = {
    let once = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]
    var all = Array(0..<10)
    for round in 1..<8 { all += (0..<10).map { once[all[(round - 1) * 10 + $0]] } }
    return all
  }()
}
