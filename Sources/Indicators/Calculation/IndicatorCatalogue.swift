import Crypto
public import Definitions
public import Foundation
import Intake

/// The definitions of indicators: those that ship with Kith, and a place's own, which are added to them or stand for those
/// of the same id.
public struct IndicatorCatalogue: Sendable {
  /// In order of their files and of their places in them; the shipped ones first.
  public let indicators: [Indicator]
  /// The ids of the place's own.
  public let own: Set<String>
  /// What files of others say, by the ids of their indicators, which come last.
  let imported: [String: FingertipsFile.Series]
  /// What was left out of files of others, in words.
  let leftOut: [String]
  /// The hash of the file that each of them comes from, by the indicator's id.
  let fingerprints: [String: String]

  /// - Parameters:
  ///   - definitions: the folder `definitions` of a place; its folder `indicators` is read.
  ///   - fingertips: files in the form of Fingertips.
  /// - Throws: ``Definitions/Problems`` with every error in the files.
  public init(definitions: URL?, fingertips: [URL] = []) throws {
    var problems: [Problem] = []
    func read(_ folder: URL?) throws -> [Indicator] {
      var found: [Indicator] = []
      for file in try Self.files(in: folder) {
        do {
          found += try IndicatorFile.read(file)
        } catch let error as Problems {
          problems += error.all
        } catch let error as Problem {
          problems.append(error)
        }
      }
      var lines: [String: Indicator] = [:]
      for indicator in found {
        if let first = lines[indicator.id], first.file != indicator.file {
          problems.append(
            Problem(
              file: indicator.file, line: indicator.line,
              "The indicator '\(indicator.id)' stands in \(first.file):\(first.line) too.",
              hint: "Leave one of them, or give one another id."))
        }
        lines[indicator.id] = indicator
      }
      return found
    }
    var all = try read(ShippedFiles.url("indicators", of: "Indicators"))
    for place in all.indices {
      // Where a shipped definition stands on this machine says nothing to a reader of the figures.
      all[place].file = "indicators/\(URL(fileURLWithPath: all[place].file).lastPathComponent)"
    }
    let own = try read(definitions?.appendingPathComponent("indicators"))
    if !problems.isEmpty { throw Problems(problems) }
    for indicator in own {
      if let place = all.firstIndex(where: { $0.id == indicator.id }) {
        all[place] = indicator
      } else {
        all.append(indicator)
      }
    }
    var imported: [String: FingertipsFile.Series] = [:]
    var fingerprints: [String: String] = [:]
    var leftOut: [String] = []
    for file in fingertips {
      let hash = SHA256.hash(data: try TextFile(reading: file).bytes).hex
      let read = try FingertipsFile(file)
      leftOut += read.leftOut.sorted { $0.key < $1.key }.map { reason, count in
        "\(file.lastPathComponent): \(count) rows are left out (\(reason))."
      }
      for series in read.series {
        let id = series.indicator.id
        guard !all.contains(where: { $0.id == id }) else {
          throw Problem(
            file: file.path,
            "There is an indicator '\(id)' already, in another file or in this one.",
            hint: "Leave it in one of them, or give your own another id.")
        }
        fingerprints[id] = hash
        imported[id] = series
        all.append(series.indicator)
      }
    }
    self.imported = imported
    self.leftOut = leftOut
    self.fingerprints = fingerprints
    indicators = all
    self.own = Set(own.map(\.id))
  }

  private static func files(in folder: URL?) throws -> [URL] {
    guard let folder else { return [] }
    return try FileManager.default.names(in: folder).map { folder.appendingPathComponent($0) }
      .filter { ["yaml", "yml"].contains($0.pathExtension) }
  }
}
