import Definitions
import Partnership

extension RequestRemit {
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
