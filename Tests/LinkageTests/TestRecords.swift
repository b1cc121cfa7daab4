import Columns

@testable import Linkage

/// Records for tests, written as texts.
struct TestRecords {
  let model: LinkModel
  var sources: [(name: String, rows: [[String?]])] = []

  /// A model of fields with the columns of the same names.
  init(_ fields: [LinkField], scope: LinkScope = LinkScope()) {
    var model = LinkModel(id: "id", fields: fields)
    model.scope = scope
    self.model = model
  }

  mutating func add(_ name: String, _ rows: [[String?]]) { sources.append((name, rows)) }

  /// The rows as a builder takes them: the id, then the model's columns, then who it is where that is given.
  func builder(_ model: LinkModel? = nil, threads: Int = 2, truth: Bool = false) throws
    -> RecordSetBuilder
  {
    let builder = try RecordSetBuilder(
      model ?? self.model, threads: threads, truth: truth ? "person" : nil)
    for source in sources {
      builder.begin(source.name)
      builder.append(try batch(source.rows, columns: builder.columns.count))
    }
    return builder
  }

  func set(_ model: LinkModel? = nil) throws -> RecordSet { try builder(model).finish() }

  private func batch(_ rows: [[String?]], columns: Int) throws -> Batch {
    let fields = (0..<columns).map { Field("c\($0)", .utf8) }
    let writers = try fields.map { try ColumnWriter($0) }
    for row in rows {
      for (value, writer) in zip(row, writers) {
        if let value { writer.append(text: value) } else { writer.appendNull() }
      }
    }
    return try Batch(taking: FinishedBatch(writers).take(), fields: fields)
  }
}

/// People who do not exist, twice, with slips in the second copy.
struct TestPeople {
  static let fields = [
    LinkField("forename", .forename), LinkField("surname", .surname),
    LinkField("birth", .dateOfBirth), LinkField("sex", .sex),
    LinkField("address", .address, columns: ["street", "postcode"]),
  ]

  private var random: SplitMix
  private(set) var left: [[String?]] = []
  private(set) var right: [[String?]] = []

  private static let forenames = """
    Ada Ben Cara Dev Ewa Finn Gwen Hugo Iris Jago Kit Lena Milo Nia Otis Petra Quinn Rhys Saba Tom Una Vik Wren
    Xan Yusuf Zara Anya Bram Cleo Dara Eben Faye Gus Hope Ivo Joss Kaya Luca Mira Noor
    """.split { $0.isWhitespace }.map(String.init)
  private static let starts =
    "Al Bar Cran Dun El Far Gar Hol Ing Kes Lang Mel Nor Os Pen Rad Sel Thorn Ul Wes"
    .split(separator: " ").map(String.init)
  private static let ends =
    "bury combe dale field gate ham ington land more ness port ridge stead thorpe ton wick"
    .split(separator: " ").map(String.init)

  /// - Parameters:
  ///   - count: how many people there are in each file.
  ///   - shared: how many of them are in both.
  init(_ count: Int, shared: Int, seed: UInt64, homes: Bool = true) {
    random = SplitMix(seed)
    var home = (surname: "", street: "", postcode: "")
    for number in 0..<(2 * count - shared) {
      if !homes || random.below(5) < 2 || number == 0 { home = makeHome() }
      let person: [String?] = [
        Self.forenames[random.below(Self.forenames.count)], home.surname,
        date(), random.below(2) == 0 ? "F" : "M", home.street, home.postcode,
      ]
      let isLeft = number < count
      let isRight = number >= count - shared
      if isLeft { left.append(["L\(number)"] + person + ["\(number)"]) }
      if isRight { right.append(["R\(number)"] + slipped(person) + ["\(number)"]) }
    }
  }

  private mutating func makeHome() -> (surname: String, street: String, postcode: String) {
    let surname =
      Self.starts[random.below(Self.starts.count)] + Self.ends[random.below(Self.ends.count)]
    let street =
      "\(1 + random.below(150)) \(Self.starts[random.below(20)])\(Self.ends[random.below(16)]) Road"
    let letters = Array("ABDEFGHJLNPQRSTUWXYZ")
    let postcode =
      "ZZ\(1 + random.below(40)) \(1 + random.below(9))\(letters[random.below(20)])\(letters[random.below(20)])"
    return (surname, street, postcode)
  }

  private mutating func date() -> String {
    let (month, day) = (1 + random.below(12), 1 + random.below(28))
    return
      "\(1930 + random.below(90))-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
  }

  private mutating func slipped(_ person: [String?]) -> [String?] {
    var person = person
    if random.below(20) == 0, let name = person[0], name.count > 3 {
      person[0] = String(name.dropLast())
    }
    if random.below(20) == 0, let name = person[1] { person[1] = name + "e" }
    if random.below(40) == 0 { person[2] = date() }
    if random.below(10) == 0 {
      let home = makeHome()
      (person[4], person[5]) = (home.street, home.postcode)
    }
    for place in person.indices where random.below(40) == 0 { person[place] = nil }
    return person
  }

  /// Both files.
  func records(_ scope: LinkScope, fields: [LinkField] = Self.fields) -> TestRecords {
    var records = TestRecords(fields, scope: scope)
    records.add("left", left)
    records.add("right", right)
    return records
  }
}
