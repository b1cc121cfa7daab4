import Columns
import Foundation
import Testing

@testable import Synthetic

@Suite("People of a synthetic place")
struct PeopleTests {
  @Test("The same seed gives the same bytes, whatever the number of threads")
  func deterministic() async throws {
    func files(seed: UInt64, threads: Int) async throws -> [String: Data] {
      let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("kith-\(UUID().uuidString)")
      defer { try? FileManager.default.removeItem(at: folder) }
      _ = try await SyntheticPlace(
        .fictional, .init(people: 800, seed: seed, years: 2, threads: threads)
      ).write(to: folder)
      var files: [String: Data] = [:]
      for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
        let url = folder.appendingPathComponent(path)
        let kind = try FileManager.default.attributesOfItem(atPath: url.path)[.type]
        if kind as? FileAttributeType == .typeRegular { files[path] = try Data(contentsOf: url) }
      }
      return files
    }
    let one = try await files(seed: 3, threads: 1)
    let three = try await files(seed: 3, threads: 3)
    let other = try await files(seed: 4, threads: 1)
    #expect(one.count > 80)
    #expect(one == three)
    #expect(one["truth/people.csv.zst"] != other["truth/people.csv.zst"])
  }

  @Test("Every target of the report is met")
  func targets() async throws {
    let report = try await SmallPlace.shared.value.report
    for summary in report.summaries {
      #expect(summary.isMet, "\(summary.target): \(summary.met) of \(summary.rows)")
    }
    #expect(report.people == SmallPlace.people)
  }

  @Test("NHS numbers are unique, of the test range, and their check digits fit")
  func numbers() async throws {
    let place = try await SmallPlace.shared.value
    let numbers = try await place.rows("select nhs_number from people").map { $0[0] }
    var seen = Set<Int64>()
    for case .int(let number) in numbers {
      #expect(number / 10_000_000 == 999)
      // Weights 10 to 2, written out as the Data Dictionary has them.
      let digits = String(number).compactMap(\.wholeNumberValue)
      let sum = zip(digits, stride(from: 10, through: 2, by: -1)).reduce(0) { $0 + $1.0 * $1.1 }
      let check = 11 - sum % 11
      #expect(digits[9] == (check == 11 ? 0 : check))
      #expect(seen.insert(number).inserted)
    }
    #expect(seen.count == numbers.count)
  }

  @Test("Where 999 is used up, numbers go on with 998, each once")
  func manyNumbers() {
    let numbers = TestNumbers(count: 950_000)
    #expect(numbers[909_090] / 10_000_000 == 999)
    #expect(numbers[909_091] / 10_000_000 == 998)
    #expect(Set((0..<950_000).map { numbers[$0] }).count == 950_000)
  }

  @Test("The fictional area tables are exactly those of its people")
  func areaTables() async throws {
    let place = try await SmallPlace.shared.value
    // People and their homes on the first day.
    _ = try await place.rows(
      """
      create or replace view first_day as
      select p.*, r.small_area, r.uprn, r.tenure from people p join residences r using (person)
      where p.arrival = date '2020-07-01' and r."from" = date '2020-07-01'
        and (p.birth_date < date '2020-07-01')
      """)
    let bands = try Parameters().bands
    let columns = ["female", "male"].flatMap { sex in bands.map { "\(sex)_\($0)" } }
    let ages = try await place.rows(
      "select area_code, \(columns.joined(separator: ", ")) "
        + "from \(place.csv("extracts/open-data/ages.csv"))")
    let residents = try await place.rows(
      "select small_area, sex, count(*) from first_day group by all")
    var counts: [String: Int] = [:]
    for row in residents {
      if case .string(let area) = row[0], case .string(let sex) = row[1],
        case .int(let count) = row[2]
      {
        counts["\(area) \(sex)"] = Int(count)
      }
    }
    #expect(!ages.isEmpty)
    for row in ages {
      guard case .string(let area) = row[0] else {
        Issue.record("\(row)")
        continue
      }
      let values = row.dropFirst().map { if case .int(let n) = $0 { Int(n) } else { 0 } }
      #expect(values.prefix(19).reduce(0, +) == counts["\(area) female", default: 0])
      #expect(values.suffix(19).reduce(0, +) == counts["\(area) male", default: 0])
    }
    let differences = try await place.number(
      """
      with truth as (
        select small_area, count(*) filter (ethnic_category in ('A', 'B', 'C')) as white,
          count(distinct uprn) filter (tenure = 'council') as council
        from first_day group by 1)
      select count(*) from truth join \(place.csv("extracts/open-data/small_areas.csv")) a
        on area_code = small_area where eth_white <> white or ten_council <> council
      """)
    #expect(differences == 0)
    // The first practice of everybody on the first day: lists are those of the people.
    let patients = try await place.number(
      "select sum(patients) from \(place.csv("extracts/open-data/practices.csv"))")
    #expect(patients == Double(SmallPlace.people))
    let registers = try await place.number(
      """
      select sum(register) from \(place.csv("extracts/open-data/conditions.csv"))
      where condition = 'HYP'
      """)
    let ill = try await place.number(
      """
      select count(*) from conditions join first_day using (person)
      where condition = 'HYP' and onset < date '2020-07-01'
      """)
    #expect(registers == ill)
    let attendances = try await place.number(
      """
      select sum(attendances) from \(place.csv("extracts/open-data/hospital.csv"))
      """)
    let records = try await place.number("select count(*) from ecds_records")
    #expect(attendances == records)
  }

  @Test("Those who live together share an address, and mostly a name")
  func households() async throws {
    let place = try await SmallPlace.shared.value
    let homes = try await place.number(
      """
      select count(*) from (
        select household, p.arrival from people p join residences r using (person)
        where r."from" = p.arrival and tenure <> 'care_home' and birth_date < p.arrival
        group by all having count(distinct uprn) > 1)
      """)
    #expect(homes == 0)
    let children = try await place.number(
      """
      with adults as (
        select household, family, birth_date from people where birth_date < date '2000-01-01')
      select avg(exists (
        select 1 from adults a where a.household = c.household and a.family = c.family)::int)
      from people c where birth_date > date '2012-01-01'
      """)
    #expect(children > 0.85)
    let twins = try await place.number(
      """
      select count(*) from (
        select household, birth_date from people where birth_date > date '2005-01-01'
        group by all having count(*) = 2 and count(distinct family) = 1)
      """)
    #expect(twins > 20)
  }

  @Test("Lives are in order: nobody is recorded before birth or after death")
  func order() async throws {
    let place = try await SmallPlace.shared.value
    let wrong = try await place.number(
      """
      select count(*) from people
      where exit <= arrival and exit_reason = 'left' or birth_date > arrival
        or birth_date < date '1905-01-01'
      """)
    #expect(wrong == 0)
    let conditions = try await place.number(
      """
      select count(*) from conditions join people using (person)
      where onset < birth_date or onset > coalesce(exit, date '2025-07-01')
      """)
    #expect(conditions == 0)
    // Attendances with the right date lie within the life.
    let attendances = try await place.number(
      """
      select count(*) from ecds e join ecds_records r on e.EC_Ident = r.record::varchar
      join people p using (person)
      where try_cast(Arrival_Date as date) not between p.arrival
        and coalesce(p.exit, date '2025-06-30')
      """)
    #expect(attendances == 0)
  }

  @Test("No home has two households at a time")
  func homes() async throws {
    let place = try await SmallPlace.shared.value
    let both = try await place.number(
      """
      with stays as (
        select household, uprn, min("from") as began,
          max(coalesce("to", date '2025-07-01')) as ended
        from residences join people using (person) where tenure <> 'care_home'
        group by household, uprn, "from")
      select count(*) from stays a join stays b using (uprn)
      where a.household < b.household and a.began < b.ended and b.began < a.ended
      """)
    #expect(both == 0)
  }

  @Test("What one sex alone has, one sex alone has; children do not die of old age")
  func sexes() async throws {
    let place = try await SmallPlace.shared.value
    let wrong = try await place.number(
      """
      select count(*) from people
      where underlying_cause = 'C61X' and sex = 'female'
        or underlying_cause = 'C509' and sex = 'male'
        or underlying_cause in ('I251', 'F03X', 'C349', 'K709', 'R54X')
          and birth_date > exit - interval 24 year
      """)
    #expect(wrong == 0)
    let stays = try await place.number(
      """
      select count(*) from apc a join apc_records r on a.EPIKEY = r.record::varchar
      join people p using (person)
      where DIAG_4_01 in ('N920', 'O800') and p.sex = 'male'
        or DIAG_4_01 = 'N40X' and p.sex = 'female'
      """)
    #expect(stays == 0)
  }

  @Test("Nobody is delivered of a child after death, and who dies in hospital was in it")
  func ends() async throws {
    let place = try await SmallPlace.shared.value
    let late = try await place.number(
      """
      select count(*) from apc a join apc_records r on a.EPIKEY = r.record::varchar
      join people p using (person)
      where p.exit is not null and try_cast(a.DISDATE as date) > p.exit
        and not exists (select 1 from defects d where d.record = a.EPIKEY
          and d.defect = 'impossible_date')
      """)
    #expect(late == 0)
    let deaths = try await place.number(
      """
      with hospital as (
        select distinct person from deaths d join deaths_records r on d.REG_ID = r.record::varchar
        where POD_CODE = 'H'),
      stays as (
        select distinct person from apc a join apc_records r on a.EPIKEY = r.record::varchar
        where DISMETH = '4')
      select count(*) from hospital where person not in (select person from stays)
      """)
    // A broken line may hide the stay.
    #expect(deaths <= 2)
  }

  @Test("Illnesses go together more than chance has it, and more where people are poor")
  func clustering() async throws {
    let place = try await SmallPlace.shared.value
    let together = try await place.number(
      """
      with adults as (
        select person, date_diff('year', birth_date, date '2020-07-01') // 10 as decade from people
        where arrival = date '2020-07-01' and birth_date < date '1980-07-01'),
      flags as (
        select decade, bool_or(condition = 'CHD' and onset < date '2020-07-01') as chd,
          bool_or(condition = 'HF' and onset < date '2020-07-01') as hf
        from adults left join conditions using (person) group by person, decade),
      decades as (
        select avg(chd::int) as chd, avg(hf::int) as hf, avg((chd and hf)::int) as pair,
          count(*) as people from flags group by decade)
      select sum(pair * people) / sum(chd * hf * people) from decades
      """)
    #expect(together > 1.5)
  }
}
