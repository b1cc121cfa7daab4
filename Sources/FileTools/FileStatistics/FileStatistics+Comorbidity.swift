import Foundation
import Statistics
public import TableFiles

extension FileStatistics {
  /// The comorbidities of each group's diagnoses in ICD-10, and their scores.
  ///
  /// - Parameter code: the column with one diagnosis a row.
  public static func comorbidity(_ settings: Settings, code: String) throws -> ResultTable {
    let table = try NumberTable(settings.file, texts: settings.groups + [code])
    let groups = RowGroups(table, by: settings.groups, isEachRow: false)
    // A cell with two codes, or with anything else that is no code, counts for nothing and is told.
    let codes = table.text(code).map { $0.isDiagnosis ? $0 : "" }
    var columns = groups.columns()
    var flags: [String: [[Bool]]] = [:]
    let indices: [(prefix: String, index: ComorbidityIndex)] = [
      ("char", .charlson), ("elix", .elixhauser),
    ]
    for (prefix, index) in indices {
      let found = groups.grouping.rows.map { rows in index.flags(of: rows.lazy.map { codes[$0] }) }
      flags[prefix] = found
      for (place, comorbidity) in index.comorbidities.enumerated() {
        columns.append(
          ("\(prefix)_\(comorbidity.id)", .integer(found.map { $0[place] ? 1 : 0 })))
      }
    }
    func score(
      _ prefix: String, _ index: ComorbidityIndex, _ weights: ComorbidityWeights,
      hasHierarchy: Bool = true
    ) -> ResultTable.Values {
      .integer(
        (flags[prefix] ?? []).map {
          index.score($0, weights: weights, hasHierarchy: hasHierarchy)
        })
    }
    columns += [
      ("charlson_score_charlson", score("char", .charlson, .charlson)),
      ("charlson_score_quan", score("char", .charlson, .quan)),
      ("charlson_score_quan_no_hierarchy", score("char", .charlson, .quan, hasHierarchy: false)),
      ("elix_score_vw", score("elix", .elixhauser, .vanWalraven)),
      ("elix_score_swiss", score("elix", .elixhauser, .swiss)),
      (
        "elix_count_no_hierarchy",
        .integer((flags["elix"] ?? []).map { $0.count { $0 } })
      ),
    ]
    let odd = codes.count { $0.isEmpty }
    return ResultTable(
      columns,
      notes: odd == 0
        ? []
        : [
          "\(odd) of \(codes.count) codes do not look like ICD-10, as I21.4 does, and count for nothing."
        ])
  }
}

extension String {
  /// Whether the text has the form of a code of ICD-10: a letter, a digit, a digit or letter, and after them up to four
  /// digits, letters and marks of a dagger or asterisk code.
  fileprivate var isDiagnosis: Bool {
    let letters = Array(utf8.filter { $0 != 0x2E && $0 != 0x20 })
    guard (3...8).contains(letters.count),
      letters.allSatisfy({ byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF)
          || [0x2D, 0x2B, 0x2A, 0x21, 0x23].contains(byte)
      }), utf8.count(where: { $0 == 0x2E }) <= 1
    else { return false }
    let isLetter = (0x41...0x5A).contains(letters[0] & 0xDF)
    return isLetter && (0x30...0x39).contains(letters[1])
      && ((0x30...0x39).contains(letters[2]) || (0x41...0x5A).contains(letters[2] & 0xDF))
  }
}
