/// One value of any column type, for code that does not know the type beforehand: tests, tables on
/// a terminal, exports. Kernels read columns as spans instead.
public indirect enum Value: Hashable, Sendable {
  case null
  case bool(Bool)
  case int(Int64)
  case uint(UInt64)
  case double(Double)
  case decimal(Decimal128)
  case string(String)
  case binary([UInt8])
  /// Days since 1970-01-01.
  case date(Int)
  case time(Int64, ColumnType.TimeUnit)
  case timestamp(Int64, ColumnType.TimeUnit, zone: String?)
  case duration(Int64, ColumnType.TimeUnit)
  case interval(months: Int, days: Int, nanoseconds: Int64)
  case list([Value])
  case structure([String: Value])
  case map([Value: Value])
}

extension Column {
  /// The value in `row`, whatever the type.
  public func value(_ row: Int) -> Value {
    guard !isNull(row) else { return .null }
    let integer = { self.integer(at: row, type: self.field.type) ?? 0 }
    switch field.type {
    case .null: return .null
    case .bool: return .bool(integer() != 0)
    case .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32: return .int(integer())
    case .uint64: return .uint(buffer(1, of: UInt64.self)?[start + row] ?? 0)
    case .float32, .float64: return double(row).map(Value.double) ?? .null
    case .decimal128: return decimal(row).map(Value.decimal) ?? .null
    case .utf8, .largeUTF8, .utf8View: return string(row).map(Value.string) ?? .null
    case .binary, .largeBinary, .binaryView, .fixedSizeBinary:
      return withBytes(row) { .binary(Array($0)) } ?? .null
    case .date32: return .date(Int(integer()))
    case .date64: return .date(Int(integer() / 86_400_000))
    case .time32(let unit), .time64(let unit): return .time(integer(), unit)
    case .timestamp(let unit, let zone): return .timestamp(integer(), unit, zone: zone)
    case .duration(let unit): return .duration(integer(), unit)
    case .interval(let unit): return interval(row, unit)
    case .list, .largeList, .fixedSizeList: return .list(itemValues(row))
    case .structure(let fields):
      let pairs = zip(fields, members).map { ($0.name, $1.value(row)) }
      return .structure(Dictionary(pairs) { first, _ in first })
    case .map: return map(row)
    case .dictionary:
      guard let values = dictionaryValues, let key = dictionaryKey(row) else { return .null }
      return values.value(key)
    }
  }

  private func itemValues(_ row: Int) -> [Value] {
    guard let items = items(row) else { return [] }
    return (0..<items.count).map { items.value($0) }
  }

  private func map(_ row: Int) -> Value {
    guard let entries = items(row), entries.members.count == 2 else { return .map([:]) }
    let (keys, values) = (entries.members[0], entries.members[1])
    let pairs = (0..<entries.count).map { (keys.value($0), values.value($0)) }
    return .map(Dictionary(pairs) { first, _ in first })
  }

  private func interval(_ row: Int, _ unit: ColumnType.IntervalUnit) -> Value {
    let position = start + row
    switch unit {
    case .months:
      return .interval(
        months: Int(buffer(1, of: Int32.self)?[position] ?? 0), days: 0, nanoseconds: 0)
    case .dayTime:
      guard let parts = buffer(1, of: Int32.self) else { return .null }
      return .interval(
        months: 0, days: Int(parts[2 * position]),
        nanoseconds: Int64(parts[2 * position + 1]) * 1_000_000)
    case .monthDayNano:
      guard let bytes = buffer(1, of: UInt8.self) else { return .null }
      let parts = UnsafeRawPointer(bytes + 16 * position)
      return .interval(
        months: Int(parts.loadUnaligned(as: Int32.self)),
        days: Int(parts.loadUnaligned(fromByteOffset: 4, as: Int32.self)),
        nanoseconds: parts.loadUnaligned(fromByteOffset: 8, as: Int64.self))
    }
  }
}
