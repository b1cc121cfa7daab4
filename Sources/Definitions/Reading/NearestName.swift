/// The name among `candidates` that `name` is most likely a misspelling of; nil where none is near.
public func nearestName<Names: Sequence>(to name: String, among candidates: Names) -> String?
where Names.Element == String {
  let wanted = Array(name.lowercased().utf8)
  let scored = candidates.map {
    (name: $0, distance: editDistance(wanted, Array($0.lowercased().utf8)))
  }
  guard let best = scored.min(by: { ($0.distance, $0.name) < ($1.distance, $1.name) }) else {
    return nil
  }
  // A third of the letters wrong is still a slip; more is another word.
  return best.distance <= max(2, wanted.count / 3) ? best.name : nil
}

/// The least number of insertions, deletions and substitutions that turn `a` into `b`
/// (Wagner and Fischer 1974).
private func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
  var row = Array(0...b.count)
  for i in a.indices {
    var diagonal = row[0]
    row[0] = i + 1
    for j in b.indices {
      let substituted = diagonal + (a[i] == b[j] ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(substituted, row[j] + 1, diagonal + 1)
    }
  }
  return row[b.count]
}
