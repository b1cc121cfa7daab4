import Definitions
import Foundation
import Intake

/// Which stages of a run have to be made, and where the tables of the others are.
struct StagePlan {
  /// Where the tables of a stage come from.
  private enum Origin {
    /// The snapshot in use has them.
    case snapshot(URL)
    /// An earlier run made them, or this one will.
    case folder(URL, isMade: Bool)
  }

  private let run: RunContext
  private let stages: [any Stage]
  /// The hash of everything that the snapshot depends on.
  let key: String

  /// - Throws: where a stage cannot say what it depends on.
  init(_ stages: [any Stage], _ run: RunContext) throws {
    self.run = run
    self.stages = stages
    for stage in stages {
      let needed = stage.needs.map { name -> String in
        guard let key = run.keys[name] else {
          preconditionFailure("\(stage.name) needs \(name), which is no stage before it")
        }
        return key
      }
      run.keys[stage.name] = RunContext.hash(
        ["\(PlaceRun.version)", Kith.version, stage.name] + needed + (try stage.inputs(run)))
    }
    key = RunContext.hash(
      [run.file.name, run.pack.id]
        + (run.sources?.titles ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        + stages.map { "\($0.name) \(run.keys[$0.name] ?? "")" })
  }

  /// The folder of a stage, under what it depends on.
  private func folder(_ stage: any Stage) -> URL {
    run.store.stages.appendingPathComponent(
      "\(stage.name)-\(run.keys[stage.name]?.prefix(16) ?? "")")
  }

  private func origin(_ stage: any Stage) -> Origin {
    if let current = run.current, let key = run.keys[stage.name],
      current.stages?.contains(Manifest.StageEntry(name: stage.name, key: key)) == true
    {
      return .snapshot(run.store.folder(of: current.id))
    }
    let folder = folder(stage)
    guard FileManager.default.fileExists(atPath: folder.path) else {
      return .folder(folder, isMade: false)
    }
    guard let damage = WrittenFiles.damage(in: folder) else {
      return .folder(folder, isMade: true)
    }
    run.progress(.note("What an earlier run had made is damaged: \(damage) It is made again."))
    return .folder(folder, isMade: false)
  }

  /// Makes what is not there yet.
  ///
  /// - Parameters:
  ///   - firstNumber: the number, in the run's progress, of the first stage that is shown.
  ///   - count: how many parts the run has.
  /// - Returns: the tables of all stages, and what the manifest is to say of them.
  func make(firstNumber: Int, of count: Int) throws -> SnapshotParts {
    let origins = stages.map(origin)
    var parts = SnapshotParts()
    var loaded: Set<String> = []
    var folders: [String: URL] = [:]
    let isAtWork = origins.contains { if case .folder(_, false) = $0 { true } else { false } }
    let shown = stages.filter { $0.title(run) != nil }.map(\.name)
    for (stage, origin) in zip(stages, origins) {
      let progress = stage.title(run).map {
        RunStage(
          name: stage.name, title: $0,
          number: (shown.firstIndex(of: stage.name) ?? 0) + firstNumber, count: count)
      }
      switch origin {
      case .snapshot(let folder):
        folders[stage.name] = folder
        let own = run.current?.tables.filter { stage.makes($0.name) } ?? []
        for table in own {
          parts.tables.append((table.name, folder.file(table.name), table.sum, table))
        }
        if let current = run.current { parts.accounts.merge(stage.own(current.accounts)) }
      case .folder(let folder, let isMade):
        folders[stage.name] = folder
        if let progress, isAtWork || !isMade {
          run.progress(.stage(progress, isResumed: isMade))
        }
        if !isMade {
          for name in loads(of: stage) where loaded.insert(name).inserted {
            guard let needed = stages.first(where: { $0.name == name }), let from = folders[name]
            else { continue }
            try needed.load(run, from: from)
            try needed.addHelpers(run)
          }
          try make(stage, folder)
          loaded.insert(stage.name)
          try stage.addHelpers(run)
        }
        try parts.add(stage, in: folder, run.current)
      }
      for table in parts.tables where stage.makes(table.name) {
        run.tables[table.name] = table.file
      }
    }
    if let intake = parts.accounts.intake {
      // What sources are called is no part of what was made of them.
      parts.accounts.intake = SourceIntake.Result(
        deliveries: intake.deliveries, tables: intake.tables, titles: run.sources?.titles ?? [:])
    }
    for note in parts.accounts.notes ?? [] { run.progress(.note(note)) }
    return parts
  }

  /// The stages whose tables a stage reads in the engine, in the order of the list.
  private func loads(of stage: any Stage) -> [String] {
    let all = Set(stage.loads)
    return stages.map(\.name).filter(all.contains)
  }

  /// Makes a stage, whose folder appears as a whole, in the place of one that is damaged.
  private func make(_ stage: any Stage, _ folder: URL) throws {
    let partial = run.store.stages.appendingPathComponent(".partial-\(folder.lastPathComponent)")
    try FileManager.default.createDirectory(at: partial, withIntermediateDirectories: true)
    let accounts = try stage.make(run, in: partial)
    try JSONEncoder().encode(accounts).write(
      to: partial.appendingPathComponent(SnapshotParts.accountsFile))
    try WrittenFiles(of: partial, known: knownFiles(in: partial)).keep(in: partial)
    try FileManager.default.removeIfThere(folder)
    try FileManager.default.replace(folder, with: partial)
  }

  /// The files of a folder that are the snapshot's own by another name: their sums are known.
  private func knownFiles(in folder: URL) -> [String: WrittenFile] {
    guard let current = run.current else { return [:] }
    var known: [String: WrittenFile] = [:]
    for table in current.tables {
      let name = "\(table.name).parquet"
      if folder.appendingPathComponent(name).isSameFile(
        as: run.store.folder(of: current.id).appendingPathComponent(name))
      {
        known[name] = WrittenFile(bytes: table.bytes, sha256: table.sha256)
      }
    }
    return known
  }
}

/// The tables that a snapshot is made of, in their order, and what its manifest says of them.
struct SnapshotParts {
  /// The name in a stage's folder of what the manifest is to say.
  static let accountsFile = "accounts.json"

  /// Each with its entry where the snapshot in use has the same.
  var tables: [(name: String, file: URL, sum: WrittenFile, known: Manifest.TableEntry?)] = []
  var accounts = Manifest.Accounts()

  /// Adds what a stage made in its folder.
  ///
  /// - Parameter current: the snapshot in use; what has the same bytes there has as many rows.
  mutating func add(_ stage: any Stage, in folder: URL, _ current: Manifest?) throws {
    let written = WrittenFiles(keptIn: folder)
    let entries = Dictionary((current?.tables ?? []).map { ($0.name, $0) }) { first, _ in first }
    let names = written.names.filter { $0.hasSuffix(".parquet") }
      .map { String($0.dropLast(".parquet".count)) }
    for name in stage.tables + names.filter({ !stage.tables.contains($0) }) {
      let file = folder.file(name)
      guard let sum = written["\(name).parquet"] else {
        throw StoreError(
          file.path, "The stage \(stage.name) did not write this table.",
          hint: "Run `kith run --force`.")
      }
      let known = entries[name].flatMap { $0.sum == sum ? $0 : nil }
      tables.append((name, file, sum, known))
    }
    let url = folder.appendingPathComponent(Self.accountsFile)
    accounts.merge(
      try JSONDecoder().decode(Manifest.Accounts.self, from: Data(contentsOf: url)))
  }
}

extension URL {
  /// The Parquet file of a table in this folder.
  fileprivate func file(_ table: String) -> URL { appendingPathComponent("\(table).parquet") }

  /// Whether two paths are names of one file.
  fileprivate func isSameFile(as other: URL) -> Bool {
    var (one, two) = (stat(), stat())
    return stat(path, &one) == 0 && stat(other.path, &two) == 0 && one.st_ino == two.st_ino
      && one.st_dev == two.st_dev
  }
}
