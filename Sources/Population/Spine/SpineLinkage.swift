import Columns
import Definitions
import Engine
import Foundation
import Governance
import Intake
import Linkage
import Places
import Synchronization

/// Finds the people whom the landed records of all sources are about: the person spine.
///
/// What is learnt, who is who and what was decided lies in the vault; the pairs that a linkage kept lie beside
/// it, by the keyed hashes of identities. A linkage after the first compares only what is new.
struct SpineLinkage {
  let vault: Vault
  /// Where the pairs lie.
  let folder: URL
  let threads: Int
  /// Whether to learn and compare anew whatever is known.
  let isAnew: Bool
  let progress: @Sendable (String) -> Void

  /// Pairs that weigh less are not kept.
  private static let least = -3.0

  /// Links the identities, keeps what that comes to in the vault, and writes the tables `person` and
  /// `person_record` to a folder.
  ///
  /// - Parameter key: the hash of what the linkage is made from.
  func run(_ identities: SourceIdentities, key: String, tables: URL) throws -> SpineAccount {
    let plain = SpineRecords.model(identities)
    var records = try SpineRecords(identities, vault, plain, threads: threads)
    progress("read \(records.ids.count) identities")
    let before = try EarlierSpine(vault)
    var account = SpineAccount()
    account.identities = records.ids.count
    account.silent = records.silent
    account.records = records.names.count
    account.decisions = try vault.linkDecisions().count
    let made =
      records.names.isEmpty
      ? Made(clusters: [])
      : try link(records, plain, before, strata: identities.strata.count, &account)
    if records.ids.isEmpty, !identities.tables.isEmpty {
      account.notes.append("No record says who it is about, so there are no people.")
    }
    if records.silent > 0 {
      account.notes.append(
        "Records that say nothing of a person, or only a sex, identify nobody: they have no person."
      )
    }
    let weak = records.isWeak.count { $0 }
    if weak > 0 {
      account.notes.append(
        "\(weak) records do not say who they are about: they have no number, and no name with a date of birth or an address. "
          + "No two of them are linked.")
    }
    records.forgetValues()
    let people = try made.people(records, before, vault)
    account.people = Set(people.ids).count
    for event in people.events { account.events[event.kind.rawValue, default: 0] += 1 }
    try keep(made, people, records, before, account, key: key, fields: fields(plain))
    progress("\(account.people) people")
    try SpineTables(records, identities, people.ids, made).write(to: tables)
    return account
  }

  /// What was found, whichever way.
  struct Made {
    /// By record, the lowest record of its cluster.
    var clusters: [Int]
    /// Of the lowest record of a cluster of several, what is known of it.
    var facts: [UInt32: (cohesion: Double, flag: String?)] = [:]
    var pairs = ScoredPairs()
    /// The model, where it was learnt now.
    var model: Data?
    /// The pairs of each stratum, and how many of them are likely to be right.
    var quality: (counts: [PairCounts], calibration: Calibration)?

    func people(
      _ records: SpineRecords, _ before: EarlierSpine, _ vault: Vault
    ) throws -> PersonIDs {
      let pseudonymiser = Pseudonymiser(vault.pseudonyms, domains: ["person"])
      var taken = before.people
      func fresh(_ cluster: Int) -> Int64 {
        var attempt = 0
        while true {
          let text = "\(records.names[cluster])" + (attempt == 0 ? "" : " \(attempt)")
          let hash = Array(text.utf8).withUnsafeBytes {
            pseudonymiser.pseudonym(of: $0, domain: 0)
          }
          let id = hash & .max
          if id != 0, taken.insert(id).inserted { return id }
          attempt += 1
        }
      }
      return PersonIDs(
        clusters: clusters, earlier: before.people(of: records), fresh: fresh)
    }
  }

  // MARK: Linking

  private func link(
    _ records: SpineRecords, _ plain: LinkModel, _ before: EarlierSpine, strata: Int,
    _ account: inout SpineAccount
  ) throws -> Made {
    let (result, learntFrom, new, notes) = try result(records, plain, before)
    account.notes += notes
    guard let result else { return try byDecisions(records) }
    account.missedByBlocking = try result.missedByBlocking ?? lastAccount()?.missedByBlocking
    let calibration = result.calibration(missedByBlocking: account.missedByBlocking)
    account.reviewed = calibration.reviewed
    if result.model.trained != nil {
      account.learntFrom = learntFrom
      account.isLearnt = try result.report?.isLearnt ?? lastAccount()?.isLearnt
    }
    account.new = new
    account.links = result.linkCount
    account.threshold = result.threshold
    var made = Made(clusters: (0..<records.names.count).map { result.root(of: $0) })
    for (record, root) in made.clusters.enumerated() where record == root {
      let cluster = result.cluster(of: record)
      if cluster.cohesion < 1 || cluster.flag != nil {
        made.facts[UInt32(root)] = (cluster.cohesion, cluster.flag)
      }
    }
    made.quality = (
      result.pairCounts(
        RecordStrata(
          records: records.records, strata: records.strata, recordCount: records.names.count,
          count: strata), calibration), calibration
    )
    made.pairs = result.pairs
    // Where nothing was learnt, the next linkage learns.
    if result.report != nil {
      account.expectedF1 = result.expectedF1
      made.model = try JSONEncoder().encode(result.model)
    }
    return made
  }

  /// Links the records, by the model that was learnt before where there is one.
  ///
  /// - Returns: the linkage, nil where no field tells records apart; how many records the model was learnt from; how many
  ///   are new since the last linkage, nil where all pairs were compared; and what the reader should know.
  func result(
    _ records: SpineRecords, _ plain: LinkModel, _ before: EarlierSpine
  ) throws -> (LinkResult?, learntFrom: Int, new: Int?, notes: [String]) {
    let last = try vault.lastLinkage()
    var model = plain
    var learntFrom = records.names.count
    let account = try lastAccount()
    // Twice as many records may well be others than those that it was learnt from. What was learnt from hardly any match
    // is learnt again.
    if !isAnew, let account, account.isLearnt != false, let known = account.learntFrom,
      records.names.count < 2 * known,
      let stored = try vault.linkModel(fields: fields(plain)), stored.number == last?.model
    {
      model = try JSONDecoder().decode(LinkModel.self, from: stored.model)
      learntFrom = known
    }
    let earlier =
      try model.trained == nil ? nil : last.flatMap { try self.earlier(records, before, $0) }
    var settings = LinkRun.Settings()
    settings.threads = threads
    settings.least = Self.least
    let notes = Mutex([String]())
    let progress = progress
    guard let builder = records.builder else { preconditionFailure("they are linked once") }
    let run = LinkRun(
      model, builder, settings, decisions: try decisions(records), earlier: earlier,
      unidentified: records.isWeak
    ) { event in
      switch event {
      case .note(let text): notes.withLock { $0.append(text) }
      case .step(let text): progress(text)
      case .chose: break
      }
    }
    do {
      return (
        try run.run(), learntFrom, earlier.map { $0.wasThere.count { !$0 } }, notes.withLock { $0 }
      )
    } catch let error where error == .nothingToCompare {
      return (
        nil, learntFrom, nil,
        notes.withLock { $0 } + [
          "No field of the records tells people apart, so none are linked."
        ]
      )
    } catch {
      throw StoreError(
        folder.path, "The records cannot be linked: \(error.message)", hint: error.hint)
    }
  }

  /// What the last linkage came to.
  private func lastAccount() throws -> SpineAccount? {
    try vault.lastLinkage().map {
      try JSONDecoder().decode(SpineAccount.self, from: Data($0.summary.utf8))
    }
  }

  /// What a model must be for to be used again.
  private func fields(_ model: LinkModel) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return String(decoding: try encoder.encode(model), as: UTF8.self)
  }

  /// Takes for one person's only the records that people decided are.
  private func byDecisions(_ records: SpineRecords) throws -> Made {
    var clusters = Array(records.names.indices)
    let places = Dictionary(uniqueKeysWithValues: zip(records.names, records.names.indices))
    for decision in try standingDecisions(records) where decision.isSame {
      guard let one = places[decision.one], let other = places[decision.other],
        clusters[one] != clusters[other]
      else { continue }
      let (a, b) = (
        min(clusters[one], clusters[other]), max(clusters[one], clusters[other])
      )
      for record in clusters.indices where clusters[record] == b { clusters[record] = a }
    }
    return Made(clusters: clusters)
  }

  /// What was decided, of the records that now say what the identities did that it was decided of.
  private func decisions(_ records: SpineRecords) throws -> [PairDecision] {
    let kept = try standingDecisions(records)
    let decisions = kept.map(\.aboutRecords)
    if let broken = PairDecision.brokenChain(in: decisions) {
      throw StoreError(
        folder.path,
        "Decisions contradict each other: \(broken.one.id) and \(broken.other.id) are different people, and others "
          + "make them one.",
        hint: "`kith people decisions` lists them, and `kith people retract` takes one back.")
    }
    return decisions
  }

  /// The decisions, of the records that identities are of now. Of two about the same records the newer counts; where both
  /// are of one record by now, for they say the same with a number among it, there is nothing left to decide.
  private func standingDecisions(_ records: SpineRecords) throws -> [VaultDecision] {
    let decisions = try vault.linkDecisions()
    guard !decisions.isEmpty else { return [] }
    var wanted = IdentityTable()
    for identity in decisions.lazy.flatMap({ [$0.one, $0.other] }) { wanted.set(identity, 0) }
    var current: [Int64: Int64] = [:]
    for (place, identity) in records.ids.enumerated() where wanted[identity] != nil {
      current[identity] = records.names[Int(records.records[place])]
    }
    var standing: [[Int64]: VaultDecision] = [:]
    for decision in decisions {
      let one = current[decision.one] ?? decision.one
      let other = current[decision.other] ?? decision.other
      guard one != other else { continue }
      let moved = VaultDecision(one, other, isSame: decision.isSame, because: decision.because)
      standing[[moved.one, moved.other]] = moved
    }
    return standing.values.sorted { ($0.one, $0.other) < ($1.one, $1.other) }
  }

  /// What the last linkage kept of records that are still there, as they were.
  private func earlier(
    _ records: SpineRecords, _ before: EarlierSpine, _ last: VaultLinkage
  ) throws -> EarlierRun? {
    let file = folder.appendingPathComponent(last.pairs)
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    guard last.pairs.hasSuffix(Self.nameEnd(try WrittenFile(file))) else {
      progress(
        "all pairs again: \(file.lastPathComponent) is of an earlier version, or not as it was written"
      )
      return nil
    }
    var numbers = IdentityTable()
    var wasThere = [Bool](repeating: false, count: records.names.count)
    for (record, name) in records.names.enumerated() {
      wasThere[record] = before.isSame(name, mark: records.marks[record])
      if wasThere[record] { numbers.set(name, UInt32(record)) }
    }
    var pairs = ScoredPairs()
    let reader = try StreamReader()
    try reader.open(
      "select one, other, weight, pattern from \(Dialect(.duckdb).parquet(file.path))")
    while let batch = try reader.next() {
      for row in 0..<batch.rowCount {
        guard let a = batch.columns[0].int64(row).flatMap({ numbers[$0] }),
          let b = batch.columns[1].int64(row).flatMap({ numbers[$0] }),
          let weight = batch.columns[2].double(row), let pattern = batch.columns[3].int64(row)
        else { continue }
        pairs.append(
          min(a, b), max(a, b), weight: Float(weight), pattern: UInt32(truncatingIfNeeded: pattern))
      }
    }
    return EarlierRun(wasThere: wasThere, pairs: pairs)
  }

  // MARK: Keeping

  private func keep(
    _ made: Made, _ people: PersonIDs, _ records: SpineRecords, _ before: EarlierSpine,
    _ account: SpineAccount, key: String, fields: String
  ) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    // A name of its own, so that those of the last linkage stay until the vault has this one.
    let number = (try vault.lastLinkage()?.number ?? 0) + 1
    let name = try writePairs(made.pairs, records, number)
    let changed = records.ids.indices.lazy.map { place in
      let record = Int(records.records[place])
      return VaultPerson(
        identity: records.ids[place], record: records.names[record], mark: records.marks[record],
        person: people.ids[record])
    }.filter { !before.has($0) }
    var members: [Int: [Int64]] = [:]
    let moved = Set(people.events.flatMap(\.records))
    for (place, identity) in records.ids.enumerated()
    where moved.contains(Int(records.records[place])) {
      members[Int(records.records[place]), default: []].append(identity)
    }
    let events = people.events.map { event in
      VaultEvent(
        kind: event.kind.rawValue, from: event.from, to: event.to,
        identities: event.records.flatMap { members[$0] ?? [] })
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    try vault.keep(
      Vault.Linked(
        key: key, pairs: name,
        summary: String(decoding: try encoder.encode(account), as: UTF8.self), fields: fields,
        model: made.model, gone: before.identities(without: records.ids), events: events),
      people: changed)
    // Pairs of earlier linkages are of no use any more.
    for old in try FileManager.default.contentsOfDirectory(atPath: folder.path) where old != name {
      try FileManager.default.removeItem(at: folder.appendingPathComponent(old))
    }
  }

  /// How the name of a file of pairs ends, so that it tells whether the file is as it was written.
  private static func nameEnd(_ file: WrittenFile) -> String {
    "-\(file.sha256.prefix(32)).parquet"
  }

  /// Writes the pairs of a linkage.
  ///
  /// - Returns: the name of the file.
  private func writePairs(
    _ pairs: ScoredPairs, _ records: SpineRecords, _ number: Int
  ) throws -> String {
    let fields = [
      Field("one", .int64), Field("other", .int64), Field("weight", .float64),
      Field("pattern", .int64),
    ]
    let columns = try fields.map { try ColumnWriter($0) }
    let partial = folder.appendingPathComponent(".partial-pairs-\(number).parquet")
    var next = 0
    try StreamWriter().write(fields, to: partial.path, .parquet) {
      guard next < pairs.count else { return nil }
      let last = min(pairs.count, next + 1 << 16)
      for place in next..<last {
        columns[0].append(records.names[Int(pairs.left[place])])
        columns[1].append(records.names[Int(pairs.right[place])])
        columns[2].append(Double(pairs.weights[place]))
        columns[3].append(Int64(pairs.patterns[place]))
      }
      next = last
      return FinishedBatch(columns)
    }
    let name = "pairs-\(number)" + Self.nameEnd(try WrittenFile(partial))
    try FileManager.default.replace(folder.appendingPathComponent(name), with: partial)
    return name
  }
}

/// Who was who after the last linkage, and of the identities that were gone by then, after the last that had them.
struct EarlierSpine {
  private var places = IdentityTable()
  private var rows: [VaultPerson] = []
  private(set) var people: Set<Int64> = []

  init(_ vault: Vault) throws {
    try vault.forEachPerson { row in
      places.set(row.identity, UInt32(rows.count))
      rows.append(row)
      people.insert(row.person)
    }
  }

  /// The identities of the last linkage that are not among some.
  func identities(without present: [Int64]) -> [Int64] {
    guard !rows.isEmpty else { return [] }
    var isThere = [Bool](repeating: false, count: rows.count)
    for identity in present {
      if let place = places[identity] { isThere[Int(place)] = true }
    }
    return rows.indices.filter { !isThere[$0] && !rows[$0].isGone }.map { rows[$0].identity }
  }

  private func row(_ identity: Int64) -> VaultPerson? { places[identity].map { rows[Int($0)] } }

  /// For each record the person that it was of; nil where it is new.
  ///
  /// It is that of its first identity that the last linkage had; only where it had none, one from before counts.
  func people(of records: SpineRecords) -> [Int64?] {
    var people = [Int64?](repeating: nil, count: records.names.count)
    for isGone in [false, true] {
      var isOpen = people.map { $0 == nil }
      for (place, identity) in records.ids.enumerated() {
        let record = Int(records.records[place])
        guard isOpen[record], let row = row(identity), row.isGone == isGone else { continue }
        people[record] = row.person
        isOpen[record] = false
      }
    }
    return people
  }
  func has(_ person: VaultPerson) -> Bool { row(person.identity) == person }

  /// Whether an identity was a record of its own, the same in what landed beside it.
  func isSame(_ identity: Int64, mark: Int64) -> Bool {
    row(identity).map { $0.record == identity && $0.mark == mark && !$0.isGone } ?? false
  }
}
