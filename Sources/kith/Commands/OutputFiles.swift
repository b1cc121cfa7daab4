import ArgumentParser
import Definitions
import Foundation
import Intake
import TableFiles

/// Checks of what a command is about to write.
enum OutputFiles {
  /// Refuses files of a form that is not known, one file for two things, and one over the input; and folders that are not
  /// there, so that nothing is half-written.
  static func check(_ outputs: [String], inputs: [String], tables: Int? = nil) throws {
    for (index, file) in outputs.enumerated() where index < tables ?? outputs.count {
      let ending = URL(fileURLWithPath: file).pathExtension.lowercased()
      guard ending == "csv" || ending == "parquet" else {
        throw ValidationError("'\(file)' has no ending that says its form: .csv or .parquet.")
      }
    }
    try requireDistinct(outputs, from: inputs)
    for path in outputs.map(path) {
      let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
      guard FileManager.default.isWritableFile(atPath: folder) else {
        throw StoreError(
          path, "The file cannot be written.",
          hint: "Check that the folder is there and that you may write in it.")
      }
    }
  }

  /// Refuses outputs of which two are one file, or one is among the inputs, by whatever name.
  static func requireDistinct(_ outputs: [String], from inputs: [String]) throws {
    let paths = outputs.map(path)
    guard Set(paths).count == paths.count, Set(paths).isDisjoint(with: inputs.map(path)) else {
      throw ValidationError(
        "Two of the files are one and the same: one would be written over the other.")
    }
  }

  private static func path(_ file: String) -> String {
    URL(fileURLWithPath: file).resolvingSymlinksInPath().path
  }

  /// Refuses a table with two columns of one name, which no other program would read.
  static func requireNames(_ table: ResultTable, input: String) throws {
    guard let name = table.repeatedName else { return }
    throw Problem(
      file: input, line: input.hasSuffix(".parquet") ? nil : 1,
      "The table of results would have two columns called '\(name)'.",
      hint:
        "Name each column once, and give columns of the file other names than those of the results."
    )
  }
}
