import Charts
import Definitions
import Foundation
import Governance
import Indicators
import Mustache
import Places

/// Escapes by Unicode scalar: Mustache's own way goes by character, and a quotation mark with an accent is another
/// character than a quotation mark.
private struct ScalarHTML: MustacheContentType {
  func escapeText(_ text: String) -> String { text.xmlEscaped }
}

/// The templates of the site, read once from the module's resources.
struct TemplateLibrary: Sendable {
  private let library: MustacheLibrary

  init() throws {
    let folder = try ShippedFiles.url("Templates", of: "Site")
    MustacheContentTypes.register(ScalarHTML(), named: "SCALAR_HTML")
    var templates: [String: MustacheTemplate] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path)
    where name.hasSuffix(".mustache") {
      let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
      templates[String(name.dropLast(".mustache".count))] = try MustacheTemplate(
        string: "{{% CONTENT_TYPE:SCALAR_HTML}}" + text)
    }
    library = MustacheLibrary(templates: templates)
  }

  /// A page in the layout.
  func render(_ page: Page, atlas: Atlas, visitor: Visitor) throws -> String {
    guard let body = library.render(page.values.withoutBlanks, withTemplate: page.template) else {
      throw SiteError("The template '\(page.template)' is missing.", hint: "Build Kith again.")
    }
    let area = page.section.area
    let navigation = Page.Area.allCases.filter { $0 != .account }.map {
      one -> [String: any Sendable] in
      ["title": one.title, "path": one.sections.first?.path ?? "/", "isCurrent": one == area]
    }
    let nearby =
      area.sections.count > 1 && (area != .place || visitor.account != nil) ? area.sections : []
    let values: [String: any Sendable] = [
      "title": page.title, "place": atlas.manifest.place.name, "bodyHTML": body,
      "navigation": navigation,
      "nearby": nearby.map { one -> [String: any Sendable] in
        ["title": one.title, "path": one.path, "isCurrent": one == page.section]
      },
      "hasNearby": !nearby.isEmpty, "area": area.title, "signedInAs": visitor.account?.name ?? "",
      "token": visitor.formToken,
      "snapshot": atlas.manifest.id,
      "created": String(atlas.manifest.created.prefix(10)), "version": Kith.version,
      "usesScript": page.usesScript, "isHome": page.section == .home,
      "isFictional": atlas.manifest.pack.id.hasPrefix("fictional"),
    ]
    guard let html = library.render(values.withoutBlanks, withTemplate: "layout") else {
      throw SiteError("The template 'layout' is missing.", hint: "Build Kith again.")
    }
    return html
  }
}

/// What stands for an empty text: Mustache takes that for true, and what is missing for what is around it.
private struct Blank: MustacheCustomRenderable, Sendable {
  let renderText = ""
  let isNull = true
}

extension [String: any Sendable] {
  /// The values with ``Blank`` for empty texts, here and in lists.
  fileprivate var withoutBlanks: [String: any Sendable] {
    mapValues { value in
      switch value {
      case let text as String: text.isEmpty ? Blank() : text
      case let list as [[String: any Sendable]]: list.map(\.withoutBlanks)
      case let one as [String: any Sendable]: one.withoutBlanks
      default: value
      }
    }
  }
}

/// Something that keeps the site from being served.
public struct SiteError: Error, CustomStringConvertible, Sendable {
  public let message: String
  public let hint: String

  init(_ message: String, hint: String) {
    self.message = message
    self.hint = hint
  }

  public var description: String { "\(message) \(hint)" }
}
