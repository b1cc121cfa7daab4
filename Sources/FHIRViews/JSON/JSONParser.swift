import CSimdJSON

/// Parses JSON documents one at a time with simdjson and shows the tape of the last.
///
/// A parser is used by one thread at a time. What it shows is valid until it parses the next document.
final class JSONParser {
  private let parser: OpaquePointer
  /// Documents nest no deeper than this; deeper ones are refused.
  static let maximumDepth = 512

  init() {
    guard let parser = kith_json_parser_create(Self.maximumDepth) else {
      preconditionFailure("no memory for a JSON parser")
    }
    self.parser = parser
    precondition(kith_json_padding <= 64, "LineChunk pads too little for this simdjson")
  }

  deinit { kith_json_parser_destroy(parser) }

  /// Parses `bytes`, after which `kith_json_padding` more bytes must be readable.
  ///
  /// - Throws: ``JSONFailure`` saying why the bytes are no JSON document.
  func parse(_ bytes: UnsafeRawBufferPointer) throws(JSONFailure) -> JSONTape {
    guard let base = bytes.baseAddress, !bytes.isEmpty else {
      throw JSONFailure("There is nothing here.")
    }
    let error = kith_json_parse(
      parser, base.assumingMemoryBound(to: UInt8.self), bytes.count)
    guard error == 0, let tape = kith_json_tape(parser), let strings = kith_json_strings(parser)
    else { throw JSONFailure(simdjson: error, in: bytes) }
    return JSONTape(words: tape, strings: UnsafeRawPointer(strings))
  }

  /// The first key that an object of the document parsed last has twice, if any.
  func repeatedKey() -> String? {
    let place = kith_json_repeated_key(parser)
    guard place != 0, let tape = kith_json_tape(parser), let strings = kith_json_strings(parser)
    else { return nil }
    let bytes = JSONTape(words: tape, strings: UnsafeRawPointer(strings)).string(place)
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// Why bytes are no JSON document; it quotes nothing of them.
struct JSONFailure: Error, Hashable {
  let message: String
  var isEncoding = false

  init(_ message: String) { self.message = message }

  init(simdjson error: Int32, in bytes: UnsafeRawBufferPointer) {
    let first = bytes.first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D && $0 != 0x0A }
    if first == UInt8(ascii: "<") {
      message = "This is markup, such as a server's page with an error, and no JSON."
    } else if bytes.contains(0) {
      message = "This has a NUL byte, which no JSON may have."
    } else {
      switch String(cString: kith_json_error_message(error)) {
      case let text where text.contains("UTF-8") || text.contains("UTF8"):
        message = "This is not UTF-8."
        isEncoding = true
      case let text where text.contains("depth") || text.contains("nested"):
        message = "This nests deeper than \(JSONParser.maximumDepth) levels."
      case let text where text.contains("too long"), let text where text.contains("number"):
        message = "This is no JSON: \(Self.sentence(text))"
      case let text: message = "This is no JSON, or breaks off: \(Self.sentence(text))"
      }
    }
  }

  private static func sentence(_ text: String) -> String {
    let end = text.firstIndex(of: "\n") ?? text.endIndex
    return text[..<end].hasSuffix(".") ? String(text[..<end]) : text[..<end] + "."
  }
}
