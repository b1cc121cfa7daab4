import Codes
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

  /// How many faults are told one by one.
  private static let mostTold = 20

  /// Reads the columns that are named; a name may be there twice, and in both lists. Blanks around texts mean nothing.
  ///
  /// - Throws: ``Definitions/Problems`` with the line of each number that cannot be read.
  public init(_ file: TableFile, texts: [String] = [], numbers: [String] = []) throws {
    self.file = file
    let reader = try StreamReader()
    var faults: [(row: Int, column: String, fault: WrittenNumber.Fault)] = []
    let textNames = Self.unique(texts)
    let numberNames = Self.unique(numbers)
    var textColumns = textNames.map { _ in [String]() }
    var numberColumns = numberNames.map { _ in [Double]() }
    var rows = 0
    // By column: the first row with a full stop, while every number with one may be of thousands.
    var pointRows = numberNames.map { _ in Optional<Int>.none }
    var hasOtherPoints = numberNames.map { _ in false }
    var pointsMayPart: Bool?
    // The separator is looked at only where a number has a comma.
    var commas: Bool?
    try file.read(textNames + numberNames, reader) { batch in
      let pointsMayPartHere = try pointsMayPart ?? file.pointsMayPartThousands()
      pointsMayPart = pointsMayPartHere
      for column in textNames.indices {
        for row in 0..<batch.rowCount {
          let text = batch.columns[column].withBytes(row) {
            String(decoding: WrittenValue.trimmed(UnsafeRawBufferPointer($0)), as: UTF8.self)
          }
          textColumns[column].append(text ?? "")
        }
      }
      for (index, name) in numberNames.enumerated() {
        let column = batch.columns[textNames.count + index]
        for row in 0..<batch.rowCount {
          var hasComma = false
          var value =
            column.withBytes(row) { bytes -> WrittenNumber in
              let bytes = UnsafeRawBufferPointer(bytes)
              if let plain = WrittenNumber.plain(bytes) { return .number(plain) }
              hasComma = bytes.contains(UInt8(ascii: ","))
              return WrittenNumber.read(bytes)
            } ?? .missing
          if pointsMayPartHere, !hasOtherPoints[index] {
            let point = column.withBytes(row) { bytes -> Bool? in
              bytes.contains(UInt8(ascii: "."))
                ? WrittenNumber.mayHavePointThousands(UnsafeRawBufferPointer(bytes)) : nil
            }
            if let point = point ?? nil {
              if point {
                pointRows[index] = pointRows[index] ?? rows + row
              } else {
                hasOtherPoints[index] = true
              }
            }
          }
          if hasComma, case .number = value {
            if commas == nil { commas = try file.commasPartThousands() }
            if commas == false { value = .refused(.decimalComma) }
          }
          switch value {
          case .missing: numberColumns[index].append(.nan)
          case .number(let number) where abs(number) <= Self.largest:
            numberColumns[index].append(number)
          case .number:
            if faults.count < Self.mostTold { faults.append((rows + row, name, .tooLarge)) }
            numberColumns[index].append(.nan)
          case .refused(let fault):
            if faults.count < Self.mostTold { faults.append((rows + row, name, fault)) }
            numberColumns[index].append(.nan)
          }
        }
      }
      rows += batch.rowCount
    }
    for (index, name) in numberNames.enumerated() where !hasOtherPoints[index] {
      if let row = pointRows[index] { faults.append((row, name, .pointThousands)) }
    }
    if !faults.isEmpty {
      let told = faults.prefix(Self.mostTold)
      let lines = file.lines(ofRows: told.map(\.row))
      throw Problems(
        told.map { fault in
          fault.fault == .tooLarge
            ? Problem(
              file: file.url.path, line: lines[fault.row],
              "The column '\(fault.column)' has a number beyond all that is counted.",
              hint: "Numbers are up to 1,000,000,000,000,000.")
            : Problem(
              file: file.url.path, line: lines[fault.row],
              "The column '\(fault.column)' has \(fault.fault.words).", hint: fault.fault.hint)
        })
    }
    guard rows > 0 else {
      throw Problem(file: file.url.path, "The file has no rows.")
    }
    rowCount = rows
    for (name, values) in zip(textNames, textColumns) { self.texts[name] = values }
    for (name, values) in zip(numberNames, numberColumns) { self.numbers[name] = values }
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
    let wrong = Array((0..<rowCount).lazy.filter(isWrong).prefix(Self.mostTold))
    guard !wrong.isEmpty else { return }
    let lines = file.lines(ofRows: wrong)
    throw Problems(
      wrong.map { Problem(file: file.url.path, line: lines[$0], what, hint: hint) })
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
