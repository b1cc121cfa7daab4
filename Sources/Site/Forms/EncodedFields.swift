/// The fields of a form or of an address as browsers encode them (WHATWG URL Standard, section 5.1:
/// `application/x-www-form-urlencoded`), read byte by byte in one pass.
enum EncodedFields {
  /// The names and values in their order.
  ///
  /// - Parameter most: where there are more fields, one more than these is returned and reading ends.
  static func items(
    in bytes: [UInt8], most: Int
  ) -> [(name: String, value: String)] {
    var items: [(name: String, value: String)] = []
    var name: [UInt8]?
    var text: [UInt8] = []
    var index = 0
    while index <= bytes.count, items.count <= most {
      let byte = index < bytes.count ? bytes[index] : UInt8(ascii: "&")
      index += 1
      switch byte {
      case UInt8(ascii: "&"):
        if let name {
          items.append(
            (String(decoding: name, as: UTF8.self), String(decoding: text, as: UTF8.self)))
        } else if !text.isEmpty {
          items.append((String(decoding: text, as: UTF8.self), ""))
        }
        name = nil
        text = []
      case UInt8(ascii: "=") where name == nil:
        name = text
        text = []
      case UInt8(ascii: "+"): text.append(UInt8(ascii: " "))
      case UInt8(ascii: "%"):
        // A per cent sign without two digits is one.
        if index + 1 < bytes.count, let high = digit(bytes[index]),
          let low = digit(bytes[index + 1])
        {
          text.append(high << 4 | low)
          index += 2
        } else {
          text.append(byte)
        }
      default: text.append(byte)
      }
    }
    return items
  }

  /// The worth of a hexadecimal digit; nil for what is none.
  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
