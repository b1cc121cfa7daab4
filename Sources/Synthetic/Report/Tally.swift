/// What was counted while records were written: the other side of the report's targets.
///
/// Whole numbers only, so that the sum does not depend on the order of the areas.
struct Tally: Sendable {
  enum Count: Int, CaseIterable, Sendable {
    case adults, adultsWithTwo, births, deaths, moves
    case emergencyAdmissions, respiratoryAdmissions, electiveAdmissions, attendances
    case lateAttendances, outpatients, supported, records
  }

  let shape: Shape
  struct Shape: Sendable {
    let conditions: Int
    let districts: Int
    let months: Int
  }

  /// People on each register on the first day: condition × 10 + decile − 1.
  var cases: [Int]
  /// The same by district: condition × districts + district.
  var registers: [Int]
  /// By district and month: district × months + month.
  var attendancesByMonth: [Int]
  var lateByMonth: [Int]
  var admissionsByMonth: [Int]
  /// By the age bands of hospital use.
  var daysByAge: [Int]
  var attendancesByAge: [Int]
  var smokersByDecile: [Int]
  var counts: [Int]

  init(_ shape: Shape) {
    self.shape = shape
    cases = Array(repeating: 0, count: shape.conditions * 10)
    registers = Array(repeating: 0, count: shape.conditions * shape.districts)
    attendancesByMonth = Array(repeating: 0, count: shape.districts * shape.months)
    lateByMonth = attendancesByMonth
    admissionsByMonth = attendancesByMonth
    daysByAge = Array(repeating: 0, count: HealthParameters.useAges.count)
    attendancesByAge = daysByAge
    smokersByDecile = Array(repeating: 0, count: 10)
    counts = Array(repeating: 0, count: Count.allCases.count)
  }

  subscript(count: Count) -> Int {
    get { counts[count.rawValue] }
    set { counts[count.rawValue] = newValue }
  }

  mutating func removeAll() { self = Tally(shape) }

  mutating func add(_ other: Tally) {
    func sum(_ path: WritableKeyPath<Tally, [Int]>) {
      for index in self[keyPath: path].indices {
        self[keyPath: path][index] += other[keyPath: path][index]
      }
    }
    for path in [
      \Tally.cases, \.registers, \.attendancesByMonth, \.lateByMonth, \.admissionsByMonth,
      \.daysByAge, \.attendancesByAge, \.smokersByDecile,
      \.counts,
    ] {
      sum(path)
    }
  }
}
