import Hummingbird
import Partnership

extension SiteRoutes {
  /// The guided forms about priorities.
  func assessments(_ router: Router<Context>) {
    let path = "priorities/:number/assessments/:form"
    desk(router, path) { desk, request in
      try AssessmentPage(desk: desk, request: request).page()
    }
    action(router, path) { desk, request, input in
      try AssessmentPage(desk: desk, request: request).answer(input)
    }
  }
}
