import Testing

@testable import Linkage

@Suite("Conditions and blocking rules are read as they are written")
struct ConditionTests {
  @Test(
    "A condition is given back as it would be written",
    arguments: [
      ("exact", "exact"),
      ("  jaro_winkler>=0.92 ", "jaro_winkler >= 0.92"),
      ("exact(postcode) and not exact(street)", "exact(postcode) and not exact(street)"),
      ("damerau <= 1 or day_swapped", "damerau <= 1 or day_swapped"),
      ("exact and (soundex or initial)", "exact and soundex or exact and initial"),
      ("not (exact or years <= 1)", "not exact and years > 1"),
      ("not (exact and soundex)", "not exact or not soundex"),
      ("swapped(forename, surname)", "swapped(forename, surname)"),
    ])
  func conditions(text: String, written: String) throws {
    let condition = try Condition(text)
    #expect(condition.text == written)
    #expect(try Condition(condition.text) == condition)
  }

  @Test(
    "A condition that cannot be read says what is wrong",
    arguments: [
      ("", "empty"), ("exct", "'exct' is no measure"),
      ("jaro_winkler", "needs a sign and a number"),
      ("damerau <= x", "needs a number"), ("exact and", "missing at its end"),
      ("(exact", "bracket is not closed"), ("exact exact", "'exact' was not expected"),
    ])
  func wrong(text: String, message: String) throws {
    let error = try #require(throws: LinkageError.self) { try Condition(text) }
    #expect(error.description.contains(message))
  }

  @Test(
    "Blocking rules",
    arguments: ["surname", "soundex(surname) and year(birth)", "first(surname, 3)"])
  func rules(text: String) throws { #expect(try BlockingRule(text).text == text) }

  @Test(
    "A rule that cannot be read says what is wrong",
    arguments: ["", "sound(surname)", "first(surname)", "first(surname, 0)", "soundex(surname"])
  func wrongRule(text: String) { #expect(throws: LinkageError.self) { try BlockingRule(text) } }
}
