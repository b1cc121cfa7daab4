import Columns
import Linkage

// Two lists of people, of which the second is half the first's with slips of the pen.
var model = LinkModel(
  id: "id",
  fields: [
    LinkField("forename", .forename), LinkField("surname", .surname),
    LinkField("born", .dateOfBirth), LinkField("postcode", .postcode),
  ])
model.scope = LinkScope(within: false, between: true, isOneToOne: true)
let forenames = ["Ada", "Bede", "Cerys", "Dewi", "Edith", "Fergus", "Gwen", "Hari", "Iona", "Joss"]
let surnames = [
  "Ashdown", "Birkett", "Calder", "Dunmore", "Eastlake", "Furnish", "Garth", "Hollis",
]
let records = try RecordSetBuilder(model, threads: 1)
for (source, count) in [("register", 400), ("clinic", 200)] {
  let fields = ["id", "forename", "surname", "born", "postcode"].map { Field($0, .utf8) }
  let columns = try fields.map { try ColumnWriter($0) }
  for person in 0..<count {
    let isSlip = source == "clinic" && person % 5 == 0
    let surname = surnames[person / 10 % 8] + (person % 3 == 0 ? "s" : "")
    columns[0].append(text: "\(person)")
    columns[1].append(text: forenames[person % 10])
    columns[2].append(text: isSlip ? String(surname.dropLast()) : surname)
    columns[3].append(
      text: "\(1940 + person % 67)-\(10 + person % 3)-\(10 + person % 19)")
    columns[4].append(text: "ZZ\(1 + person % 9) \(person % 10)AB")
  }
  records.begin(source)
  records.append(try Batch(taking: FinishedBatch(columns).take(), fields: fields))
}
let result = try LinkRun(model, records).run()
var right = 0
for index in 0..<result.linkCount {
  let link = result.link(index)
  if result.withIDs(of: [link.left, link.right], { $0[0].elementsEqual($0[1]) }) { right += 1 }
}
print("\(result.linkCount) links, \(right) of them right, of 200")
precondition(right > 180 && right * 100 > 95 * result.linkCount)
