import Foundation

/// The parts of a form that was sent with files (RFC 7578), found in one pass over its bytes.
struct MultipartBody {
  private(set) var values: [String: [String]] = [:]
  private(set) var files: [String: Form.Upload] = [:]

  /// The most parts that any form here has, and the most bytes before the blank line of one.
  static let mostParts = 20_000
  static let longestHead = 8_192

  /// - Parameter type: the content type, which names the boundary.
  init?(_ body: some Sequence<UInt8>, type: String) {
    guard let boundary = Self.parameter("boundary", of: type), !boundary.isEmpty,
      boundary.utf8.count <= 70
    else { return nil }
    let bytes = Array(body)
    let marker = Array("\r\n--\(boundary)".utf8)
    let blank = Array("\r\n\r\n".utf8)
    var start: Int
    if bytes.starts(with: marker.dropFirst(2)) {
      start = marker.count - 2
    } else if let first = Self.find(marker, in: bytes, from: 0, to: bytes.count) {
      start = first + marker.count
    } else {
      return nil
    }
    for _ in 0...Self.mostParts {
      // Two dashes after the last.
      if bytes[start...].starts(with: "--".utf8) { return }
      let longest = min(bytes.count, start + Self.longestHead)
      guard let head = Self.find(blank, in: bytes, from: start, to: longest),
        let end = Self.find(marker, in: bytes, from: head + 2, to: bytes.count),
        end >= head + blank.count
      else { return nil }
      read(
        head: String(decoding: bytes[start..<head], as: UTF8.self),
        body: bytes[(head + blank.count)..<end])
      start = end + marker.count
    }
    return nil
  }

  /// Where a text of bytes first is that begins with a carriage return. Its other bytes are none, or not followed by
  /// what follows the first, so whatever was compared is never looked at again.
  private static func find(
    _ pattern: [UInt8], in bytes: [UInt8], from start: Int, to end: Int
  ) -> Int? {
    var from = start
    while from + pattern.count <= end {
      guard
        let found = bytes[from...(end - pattern.count)].firstIndex(of: UInt8(ascii: "\r"))
      else { return nil }
      var same = 1
      while same < pattern.count, bytes[found + same] == pattern[same] { same += 1 }
      if same == pattern.count { return found }
      from = found + same
    }
    return nil
  }

  private mutating func read(head: String, body: ArraySlice<UInt8>) {
    var disposition = ""
    var type = "application/octet-stream"
    for line in head.split(separator: "\r\n") {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
      switch line[..<colon].lowercased() {
      case "content-disposition": disposition = value
      case "content-type": type = value
      default: break
      }
    }
    guard let name = Self.parameter("name", of: disposition) else { return }
    if let file = Self.parameter("filename", of: disposition) {
      files[name] = Form.Upload(name: file, type: type, data: Data(body))
    } else {
      values[name, default: []].append(String(decoding: body, as: UTF8.self))
    }
  }

  /// A parameter of a header's value, with its quotation marks taken off.
  private static func parameter(_ name: String, of value: String) -> String? {
    for part in value.split(separator: ";").dropFirst() {
      let pair = part.split(separator: "=", maxSplits: 1)
      guard pair.count == 2, pair[0].trimmingCharacters(in: .whitespaces).lowercased() == name
      else { continue }
      return pair[1].trimmingCharacters(in: .whitespaces.union(CharacterSet(charactersIn: "\"")))
        .replacing("%22", with: "\"")
    }
    return nil
  }
}
