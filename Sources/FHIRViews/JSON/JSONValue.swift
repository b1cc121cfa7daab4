/// A small JSON document as values: view definitions and test files, not data.
indirect enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case integer(Int64)
  case double(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  /// Parses `text`.
  ///
  /// - Throws: ``JSONFailure`` where it is no JSON, or an object has a key twice.
  static func parse(_ text: [UInt8]) throws(JSONFailure) -> JSONValue {
    let parser = JSONParser()
    var padded = text
    padded.append(contentsOf: repeatElement(0, count: 64))
    let result = padded.withUnsafeBytes { bytes in
      Result<JSONValue, JSONFailure> { () throws(JSONFailure) in
        let tape = try parser.parse(UnsafeRawBufferPointer(rebasing: bytes[..<text.count]))
        if let key = parser.repeatedKey() { throw JSONFailure("The key '\(key)' is there twice.") }
        return JSONValue(tape, JSONTape.root)
      }
    }
    return try result.get()
  }

  init(_ tape: JSONTape, _ place: Int) {
    switch tape.kind(place) {
    case .object:
      var members: [String: JSONValue] = [:]
      tape.forEachKey(of: place) { key in
        members[String(decoding: tape.string(key), as: UTF8.self)] = JSONValue(tape, key + 1)
      }
      self = .object(members)
    case .array:
      var items: [JSONValue] = []
      tape.forEachItem(of: place) { items.append(JSONValue(tape, $0)) }
      self = .array(items)
    case .string: self = .string(String(decoding: tape.string(place), as: UTF8.self))
    case .integer: self = .integer(tape.integer(place))
    case .unsigned: self = .double(Double(tape.words[place + 1]))
    case .double: self = .double(tape.double(place))
    case .yes: self = .bool(true)
    case .no: self = .bool(false)
    case .null, nil: self = .null
    }
  }

  subscript(key: String) -> JSONValue? {
    if case .object(let members) = self { members[key] } else { nil }
  }

  var string: String? { if case .string(let text) = self { text } else { nil } }
  var bool: Bool? { if case .bool(let flag) = self { flag } else { nil } }
  var items: [JSONValue]? { if case .array(let items) = self { items } else { nil } }
  var members: [String: JSONValue]? { if case .object(let members) = self { members } else { nil } }

  /// What the value is, for messages.
  var kindName: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .integer, .double: "a number"
    case .string: "a text"
    case .array: "a list"
    case .object: "an object"
    }
  }
}
