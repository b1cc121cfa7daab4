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

  /// The most fields that any form here has.
  private static let mostFields = 20_000

  init(_ values: [String: [String]] = [:], files: [String: Upload] = [:]) {
    // Browsers end lines as HTTP does.
    self.values = values.mapValues { $0.map(\.withPlainLineEnds) }
    self.files = files
  }

  /// Reads the body of a request.
  ///
  /// - Parameter limit: the most bytes that are taken.
  /// - Throws: ``PageError`` where it is larger, or no form.
  init(_ request: Request, limit: Int) async throws {
    // What says itself that it is too long is not read at all.
    if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit {
      throw PageError.tooLarge(limit)
    }
    var request = request
    let buffer: ByteBuffer
    do {
      buffer = try await request.collectBody(upTo: limit)
    } catch is NIOTooManyBytesError {
      throw PageError.tooLarge(limit)
    } catch {
      throw PageError.badRequest("The form did not arrive as a whole. Go back and send it again.")
    }
    let type = request.headers[.contentType] ?? ""
    if type.lowercased().hasPrefix("multipart/form-data") {
      guard let body = MultipartBody(buffer.readableBytesView, type: type) else {
        throw PageError.badRequest("The form could not be read. Go back and send it again.")
      }
      self.init(body.values, files: body.files)
      return
    }
    let items = EncodedFields.items(in: Array(buffer.readableBytesView), most: Self.mostFields)
    guard items.count <= Self.mostFields else {
      throw PageError.badRequest("The form has more fields than any form here.")
    }
    var values: [String: [String]] = [:]
    for item in items { values[item.name, default: []].append(item.value) }
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
  /// The text with line feeds for the two characters by which HTTP ends lines.
  fileprivate var withPlainLineEnds: String {
    guard utf8.contains(0x0D) else { return self }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(utf8.count)
    for byte in utf8 {
      if byte == 0x0A, bytes.last == 0x0D { bytes.removeLast() }
      bytes.append(byte)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
