import Columns
import Definitions
import Engine
import Foundation
import Linkage
import TableFiles

extension TableFile {
  /// Reads where postcodes lie from a file that has them with their latitudes and longitudes in degrees, such as the
  /// National Statistics Postcode Lookup.
  ///
  /// - Throws: ``Definitions/Problem`` where the file cannot be read or lacks a column.
  func gazetteer(_ reader: StreamReader) throws -> Gazetteer {
    guard FileManager.default.fileExists(atPath: url.path) else {
      throw Problem(file: url.path, "There is no such file.")
    }
    let names: [String]
    do { names = try table(reader).names } catch let error as EngineError { throw problem(error) }
    func column(_ what: String, _ usual: [String]) throws -> String {
      guard let name = names.first(where: { usual.contains($0.lowercased()) }) else {
        throw Problem(
          file: url.path, line: isParquet ? nil : 1, "There is no column with the \(what).",
          hint: "It is looked for as \(usual.joined(separator: ", ")).")
      }
      return name
    }
    let columns = [
      try column("postcode", ["postcode", "pcds", "pcd", "pcd7", "pcd8", "pcd2"]),
      try column("latitude", ["latitude", "lat"]),
      try column("longitude", ["longitude", "long", "lon", "lng"]),
    ]
    let gazetteer = Gazetteer()
    try read(columns, reader) { batch in
      for row in 0..<batch.rowCount {
        func number(_ column: Int) -> Double? {
          batch.columns[column].withBytes(row) { Double(String(decoding: $0, as: UTF8.self)) }
            .flatMap { $0 }
        }
        guard let latitude = number(1), let longitude = number(2) else { continue }
        batch.columns[0].withBytes(row) {
          gazetteer.add(UnsafeRawBufferPointer($0), latitude: latitude, longitude: longitude)
        }
      }
    }
    guard gazetteer.count > 0 else {
      throw Problem(
        file: url.path, "No postcode has a latitude and a longitude.",
        hint: "They are degrees, such as 54.05 and -2.80.")
    }
    return gazetteer
  }
}
