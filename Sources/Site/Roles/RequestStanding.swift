import Foundation
import Partnership

/// Whether what a request asks is the asked one's to do, and words to say so.
struct RequestStanding {
  let remit: Remit
  let asked: RecordNumber
  let function: RecordNumber
  let scale: Scale?

  /// Nil for a request that names no function.
  init?(_ record: Record, _ map: RoleMap) {
    guard let asked = record.fields.record("organisation"),
      let function = record.fields.record("function")
    else { return nil }
    self.asked = asked
    self.function = function
    scale = record.fields.text("scale").flatMap(Scale.init)
    remit = map.remit(of: asked, for: function, at: scale)
  }

  /// What it means, for whoever answers.
  func words(_ names: RoleNames) -> String {
    let what = "\(names.title(function))\(scale.map { ", at \($0.inWords) level" } ?? "")"
    let asked = names.title(asked)
    return switch remit {
    case .within: "\(asked) has a part in \(what)."
    case .outside(let accountable) where accountable.isEmpty:
      "This does not look like a thing of \(asked), and nobody is accountable for \(what). Settle that first."
    case .outside(let accountable):
      "This does not look like a thing of \(asked): \(names.list(accountable)) \(accountable.count == 1 ? "is" : "are") accountable for \(what)."
    case .unknown: "Nobody has said yet who does \(what)."
    }
  }

  /// A polite way to say so; empty where it is theirs.
  func suggestion(_ record: Record, _ names: RoleNames) -> String {
    let what = names.title(function)
    let place = scale.map { " at \($0.inWords) level" } ?? ""
    let opening =
      "Thank you for asking us about “\(record.title)”. It matters, and we want it to reach the right people."
    switch remit {
    case .within: return ""
    case .outside(let accountable) where !accountable.isEmpty:
      return """
        \(opening) As we have agreed who does what, \(what.lowercasedFirst)\(place) lies with \
        \(names.list(accountable)). Please ask there; we gladly introduce you, and help where they ask us to. If you \
        think that it should be ours, tell us why, and we take it up together.
        """
    default:
      return """
        \(opening) Nobody here has said yet who is accountable for \(what.lowercasedFirst)\(place). We would like to \
        settle that with our partners before anybody promises you something, and have noted it for when we next meet.
        """
    }
  }
}

extension String {
  /// With a small first letter, unless it begins with an abbreviation or a name of several capitals.
  var lowercasedFirst: String {
    let start = prefix(2)
    return start.count == 2 && start.allSatisfy(\.isUppercase)
      ? self : prefix(1).lowercased() + dropFirst()
  }
}
