import Foundation

/// What partners mean by their words.
public enum Glossary {
  /// Whether partners mean the same by a term.
  public enum Standing: Sendable, Hashable {
    /// They have agreed on a meaning.
    case agreed
    /// They mean different things, and have agreed on nothing.
    case clash(meanings: Int)
    /// Nobody says otherwise than anybody else.
    case undisputed

    /// The standing of a term by its fields. Meanings are the same where they have the same words in the same order;
    /// whether different words mean the same is for people to say, by agreeing on one.
    public init(_ fields: Fields) {
      if fields.text("agreed") != nil {
        self = .agreed
        return
      }
      let meanings = Set(
        fields.rows("meanings").compactMap { $0.text("meaning") }.map { text in
          text.lowercased().split { !($0.isLetter || $0.isNumber) }.joined(separator: " ")
        })
      self = meanings.count > 1 ? .clash(meanings: meanings.count) : .undisputed
    }

    public var words: String {
      switch self {
      case .agreed: "Agreed"
      case .clash(let count): "\(count) meanings, none agreed"
      case .undisputed: "Not agreed yet"
      }
    }
  }
}
