/// A question such as "who here knows about damp homes and asthma, and can come to a community meeting?", taken apart.
public struct ExpertiseQuestion: Sendable, Hashable {
  /// What it is about.
  public let topics: [Topic]
  /// What whoever answers should offer, by its id in the field `offers`.
  public let offers: [String]
  /// Words that no topic knows, such as a language.
  public let words: [String]

  /// - Parameters:
  ///   - text: the question, in anybody's words.
  ///   - offers: what is asked for besides what the words say.
  public init(_ text: String, offers chosen: [String] = []) {
    let text = text.lowercased()
    var rest: [String] = []
    var wanted: Set<String> = []
    // What somebody is to do is said in phrases; what is left says what it is about.
    var about = text
    for (offer, phrases) in Self.offers {
      for phrase in phrases where about.contains(phrase) {
        wanted.insert(offer)
        about = about.replacing(phrase, with: " ")
      }
    }
    let words = about.split { !($0.isLetter || $0.isNumber || $0 == "-") }.map(String.init)
    let spaced = " \(words.joined(separator: " ")) "
    topics = Topic.allCases.filter { topic in
      (topic.words + [topic.title.lowercased()]).contains { spaced.contains(" " + $0) }
    }
    for word in words where !Self.empty.contains(word) && word.count > 1 {
      let isKnown = topics.contains { topic in
        (topic.words + topic.title.lowercased().split(separator: " ").map(String.init)).contains {
          $0.split(separator: " ").contains { word.hasPrefix($0) }
        }
      }
      if !isKnown, !rest.contains(word) { rest.append(word) }
    }
    self.words = Array(rest.prefix(8))
    self.offers = RecordKind.offers.map(\.id).filter {
      wanted.contains($0) || chosen.contains($0)
    }
  }

  public var isEmpty: Bool { topics.isEmpty && words.isEmpty && offers.isEmpty }

  private static let offers: [(String, [String])] = [
    (
      "meeting",
      ["come to a community meeting", "come to a meeting", "community meeting", "come to meetings"]
    ),
    ("speak", ["give a talk", "speak at", "can teach", "run a workshop"]),
    ("mentor", ["mentor somebody", "mentor us", "can mentor", "mentoring"]),
    ("join", ["join a piece of work", "join our", "join us", "work with us"]),
    ("question", ["answer a question", "quick question"]),
  ]

  /// Words of a question that say nothing of what it is about.
  private static let empty: Set<String> = [
    "who", "here", "knows", "know", "about", "and", "or", "can", "could", "come", "to", "a", "an",
    "the", "of", "in", "on", "for", "with", "is", "are", "somebody", "someone", "anybody", "anyone",
    "expert", "experts", "expertise", "speaks", "speak", "has", "have", "does", "do", "that",
    "what",
    "our", "us", "we", "me", "i", "my", "homes", "home", "people", "help", "at", "there", "any",
    "good", "does", "which", "works", "work", "working", "experience", "from", "person",
  ]
}
