import Foundation

/// The parts of a form that was sent with files (RFC 7578).
struct MultipartBody {
  private(set) var values: [String: [String]] = [:]
  private(set) var files: [String: Form.Upload] = [:]

  /// - Parameter type: the content type, which names the boundary.
  init?(_ data: Data, type: String) {
    guard let boundary = Self.parameter("boundary", of: type), !boundary.isEmpty,
      boundary.utf8.count <= 70
    else { return nil }
    let marker = Data("--\(boundary)".utf8)
    guard var found = data.range(of: marker) else { return nil }
    while true {
      let start = found.upperBound
      // Two dashes after the last.
      if data[start...].starts(with: Data("--".utf8)) { return }
      guard let end = data.range(of: Data("\r\n".utf8) + marker, in: start..<data.endIndex),
        let head = data.range(of: Data("\r\n\r\n".utf8), in: start..<end.lowerBound)
      else { return nil }
      read(
        head: String(decoding: data[start..<head.lowerBound], as: UTF8.self),
        body: data[head.upperBound..<end.lowerBound])
      found = end
    }
  }

  private mutating func read(head: String, body: Data) {
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
