import TestRandom
import Testing

@testable import Intake

@Suite("Lines of CSV")
struct CSVLinesTests {
  /// What the lines of a text are: fields, or the rule that they break.
  private func read(_ text: [UInt8], separator: Character = ",") -> [[String]] {
    var lines: [[String]] = []
    text.withUnsafeBytes { bytes in
      CSVLines(separator: separator.asciiValue ?? 0).forEach(bytes, firstLine: 1) { line, found in
        switch found {
        case .blank: lines.append(["\(line)", "blank"])
        case .fault(let rule): lines.append(["\(line)", "!" + rule.rawValue])
        case .record(let fields):
          lines.append(["\(line)"] + fields.map { String(decoding: $0, as: UTF8.self) })
        }
      }
    }
    return lines
  }

  @Test(
    "Fields are cut as RFC 4180 says",
    arguments: [
      ("a,b\n", [["1", "a", "b"]]), ("a,b", [["1", "a", "b"]]), ("a,b\r\n", [["1", "a", "b"]]),
      ("a,\n,b\n", [["1", "a", ""], ["2", "", "b"]]), (",\n", [["1", "blank"]]),
      (" ,\n", [["1", "blank"]]), ("\"\",\"\"\n", [["1", "blank"]]),
      (
        "a,b\n,,\n, ,\nc,d\n",
        [["1", "a", "b"], ["2", "blank"], ["3", "blank"], ["4", "c", "d"]]
      ),
      ("\n\n", [["1", "blank"], ["2", "blank"]]), ("  \n", [["1", "blank"]]), ("", []),
      ("\"a,b\",c\n", [["1", "a,b", "c"]]), ("\"a\"\"b\",\"\"\n", [["1", "a\"b", ""]]),
      ("\"\"\"a\"\"\"\n", [["1", "\"a\""]]), ("a\"b,c\n", [["1", "a\"b", "c"]]),
      ("\"a\nb\",c\nd,e\n", [["1", "!unclosed_quote"], ["2", "b\"", "c"], ["3", "d", "e"]]),
      ("\"a,b\nc,d\n", [["1", "!unclosed_quote"], ["2", "c", "d"]]),
      ("a,\"b", [["1", "!unclosed_quote"]]), ("é,b\n", [["1", "é", "b"]]),
    ])
  func fields(text: String, expected: [[String]]) {
    // The mark in line two of the broken record opens nothing: it is not at the start of a field.
    #expect(read(Array(text.utf8)) == expected)
  }

  @Test("A line that is no UTF-8 is a fault, and the next is read")
  func encoding() {
    let text = Array("a,b\n".utf8) + [0x63, 0xE9, 0x2C, 0x64, 0x0A] + Array("e,f\n".utf8)
    #expect(read(text) == [["1", "a", "b"], ["2", "!wrong_encoding"], ["3", "e", "f"]])
  }

  @Test("Whatever the bytes, the fast cutter and a plain one agree", arguments: 0..<300)
  func agreesWithPlain(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let alphabet = Array("ab,\"\n\r é;".utf8)
    let text = (0..<Int.random(in: 0...120, using: &random)).map { _ in
      alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
    }
    #expect(read(text) == plain(text), "\(text)")
  }

  /// The rules one byte after the other.
  private func plain(_ text: [UInt8]) -> [[String]] {
    var lines: [[String]] = []
    var rest = text[...]
    var number = 0
    while !rest.isEmpty {
      number += 1
      let end = rest.firstIndex(of: 0x0A) ?? rest.endIndex
      var line = Array(rest[..<end])
      rest = end < rest.endIndex ? rest[(end + 1)...] : []
      if line.last == 0x0D { line.removeLast() }
      var fields: [[UInt8]] = [[]]
      var (isQuoted, wasQuoted, isStart) = (false, false, true)
      for byte in line {
        if byte == 0x22, isQuoted || isStart {
          isQuoted.toggle()
          wasQuoted = true
        } else if byte == 0x22, wasQuoted, fields[fields.count - 1].last == 0x22 {
          isQuoted = true
        } else if byte == 0x2C, !isQuoted {
          fields.append([])
          (wasQuoted, isStart) = (false, true)
          continue
        }
        fields[fields.count - 1].append(byte)
        isStart = false
      }
      if isQuoted {
        lines.append(["\(number)", "!unclosed_quote"])
      } else if fields.allSatisfy({ value($0).allSatisfy { $0 == 0x20 || $0 == 0x09 } }) {
        lines.append(["\(number)", "blank"])
      } else if String(validating: line, as: UTF8.self) == nil {
        lines.append(["\(number)", "!wrong_encoding"])
      } else {
        lines.append(["\(number)"] + fields.map { String(decoding: value($0), as: UTF8.self) })
      }
    }
    return lines
  }

  private func value(_ field: [UInt8]) -> [UInt8] {
    guard field.count >= 2, field.first == 0x22, field.last == 0x22 else { return field }
    var made: [UInt8] = []
    var inner = field[1..<(field.count - 1)]
    while let byte = inner.popFirst() {
      made.append(byte)
      if byte == 0x22, inner.first == 0x22 { inner.removeFirst() }
    }
    return made
  }
}
