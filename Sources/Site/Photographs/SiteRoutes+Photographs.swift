import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Partnership

extension SiteRoutes {
  /// Photographs of assets: showing, adding, and taking out for good.
  func photographs(_ router: Router<Context>) {
    router.get("photographs/:name") { _, context in
      let name = context.parameters.get("name") ?? ""
      let data = try await onPages { try store.photograph(name).map { try Data(contentsOf: $0) } }
      guard let data else {
        return try failure(.notFound("That photograph is not shown here any more."))
      }
      // Not kept by others, so that what is taken out is gone.
      return Response(
        status: .ok,
        headers: [.contentType: "image/jpeg", .cacheControl: "private, max-age=300"],
        body: ResponseBody(byteBuffer: ByteBuffer(bytes: data)))
    }
    action(router, "assets/:number/photographs", limit: 16_000_000, needs: .add) {
      desk, request, form in
      let record = try desk.record(.asset, request.part("number"))
      guard let file = form.file("photo") else {
        throw PageError.badRequest("Choose a photograph first.")
      }
      try desk.partnership.addPhotograph(
        file.data, to: record.number, shows: form["shows"].map { String($0.prefix(300)) },
        credit: form["credit"].map { String($0.prefix(100)) }, areAgreed: form["agreed"] == "yes",
        by: desk.actor)
      return .redirect("\(record.path)?done=saved" + (try desk.lastChange(of: record)))
    }
    action(router, "assets/:number/photographs/:name/remove") { desk, request, form in
      let record = try desk.record(.asset, request.part("number"))
      try desk.partnership.removePhotograph(
        request.part("name"), from: record.number, by: desk.actor)
      return .redirect("\(record.path)?done=photograph")
    }
  }
}
