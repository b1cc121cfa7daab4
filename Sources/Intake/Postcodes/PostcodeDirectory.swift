import Crypto
public import Definitions
import Foundation
import LineFiles

/// Which small area each postcode lies in, so that an address can be placed without being kept.
public struct PostcodeDirectory: Sendable {
  private let areas: [String]
  /// For each postcode, packed, the position of its area.
  private let places: [UInt64: UInt32]
  /// A hash of what was read.
  let fingerprint: String

  public var count: Int { places.count }

  /// Reads a directory, such as the ONS Postcode Directory.
  ///
  /// - Throws: ``Definitions/Problem`` where the file or a column of it is missing, or nothing in it is a
  ///   postcode.
  public init(_ file: PlaceFile.Postcodes) throws {
    try file.file.requireRegularFile()
    let separator = UInt8(ascii: ",")
    let reader = LineChunkReader([file.file.path])
    let lines = CSVLines(separator: separator)
    var columns: (postcode: Int, area: Int)?
    var areas: [String] = []
    var positions: [String: UInt32] = [:]
    var places: [UInt64: UInt32] = [:]
    var problem: Problem?
    var hash = SHA256()
    hash.update(data: Data("\(file.postcode) \(file.area)\n".utf8))
    while let chunk = try Self.next(reader, file) {
      hash.update(bufferPointer: chunk.bytes)
      lines.forEach(chunk.bytes.withoutByteOrderMark, firstLine: chunk.firstLine) { line, found in
        guard case .record(let fields) = found, problem == nil else { return }
        guard let columns else {
          do throws(Problem) {
            columns = try Self.columns(fields.map { String(decoding: $0, as: UTF8.self) }, file)
          } catch {
            problem = error
          }
          return
        }
        guard fields.count > max(columns.postcode, columns.area),
          let postcode = Self.packed(fields[columns.postcode]), !fields[columns.area].isEmpty
        else { return }
        let name = String(decoding: fields[columns.area], as: UTF8.self)
        let position =
          positions[name]
          ?? {
            let position = UInt32(areas.count)
            areas.append(name)
            positions[name] = position
            return position
          }()
        places[postcode] = position
      }
      if let problem { throw problem }
    }
    guard !places.isEmpty else {
      throw Problem(
        file: file.file.path, "The file has no postcodes.",
        hint: "It should be a CSV file with a postcode and a small area in each line.")
    }
    self.areas = areas
    self.places = places
    fingerprint = hash.finalize().prefix(8).map { String($0, radix: 16) }.joined()
  }

  private static func next(
    _ reader: LineChunkReader, _ file: PlaceFile.Postcodes
  ) throws -> LineChunk? {
    do throws(LineFilesError) {
      return try reader.next()
    } catch {
      throw Problem(file: file.file.path, line: error.line, error.message, hint: error.hint)
    }
  }

  private static func columns(
    _ header: [String], _ file: PlaceFile.Postcodes
  ) throws(Problem) -> (postcode: Int, area: Int) {
    let names = header
    func position(_ name: String, _ key: String) throws(Problem) -> Int {
      if let found = names.firstIndex(of: name) { return found }
      throw Problem(
        file: file.file.path, line: 1, "The postcodes' file has no column '\(name)'.",
        hint: "Name it in kith.yaml under postcodes: \(key). The columns are: "
          + names.prefix(12).joined(separator: ", ") + ".")
    }
    return (try position(file.postcode, "postcode"), try position(file.area, "area"))
  }

  /// The small area of a postcode, however it is spaced; nil where the directory has not got it.
  package func area(of postcode: UnsafeRawBufferPointer) -> String? {
    Self.packed(postcode).flatMap { places[$0] }.map { areas[Int($0)] }
  }

  /// A postcode's letters and digits as a number; nil for none, or more than a postcode has.
  private static func packed(_ bytes: UnsafeRawBufferPointer) -> UInt64? {
    var code: UInt64 = 0
    var count = 0
    for byte in bytes where byte != 0x20 {
      count += 1
      guard count <= 8 else { return nil }
      let capital = (0x61...0x7A).contains(byte) ? byte - 0x20 : byte
      code = code << 8 | UInt64(capital)
    }
    return count == 0 ? nil : code
  }
}
