import Codes
import FHIRViews

extension FieldReader {
  /// Brings the values of a column into the spelling in which they are checked, kept and made keys of: without blanks
  /// around them, and as ``spelled(_:_:)`` says of their type.
  func spell(_ cells: UnsafeMutableBufferPointer<UnsafeRawBufferPointer>, _ arena: TextArena) {
    switch spelling {
    case .trimmed:
      for row in cells.indices { cells[row] = WrittenValue.trimmed(cells[row]) }
    case .ofType:
      for row in cells.indices where !cells[row].isEmpty {
        cells[row] = spelled(cells[row], arena)
      }
    }
  }

  /// The same of one item.
  @inline(__always)
  func spell(_ item: Item, _ arena: TextArena) -> Item {
    guard item.isText else { return item }
    let bytes = spelling == .trimmed ? WrittenValue.trimmed(item.bytes) : spelled(item.bytes, arena)
    return bytes.isEmpty ? .none : .text(bytes, as: item.kind)
  }

  /// Whether blanks around values are all that their type lets pass.
  enum Spelling { case trimmed, ofType }

  static func spelling(of mapping: ColumnMapping) -> Spelling {
    switch mapping.type {
    case .text: mapping.values == nil ? .trimmed : .ofType
    case .time: .trimmed
    default: .ofType
    }
  }

  /// A value in the one spelling of its type; the value itself, without blanks, where it has none.
  private func spelled(
    _ value: UnsafeRawBufferPointer, _ arena: TextArena
  ) -> UnsafeRawBufferPointer {
    let bytes = WrittenValue.trimmed(value)
    // R writes NA in columns of every type.
    if bytes.count <= 4, WrittenValue.isMissingNumber(bytes), type != .text, !isCoded {
      return UnsafeRawBufferPointer(start: nil, count: 0)
    }
    switch type {
    case .nhsNumber:
      if bytes.count == 10 { return bytes }
      return respelled(bytes, arena, WrittenCode.appendNHSNumber)
    case .icd10, .opcs4:
      if WrittenCode.isCompact(bytes) { return bytes }
      return respelled(bytes, arena, WrittenCode.appendCode)
    case .ods, .lsoa:
      if WrittenCode.isCompact(bytes) { return bytes }
      return respelled(bytes, arena, WrittenCode.appendName)
    case .flag:
      let plain = withoutPointZero(bytes, arena)
      guard plain.count != bytes.count else { return bytes }
      return yes.contains(plain) || no.contains(plain) ? plain : bytes
    case .snomed: return withoutPointZero(bytes, arena)
    case .integer, .number: return number(bytes, arena)
    case .date: return date(bytes, arena)
    case .moment: return moment(bytes, arena)
    default: break
    }
    return isCoded ? knownCode(bytes, arena) : bytes
  }

  private func respelled(
    _ bytes: UnsafeRawBufferPointer, _ arena: TextArena,
    _ append: (UnsafeRawBufferPointer, inout [UInt8]) -> Bool
  ) -> UnsafeRawBufferPointer {
    guard !isNull(bytes) else { return bytes }
    return arena.written { append(bytes, &$0) } ?? bytes
  }

  /// A whole number that went through a data frame, without its point and zero.
  private func withoutPointZero(
    _ bytes: UnsafeRawBufferPointer, _ arena: TextArena
  ) -> UnsafeRawBufferPointer {
    // From 2^53 on a data frame's numbers no longer tell whole numbers apart.
    guard bytes.contains(UInt8(ascii: ".")), let digits = WrittenNumber.wholeDigits(bytes),
      digits.count <= 15
    else { return bytes }
    return arena.copy(digits)
  }

  /// A code of the closed list, where the value is one with the point and zero of a data frame.
  private func knownCode(
    _ bytes: UnsafeRawBufferPointer, _ arena: TextArena
  ) -> UnsafeRawBufferPointer {
    let plain = withoutPointZero(bytes, arena)
    return plain.count != bytes.count && !knows(bytes) && knows(plain) ? plain : bytes
  }

  /// A number as it is written shortest, where it is not written plainly; nothing where a word says that there is none.
  private func number(
    _ bytes: UnsafeRawBufferPointer, _ arena: TextArena
  ) -> UnsafeRawBufferPointer {
    guard WrittenNumber.plain(bytes) == nil, !isNull(bytes) else { return bytes }
    switch WrittenNumber.read(bytes, commasPartThousands: commasPartThousands) {
    case .missing: return UnsafeRawBufferPointer(start: nil, count: 0)
    case .number(let number):
      let text = Int64(exactly: number).map(String.init) ?? String(number)
      return arena.copy(Array(text.utf8))
    case .refused: return bytes
    }
  }

  /// A date in the form of the mapping, where it is written in another one that says which part is which: year first,
  /// with a month's name, with a time at midnight, or in the mapping's order with other marks.
  private func date(
    _ bytes: UnsafeRawBufferPointer, _ arena: TextArena
  ) -> UnsafeRawBufferPointer {
    guard let mappingDate = mapping.date, !mappingDate.isOfForm(bytes), !isNull(bytes),
      !WrittenDate.hasTimeOfDay(bytes), let text = mappingDate.rewritten(bytes)
    else { return bytes }
    return arena.copy(text)
  }

  /// A moment as FHIR writes it, where databases, R and Java write it otherwise: with a blank before its time, and a zone
  /// of hours alone, without a colon, behind a blank, or as UTC.
  private func moment(
    _ bytes: UnsafeRawBufferPointer, _ arena: TextArena
  ) -> UnsafeRawBufferPointer {
    guard bytes.count >= 16, bytes[13] == UInt8(ascii: ":"), !isNull(bytes) else { return bytes }
    let isCommon = bytes[10] == UInt8(ascii: "T") && bytes[bytes.count - 1] == UInt8(ascii: "Z")
    guard !isCommon else { return bytes }
    var text = Array(bytes)
    if text[10] == UInt8(ascii: " ") || text[10] == UInt8(ascii: "t") {
      text[10] = UInt8(ascii: "T")
    }
    if text.suffix(4) == Array(" UTC".utf8)[...] {
      text.replaceSubrange((text.count - 4)..., with: [0x5A])
    }
    if text[text.count - 1] == UInt8(ascii: "z") { text[text.count - 1] = 0x5A }
    for digits in [2, 4] {
      let place = text.count - 1 - digits
      guard text[place] == UInt8(ascii: "+") || text[place] == UInt8(ascii: "-"),
        text[(place + 1)...].allSatisfy(\.isDigit)
      else { continue }
      text.insert(contentsOf: Array((digits == 2 ? ":00" : ":").utf8), at: place + 3)
      break
    }
    if let sign = text[14...].firstIndex(where: {
      $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-")
    }),
      text[sign - 1] == UInt8(ascii: " ")
    {
      text.remove(at: sign - 1)
    }
    return text.elementsEqual(bytes) ? bytes : arena.copy(text)
  }
}
