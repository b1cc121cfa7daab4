import Codes

// Values as three systems wrote them, each read by the same grammar.
for text in ["943 476 5919", "9434765919.0", "943-476-5918"] {
  var digits: [UInt8] = []
  let isNumber = Array(text.utf8).withUnsafeBytes { WrittenCode.appendNHSNumber($0, to: &digits) }
  let isValid = isNumber && WrittenCode.hasNHSCheckDigit(digits)
  print("\(text): \(isValid ? "a valid NHS number" : "no valid NHS number")")
  precondition(isValid == (text != "943-476-5918"))
}
precondition(WrittenNumber.read("1,234.5") == .number(1234.5))
precondition(WrittenNumber.read("12%") == .refused(.percent))
// Which part is the day is not known from this value alone; another of the file may tell.
let date = WrittenDate.read("02/10/1983", latestYear: 2026)
precondition(date.isAmbiguous)
let parts = date.parts(order: .dayFirst)
precondition(parts?.year == 1983 && parts?.month == 10 && parts?.day == 2)
print("1,234.5 is a number; 12% is refused; 02/10/1983 is ambiguous")
