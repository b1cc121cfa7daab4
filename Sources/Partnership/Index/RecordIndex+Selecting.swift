import Definitions
import Foundation

extension RecordIndex {
  /// The records that a query asks for and that somebody may see.
  ///
  /// - Parameter hits: the records that have the query's words; nil where it has none.
  func select(_ query: RecordQuery, for actor: Actor, hits: [Int64]?) -> OrdinalSet {
    let circle = actor.circle.rawValue
    var set: OrdinalSet
    if let hits {
      set = OrdinalSet()
      for number in hits { if let ordinal = ordinals[number] { set.insert(ordinal) } }
    } else {
      set = OrdinalSet(below: entries.count)
    }
    set.formIntersection(states[query.state] ?? OrdinalSet())
    if !query.kinds.isEmpty {
      set.formIntersection(
        query.kinds.reduce(into: OrdinalSet()) { $0.formUnion(kinds[$1] ?? OrdinalSet()) })
    }
    if !actor.isSteward { set.formIntersection(visible(to: actor)) }
    for (name, values) in query.facets where !values.isEmpty {
      set.formIntersection(
        Set(values.map { $0.lowercased() }).reduce(into: OrdinalSet()) { all, value in
          if let found = facets[name]?[value] { all.formUnion(found.seen(by: circle)) }
        })
    }
    guard
      query.organisation != nil || query.trust != nil || query.age != nil
        || query.minimumAge != nil || query.maximumAge != nil || query.day != nil
        || query.opensFrom != nil || query.closesBy != nil || query.pillars != nil
    else { return set }
    let today = Day.today
    let pillars = query.pillars.map { Set($0.map(\.rawValue)) }
    return set.filter { ordinal in
      let entry = entries[ordinal]
      if let organisation = query.organisation, entry.shownOrganisation != organisation.value {
        return false
      }
      if let trust = query.trust,
        trust
          != Trust(
            assured: entry.assured, reviewMonths: RecordKind.named(entry.kind)?.reviewMonths ?? 12,
            on: today)
      {
        return false
      }
      if let pillars,
        pillars
          != Set(
            entry.facets.filter { $0.name == "pillars" && $0.audience <= circle }.map(\.value))
      {
        return false
      }
      if let age = query.age,
        age < entry.minimumAge ?? 0 || age > entry.maximumAge ?? 1_000
      {
        return false
      }
      if let least = query.minimumAge, entry.minimumAge.map({ $0 < least }) ?? true { return false }
      if let most = query.maximumAge, entry.maximumAge.map({ $0 > most }) ?? true { return false }
      guard query.day != nil || query.opensFrom != nil || query.closesBy != nil else { return true }
      // All of it by one and the same opening time.
      return entry.hours.contains { time in
        (query.day.map { day in time.days.contains { $0 == day } } ?? true)
          && (query.opensFrom.map { from in time.opens.map { $0 >= from } ?? false } ?? true)
          // 00:00 is the end of the day.
          && (query.closesBy.map { by in time.closes.map { $0 != "00:00" && $0 <= by } ?? false }
            ?? true)
      }
    }
  }

  /// The records of which somebody may know, by who may see their names.
  private func visible(to actor: Actor) -> OrdinalSet {
    let circle = actor.circle.rawValue
    var set = audiences.prefix(circle + 1).reduce(into: OrdinalSet()) { $0.formUnion($1) }
    let own = Set(actor.organisations.map(\.value))
    if !own.isEmpty {
      set.formUnion(
        audiences[Audience.organisation.rawValue].filter { ordinal in
          entries[ordinal].organisation.map(own.contains) ?? false
        })
    }
    return set
  }

  /// The numbers of a page of a set, in the query's order.
  ///
  /// - Parameter ranked: the records that have the query's words, the best first.
  func page(of set: OrdinalSet, _ query: RecordQuery, ranked: [Int64]?) -> [Int64] {
    let start = max(0, query.page - 1) * query.perPage
    func taking(_ ordinals: some Sequence<Int>) -> [Int64] {
      var page: [Int64] = []
      var passed = 0
      for ordinal in ordinals where set.contains(ordinal) {
        if passed >= start { page.append(entries[ordinal].number) }
        passed += 1
        if page.count == query.perPage { break }
      }
      return page
    }
    switch query.order {
    case .relevance:
      guard let ranked else { return taking(byName) }
      return taking(ranked.lazy.compactMap { self.ordinals[$0] })
    case .title, .distance: return taking(byName)
    case .changed:
      return taking(
        sorted(set) { one, other in (other.changed, other.number) < (one.changed, one.number) })
    case .due:
      // First what nobody has ever checked.
      return taking(
        sorted(set) { one, other in
          (one.assured == nil ? 0 : 1, one.due?.number ?? 0, one.number)
            < (other.assured == nil ? 0 : 1, other.due?.number ?? 0, other.number)
        })
    }
  }

  private func sorted(_ set: OrdinalSet, _ isBefore: (Entry, Entry) -> Bool) -> [Int] {
    var all: [Int] = []
    set.forEach { all.append($0) }
    return all.sorted { isBefore(entries[$0], entries[$1]) }
  }

  /// The records of some organisations that should be looked at again, those that nobody has ever looked at first, then
  /// the longest due.
  func due(of organisations: Set<Int64>, circle: Int, on today: Day = .today) -> [Int64] {
    guard let active = states[.active] else { return [] }
    let set = active.filter { ordinal in
      let entry = entries[ordinal]
      return
        (entry.organisation.map(organisations.contains) ?? false
        || organisations.contains(entry.number))
        && RecordKind.named(entry.kind)?.isChecked ?? true
        && entry.audience <= circle && entry.due.map { $0 <= today } ?? false
    }
    var query = RecordQuery([])
    query.order = .due
    query.perPage = .max
    return page(of: set, query, ranked: nil)
  }

  /// The records of a set by how near one of their places is, with the distance in kilometres.
  func nearest(
    _ set: OrdinalSet, to near: Position, within limit: Double?
  ) -> [(number: Int64, kilometres: Double)] {
    var found: [(number: Int64, kilometres: Double)] = []
    // A degree of latitude has 110.57 km at the equator and more elsewhere.
    let rise = limit.map { $0 / 110.5 }
    set.forEach { ordinal in
      var least = Double.infinity
      for place in entries[ordinal].places {
        guard let position = place.position else { continue }
        if let rise, abs(position.latitude - near.latitude) > rise { continue }
        least = min(least, near.kilometres(to: position))
      }
      if least <= limit ?? .greatestFiniteMagnitude {
        found.append((entries[ordinal].number, least))
      }
    }
    return found.sorted { ($0.kilometres, $0.number) < ($1.kilometres, $1.number) }
  }

  /// How many records of a set have each value of a field, of those that somebody in a circle may see.
  func counts(of field: String, in set: OrdinalSet, circle: Int) -> [String: Int] {
    var counts: [String: Int] = [:]
    for value in (facets[field] ?? [:]).values {
      let count = set.countShared(with: value.seen(by: circle))
      if count > 0 { counts[value.title] = count }
    }
    return counts
  }

  /// The places of the records of a set, those in a cell of a grid together.
  func spots(
    _ set: OrdinalSet, from southWest: Position, to northEast: Position, cells: Int
  ) -> [RecordSpot] {
    let step = max(1e-9, (northEast.longitude - southWest.longitude) / Double(cells))
    // A degree of latitude is longer; cells should look square.
    let rise = step * 0.6
    struct Cell: Hashable { let across: Int, up: Int }
    struct Sum {
      var count = 0
      var latitude = 0.0
      var longitude = 0.0
      var isRough = false
      var first: Entry
    }
    var sums: [Cell: Sum] = [:]
    set.forEach { ordinal in
      let entry = entries[ordinal]
      for place in entry.places {
        guard let position = place.position,
          (southWest.latitude...northEast.latitude).contains(position.latitude),
          (southWest.longitude...northEast.longitude).contains(position.longitude)
        else { continue }
        let cell = Cell(
          across: Int((position.longitude - southWest.longitude) / step),
          up: Int((position.latitude - southWest.latitude) / rise))
        var sum = sums[cell] ?? Sum(first: entry)
        sum.count += 1
        sum.latitude += position.latitude
        sum.longitude += position.longitude
        sum.isRough = sum.isRough || position.isRough
        if (entry.sortName, entry.number) < (sum.first.sortName, sum.first.number) {
          sum.first = entry
        }
        sums[cell] = sum
      }
    }
    return sums.sorted { ($0.key.across, $0.key.up) < ($1.key.across, $1.key.up) }.map { _, sum in
      RecordSpot(
        position: Position(
          latitude: sum.latitude / Double(sum.count), longitude: sum.longitude / Double(sum.count),
          isRough: sum.isRough),
        count: sum.count, record: RecordNumber(sum.first.number), title: sum.first.title,
        kind: sum.first.kind)
    }
  }
}
