import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// What a form brought along: fields by name, several values for one name in their order, and files.
struct Form: Sendable {
  private let values: [String: [String]]
  private let files: [String: Upload]

  /// A file that was chosen.
  struct Upload: Sendable {
    /// What it is called on the sender's machine.
    let name: String
    let type: String
    let data: Data
  }

  init(_ values: [String: [String]] = [:], files: [String: Upload] = [:]) {
    // Browsers end lines as HTTP does.
    self.values = values.mapValues { $0.map { $0.replacing("\r\n", with: "\n") } }
    self.files = files
  }

  /// Reads the body of a request.
  ///
  /// - Parameter limit: the most bytes that are taken.
  /// - Throws: ``PageError`` where it is larger, or no form.
  init(_ request: Request, limit: Int) async throws {
    var request = request
    let buffer: ByteBuffer
    do {
      buffer = try await request.collectBody(upTo: limit)
    } catch {
      throw PageError.badRequest(
        "What you sent is larger than \(limit / 1_000_000) MB, the most that is taken here.")
    }
    let type = request.headers[.contentType] ?? ""
    if type.lowercased().hasPrefix("multipart/form-data") {
      guard let body = MultipartBody(Data(buffer.readableBytesView), type: type) else {
        throw PageError.badRequest("The form could not be read. Go back and send it again.")
      }
      self.init(body.values, files: body.files)
      return
    }
    var components = URLComponents()
    // In forms a space is a plus sign.
    components.percentEncodedQuery =
      String(buffer: buffer).replacing("+", with: "%20").asEncodedQuery
    var values: [String: [String]] = [:]
    let items = components.queryItems ?? []
    guard items.count <= 20_000 else {
      throw PageError.badRequest("The form has more fields than any form here.")
    }
    for item in items {
      values[item.name, default: []].append(item.value ?? "")
    }
    self.init(values)
  }

  /// Every field with its texts, but for what the site itself put there and what nobody should see again.
  var fields: [(name: String, texts: [String])] {
    values.filter { name, _ in name != "_token" && !["password", "old", "new"].contains(name) }
      .sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// A field's text; nil where it is missing or blank.
  subscript(name: String) -> String? {
    values[name]?.first.flatMap { $0.allSatisfy(\.isWhitespace) ? nil : $0 }
  }

  /// Every value of a field that is not blank.
  func all(_ name: String) -> [String] {
    (values[name] ?? []).filter { !$0.allSatisfy(\.isWhitespace) }
  }

  /// Whether the form had the field at all.
  func has(_ name: String) -> Bool { values[name] != nil }

  /// Whether it came with files, which nobody can be given back.
  var hasFiles: Bool { !files.isEmpty }

  /// Whether a file was chosen that has nothing in it.
  func isEmptyFile(_ name: String) -> Bool {
    files[name].map { $0.data.isEmpty && !$0.name.isEmpty } ?? false
  }

  /// A file; nil where none was chosen.
  func file(_ name: String) -> Upload? { files[name].flatMap { $0.data.isEmpty ? nil : $0 } }

  /// The names of all fields.
  var names: some Sequence<String> { values.keys }
}

extension String {
  /// The text without what no encoded form has, which `URLComponents` would refuse with the process.
  var asEncodedQuery: String {
    let allowed = CharacterSet.urlQueryAllowed.union(CharacterSet(charactersIn: "%"))
    var text = unicodeScalars.allSatisfy(allowed.contains) ? self : ""
    if text.isEmpty {
      text = addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
    }
    // A lone per cent sign is one.
    return text.replacing(/%(?![0-9A-Fa-f]{2})/, with: "%25")
  }
}
