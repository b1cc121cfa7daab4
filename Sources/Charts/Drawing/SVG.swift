/// An SVG picture being drawn.
///
/// Colours and type come from classes that the page's style sheet, and the picture's own for when it
/// stands alone, define: so a picture prints in black and works in any theme.
struct SVG {
  /// How wide every chart is drawn: about a phone, so that its text can be read there, and a little
  /// larger on a desk.
  static let width = 400.0

  let width: Int
  let height: Int
  private(set) var body = ""

  init(width: Int = Int(SVG.width), height: Int) {
    self.width = width
    self.height = height
    body.reserveCapacity(4_096)
  }

  /// The whole element, with a title and description for those who do not see it.
  ///
  /// - Parameter id: unique on the page.
  func element(
    id: String, title: String, description: String, style: String = "chart", role: String = "img"
  ) -> String {
    """
    <svg class="\(style)" viewBox="0 0 \(width) \(height)" role="\(role)" \
    aria-labelledby="\(id)-t \(id)-d" xmlns="http://www.w3.org/2000/svg">\
    <title id="\(id)-t">\(title.xmlEscaped)</title>\
    <desc id="\(id)-d">\(description.xmlEscaped)</desc>\(body)</svg>
    """
  }

  mutating func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String
  ) {
    body += "<path class=\"\(style)\" d=\"M\(x1.short) \(y1.short)L\(x2.short) \(y2.short)\"/>"
  }

  mutating func rectangle(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ style: String,
    title: String? = nil
  ) {
    body += "<rect class=\"\(style)\" x=\"\(x.short)\" y=\"\(y.short)\" "
    body += "width=\"\(max(0, width).short)\" height=\"\(max(0, height).short)\""
    close("rect", title)
  }

  mutating func circle(
    _ x: Double, _ y: Double, radius: Double, _ style: String, title: String? = nil
  ) {
    body += "<circle class=\"\(style)\" cx=\"\(x.short)\" cy=\"\(y.short)\" r=\"\(radius.short)\""
    close("circle", title)
  }

  mutating func path(_ data: String, _ style: String, title: String? = nil) {
    body += "<path class=\"\(style)\" d=\"\(data)\""
    close("path", title)
  }

  /// A line through points; it breaks where a point is nil, because a gap is not a zero.
  mutating func polyline(_ points: [(x: Double, y: Double)?], _ style: String) {
    var data = ""
    var isDrawing = false
    for point in points {
      guard let point else {
        isDrawing = false
        continue
      }
      data += "\(isDrawing ? "L" : "M")\(point.x.short) \(point.y.short)"
      isDrawing = true
    }
    if !data.isEmpty { path(data, style) }
  }

  enum Anchor: String {
    case start, middle, end
  }

  mutating func text(
    _ text: String, _ x: Double, _ y: Double, anchor: Anchor = .start, _ style: String = ""
  ) {
    let name = style.isEmpty ? "" : " class=\"\(style)\""
    let position = anchor == .start ? "" : " text-anchor=\"\(anchor.rawValue)\""
    body += "<text\(name) x=\"\(x.short)\" y=\"\(y.short)\"\(position)>\(text.xmlEscaped)</text>"
  }

  mutating func raw(_ markup: String) { body += markup }

  private mutating func close(_ name: String, _ title: String?) {
    if let title {
      body += "><title>\(title.xmlEscaped)</title></\(name)>"
    } else {
      body += "/>"
    }
  }
}

extension Double {
  /// The number with at most one decimal: a tenth of a pixel is nothing to the eye.
  var short: String {
    let tenths = (self * 10).rounded()
    guard tenths.isFinite, abs(tenths) < 1e15 else { return "0" }
    let whole = Int(tenths)
    if whole % 10 == 0 { return String(whole / 10) }
    let sign = whole < 0 ? "-" : ""
    return "\(sign)\(whole.magnitude / 10).\(whole.magnitude % 10)"
  }
}

extension String {
  /// The text with the characters that XML gives a meaning replaced.
  public var xmlEscaped: String {
    guard utf8.contains(where: { [0x26, 0x3C, 0x3E, 0x22, 0x27].contains($0) }) else { return self }
    var result = String.UnicodeScalarView()
    // By scalars: a quotation mark that carries an accent is one character, and still ends an attribute.
    for scalar in unicodeScalars {
      switch scalar {
      case "&": result.append(contentsOf: "&amp;".unicodeScalars)
      case "<": result.append(contentsOf: "&lt;".unicodeScalars)
      case ">": result.append(contentsOf: "&gt;".unicodeScalars)
      case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
      case "'": result.append(contentsOf: "&#39;".unicodeScalars)
      default: result.append(scalar)
      }
    }
    return String(result)
  }
}
