import HTTPTypes
import Hummingbird

/// What a form that was sent is answered with.
enum Answer {
  /// A page, such as the form again with what is wrong.
  case page(Page, status: HTTPResponse.Status = .ok)
  /// Another address, which the browser asks for.
  case redirect(String)
  /// The same, with the cookie of a session; nil ends it.
  case session(cookie: String?, redirect: String)

}
