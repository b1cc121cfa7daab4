/// What is published of a count.
public enum PublishedCount: Sendable, Hashable {
  case exact(Int)
  /// Rounded to the nearest multiple of `to`.
  case rounded(Int, to: Int)
  case suppressed

  /// The number that is shown; nil where it is suppressed.
  public var value: Int? {
    switch self {
    case .exact(let count), .rounded(let count, _): count
    case .suppressed: nil
    }
  }
}

/// What is published of a share.
public enum PublishedShare: Sendable, Hashable {
  /// None or all, where it is so of every cell of the table.
  case exact(Double)
  /// Rounded to the nearest multiple of `1 ÷ steps`; the lowest and the highest step include none and all.
  case rounded(Double, steps: Int)
  case suppressed

  /// The share that is shown, from 0 to 1; nil where it is suppressed.
  public var value: Double? {
    switch self {
    case .exact(let share), .rounded(let share, _): share
    case .suppressed: nil
    }
  }
}

extension DisclosurePolicy {
  /// What may be shown of the counts of a table.
  ///
  /// 1. *Primary suppression*: counts from 1 to below the threshold.
  /// 2. *Complementary suppression*: for each of them a hypercube of suppressed cells, so that it cannot be worked out
  ///    from totals, even if all other counts were shown exactly, nor narrowed to fewer than `threshold` + 1 values.
  /// 3. *Rounding* of what is shown, more coarsely where totals would give the exact count back: then the difference of
  ///    two snapshots cannot be shown to be from 1 to below the threshold.
  ///
  /// The same table always gives the same answer.
  public func counts(_ table: CountTable) -> ProtectedCounts {
    var isHidden = table.counts.indices.map { cell in
      switch table.publication(of: cell) {
      case .protected: isSmall(table.counts[cell])
      case .notShown: true
      case .alone: isSmall(table.counts[cell])
      case .exact: false
      }
    }
    var exposed = suppress(table, &isHidden)
    let levels = table.counts.indices.map { cell -> [Level] in
      let count = table.counts[cell]
      if table.publication(of: cell) == .exact { return [Level(count...count)] }
      let hidden = Level(hiding: count)
      if isHidden[cell] { return [hidden] }
      // Zero is shown, so what is suppressed is known to be none.
      if count == 0 { return [Level(0...0)] }
      if table.publication(of: cell) == .alone {
        return [Level(rounding: count, to: roundings[0], from: threshold)]
      }
      // Nothing is rounded to zero.
      return roundings.filter { $0 <= 2 * count }
        .map { Level(rounding: count, to: $0, from: threshold) } + [hidden]
    }
    var widening = Widening(
      table, levels, needed: table.counts.map { isSmall($0) ? widthOfSmall : widthOfShown })
    widening.run()
    exposed.formUnion(widening.exposed.filter { isSmall(table.counts[$0]) })
    return ProtectedCounts(
      table: table,
      published: table.counts.indices.map { cell in
        if table.publication(of: cell) == .notShown { return .suppressed }
        return switch widening.level(of: cell).form {
        case .exact: .exact(table.counts[cell])
        case .rounded(let value, let base): .rounded(value, to: base)
        case .hidden: .suppressed
        }
      }, exposed: exposed, following: widening.exposed.subtracting(exposed))
  }

  /// What may be shown of shares: rounded so coarsely that neither numerators nor complements from 1 to below the
  /// threshold follow, also not from the numerators of totals.
  ///
  /// It is worked out as if every denominator were known exactly.
  ///
  /// - Parameters:
  ///   - numerators: at most the denominators, cell by cell.
  ///   - denominators: a table of the same dimensions, with what is published of it; where a denominator is suppressed the
  ///     share is too.
  public func shares(_ numerators: CountTable, of denominators: ProtectedCounts) -> ProtectedShares
  {
    let wholes = denominators.table.counts
    precondition(numerators.shape == denominators.table.shape)
    precondition(zip(numerators.counts, wholes).allSatisfy { $0 <= $1 })
    func isDelicate(_ cell: Int) -> Bool {
      isSmall(numerators.counts[cell]) || isSmall(wholes[cell] - numerators.counts[cell])
    }
    func isEven(_ cell: Int) -> Bool {
      numerators.counts[cell] == 0 || numerators.counts[cell] == wholes[cell]
    }
    // Where everybody has it or nobody, and that is published, it is so of each group.
    func followsFromAll(_ cell: Int) -> Bool {
      isEven(0)
        || numerators.shape.indices.contains { dimension in
          let category = cell / numerators.strides[dimension] % numerators.shape[dimension]
          let total = cell - category * numerators.strides[dimension]
          return isEven(total) && [.exact, .alone].contains(numerators.publication(of: total))
        }
    }
    let levels = numerators.counts.indices.map { cell -> [Level] in
      let (count, whole) = (numerators.counts[cell], wholes[cell])
      let hidden = Level(0...whole, .hidden)
      if whole == 0 || followsFromAll(cell) { return [Level(count...count)] }
      switch numerators.publication(of: cell) {
      case .notShown: return [hidden]
      case .exact where !isDelicate(cell): return [Level(count...count)]
      case .alone, .exact:
        if isEven(cell) { return [Level(count...count)] }
        guard let steps = shareSteps.first(where: { $0 * threshold <= whole }) else {
          return [hidden]
        }
        return [Level(share: count, of: whole, steps: steps)]
      case .protected: break
      }
      if denominators.published[cell] == .suppressed { return [hidden] }
      let steps = shareSteps.filter { $0 * threshold <= whole }
      return steps.map { Level(share: count, of: whole, steps: $0) } + [hidden]
    }
    var widening = Widening(
      numerators, levels,
      needed: numerators.counts.indices.map { isDelicate($0) ? widthOfSmall : widthOfShown })
    widening.run()
    return ProtectedShares(
      table: numerators,
      published: numerators.counts.indices.map { cell in
        let (count, whole) = (numerators.counts[cell], wholes[cell])
        if whole == 0 || denominators.published[cell] == .suppressed { return .suppressed }
        return switch widening.level(of: cell).form {
        case .exact: .exact(Double(count) / Double(whole))
        case .rounded(let step, let steps):
          .rounded(Double(step) / Double(steps), steps: steps)
        case .hidden: .suppressed
        }
      }, exposed: widening.exposed.filter { isDelicate($0) },
      following: widening.exposed.filter { !isDelicate($0) })
  }

  /// What may be shown of one count that is part of no table.
  public func count(_ count: Int) -> PublishedCount {
    counts(CountTable(categories: [1], counts: [count], totals: [.notShown]))[1]
  }

  /// What may be shown of one share that is part of no table.
  public func share(_ numerator: Int, of denominator: Int) -> PublishedShare {
    func table(_ count: Int) -> CountTable {
      CountTable(categories: [1], counts: [count], totals: [.notShown])
    }
    return shares(table(numerator), of: counts(table(denominator)))[1]
  }

  // MARK: Suppression

  /// Suppresses, for each small cell, the corners of a hypercube.
  ///
  /// - Returns: the cells for which there is none.
  private func suppress(_ table: CountTable, _ isHidden: inout [Bool]) -> Set<Int> {
    let cubes = Hypercubes(table)
    var exposed: Set<Int> = []
    let primary = table.counts.indices.filter {
      isSmall(table.counts[$0]) && [.protected, .alone].contains(table.publication(of: $0))
    }.sorted { (table.counts[$0], $0) < (table.counts[$1], $1) }
    for cell in primary {
      let before = isHidden
      while true {
        let ranges = table.counts.indices.map { other in
          isHidden[other]
            ? Level(hiding: table.counts[other]).range
            : table.counts[other]...table.counts[other]
        }
        guard cubes.width(of: cell, upTo: widthOfSmall, ranges) < widthOfSmall else { break }
        guard let more = cheapest(cubes, at: cell, table, isHidden), !more.isEmpty else {
          // What was suppressed for it did not help.
          isHidden = before
          exposed.insert(cell)
          break
        }
        for other in more { isHidden[other] = true }
      }
    }
    return exposed
  }

  /// The cells to suppress for the cheapest hypercube that protects a cell; of those that do not protect it alone, the
  /// one that does most.
  private func cheapest(
    _ cubes: Hypercubes, at anchor: Int, _ table: CountTable, _ isHidden: [Bool]
  ) -> [Int]? {
    var best: (cost: [Int], cells: [Int])?
    cubes.forEach(at: anchor) { corners, signs in
      var room = [Int.max, Int.max]
      var (cells, sum, isPossible) = ([Int](), 0, true)
      for (corner, sign) in zip(corners, signs) {
        let count = table.counts[corner]
        if !isHidden[corner] {
          guard count > 0, table.publication(of: corner) == .protected else {
            isPossible = false
            break
          }
          cells.append(corner)
          sum += count
        }
        let side = sign > 0 ? 0 : 1
        room[side] = min(room[side], count - Level(hiding: count).range.lowerBound)
      }
      // Where nothing moves against the anchor, it can rise without end.
      let width = min(widthOfSmall, room[0] + min(room[1], widthOfSmall))
      guard isPossible, !cells.isEmpty, width > 0 else { return true }
      let cost = [-width, cells.count, sum]
      if best.map({ cost.lexicographicallyPrecedes($0.cost) }) ?? true { best = (cost, cells) }
      return true
    }
    return best?.cells
  }
}

/// What may be shown of the counts of a table.
public struct ProtectedCounts: Sendable {
  let table: CountTable
  let published: [PublishedCount]
  /// The small cells that no suppression hides, since totals that are published exactly give them away.
  let exposed: Set<Int>
  /// The other cells that follow from such totals, and change as they do.
  let following: Set<Int>

  /// What is published of a cell.
  ///
  /// - Parameter categories: one a dimension; 0 is the total.
  public subscript(categories: Int...) -> PublishedCount { published[table.cell(categories)] }

  /// Whether a small count follows from totals that are published exactly, whatever is suppressed: such a table should
  /// not be published with them.
  public var isExposed: Bool { !exposed.isEmpty }

  /// The same of the cells of one category of a dimension.
  public func isExposed(_ category: Int, in dimension: Int) -> Bool {
    exposed.contains { table.categories(of: $0)[dimension] == category }
  }
}

/// What may be shown of the shares of a table.
public struct ProtectedShares: Sendable {
  let table: CountTable
  let published: [PublishedShare]
  let exposed: Set<Int>
  let following: Set<Int>

  /// What is published of a cell.
  ///
  /// - Parameter categories: one a dimension; 0 is the total.
  public subscript(categories: Int...) -> PublishedShare { published[table.cell(categories)] }

  /// Whether a small numerator or complement follows from totals, whatever is suppressed.
  public var isExposed: Bool { !exposed.isEmpty }

  /// The same of the cells of one category of a dimension.
  public func isExposed(_ category: Int, in dimension: Int) -> Bool {
    exposed.contains { table.categories(of: $0)[dimension] == category }
  }
}
