import Foundation
import TestPlaces
import Testing

/// `kith stats` and `kith spc` run as a person runs them, on good and bad files.
@Suite("kith stats and kith spc")
struct StatsCommandTests {
  /// Runs the program in a folder with `t.csv`, and says what came of it.
  private func run(
    _ table: String, _ arguments: [String], _ body: (Program, Program.Outcome) throws -> Void
  ) throws {
    let folder = try TestPlaces.emptyFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let program = Program(in: folder)
    try program.write("t.csv", table)
    try body(program, program.run(arguments))
  }

  private static let rates = "area,x,n\na,5,1000\na,7,1000\n\"b, c\",,500\nd,0,0\n"
  private static let arguments = [
    "stats", "crude-rate", "t.csv", "--by", "area", "--events", "x", "--population", "n",
  ]

  @Test("Groups are added up, and what is not known is empty and says why")
  func grouped() throws {
    try run(Self.rates, Self.arguments + ["--output", "o.csv"]) { program, outcome in
      #expect(outcome.code == 0, "\(outcome.errors)")
      let lines = try #require(program.text("o.csv")).split(separator: "\n")
      #expect(lines[0] == "area,confidence,x,n,value,lowercl,uppercl,status,method")
      #expect(lines[1].hasPrefix("a,0.95,12,2000,600,"))
      #expect(lines[1].hasSuffix(",known,Byars"))
      #expect(lines[2] == "\"b, c\",0.95,,500,,,,unknown: a value is missing,")
      #expect(lines[3] == "d,0.95,0,0,,,,unknown: the population is zero,Exact")
      #expect(outcome.errors.contains("2 are unknown"))
    }
  }

  @Test("Two confidences, wide, as the reference names them; and Parquet holds the same")
  func wide() throws {
    let arguments = Self.arguments + ["--confidence", "95, 99.8", "--shape", "wide"]
    try run(Self.rates, arguments + ["--format", "csv"]) { _, outcome in
      #expect(
        outcome.output.hasPrefix(
          "area,x,n,value,lower95_0cl,upper95_0cl,lower99_8cl,upper99_8cl,status,method\n"))
    }
    try run(Self.rates, arguments + ["--output", "o.parquet"]) { program, outcome in
      #expect(outcome.code == 0, "\(outcome.errors)")
      // The file is read again as an input.
      let again = try program.run([
        "stats", "mean", "o.parquet", "--by", "area", "--value", "value", "--format", "csv",
      ])
      #expect(again.code == 0, "\(again.errors)")
      #expect(again.output.contains("a,0.95,600,1,,600,,,known"))
    }
  }

  @Test(
    "What cannot be is an error with its line, and 2",
    arguments: [
      ("area,x,n\na,5,10\na,-1,10\n", "t.csv:3: The column 'x' is below zero."),
      ("area,x,n\na,5,10\na,five,10\n", "t.csv:3: The column 'x' has something that is no number."),
      ("area,y,n\na,5,10\n", "t.csv:1: There is no column 'x'."), ("area,x,n\n", "no rows"),
      ("", "t.csv:1: The file is empty."),
    ])
  func bad(table: String, message: String) throws {
    try run(table, Self.arguments + ["--output", "o.csv"]) { program, outcome in
      #expect(outcome.code == 2)
      #expect(outcome.errors.contains(message), "\(outcome.errors)")
      #expect(program.text("o.csv") == nil)
      let names = try FileManager.default.contentsOfDirectory(atPath: program.folder.path)
      #expect(names == ["t.csv"])
    }
  }

  @Test(
    "Wrong usage is 2, and says what to do",
    arguments: [
      (["--confidence", "0.5"], "from 0.9 to below 1"),
      (["--output", "o.txt"], ".csv or .parquet"),
      (["--multiplier", "0"], "above zero"), (["--shape", "round"], "shape"),
    ])
  func usage(arguments: [String], message: String) throws {
    try run(Self.rates, Self.arguments + arguments) { _, outcome in
      #expect(outcome.code == 2)
      #expect(outcome.errors.contains(message), "\(outcome.errors)")
    }
  }

  @Test("A standard that does not fit, and a band that is there twice or not at all")
  func standard() throws {
    let arguments = [
      "stats", "dsr", "t.csv", "--by", "area", "--events", "x", "--population", "n", "--age", "age",
    ]
    let bands = stride(from: 0, through: 90, by: 5).map { "a,\($0),3,100" }
    let head = "area,age,x,n\n"
    try run(head + bands.joined(separator: "\n") + "\n", arguments + ["--format", "csv"]) {
      _, outcome in
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("a,0.95,57,1900,3000,"))
    }
    for (rows, message) in [
      (
        bands + ["a,7,1,1"], "t.csv:21: The standard population has no band that begins at this age"
      ),
      (bands + ["a,90+,1,1"], "t.csv:21: The group has this age band twice"),
      (
        bands + ["b,0-4,1,10"],
        "t.csv:21: The group whose first row this is lacks the age band 5-9 and 17 more"
      ),
    ] {
      try run(head + rows.joined(separator: "\n") + "\n", arguments) { _, outcome in
        #expect(outcome.code == 2)
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
      }
    }
  }

  @Test("The same seed gives the same limits, whichever groups are beside")
  func seeds() throws {
    let rows = (1...10).map { "a,\($0),1000,\(70 + $0),0.5" }
    let arguments = [
      "stats", "sii", "t.csv", "--by", "area", "--quantile", "q", "--population", "n", "--value",
      "v", "--se", "se", "--repetitions", "2000", "--seed", "7", "--format", "csv",
    ]
    let head = "area,q,n,v,se\n"
    var first = ""
    try run(head + rows.joined(separator: "\n") + "\n", arguments) { _, outcome in
      #expect(outcome.code == 0, "\(outcome.errors)")
      first = String(outcome.output.split(separator: "\n")[1])
    }
    let others = rows.map { $0.replacing("a,", with: "b,") }
    try run(head + (rows + others).joined(separator: "\n") + "\n", arguments) { _, outcome in
      #expect(String(outcome.output.split(separator: "\n")[1]) == first)
    }
  }

  private static let months = (0..<24).map {
    "20\(22 + $0 / 12)-\($0 % 12 < 9 ? "0" : "")\($0 % 12 + 1)-01,\(50 + $0 % 2 + ($0 > 14 ? 9 : 0))"
  }

  @Test("A chart says in a sentence what it shows, and draws it")
  func chart() throws {
    let table = "month,waits\n" + Self.months.reversed().joined(separator: "\n") + "\n"
    let arguments = [
      "spc", "t.csv", "--date", "month", "--value", "waits", "--improvement", "decrease",
      "--target",
      "40", "--svg", "c.svg", "--summary", "s.csv", "--output", "p.csv",
    ]
    try run(table, arguments) { program, outcome in
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(outcome.errors.contains("were put in order"))
      #expect(outcome.errors.contains("the last is one of them, for the worse"))
      #expect(outcome.errors.contains("will not meet its target"))
      let svg = try #require(program.text("c.svg"))
      #expect(svg.hasPrefix("<svg") && svg.contains("signal: concern") && svg.contains("target 40"))
      #expect(!svg.lowercased().contains("nan"))
      let points = try #require(program.text("p.csv")).split(separator: "\n")
      #expect(points.count == 25)
      #expect(points[1].hasPrefix("2022-01-01,50,0,"))
      let summary = try #require(program.text("s.csv"))
      #expect(summary.contains("special_cause_concern,consistent_fail,concern_high.svg,fail.svg"))
    }
  }

  @Test(
    "Series that cannot be drawn",
    arguments: [
      ("month,waits\n2022-01-01,1\n2022-01-01,2\n", "t.csv:3: The group has this month twice"),
      ("month,waits\n2022-13-01,1\n", "t.csv:2: The column 'month' is no date"),
    ])
  func badSeries(table: String, message: String) throws {
    try run(table, ["spc", "t.csv", "--date", "month", "--value", "waits"]) { _, outcome in
      #expect(outcome.code == 2)
      #expect(outcome.errors.contains(message), "\(outcome.errors)")
    }
  }

  @Test("A short or level series has no limits, and says so")
  func noLimits() throws {
    let arguments = ["spc", "t.csv", "--date", "month", "--value", "waits"]
    try run("month,waits\n2022-01,3\n", arguments) { _, outcome in
      #expect(outcome.code == 0)
      #expect(outcome.errors.contains("no limits, as there are too few values"))
    }
    let level = (1...9).map { "2022-0\($0),4" }.joined(separator: "\n")
    try run("month,waits\n\(level)\n", arguments) { _, outcome in
      #expect(outcome.errors.contains("no limits, as all values are the same"))
      #expect(!outcome.output.lowercased().contains("nan"))
    }
  }

  @Test("Results are numbers in JSON, and nothing where there is none")
  func json() throws {
    try run(Self.rates, Self.arguments + ["--format", "json"]) { _, outcome in
      let rows = try #require(
        try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]])
      #expect(rows[0]["value"] as? Double == 600)
      #expect(rows[0]["status"] as? String == "known")
      #expect(rows[1]["value"] is NSNull)
    }
  }

  @Test(
    "Tables that mix what should be apart, or cannot be, are errors with their lines",
    arguments: [
      (
        "gaps t.csv --group q --reference 1 --events x --population n", "q,x,n\n1,2,9\n1,3,9\n",
        "t.csv:3: The group has this q twice"
      ),
      (
        "gaps t.csv --group q --reference 1 --events x --population n --proportion",
        "q,x,n\n1,2,9\n2,30,9\n", "t.csv:3: There are more 'x' than 'n'"
      ),
      (
        "gaps t.csv --group q --reference 5 --events x --population n", "q,x,n\n1,2,9\n",
        "has no row whose 'q' is '5'"
      ),
      ("trend t.csv --time y --value v", "y,v\n1,2\n1,3\n", "t.csv:3: The group has this y twice"),
      (
        "smooth t.csv --area a --events x --population n", "a,x,n\nb,1,2\nb,1,2\n",
        "t.csv:3: The group has this a twice"
      ),
      (
        "segments t.csv --time y --value v --log", "y,v\n1,2\n2,0\n",
        "t.csv:3: The value is not above zero"
      ),
      (
        "regress t.csv --family logistic --outcome y --numbers v", "y,v\n1,2\n7,0\n",
        "t.csv:3: The outcome is not from 0 to 1"
      ),
      (
        "crude-rate t.csv --by value --events x --population n", "value,x,n\na,1,2\n",
        "t.csv:1: The table of results would have two columns called 'value'"
      ),
      (
        "mean t.csv --value v", "v\n\"12,5\"\n",
        "t.csv:2: The column 'v' has a comma that may be a decimal comma"
      ),
      (
        "regress t.csv --outcome y --categories c", "y,c\n1,a\n2,\n3,b\n",
        "t.csv:3: The column 'c' is missing here"
      ),
      ("mean t.csv --value v", "v\n1e300\n", "t.csv:2: The column 'v' has a number beyond"),
      (
        "compare t.csv --group g --reference a", "g,value,lowercl,uppercl\na,1,2,3\n",
        "t.csv:2: The value does not lie between its limits"
      ),
    ])
  func refused(command: String, table: String, message: String) throws {
    let words = command.split(separator: " ").map(String.init)
    try run(table, ["stats"] + words) { _, outcome in
      #expect(outcome.code == 2)
      #expect(outcome.errors.contains(message), "\(outcome.errors)")
    }
  }

  @Test("No file is written over another, and nothing where one cannot be written")
  func outputs() throws {
    let table = "month,waits\n" + Self.months.joined(separator: "\n") + "\n"
    let chart = ["spc", "t.csv", "--date", "month", "--value", "waits"]
    for (arguments, code) in [
      (["-o", "t.csv"], 2), (["-o", "o.csv", "--summary", "o.csv"], 2),
      (["--svg", "c.svg", "-o", "nowhere/o.csv"], 1), (["--svg", "c.png"], 2),
    ] as [([String], Int32)] {
      try run(table, chart + arguments) { program, outcome in
        #expect(outcome.code == code, "\(outcome.errors)")
        let names = try FileManager.default.contentsOfDirectory(atPath: program.folder.path)
        #expect(names == ["t.csv"])
        #expect(program.text("t.csv") == table)
      }
    }
  }

  @Test("Standardised rates are compared by their limits")
  func compared() throws {
    let table = "area,value,lowercl,uppercl\nA,100,90,111\nB,120,105,136\nC,,,\n"
    try run(
      table,
      ["stats", "compare", "t.csv", "--group", "area", "--reference", "A", "--format", "csv"]
    ) { _, outcome in
      let rows = outcome.output.split(separator: "\n").map {
        $0.split(separator: ",", omittingEmptySubsequences: false)
      }
      #expect(rows[2][4] == "20" && rows[2][7] == "1.2")
      // (120 − 105)² + (111 − 100)² below, (136 − 120)² + (100 − 90)² above.
      #expect(abs((Double(rows[2][5]) ?? 0) - (20 - 346.0.squareRoot())) < 1e-9)
      #expect(abs((Double(rows[2][6]) ?? 0) - (20 + 356.0.squareRoot())) < 1e-9)
      #expect(rows[3].last == "unknown: a value is missing")
    }
  }

  @Test("A date at which nothing can begin anew, and a P chart of more than all")
  func notes() throws {
    let table = "month,waits\n" + Self.months.joined(separator: "\n") + "\n"
    let chart = ["spc", "t.csv", "--date", "month", "--value", "waits"]
    try run(table, chart + ["--rebase", "1999-01-01"]) { _, outcome in
      #expect(outcome.code == 0)
      #expect(outcome.errors.contains("No row has the date 1999-01-01"))
    }
    try run(
      "month,x,n\n2022-01,4,3\n",
      ["spc", "t.csv", "--date", "month", "--value", "x", "--population", "n", "--chart", "p"]
    ) { _, outcome in
      #expect(outcome.code == 2)
      #expect(outcome.errors.contains("t.csv:2: There are more 'x' than 'n'"))
    }
  }

  @Test("Blanks about numbers and commas between thousands are no matter")
  func blanks() throws {
    let table = "area, x, n\na, 5, 100\n\"b\",\"1,234 \",\"12,345.0\"\n".replacing(
      "area, x, n", with: "area,x,n")
    try run(table, Self.arguments + ["--format", "csv"]) { _, outcome in
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("a,0.95,5,100,5000,"))
      #expect(outcome.output.contains("b,0.95,1234,12345,"))
    }
  }

  @Test("A reference may have more bands than are asked about, and is not written over")
  func reference() throws {
    let folder = try TestPlaces.emptyFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let program = Program(in: folder)
    try program.write("t.csv", "area,age,x,n\na,<1,3,100\na,1-4,20,300\n")
    try program.write("ref.csv", "age,x_ref,n_ref\n<1,10,1000\n1-4,20,1000\n5+,1,1\n")
    let arguments = [
      "stats", "isr", "t.csv", "--by", "area", "--events", "x", "--population", "n", "--age", "age",
      "--reference", "ref.csv",
    ]
    let outcome = try program.run(arguments + ["--format", "csv"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    // 1 expected under one and 6 from one to four.
    #expect(outcome.output.contains("a,0.95,23,7,"))
    #expect(try program.run(arguments + ["-o", "ref.csv"]).code == 2)
    #expect(program.text("ref.csv")?.hasPrefix("age,x_ref") == true)
  }

  @Test("A standard in a file has each band once")
  func standardFile() throws {
    let folder = try TestPlaces.emptyFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let program = Program(in: folder)
    try program.write("t.csv", "age,x,n\n0,6,100\n50,9,100\n")
    let arguments = [
      "stats", "dsr", "t.csv", "--events", "x", "--population", "n", "--age", "age", "--standard",
      "ours.csv", "--multiplier", "100", "--format", "csv",
    ]
    try program.write("ours.csv", "age,population\n0,3000\n50,1000\n")
    let good = try program.run(arguments)
    #expect(good.code == 0, "\(good.errors)")
    // (3 × 6 + 1 × 9) / 4
    #expect(good.output.contains("0.95,15,200,6.75,"))
    try program.write("ours.csv", "age,population\n0,3000\n50,1000\n50-54,2000\n")
    let bad = try program.run(arguments)
    #expect(bad.code == 2)
    #expect(bad.errors.contains("ours.csv:4: The group has this age band twice"))
  }

  @Test(
    "A held-back count makes a standardised figure unknown; --missing-is-zero counts it as zero; both say how many",
    arguments: ["", "NA", "-"])
  func heldBack(cell: String) throws {
    let table =
      "area,age,x,n,sp,x_ref,n_ref\na,0,30,1000,1,20,1000\na,50,\(cell),1000,1,20,1000\n"
      + "b,0,30,1000,1,20,1000\nb,50,0,1000,1,20,1000\n"
    let methods: [(arguments: [String], known: String)] = [
      (
        [
          "stats", "dsr", "t.csv", "--by", "area", "--events", "x", "--population", "n",
          "--standard", "sp", "--age", "age", "--format", "csv",
        ], "b,0.95,30,2000,1500,"
      ),
      (
        [
          "stats", "isr", "t.csv", "--by", "area", "--events", "x", "--population", "n",
          "--format", "csv",
        ], "b,0.95,30,40,75,"
      ),
    ]
    for (arguments, known) in methods {
      try run(table, arguments) { _, outcome in
        #expect(outcome.code == 0, "\(outcome.errors)")
        let lines = outcome.output.split(separator: "\n").map(String.init)
        #expect(lines[0].hasSuffix(",missing_cells"))
        #expect(lines[1].contains("unknown: a value is missing"))
        #expect(lines[1].hasPrefix("a,0.95,,"), "no partial total")
        #expect(lines[1].hasSuffix(",1"))
        #expect(lines[2].hasPrefix(known), "\(lines[2])")
        #expect(lines[2].hasSuffix(",0"))
        #expect(outcome.errors.contains("Missing values of 'x'"))
        #expect(outcome.errors.contains("1, in 1 of 2 groups, which are unknown"))
      }
      try run(table, arguments + ["--missing-is-zero"]) { _, outcome in
        #expect(outcome.code == 0, "\(outcome.errors)")
        let lines = outcome.output.split(separator: "\n").map(String.init)
        #expect(lines[1].hasPrefix("a\(known.dropFirst())"), "\(lines[1])")
        #expect(lines[1].hasSuffix(",1"))
        #expect(outcome.errors.contains("counted as zero: 1, in 1 of 2 groups"))
      }
    }
  }

  private static let directly = [
    "stats", "dsr", "t.csv", "--events", "x", "--population", "n", "--age", "age", "--format",
    "csv",
  ]

  /// A rate of x / n in each band, for esp2013: Σ w x / n.
  private static func rate(_ bands: [(people: Double, x: Double, n: Double)]) -> Double {
    bands.reduce(0) { $0 + $1.people * $1.x / $1.n }
  }

  @Test(
    "A band that is made of several of the standard's has the people of all of them",
    arguments: [
      (["0-9", "10-19", "20-89", "90+"], [10_500.0, 11_000, 77_500, 1_000]),
      (["0", "10", "20", "90"], [10_500, 11_000, 77_500, 1_000]),
      (["0.0", "10.0", "20.0", "90.0"], [10_500, 11_000, 77_500, 1_000]),
      (["0 to 64", "65 to 74", "75 and over"], [80_500, 10_500, 9_000]),
      (["00_64", "65_74", "75_plus"], [80_500, 10_500, 9_000]),
      (["under 5", "5-84", "85+"], [5_000, 92_500, 2_500]),
      (["4 and under", "5 to 84", "85 or over"], [5_000, 92_500, 2_500]),
      (["\"[0,10)\"", "\"[10,20)\"", "\"[20,90)\"", "90+"], [10_500, 11_000, 77_500, 1_000]),
      (["90+", "0-84", "85-89"], [1_000, 97_500, 1_500]),
    ] as [([String], [Double])])
  func coarseBands(labels: [String], people: [Double]) throws {
    let rows = labels.enumerated().map {
      "\($0.element),\(20 * ($0.offset + 1)),\(1_000 * ($0.offset + 2))"
    }
    try run("age,x,n\n" + rows.joined(separator: "\n") + "\n", Self.directly) { _, outcome in
      #expect(outcome.code == 0, "\(outcome.errors)")
      let fields = outcome.output.split(separator: "\n")[1].split(separator: ",")
      let right = Self.rate(
        people.enumerated().map {
          ($0.element, Double(20 * ($0.offset + 1)), Double(1_000 * ($0.offset + 2)))
        })
      #expect(abs((Double(fields[3]) ?? 0) - right) < 1e-9 * right, "\(fields)")
    }
  }

  @Test(
    "A band that is not made of whole bands of the standard is an error with its line",
    arguments: [
      ("0-4\n5-84\n85-89\n90-94", "t.csv:5: The age band is not made of whole bands"),
      ("<1\n5-9\n10+", "t.csv:2: The age band is not made of whole bands"),
      ("0-6\n10-14", "t.csv:2: The age band is not made of whole bands"),
      ("0-4\n7-9", "t.csv:3: The standard population has no band that begins at this age"),
      ("0\n10\n80", "t.csv:4: The last age band of the group does not say where it ends"),
      ("0-9\n5-14", "t.csv:3: This age band overlaps another of its group"),
      ("0-84\n85+\n90+", "t.csv:4: This age band overlaps another of its group"),
      ("0-4\n9-5", "t.csv:3: The column 'age' says no age"),
    ])
  func unfitBands(labels: String, message: String) throws {
    let rows = labels.split(separator: "\n").map { "\($0),30,1000" }.joined(separator: "\n")
    try run("age,x,n\n\(rows)\n", Self.directly) { _, outcome in
      #expect(outcome.code == 2)
      #expect(outcome.errors.contains(message), "\(outcome.errors)")
    }
  }

  @Test("Ten-year data take the sums of a five-year standard of one's own, which has no gaps")
  func ownStandard() throws {
    let folder = try TestPlaces.emptyFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let program = Program(in: folder)
    try program.write("t.csv", "age,x,n\n0-9,30,1000\n10-19,60,1000\n")
    let arguments = Self.directly + ["--standard", "ours.csv", "--multiplier", "100"]
    try program.write("ours.csv", "age,population\n0-4,1\n5-9,2\n10-14,3\n15-19,4\n")
    let good = try program.run(arguments)
    #expect(good.code == 0, "\(good.errors)")
    // (3 × 3 + 7 × 6) / 10
    let fields = try #require(good.output.split(separator: "\n").last).split(separator: ",")
    #expect(abs((Double(fields[3]) ?? 0) - 5.1) < 1e-9, "\(good.output)")
    try program.write("ours.csv", "age,population\n0-4,1\n10-14,3\n15-19,4\n")
    let gap = try program.run(arguments)
    #expect(gap.code == 2)
    #expect(gap.errors.contains("ours.csv:2: No band of the standard population follows this one"))
  }

  @Test("A life table refuses bands that end elsewhere than its own")
  func bandsOfLifeTables() throws {
    let rows =
      ([0, 1] + stride(from: 5, through: 85, by: 5)).map { "\($0),10,1000" } + ["90-94,99,1000"]
    try run(
      "age_start,deaths,population\n" + rows.joined(separator: "\n") + "\n",
      ["stats", "life-expectancy", "t.csv"]
    ) { _, outcome in
      #expect(outcome.code == 2)
      #expect(
        outcome.errors.contains("t.csv:21: This age band does not end where the next one begins"))
    }
  }

  private static let bands = [
    "0-4", "5-9", "10-14", "15-19", "20-24", "25-29", "30-34", "35-39", "40-44", "45-49", "50-54",
    "55-59", "60-64", "65-69", "70-74", "75-79", "80-84", "85-89", "90+",
  ]
  private static let dsr = [
    "stats", "dsr", "t.csv", "--by", "area", "--events", "x", "--population", "n", "--age", "age",
    "--format", "csv",
  ]

  private static func byAge(_ ages: [String], areas: [String] = ["a", "b"]) -> String {
    "area,age,x,n\n"
      + areas.flatMap { area in ages.map { "\(area),\($0),\(10 + $0.utf8.count),1000\n" } }
      .joined()
  }

  @Test("An age band between others that no group has is an error, one at an end is said")
  func missingBands() throws {
    for hole in 1..<(Self.bands.count - 1) {
      let ages = Self.bands.enumerated().filter { $0.offset != hole }.map(\.element)
      for areas in [["a"], ["a", "b"]] {
        try run(Self.byAge(ages, areas: areas), Self.dsr) { _, outcome in
          #expect(outcome.code == 2, "\(Self.bands[hole])")
          #expect(
            outcome.errors.contains("t.csv:\(hole + 2): No band has the ages \(Self.bands[hole]),"),
            "\(outcome.errors)")
        }
      }
      // Where bands say only where they begin, a wider one cannot be told from a missing one: it is said.
      let starts = ages.map {
        $0.split(whereSeparator: { !$0.isNumber }).first.map(String.init) ?? ""
      }
      try run(Self.byAge(starts), Self.dsr) { _, outcome in
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("Each age band was read up to the next one:"))
      }
    }
    try run(Self.byAge(Self.bands), Self.dsr) { _, outcome in
      #expect(outcome.code == 0)
      #expect(!outcome.errors.contains("ages"), "\(outcome.errors)")
    }
    for (ages, said) in [
      (Self.bands.dropLast(1), "of ages 0-89 only: the standard population has 1000 of 100000"),
      (Self.bands.dropLast(4), "of ages 0-74 only: the standard population has 9000 of 100000"),
      (Self.bands.dropFirst(4), "of ages 20+ only: the standard population has 21500 of 100000"),
    ] {
      try run(Self.byAge(Array(ages)), Self.dsr) { _, outcome in
        #expect(outcome.code == 0)
        #expect(outcome.errors.contains(said), "\(outcome.errors)")
      }
    }
    // With a standard of one's own in a column, too.
    let own = Self.byAge(Self.bands.filter { $0 != "60-64" }).replacing("\n", with: ",100\n")
      .replacing("n,100", with: "n,standard")
    try run(own, Self.dsr + ["--standard", "standard"]) { _, outcome in
      #expect(outcome.code == 2)
      #expect(outcome.errors.contains("No band has the ages 60-64,"), "\(outcome.errors)")
    }
  }

  @Test(
    "A band that a spreadsheet made a date of says no age",
    arguments: ["05-Sep", "Oct-14", "9-May"])
  func dates(band: String) throws {
    try run(Self.byAge(["0-4", band]), Self.dsr) { _, outcome in
      #expect(outcome.code == 2)
      #expect(
        outcome.errors.contains("t.csv:3: The column 'age' says no age."), "\(outcome.errors)")
    }
  }

  @Test("A quantile without a row is an error, and an unusual number of them is said")
  func missingQuantiles() throws {
    func table(_ numbers: [Int]) -> String {
      "q,n,v,e\n" + numbers.map { "\($0),1000,\(50 - $0),1\n" }.joined()
    }
    let sii = [
      "stats", "sii", "t.csv", "--quantile", "q", "--population", "n", "--value", "v", "--se", "e",
      "--format", "csv",
    ]
    for missing in 1..<10 {
      try run(table((1...10).filter { $0 != missing }), sii) { _, outcome in
        #expect(outcome.code == 2)
        #expect(outcome.errors.contains("No row has \(missing) in 'q'"), "\(outcome.errors)")
      }
    }
    try run(table(Array(1...9)), sii) { _, outcome in
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(outcome.errors.contains("Slopes are of 9 quantiles"))
    }
    for whole in [Array(1...5), Array(1...10), Array(1...20)] {
      try run(table(whole), sii) { _, outcome in
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(!outcome.errors.contains("quantiles"), "\(outcome.errors)")
      }
    }
  }

  @Test(
    "Periods without a row are said, by name",
    arguments: [
      ((1...24).map { "20\(22 + ($0 - 1) / 12)-\(($0 - 1) % 12 + 1)" }, 7, "2022-08"),
      ((0..<20).map { "20\(20 + $0 / 4) Q\($0 % 4 + 1)" }, 6, "2021-07"),
      ((2000...2023).map(String.init), 10, "2010-01"),
      (
        ["2024-02-01", "2024-02-08", "2024-02-15", "2024-02-22", "2024-02-29", "2024-03-07"], 2,
        "2024-02-15"
      ),
    ])
  func gaps(dates: [String], without: Int, name: String) throws {
    func table(_ dates: [String], blank: Int? = nil) -> String {
      "d,v\n"
        + dates.enumerated().map { "\($1),\($0 == blank ? "" : "\(50 + $0 * 7 % 5)")\n" }.joined()
    }
    let spc = ["spc", "t.csv", "--date", "d", "--value", "v", "--format", "csv"]
    try run(table(dates.enumerated().filter { $0.offset != without }.map(\.element)), spc) {
      _, outcome in
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(outcome.errors.contains("The period of \(name) has no row"), "\(outcome.errors)")
    }
    try run(table(dates, blank: without), spc) { _, outcome in
      #expect(outcome.code == 0)
      #expect(!outcome.errors.contains("no row"), "\(outcome.errors)")
      #expect(!outcome.errors.contains("\(dates.count) points"), "\(outcome.errors)")
    }
  }

  @Test("What is no file is refused at once, and a file by what it is")
  func noFile() throws {
    try run("a,5,1\n", []) { program, _ in
      let pipe = program.folder.appendingPathComponent("p.csv")
      #expect(mkfifo(pipe.path, 0o600) == 0)
      try program.write("q.csv", "PAR1\u{15}\u{4}\0\0")
      try program.write("r.parquet", "area,x,n\na,1,2\n")
      try program.write("z.csv", "PK\u{3}\u{4}\0\0")
      for (file, said) in [
        ("p.csv", "This is no regular file."), ("/dev/stdin", "This is no regular file."),
        ("q.csv", "The file is Parquet, not text."),
        ("r.parquet", "The file is named .parquet and is not Parquet."),
        ("z.csv", "The file is a ZIP archive or a workbook"),
      ] {
        let outcome = try program.run(
          Self.arguments.map { $0 == "t.csv" ? file : $0 } + ["--format", "csv"])
        #expect(outcome.code == 2, "\(file)")
        #expect(outcome.errors.contains(said), "\(file): \(outcome.errors)")
      }
      let view = try program.run(["view", "p.csv", "p.csv", "-o", "o.csv"])
      #expect(view.code == 2)
      #expect(view.errors.contains("This is no regular file."), "\(view.errors)")
    }
  }

  @Test("A column asked for in other letters is suggested")
  func otherCase() throws {
    try run("Area,X,N\na,5,10\n", Self.arguments) { _, outcome in
      #expect(outcome.code == 2)
      #expect(outcome.errors.contains("Did you mean 'Area'?"), "\(outcome.errors)")
    }
  }

  @Test("The verdict on each part of a rebased series is that of its own last point")
  func verdictsOfParts() throws {
    let values = [5, 1, 2, 3, 4, 5, 6, 7] + (0..<12).map { 50 + $0 % 2 }
    let rows = values.enumerated().map { index, value in
      let (year, month) = (2022 + index / 12, index % 12 + 1)
      return "\(year)-\(month < 10 ? "0" : "")\(month)-01,\(value)"
    }
    try run(
      "month,waits\n" + rows.joined(separator: "\n") + "\n",
      [
        "spc", "t.csv", "--date", "month", "--value", "waits", "--improvement", "increase",
        "--target", "40", "--rebase", "2022-09-01", "--summary", "s.csv", "--output", "p.csv",
      ]
    ) { program, outcome in
      #expect(outcome.code == 0, "\(outcome.errors)")
      let lines = try #require(program.text("s.csv")).split(separator: "\n")
      #expect(lines.count == 3)
      #expect(
        lines[1].contains(
          ",special_cause_improvement,consistent_fail,improvement_high.svg,fail.svg,"))
      #expect(lines[2].contains(",common_cause,consistent_pass,common_cause.svg,pass.svg,"))
    }
  }
}
