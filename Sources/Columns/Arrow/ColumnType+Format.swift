public import CADBC

extension Field {
  /// Reads a field, with its children, from Arrow's C schema; the schema stays the caller's.
  ///
  /// - Throws: ``ColumnsError`` for a format that no case of ``ColumnType`` covers.
  public init(reading schema: ArrowSchema) throws {
    let name = schema.name.map { String(cString: $0) } ?? ""
    var type = try ColumnType(reading: schema, column: name)
    if let values = schema.dictionary {
      type = .dictionary(index: type, values: try ColumnType(reading: values.pointee, column: name))
    }
    self.init(name, type, isNullable: schema.flags & Int64(ARROW_FLAG_NULLABLE) != 0)
  }
}

extension ColumnType {
  /// Reads the format string of the Arrow C data interface, section "Data type description".
  init(reading schema: ArrowSchema, column: String) throws {
    let format = schema.format.map { String(cString: $0) } ?? ""
    func unsupported() -> ColumnsError {
      ColumnsError(
        "Column '\(column)' has the Arrow format '\(format)', which Kith does not read.",
        hint: "Cast the column in SQL to a plainer type.")
    }
    func children() throws -> [Field] {
      try (0..<Int(schema.n_children)).map { index in
        guard let child = schema.children?[index] else { throw unsupported() }
        return try Field(reading: child.pointee)
      }
    }
    func onlyChild() throws -> Field {
      let all = try children()
      guard all.count == 1 else { throw unsupported() }
      return all[0]
    }
    switch format {
    case "n": self = .null
    case "b": self = .bool
    case "c": self = .int8
    case "C": self = .uint8
    case "s": self = .int16
    case "S": self = .uint16
    case "i": self = .int32
    case "I": self = .uint32
    case "l": self = .int64
    case "L": self = .uint64
    case "f": self = .float32
    case "g": self = .float64
    case "u": self = .utf8
    case "U": self = .largeUTF8
    case "vu": self = .utf8View
    case "z": self = .binary
    case "Z": self = .largeBinary
    case "vz": self = .binaryView
    case "tdD": self = .date32
    case "tdm": self = .date64
    case "tts": self = .time32(.second)
    case "ttm": self = .time32(.millisecond)
    case "ttu": self = .time64(.microsecond)
    case "ttn": self = .time64(.nanosecond)
    case "tDs": self = .duration(.second)
    case "tDm": self = .duration(.millisecond)
    case "tDu": self = .duration(.microsecond)
    case "tDn": self = .duration(.nanosecond)
    case "tiM": self = .interval(.months)
    case "tiD": self = .interval(.dayTime)
    case "tin": self = .interval(.monthDayNano)
    case "+l": self = .list(try onlyChild())
    case "+L": self = .largeList(try onlyChild())
    case "+s": self = .structure(try children())
    case "+m": self = .map(try onlyChild())
    default:
      guard let parameterised = try Self.parameterised(format, child: onlyChild) else {
        throw unsupported()
      }
      self = parameterised
    }
  }

  /// Reads the formats that carry numbers or a zone: `d:38,2`, `w:16`, `tsu:UTC`, `+w:3`.
  private static func parameterised(
    _ format: String, child: () throws -> Field
  ) throws -> ColumnType? {
    guard let colon = format.firstIndex(of: ":") else { return nil }
    let rest = String(format[format.index(after: colon)...])
    switch format[..<colon] {
    case "d":
      let parts = rest.split(separator: ",").compactMap { Int($0) }
      guard parts.count == 2 || (parts.count == 3 && parts[2] == 128) else { return nil }
      return .decimal128(precision: parts[0], scale: parts[1])
    case "w": return Int(rest).map { .fixedSizeBinary(width: $0) }
    case "+w":
      guard let count = Int(rest) else { return nil }
      return .fixedSizeList(try child(), count: count)
    case "tss": return .timestamp(.second, zone: rest.isEmpty ? nil : rest)
    case "tsm": return .timestamp(.millisecond, zone: rest.isEmpty ? nil : rest)
    case "tsu": return .timestamp(.microsecond, zone: rest.isEmpty ? nil : rest)
    case "tsn": return .timestamp(.nanosecond, zone: rest.isEmpty ? nil : rest)
    default: return nil
    }
  }
}
