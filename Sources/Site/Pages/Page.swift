import Charts
import Population

/// What a page says, before the layout is put around it.
struct Page: Sendable {
  let title: String
  /// The template of the body.
  let template: String
  /// The values of the template: text, numbers, lists of further values. Text is escaped by the
  /// template; names ending in HTML hold markup made by our own code.
  let values: [String: any Sendable]
  /// The part of the site it belongs to, for the navigation.
  let section: Section
  /// The tables that the page can give as CSV.
  let tables: [DataTable]
  /// Whether the page takes htmx, for comfort.
  let usesScript: Bool

  enum Section: String, CaseIterable, Sendable {
    case home, findings, indicators, inequalities, find, compare, map, measures, quality, about

    var title: String {
      switch self {
      case .home: "My place"
      case .findings: "What stands out"
      case .indicators: "Indicators"
      case .inequalities: "Inequalities"
      case .find: "Find"
      case .compare: "Compare"
      case .map: "Map"
      case .measures: "Measures"
      case .quality: "Data quality"
      case .about: "About the data"
      }
    }

    var path: String {
      switch self {
      case .home: "/"
      case .findings: "/standing-out"
      default: "/\(rawValue)"
      }
    }
  }

  init(
    title: String, template: String, section: Section, values: [String: any Sendable],
    tables: [DataTable] = [], usesScript: Bool = false
  ) {
    self.title = title
    self.template = template
    self.section = section
    self.values = values
    self.tables = tables
    self.usesScript = usesScript
  }
}

/// A request that cannot be answered as it was asked.
struct PageError: Error {
  enum Kind { case notFound, badRequest }

  let kind: Kind
  let title: String
  let message: String

  static func notFound(_ message: String) -> PageError {
    PageError(kind: .notFound, title: "Page not found", message: message)
  }

  static func badRequest(_ message: String) -> PageError {
    PageError(kind: .badRequest, title: "That did not work", message: message)
  }
}

extension AtlasUnit {
  /// The address of the unit's profile.
  var path: String { "/areas/\(kind)/\(code)" }

  /// The name; units without one are known by their code.
  var shortName: String {
    var name = self.name
    if name.hasPrefix("NHS ") { name.removeFirst(4) }
    for suffix in [" Integrated Care Board", " ICB"] where name.hasSuffix(suffix) {
      name.removeLast(suffix.count)
    }
    return name
  }
}

extension String {
  /// The text with a capital first letter.
  var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }

  /// The text for a query string.
  var queryEncoded: String {
    var result = ""
    for byte in utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"):
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        result += "%" + (digits.count < 2 ? "0" : "") + digits
      }
    }
    return result
  }
}
