import Definitions
import Dispatch
public import Foundation
import Synchronization

/// People put on the ground of a fictional or a real place, with the extracts that are kept about them
/// and the truth.
///
/// The same seed gives the same bytes, whatever the number of threads.
public struct SyntheticPlace: Sendable {
  /// Where the people are put.
  public enum Place: Sendable {
    case fictional
    /// A real area, by its published statistics in a folder of open data.
    case real(openData: URL, name: String, kind: String, code: String)
  }

  public struct Options: Sendable {
    public var people: Int
    public var seed: UInt64
    public var years: Int
    /// How many threads work; nil for one a core.
    public var threads: Int?

    public init(people: Int, seed: UInt64 = 1, years: Int = 5, threads: Int? = nil) {
      self.people = people
      self.seed = seed
      self.years = years
      self.threads = threads
    }
  }

  /// How far the work is: small areas done of all, in one of two steps.
  public struct Progress: Sendable {
    public let step: Step
    public let done: Int
    public let of: Int
    public enum Step: Sendable {
      case people
      case records
    }
  }

  public static let people = 100...5_000_000
  public static let years = 1...15

  /// More than any small area has; beyond it homes would run out of numbers.
  static let mostInArea = 8_000

  let place: Place
  let options: Options

  public init(_ place: Place, _ options: Options) {
    precondition(Self.people.contains(options.people), "checked where options are read")
    precondition(Self.years.contains(options.years), "checked where options are read")
    self.place = place
    self.options = options
  }

  /// Makes the people and writes extracts and truth into `folder`.
  ///
  /// - Throws: ``Definitions/Problem`` for open data that lacks the statistics, ``SyntheticError`` for a
  ///   folder that cannot be written; what was written is then the caller's to remove.
  public func write(
    to folder: URL, progress: @escaping @Sendable (Progress) -> Void = { _ in }
  ) async throws -> SyntheticReport {
    let parameters = try Parameters()
    var fictional: FictionalPlace?
    let frame: PlaceFrame
    switch place {
    case .fictional:
      let made = try FictionalPlace(seed: options.seed, smallAreas: Self.areas(options.people))
      fictional = made
      frame = PlaceFrame(made)
    case .real(let data, let name, let kind, let code):
      frame = try await OpenDataFrame(folder: data, parameters: parameters)
        .frame(name: name, kind: kind, code: code)
    }
    let ground = AreaLives.Ground(
      frame: frame, parameters: parameters, names: try NameLists(),
      timeline: try Timeline(
        end: parameters.life.end, years: options.years,
        monthlyDeliveries: parameters.life.monthlyDeliveries), seed: options.seed)
    let report = try write(ground, to: folder, progress)
    if let fictional {
      try fictional.counted(report.censuses, report.tally, ground)
        .write(to: folder.appendingPathComponent("extracts/open-data"))
    }
    return report.report
  }

  /// About how many small areas a fictional place of that many people has: 80 for 100,000.
  static func areas(_ people: Int) -> Int { min(3_000, max(30, people / 1_250)) }

  private func write(
    _ ground: AreaLives.Ground, to folder: URL, _ progress: @escaping @Sendable (Progress) -> Void
  ) throws -> (report: SyntheticReport, censuses: [AreaCensus], tally: Tally) {
    let areas = ground.frame.areas.count
    let residents = apportion(options.people, ground.frame.areas.map(\.residents))
    if let most = residents.max(), most > Self.mostInArea {
      throw Problem(
        file: "--people",
        "\(most) people would live in one small area of \(ground.frame.name), where there is room for "
          + "\(Self.mostInArea).",
        hint:
          "Ask for fewer people: about \(Int(ground.frame.areas.reduce(0) { $0 + $1.residents })) "
          + "live there.")
    }
    let censuses = Self.parallel(areas, threads: threads) { area in
      AreaCensus(AreaLives(ground, area: area, residents: residents[area]))
    } progress: {
      progress(Progress(step: .people, done: $0, of: areas))
    }
    let catalogue = FileCatalogue(ground.timeline)
    let plan = WritingPlan(
      ground: ground, residents: residents, censuses: censuses, catalogue: catalogue)
    let tally = Tally(
      Tally.Shape(
        conditions: ground.parameters.conditions.count, districts: ground.frame.districts.count,
        months: ground.timeline.months))
    let files = try OrderedFiles(catalogue, in: folder, tally: tally) {
      progress(Progress(step: .records, done: $0, of: areas))
    }
    let next = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: min(threads, areas)) { _ in
      let outbox = Outbox(catalogue, tally: tally)
      while true {
        let area = next.withLock { next in
          defer { next += 1 }
          return next
        }
        guard area < areas, files.mayBegin(area) else { return }
        AreaExtract(plan: plan, area: area, out: outbox).write()
        files.take(area, outbox.seal())
      }
    }
    let summary = try files.finish()
    let report = SyntheticReport(
      ground: ground, residents: residents, censuses: censuses, summary: summary,
      catalogue: catalogue)
    try WholeFiles(plan: plan, censuses: censuses, summary: summary, report: report)
      .write(to: folder)
    return (report, censuses, summary.tally)
  }

  private var threads: Int {
    max(1, options.threads ?? ProcessInfo.processInfo.activeProcessorCount)
  }

  /// The results for 0 ..< count, worked out on several threads.
  private static func parallel<Result: Sendable>(
    _ count: Int, threads: Int, _ work: @Sendable (Int) -> Result,
    progress: @Sendable (Int) -> Void
  ) -> [Result] {
    let results = Mutex([Result?](repeating: nil, count: count))
    let next = Mutex(0)
    let done = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: min(threads, count)) { _ in
      while true {
        let index = next.withLock { next in
          defer { next += 1 }
          return next
        }
        guard index < count else { return }
        let result = work(index)
        results.withLock { $0[index] = result }
        done.withLock { done in
          done += 1
          progress(done)
        }
      }
    }
    return results.withLock { $0.compactMap { $0 } }
  }

  /// What to say of a file that cannot be written.
  static func unwritable(_ path: String, _ number: Int32 = 0) -> SyntheticError {
    let isFull = number == ENOSPC || number == EDQUOT
    return SyntheticError(
      path: path, cause: isFull ? "The disk is full." : "The file cannot be written.",
      hint: isFull
        ? "Make room, or choose a folder on another disk; 1.7 million people need 8 GB."
        : "Check that you may write in the folder.")
  }
}
