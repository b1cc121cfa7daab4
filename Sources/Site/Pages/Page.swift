import Charts
import Indicators

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

  /// A page of the navigation, in one of its areas.
  enum Section: String, CaseIterable, Sendable {
    case home, work
    case findings, indicators, inequalities, find, compare, map, measures
    case agree, assets, signpost, organisations, people, experts, network, gaps, voices, priorities
    case roles, changes
    case quality, linkage, about
    case account

    var title: String {
      switch self {
      case .home: "My place"
      case .work: "My work"
      case .findings: "What stands out"
      case .indicators: "Indicators"
      case .inequalities: "Inequalities"
      case .find: "Find"
      case .compare: "Compare"
      case .map: "Map"
      case .measures: "Measures"
      case .agree: "All we have"
      case .assets: "Assets"
      case .organisations: "Partners"
      case .people: "People"
      case .signpost: "Find help"
      case .experts: "Find expertise"
      case .network: "Who knows whom"
      case .gaps: "Gaps"
      case .voices: "Voices"
      case .priorities: "Priorities"
      case .roles: "Who does what"
      case .changes: "Changes"
      case .quality: "Data quality"
      case .linkage: "Linkage"
      case .about: "About the data"
      case .account: "My account"
      }
    }

    var path: String {
      switch self {
      case .home: "/"
      case .findings: "/standing-out"
      case .organisations: "/partners"
      default: "/\(rawValue)"
      }
    }

    /// The part of the circle that it belongs to.
    var area: Area {
      switch self {
      case .home, .work: .place
      case .findings, .indicators, .inequalities, .find, .compare, .map, .measures: .know
      case .agree, .assets, .signpost, .organisations, .people, .experts, .network, .gaps, .voices,
        .priorities, .roles, .changes:
        .agree
      case .quality, .linkage, .about: .govern
      case .account: .account
      }
    }
  }

  /// The circle that Kith is for, as far as it is built, with what surrounds it.
  enum Area: String, CaseIterable, Sendable {
    case place, know, agree, govern, account

    var title: String {
      switch self {
      case .place: "My place"
      case .know: "Know"
      case .agree: "Agree"
      case .govern: "Govern"
      case .account: "Account"
      }
    }

    /// The pages in it, the first of which the area's own link leads to.
    var sections: [Section] { Section.allCases.filter { $0.area == self } }
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
  enum Kind: Equatable {
    case notFound, badRequest, forbidden, tooLarge
    /// Something here does not work; nothing is wrong with what was asked.
    case unavailable
    /// What was sent is not of the session that there is now; it can be sent again.
    case conflict
    /// Whoever asks should sign in, and comes back to that address.
    case signIn(next: String)
  }

  let kind: Kind
  let title: String
  let message: String

  static func notFound(_ message: String) -> PageError {
    PageError(kind: .notFound, title: "Page not found", message: message)
  }

  static func forbidden(_ message: String) -> PageError {
    PageError(kind: .forbidden, title: "That is not open to you", message: message)
  }

  /// For somebody who has not signed in, the way to do so; for anybody else, that they may not.
  static func signIn(_ visitor: Visitor, _ request: PageRequest) -> PageError {
    guard visitor.account == nil else {
      return .forbidden(
        "Your account may not do that. Whoever looks after Kith here can change it.")
    }
    let query = request.query.isEmpty ? "" : "?\(request.query)"
    return .signIn(next: request.path + query)
  }

  static func signIn(next: String) -> PageError {
    PageError(
      kind: .signIn(next: next), title: "Sign in first",
      message: "That is for people who have signed in.")
  }

  /// A form came of somebody who is not signed in, though they were when they opened it.
  static let signedOut = PageError(
    kind: .conflict, title: "You are not signed in any more",
    message: "Nothing was saved yet, and what you typed is still here.")

  /// A form came from a page of before they signed in anew.
  static let stale = PageError(
    kind: .conflict, title: "Send it again",
    message:
      "The form was made before you signed in this time. Nothing was saved yet, and what you typed is still here."
  )

  /// More was sent than is taken.
  static func tooLarge(_ limit: Int) -> PageError {
    let most = limit >= 1_000_000 ? "\(limit / 1_000_000) MB" : "\(limit / 1_000) kB"
    return PageError(
      kind: .tooLarge, title: "That did not work",
      message: "What you sent is larger than \(most), the most that is taken here.")
  }

  /// Something here does not work, such as a disk that is full; what it was is in the log.
  static let unavailable = PageError(
    kind: .unavailable, title: "Kith has a problem",
    message:
      "What you asked for did not work, and nothing was saved. Try again in a few minutes. If it happens again, tell whoever looks after Kith here: the log says what it was."
  )

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
