import Columns
import Definitions
import Engine
import Foundation

/// Columns of a file, read once: some as text, some as numbers.
public struct NumberTable: Sendable {
  public let file: TableFile
  public private(set) var rowCount = 0
  private var texts: [String: [String]] = [:]
  private var numbers: [String: [Double]] = [:]

  /// Numbers beyond this are slips: nothing that is counted comes near.
  private static let largest = 1e15

  /// What stands for a missing number.
  static let missing: Set<String> = ["", "NA", "N/A", "NaN", "nan", "NULL", "null", "-"]

  /// Reads the columns that are named; a name may be there twice, and in both lists.
  ///
  /// - Throws: ``Definitions/Problems`` with the line of each number that cannot be read.
  public init(_ file: TableFile, texts: [String] = [], numbers: [String] = []) throws {
    self.file = file
    let reader = try StreamReader()
    var problems: [Problem] = []
    let textNames = Self.unique(texts)
    let numberNames = Self.unique(numbers)
    var textColumns = textNames.map { _ in [String]() }
    var numberColumns = numberNames.map { _ in [Double]() }
    var rows = 0
    try file.read(textNames + numberNames, reader) { batch in
      for column in textNames.indices {
        for row in 0..<batch.rowCount {
          textColumns[column].append(batch.columns[column].string(row) ?? "")
        }
      }
      for (index, name) in numberNames.enumerated() {
        let column = batch.columns[textNames.count + index]
        for row in 0..<batch.rowCount {
          if let number = column.withBytes(row, Self.plainNumber) ?? nil,
            abs(number) <= Self.largest
          {
            numberColumns[index].append(number)
            continue
          }
          let text = column.string(row)?.trimmingCharacters(in: .whitespaces) ?? ""
          guard !Self.missing.contains(text) else {
            numberColumns[index].append(.nan)
            continue
          }
          // Numbers of spreadsheets may have commas between thousands; a comma elsewhere may be a decimal one.
          let number = Double(Self.withoutThousands(text) ?? text)
          let isNumber = number.map { abs($0) <= Self.largest } ?? false
          if !isNumber, problems.count < 20 {
            problems.append(
              Problem(
                file: file.url.path, line: file.line(ofRow: rows + row),
                number == nil
                  ? "The column '\(name)' has something that is no number."
                  : "The column '\(name)' has a number beyond all that is counted.",
                hint: number == nil
                  ? "Leave it empty, or write NA, where it is not known or held back (*, <5, c); decimals follow a full stop."
                  : "Numbers are up to 1,000,000,000,000,000."))
          }
          numberColumns[index].append(number ?? .nan)
        }
      }
      rows += batch.rowCount
    }
    if !problems.isEmpty { throw Problems(problems) }
    guard rows > 0 else {
      throw Problem(file: file.url.path, "The file has no rows.")
    }
    rowCount = rows
    for (name, values) in zip(textNames, textColumns) { self.texts[name] = values }
    for (name, values) in zip(numberNames, numberColumns) { self.numbers[name] = values }
  }

  /// A number of digits, a sign, a full stop and an exponent; nil for anything else.
  private static func plainNumber(_ bytes: UnsafeBufferPointer<UInt8>) -> Double? {
    guard (1...40).contains(bytes.count),
      bytes.allSatisfy({
        (0x30...0x39).contains($0) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains($0)
      })
    else { return nil }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 41) { text in
      for (index, byte) in bytes.enumerated() { text[index] = CChar(bitPattern: byte) }
      text[bytes.count] = 0
      var end: UnsafeMutablePointer<CChar>?
      guard let start = text.baseAddress else { return nil }
      let number = strtod(start, &end)
      return end == start + bytes.count && number.isFinite ? number : nil
    }
  }

  /// A number without the commas or blanks that part its thousands; nil where they stand elsewhere.
  private static func withoutThousands(_ text: String) -> String? {
    let whole = text.prefix { $0 != "." }
    let groups = whole.drop { $0 == "+" || $0 == "-" }.split(
      omittingEmptySubsequences: false
    ) { $0 == "," || $0 == " " }
    guard groups.count > 1, (1...3).contains(groups[0].count),
      groups.dropFirst().allSatisfy({ $0.count == 3 }),
      groups.allSatisfy({ $0.allSatisfy(\.isNumber) })
    else { return nil }
    return whole.filter { $0 != "," && $0 != " " } + text.dropFirst(whole.count)
  }

  private static func unique(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }
  }

  /// A column as text. It is one that was read.
  public func text(_ name: String) -> [String] { texts[name] ?? [] }

  /// A column as numbers, not a number where one is missing. It is one that was read.
  public func number(_ name: String) -> [Double] { numbers[name] ?? [] }

  /// Refuses rows that break a rule, with the lines of the first twenty.
  ///
  /// - Parameters:
  ///   - what: what is wrong, as a sentence.
  ///   - isWrong: whether a row breaks the rule.
  public func refuse(_ what: String, hint: String, where isWrong: (Int) -> Bool) throws {
    let wrong = (0..<rowCount).lazy.filter(isWrong).prefix(20)
    let problems = wrong.map {
      Problem(file: file.url.path, line: file.line(ofRow: $0), what, hint: hint)
    }
    if !problems.isEmpty { throw Problems(Array(problems)) }
  }

  /// Refuses numbers below zero in a column.
  public func refuseNegative(_ name: String) throws {
    let values = number(name)
    try refuse(
      "The column '\(name)' is below zero.",
      hint: "Counts, populations and weights are zero or more."
    ) { values[$0] < 0 }
  }
}

extension TableFile {
  /// The line of a row, counted from 0; nil where the file has no lines.
  func line(ofRow row: Int) -> Int? { isParquet ? nil : row + 2 }
}
