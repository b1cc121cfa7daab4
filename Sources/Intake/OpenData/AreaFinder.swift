import Columns
public import Definitions
public import Engine
public import Foundation

/// Finds the area that a person names in the files of a pack, before there is a place.
public struct AreaFinder {
  public struct Area: Sendable, Equatable {
    public let kind: String
    public let kindTitle: String
    public let code: String
    public let name: String
  }

  let pack: OpenDataPack
  let folder: URL
  let connection: Connection
  let dialect = Dialect(.duckdb)

  public init(pack: OpenDataPack, folder: URL, connection: Connection) {
    self.pack = pack
    self.folder = folder
    self.connection = connection
  }

  /// The area called `name`, by its code or its name, with or without words like "NHS".
  ///
  /// - Parameter kind: takes only areas of this kind.
  /// - Throws: ``Definitions/Problem`` where none or several could be meant, listing them.
  public func find(_ name: String, kind: String? = nil) throws -> Area {
    if let kind, !pack.kinds.contains(where: { $0.id == kind }) {
      throw Problem(
        file: folder.path, "There is no kind '\(kind)' in the pack \(pack.id).",
        hint: "The kinds are: \(pack.kinds.map(\.id).joined(separator: ", ")).")
    }
    let areas = try areas().filter { kind == nil || $0.kind == kind }
    let wanted = name.plainAreaName
    let exact = areas.filter {
      $0.code.lowercased() == name.lowercased() || $0.name.plainAreaName == wanted
    }
    // Kinds stand from the largest to the smallest; the largest of one name is what is meant.
    if let first = exact.first {
      let same = exact.filter { $0.kind == first.kind }
      guard same.count == 1 else { throw ambiguous(name, same) }
      return first
    }
    // Small areas are many and called after larger ones, so they are found by code or whole name.
    let small = Set(pack.units.filter { !$0.parents.isEmpty }.map(\.kind))
    let near = areas.filter { !small.contains($0.kind) && $0.name.plainAreaName.contains(wanted) }
    if near.count == 1 { return near[0] }
    if near.isEmpty {
      let nearest = nearestName(to: name, among: areas.prefix(2_000).map(\.name))
      throw Problem(
        file: folder.path, "No area here is called '\(name)'.",
        hint: nearest.map { "Did you mean '\($0)'?" }
          ?? "Give the name or code of a district, county or integrated care board.")
    }
    throw ambiguous(name, near)
  }

  private func ambiguous(_ name: String, _ areas: [Area]) -> Problem {
    let list = areas.prefix(12).map { "  \($0.code)  \($0.name) (\($0.kindTitle))" }
    let more = areas.count > 12 ? "\n  and \(areas.count - 12) more" : ""
    return Problem(
      file: folder.path, "'\(name)' could be any of \(areas.count) areas:",
      hint: "\n\(list.joined(separator: "\n"))\(more)\nGive the code instead.")
  }

  /// Every area of the pack, from the largest kind to the smallest.
  private func areas() throws -> [Area] {
    var areas: [Area] = []
    for kind in pack.kinds where kind.nature == .area {
      for table in pack.units where table.kind == kind.id {
        let url = folder.appendingPathComponent(table.file)
        try url.requireRegularFile()
        let text = try TextFile(reading: url)
        let header = try text.csvHeader()
        guard header.contains(table.code), header.contains(table.name ?? table.code) else {
          continue
        }
        let code = dialect.identifier(table.code)
        let name = dialect.identifier(table.name ?? table.code)
        let encoding = table.encoding.map { ", encoding = \(dialect.literal($0))" } ?? ""
        let rows = try connection.query(
          """
          select distinct \(code), \(name)
          from read_csv(\(dialect.path(text.url.path)), all_varchar = true, header = true,
            delim = ',', ignore_errors = true, hive_partitioning = false\(encoding))
          where regexp_full_match(\(code), \(dialect.literal(kind.pattern)))
            \(table.only.map { "and \(dialect.condition($0))" } ?? "")
          order by all
          """)
        for row in rows.rows {
          guard case .string(let code) = row[0] else { continue }
          let name = if case .string(let name) = row[1] { name } else { code }
          areas.append(Area(kind: kind.id, kindTitle: kind.title, code: code, name: name))
        }
      }
    }
    return areas
  }
}

extension String {
  /// The name without the words that official names add and people leave out.
  fileprivate var plainAreaName: String {
    var words = lowercased().replacing("&", with: "and").split { !$0.isLetter && !$0.isNumber }
    words.removeAll { ["nhs", "integrated", "care", "board", "icb"].contains($0) }
    return words.joined(separator: " ")
  }
}
