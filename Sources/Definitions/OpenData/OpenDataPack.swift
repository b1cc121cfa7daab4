public import Foundation

/// A folder of open-data files, described: which file and column is which area, organisation or
/// measure, with its unit, date, vintage, source and licence.
public struct OpenDataPack: Sendable {
  public var id = ""
  public var version = 1
  public var title = ""
  public var description = ""
  /// Where the description itself stands, for errors.
  public var file = ""
  public var sources: [Source] = []
  public var kinds: [Kind] = []
  /// The one unit that every other is part of, such as England; nil where there is none.
  public var whole: Whole?
  public var units: [UnitTable] = []
  public var links: [LinkTable] = []
  public var boundaries: [BoundaryFile] = []
  public var points: [PointTable] = []
  public var measures: [MeasureTable] = []
  /// Descriptions of further tables, and for each of their files the folder that it lies in.
  public internal(set) var additions: [String] = []
  var foldersOfAdditions: [String: String] = [:]

  public init() {}

  /// Where a file lies: in the pack's folder, or beside the description that added it.
  public func url(of file: String, in folder: URL) -> URL {
    let own = foldersOfAdditions[file].map { URL(fileURLWithPath: $0, isDirectory: true) }
    return (own ?? folder).appendingPathComponent(file)
  }

  /// Every file that the description names, each once, in its order.
  public var files: [String] {
    var seen: Set<String> = []
    let named =
      units.map(\.file) + links.compactMap(\.file) + boundaries.map(\.file) + points.map(\.file)
      + measures.map(\.file)
    return named.filter { seen.insert($0).inserted }
  }

  /// Where figures come from, and on what terms.
  public struct Source: Sendable {
    public let id: String
    public let title: String
    public let publisher: String
    public let licence: String
    public let url: String
    public let note: String
  }

  /// The unit that all others make up.
  public struct Whole: Sendable {
    public let kind: String
    public let code: String
    public let name: String
  }

  /// Rows or codes that are left out on purpose, with the reason that readers are told.
  public struct SetAside: Sendable {
    /// What the codes look like, as a regular expression for the whole of them.
    public let pattern: String
    public let reason: String
  }

  /// A kind of area or organisation, such as LSOAs of 2021 or general practices.
  public struct Kind: Sendable {
    public enum Nature: String, CaseIterable, Sendable {
      case area, organisation
    }

    public let id: String
    /// What one of them is called, and several.
    public let title: String
    public let plural: String
    public let nature: Nature
    /// The year whose boundaries or structure this is.
    public let vintage: String
    /// What a code looks like, as a regular expression for the whole of it.
    public let pattern: String
    /// A sentence that a reader needs, such as what the kind must not be confused with.
    public let note: String
    /// Whether the pack has only some of the units that there are, so that they do not add up to
    /// the whole.
    public let isPartial: Bool
  }

  /// A file whose rows are areas or organisations of one kind.
  public struct UnitTable: Sendable {
    public let line: Int
    public let file: String
    public let encoding: String?
    public let kind: String
    public let code: String
    /// The column with the name; nil where units have none but their code.
    public let name: String?
    /// A second code, such as an ODS code.
    public let alternativeCode: String?
    /// The same unit may stand in many rows, as a ward does in a table of LSOAs.
    public let isRepeated: Bool
    /// Parent kinds, and the column with the parent's code.
    public let parents: [(kind: String, column: String)]
    /// Parent kinds that a unit may have none of, as a practice may be in no network.
    public let optionalParents: [String]
    /// The column with the number of residents, by which scores are weighted.
    public let population: String?
    public let postcode: String?
    public let latitude: String?
    public let longitude: String?
    /// A column that says whether the area is urban or rural.
    public let ruralUrban: String?
    /// Only rows in which this column has one of these values are units of the kind.
    public let only: (column: String, values: [String])?
    /// Words that stand for "none" in this file.
    public let blanks: [String]
    /// Parents' codes that are of another vintage, whose links are left out.
    public let setAside: SetAside?
  }

  /// Which units of one kind make up units of another, where the unit tables do not say.
  public struct LinkTable: Sendable {
    public let line: Int
    public let file: String?
    public let encoding: String?
    public let child: String
    public let parent: String
    public let childColumn: String
    public let parentColumn: String
    /// Only rows in which this column has one of these values are links.
    public let only: (column: String, values: [String])?
    /// Links written in the description itself.
    public let pairs: [(child: String, parent: String)]
  }

  /// A GeoJSON file with the outlines of units of one kind.
  public struct BoundaryFile: Sendable {
    public let line: Int
    public let file: String
    public let kind: String
    public let code: String
    public let source: String
    /// Outlines of another vintage, which are left out.
    public let setAside: SetAside?
  }

  /// A file of places on the map: surgeries, libraries, hospitals.
  public struct PointTable: Sendable {
    public let line: Int
    public let file: String
    public let encoding: String?
    public let type: String
    public let id: String
    public let name: String
    public let postcode: String?
    public let latitude: String
    public let longitude: String
    /// The area the point lies in, and the column with its code.
    public let area: (kind: String, column: String)
    public let source: String
    /// When the points were collected, in words; some are old.
    public let date: String
    /// The same for points of a type, where types were collected at different times.
    public let datesByType: [String: String]
  }

  /// A file whose rows carry figures of units.
  public struct MeasureTable: Sendable {
    public let line: Int
    public let file: String
    public let encoding: String?
    /// The kinds that the codes may be of, tried in order, and the column with the code.
    public let kinds: [String]
    public let code: String
    public let period: Period
    public let source: String
    /// Codes that are not units of the pack and are left aside, with the reason.
    public let setAside: SetAside?
    /// Rows that this table reads, where the file has others: column and values.
    public let only: (column: String, values: [String])?
    public let measures: [Measure]
    /// Measures that are spread over rows: one column names the measure, one has its value.
    public let spread: Spread?
  }

  /// When figures are about.
  public enum Period: Sendable, Equatable {
    case fixed(String)
    case column(String)
    /// English month names and a year, "July 2022", in this column.
    case monthName(String)
  }

  /// A file in long form: the column `name` says which measure a row is of.
  public struct Spread: Sendable {
    public let name: String
    /// The id of each measure is this, a full stop, and the name as an identifier.
    public let prefix: String
    /// What names mean; a name without an entry is made readable.
    public let titles: [String: String]
    public let template: Measure
  }
}
