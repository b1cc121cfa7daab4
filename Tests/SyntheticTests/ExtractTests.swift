import Columns
import Foundation
import Testing

@testable import Synthetic

@Suite("Extracts of a synthetic place, and their errors")
struct ExtractTests {
  private static let fhir = [
    "Patient", "Condition", "Observation", "MedicationRequest", "Encounter", "Immunization",
  ]

  private func deliveries(_ place: SmallPlace, _ source: String) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(
      at: place.folder.appendingPathComponent("extracts/\(source)"),
      includingPropertiesForKeys: nil
    ).sorted { $0.path < $1.path }
  }

  @Test("A full delivery and six monthly ones; client-level data by the quarter")
  func deliveries() async throws {
    let place = try await SmallPlace.shared.value
    let names = try deliveries(place, "gp").map(\.lastPathComponent)
    #expect(
      names == [
        "2024-12-31-full", "2025-01-31", "2025-02-28", "2025-03-31", "2025-04-30", "2025-05-31",
        "2025-06-30",
      ])
    #expect(
      try deliveries(place, "social-care").map(\.lastPathComponent) == [
        "2024-12-31-full", "2025-03-31", "2025-06-30",
      ])
  }

  @Test("Every record says in the truth whose it is, and every one in the truth is there")
  func owners() async throws {
    let place = try await SmallPlace.shared.value
    for (table, key) in [
      ("apc", "EPIKEY"), ("ecds", "EC_Ident"), ("outpatients", "ATTENDKEY"),
      ("deaths", "REG_ID"), ("voluntary", "contact_id"),
    ] {
      let strangers = try await place.number(
        """
        select count(*) from \(table) t
        where not exists (select 1 from \(table)_records r where r.record::varchar = t."\(key)")
        """)
      #expect(strangers == 0, "\(table)")
      // Those missing are the ones whose lines are broken.
      let missing = try await place.number(
        """
        select count(*) from \(table)_records r
        where not exists (select 1 from \(table) t where r.record::varchar = t."\(key)")
          and not exists (select 1 from defects d where d.record = r.record::varchar
            and d.defect in ('truncated_line', 'wrong_encoding'))
        """)
      #expect(missing == 0, "\(table)")
    }
  }

  @Test("FHIR lines are JSON whose references resolve, but for those that the truth says are not")
  func references() async throws {
    let place = try await SmallPlace.shared.value
    let broken = Set(
      try await place.rows(
        """
        select delivery || '/' || file || ':' || line from defects where source = 'gp'
          and defect in ('truncated_line', 'wrong_encoding', 'wrong_resource_type')
        """
      ).map { if case .string(let text) = $0[0] { text } else { "" } })
    #expect(!broken.isEmpty)
    var patients = Set<String>()
    var subjects = Set<String>()
    var found = 0
    for delivery in try deliveries(place, "gp") {
      for type in Self.fhir {
        let file = delivery.appendingPathComponent("\(type).ndjson.zst")
        for (index, line) in try lines(file).enumerated() {
          let place = "\(delivery.lastPathComponent)/\(type).ndjson.zst:\(index + 1)"
          // Reading all of 800,000 lines as JSON takes long; one in nine is.
          guard type == "Patient" || broken.contains(place) || index % 9 == 0 else { continue }
          let object = try? JSONSerialization.jsonObject(with: Data(line)) as? [String: Any]
          let isRight = object?["resourceType"] as? String == type
          #expect(isRight != broken.contains(place), "\(place)")
          if !isRight { found += 1 }
          guard isRight, let object else { continue }
          if type == "Patient", let id = object["id"] as? String {
            patients.insert("Patient/\(id)")
          }
          let subject = (object["subject"] ?? object["patient"]) as? [String: Any]
          if let reference = subject?["reference"] as? String { subjects.insert(reference) }
        }
      }
    }
    #expect(found == broken.count)
    #expect(subjects.subtracting(patients).isEmpty)
  }

  @Test("The manifest of a bulk export counts the lines of its files")
  func manifests() async throws {
    struct Manifest: Decodable {
      struct Output: Decodable {
        let type: String
        let url: String
        let count: Int
      }
      let output: [Output]
      let deleted: [Output]
    }
    let place = try await SmallPlace.shared.value
    for delivery in try deliveries(place, "gp") {
      let data = try Data(contentsOf: delivery.appendingPathComponent("manifest.json"))
      let manifest = try JSONDecoder().decode(Manifest.self, from: data)
      #expect(manifest.output.count == 7)
      for output in manifest.output + manifest.deleted {
        let count = try lines(delivery.appendingPathComponent(output.url)).count
        #expect(count == output.count, "\(delivery.lastPathComponent) \(output.url)")
      }
    }
  }

  @Test("The truth names the line of each broken record, and of each wrong identity")
  func brokenLines() async throws {
    let place = try await SmallPlace.shared.value
    let rows = try await place.rows(
      """
      select source, delivery, file, line, record, defect from defects
      where defect in ('truncated_line', 'wrong_encoding', 'bad_check_digit', 'deleted')
        or defect in ('nhs_number_missing', 'old_address', 'surname_typo', 'duplicate')
          and person % 7 = 0
      """)
    #expect(rows.count > 100)
    var files: [String: [ArraySlice<UInt8>]] = [:]
    for row in rows {
      guard case .string(let source) = row[0], case .string(let delivery) = row[1],
        case .string(let name) = row[2], case .int(let line) = row[3],
        case .string(let record) = row[4], case .string(let defect) = row[5]
      else {
        Issue.record("a row of defects is not as it should be")
        continue
      }
      let path = "\(source)/\(delivery)/\(name)"
      let all =
        try files[path] ?? lines(place.folder.appendingPathComponent("extracts/\(path)"))
      files[path] = all
      let bytes = all[Int(line) - 1]
      let text = String(decoding: bytes, as: UTF8.self)
      switch defect {
      case "truncated_line":
        let isWhole =
          source == "gp"
          ? (try? JSONSerialization.jsonObject(with: Data(bytes))) != nil
          : text.filter { $0 == "," }.count
            == String(decoding: all[0], as: UTF8.self).filter { $0 == "," }.count
        #expect(!isWhole, "\(path):\(line)")
      case "wrong_encoding": #expect(String(validating: bytes, as: UTF8.self) == nil)
      case "bad_check_digit":
        let numbers = text.split(separator: ",").filter { $0.hasPrefix("999") && $0.count == 10 }
          .compactMap { UInt64($0) }
        #expect(numbers.contains { TestNumbers.checkDigit($0 / 10) != $0 % 10 }, "\(path):\(line)")
      // A line that is cut off may have lost its number.
      default:
        let isCut = rows.contains { $0[5] == .string("truncated_line") && $0[3] == row[3] }
        #expect(text.contains(record) || isCut, "\(path):\(line) \(defect)")
      }
    }
  }

  @Test("NHS numbers are missing as often as they are to be, and more for some groups")
  func missingNumbers() async throws {
    let place = try await SmallPlace.shared.value
    let council = try await place.number(
      "select avg((nhs_number is null or nhs_number = '')::int) from housing")
    #expect((0.52...0.68).contains(council))
    let hospital = try await place.number(
      "select avg((NHS_NUMBER is null)::int) from (select distinct LOPATID, NHS_NUMBER from apc)")
    #expect((0.02...0.045).contains(hospital))
    let unequal = try await place.number(
      """
      with shares as (
        select people.ethnic_category = 'A' as british, avg((e.NHS_Number is null)::int) as missing
        from ecds e join ecds_records r on e.EC_Ident = r.record::varchar
        join people using (person) group by 1)
      select max(missing) filter (not british) / max(missing) filter (british) from shares
      """)
    #expect(unequal > 1.2)
  }

  @Test(
    "Each kind of error is there, and each monthly delivery has new, corrected and deleted records")
  func kinds() async throws {
    let place = try await SmallPlace.shared.value
    let kinds = Set(place.report.defects.map(\.kind))
    #expect(kinds == Set(Defect.Kind.allCases.map(\.rawValue)))
    let monthly = try await place.number(
      """
      select count(distinct delivery || defect) from defects
      where delivery not like '%full' and defect in ('corrected', 'repeated', 'deleted', 'late')
      """)
    #expect(monthly == 24)
    let again = try await place.number(
      """
      select count(*) from (
        select EPIKEY from apc group by 1 having count(distinct filename) > 1)
      """)
    #expect(again > 20)
  }

  @Test("The warm-homes programme prevents three stays in ten; the walking groups none")
  func programmes() async throws {
    let place = try await SmallPlace.shared.value
    // What was averted and what was not, from the start in a home to a move away or the end.
    let averted = try await place.number("select count(*) from averted")
    let happened = try await place.number(
      """
      select count(distinct a.EPIKEY) from apc a
      join apc_records r on a.EPIKEY = r.record::varchar join members m using (person)
      join residences h on h.person = m.person
        and m.start between h."from" and coalesce(h."to", date '2099-01-01')
      where m.programme = 'warm_homes' and a.ADMIMETH in ('21', '22') and a.DIAG_4_01 like 'J%'
        and try_cast(a.ADMIDATE as date) between m.start and coalesce(h."to", date '2099-01-01')
      """)
    let share = averted / (averted + happened)
    let error = (0.3 * 0.7 / (averted + happened)).squareRoot()
    #expect(abs(share - 0.3) < 4 * error, "\(averted) of \(averted + happened)")
    let other = try await place.number(
      "select count(*) from averted where programme <> 'warm_homes'")
    #expect(other == 0)
    // The worst homes first.
    let worse = try await place.number(
      """
      with homes as (
        select epc_band in ('F', 'G') as cold, person in
          (select person from members where programme = 'warm_homes') as chosen
        from residences where tenure <> 'care_home')
      select avg(cold::int) filter (chosen) / avg(cold::int) filter (not chosen) from homes
      """)
    #expect(worse > 2)
  }

  @Test("Every SNOMED CT and dm+d code has a valid check digit")
  func codes() throws {
    let health = try Parameters().health
    var codes = health.clinical.flatMap { $0.codes.map(\.code) }
    codes += health.drugs.map(\.code) + health.consultations.map(\.code)
    codes += health.vaccines.flatMap { [$0.procedure, $0.product] }
    codes += (health.attendances + health.otherCauses + health.respiratoryCauses)
      .flatMap { [$0.diagnosis, $0.complaint] }
    #expect(codes.count > 100)
    for code in codes { #expect(isVerhoeff(code), "\(code)") }
    #expect(!isVerhoeff("999999991"), "what stands for an unknown code is none")
  }

  /// Verhoeff's check (SNOMED CT Technical Implementation Guide, SCTID check digit), by the dihedral
  /// group itself rather than its tables.
  private func isVerhoeff(_ text: String) -> Bool {
    func product(_ a: Int, _ b: Int) -> Int {
      a < 5
        ? (b < 5 ? (a + b) % 5 : 5 + (a + b) % 5) : (b < 5 ? 5 + (a - b + 5) % 5 : (a - b + 5) % 5)
    }
    let permutation = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]
    var sum = 0
    for (position, digit) in text.reversed().compactMap(\.wholeNumberValue).enumerated() {
      var value = digit
      for _ in 0..<(position % 8) { value = permutation[value] }
      sum = product(sum, value)
    }
    return sum == 0
  }
}
