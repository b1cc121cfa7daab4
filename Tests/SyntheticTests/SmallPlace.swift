import Columns
import Engine
import Foundation
import Testing

@testable import Synthetic

/// A synthetic place that the tests read, made once, with an engine to ask it with.
struct SmallPlace {
  static let people = 20_000
  static let shared = Task { try await SmallPlace() }

  let folder: URL
  let report: SyntheticReport
  let engine: Engine

  init() async throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("kith-synthetic-\(ProcessInfo.processInfo.processIdentifier)")
    try? FileManager.default.removeItem(at: folder)
    report = try await SyntheticPlace(.fictional, .init(people: Self.people, seed: 5))
      .write(to: folder)
    engine = try Engine.duckDB(connections: 2)
    for (name, path) in [
      ("people", "people.csv.zst"), ("residences", "residences.csv.zst"),
      ("conditions", "conditions.csv.zst"), ("defects", "defects.csv.zst"),
      ("members", "programme-members.csv.zst"), ("averted", "averted-admissions.csv.zst"),
    ] {
      _ = try await engine.query(
        "create table \(name) as select * from \(csv("truth/\(path)"))")
    }
    for source in ["apc", "ecds", "outpatients", "voluntary", "social-care", "deaths", "gp"] {
      let name = source.replacing("-", with: "_")
      _ = try await engine.query(
        "create table \(name)_records as select * from \(csv("truth/records/\(source).csv.zst"))")
    }
    for (name, path) in [
      ("apc", "apc/*/apc.csv.zst"), ("ecds", "ecds/*/ecds.csv.zst"),
      ("outpatients", "outpatients/*/outpatients.csv.zst"),
      ("housing", "housing/*/housing.csv.zst"),
      ("social_care", "social-care/*/client-level-data.csv.zst"),
      ("deaths", "deaths/*/deaths.csv.zst"), ("voluntary", "voluntary/*/contacts.csv.zst"),
    ] {
      // Broken lines are left out here; the tests of defects read them as bytes.
      _ = try await engine.query(
        "create table \(name) as select * from "
          + csv("extracts/\(path)", "all_varchar = true, ignore_errors = true, filename = true"))
    }
  }

  /// A CSV file of the place as SQL.
  func csv(_ path: String, _ options: String = "header = true") -> String {
    "read_csv('\(folder.appendingPathComponent(path).path)', hive_partitioning = false, \(options))"
  }

  func rows(_ sql: String) async throws -> [[Value]] { try await engine.query(sql).rows }

  func number(_ sql: String) async throws -> Double {
    switch try await engine.query(sql).scalar {
    case .int(let value): Double(value)
    case .double(let value): value
    case .decimal(let value): Double("\(value)") ?? .nan
    default: .nan
    }
  }
}
