import Definitions
import Foundation
import TableFiles

/// The columns of the CSV files of OHID's Fingertips, as its downloads have them.
enum FingertipsColumns {
  static let all = [
    "Indicator ID", "Indicator Name", "Parent Code", "Parent Name", "Area Code", "Area Name",
    "Area Type", "Sex", "Age", "Category Type", "Category", "Time period", "Value",
    "Lower CI 95.0 limit", "Upper CI 95.0 limit", "Lower CI 99.8 limit", "Upper CI 99.8 limit",
    "Count", "Denominator", "Value note", "Recent Trend",
    "Compared to England value or percentiles", "Compared to percentiles", "Time period Sortable",
    "New data", "Compared to goal", "Time period range",
  ]

  static let texts = [
    "Indicator ID", "Indicator Name", "Area Code", "Sex", "Age", "Category Type", "Category",
    "Time period", "Value note", "Compared to England value or percentiles",
  ]
  static let numbers = [
    "Value", "Lower CI 95.0 limit", "Upper CI 95.0 limit", "Count", "Denominator",
  ]

  /// The file's own names of the columns that it spells otherwise: in other case, or without blanks or with dots
  /// for them, as R's packages write them (IndicatorID, Indicator.ID).
  ///
  /// - Throws: ``Definitions/Problem`` where two columns of the file could be meant.
  static func names(in file: TableFile) throws -> [String: String] {
    let found = Dictionary(grouping: try file.columnNames(), by: simple)
    var names: [String: String] = [:]
    for name in texts + numbers {
      guard let alike = found[simple(name)], let first = alike.first, !alike.contains(name) else {
        continue
      }
      guard alike.count == 1 else {
        throw Problem(
          file: file.url.path, line: 1,
          "Two columns could be '\(name)': \(alike.map { "'\($0)'" }.joined(separator: " and ")).",
          hint: "Leave one of them.")
      }
      names[name] = first
    }
    return names
  }

  /// A name in small letters, of letters and digits only.
  private static func simple(_ name: String) -> String {
    name.lowercased().filter { $0.isLetter || $0.isNumber }
  }

  /// What stands for everybody.
  static let persons = "Persons"
  static let allAges = "All ages"

  /// The tenths and fifths of deprivation in words, from the most deprived on.
  static func deprivationWords(_ count: Int) -> [String] {
    switch count {
    case 10:
      [
        "Most deprived decile", "Second most deprived decile", "Third more deprived decile",
        "Fourth more deprived decile", "Fifth more deprived decile", "Fifth less deprived decile",
        "Fourth less deprived decile", "Third less deprived decile",
        "Second least deprived decile", "Least deprived decile",
      ]
    default:
      [
        "Most deprived quintile", "Second most deprived quintile", "Middle quintile",
        "Second least deprived quintile", "Least deprived quintile",
      ]
    }
  }

  /// The other classes of small areas in words.
  private static let groupWords = [
    "core20": "Most deprived fifth", "others": "The others", "urban": "Urban", "rural": "Rural",
  ]

  /// The breakdown and group that a category stands for.
  ///
  /// Deprivation of where people live is one of Kith's own classes, whatever the index's year: what comes after the words
  /// in brackets, such as "(IMD2019)", is left out. Others are breakdowns of their own.
  static func breakdown(type: String, category: String) -> (breakdown: String, group: String) {
    let lower = type.lowercased()
    // Tenths of counties, districts and practices, and those within one area, are other tenths than of England's LSOAs.
    if lower.hasPrefix("lsoa"), lower.contains("depriv"), !lower.contains("within area") {
      for (word, areaClass, count) in [
        ("decile", AreaClass.deprivationDecile, 10), ("quintile", .deprivationQuintile, 5),
      ] where lower.contains(word) {
        let words = deprivationWords(count).map { $0.lowercased() }
        if let place = words.firstIndex(where: { category.lowercased().hasPrefix($0) }) {
          return (areaClass.rawValue, "\(place + 1)")
        }
      }
    }
    if let areaClass = AreaClass.allCases.first(where: { $0.title == type }) {
      return (areaClass.rawValue, groupWords.first { $0.value == category }?.key ?? category)
    }
    return (type.identifier, category)
  }

  /// The category type and category of one of Kith's breakdowns.
  static func category(_ breakdown: String, _ group: String) -> (type: String, category: String) {
    switch AreaClass(rawValue: breakdown) {
    case .deprivationDecile:
      let place = Int(group).map { $0 - 1 } ?? 0
      return ("LSOA deprivation deciles in England", deprivationWords(10)[max(0, min(9, place))])
    case .deprivationQuintile:
      let place = Int(group).map { $0 - 1 } ?? 0
      return ("LSOA deprivation quintiles in England", deprivationWords(5)[max(0, min(4, place))])
    case let areaClass?: return (areaClass.title, groupWords[group] ?? group)
    case nil: return (breakdown.readable, group)
    }
  }
}
