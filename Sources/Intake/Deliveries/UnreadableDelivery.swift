/// What is in a file of a delivery cannot be read, so that the delivery is stopped; others land.
struct UnreadableDelivery: Error {
  let message: String
  let hint: String

  init(_ message: String, hint: String) {
    self.message = message
    self.hint = hint
  }
}
