/// What two records can be to each other.
enum LinkClass: Int, CaseIterable, Sendable {
  /// The same person.
  case match
  /// Nothing.
  case random
  /// People of one home, who share a surname, an address, a telephone.
  case home
  /// Brothers or sisters of one birth: of one home, and born on one day.
  case twin
}
