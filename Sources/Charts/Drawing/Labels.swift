extension String {
  /// The text in lines of at most `width` characters, broken between words, at most two.
  func wrapped(at width: Int) -> [String] {
    guard count > width else { return [self] }
    var lines = [""]
    for word in split(separator: " ") {
      let last = lines[lines.count - 1]
      if last.isEmpty {
        lines[lines.count - 1] = String(word)
      } else if last.count + 1 + word.count <= width {
        lines[lines.count - 1] += " \(word)"
      } else if lines.count < 2 {
        lines.append(String(word))
      } else {
        lines[1] = lines[1].shortened(to: width - 1) + "…"
        break
      }
    }
    return lines
  }

  /// The text cut to `count` characters with an ellipsis.
  func shortened(to count: Int) -> String {
    self.count <= count ? self : prefix(count - 1) + "…"
  }
}

extension Array where Element == String {
  /// The positions of at most `most` evenly spaced labels, the first among them.
  func labelled(most: Int) -> [Int] {
    guard count > 1 else { return indices.map { $0 } }
    let every = Swift.max(1, (count + most - 1) / Swift.max(1, most))
    return indices.filter { $0 % every == 0 }
  }
}
