import Dialects

extension TestAPIDialect {
  /// There is nobody to sign in with, so everybody is the anonymous user, and signing in, coming back from it and signing
  /// out lead to the page that the original would end at: the first one. Signing out also takes back the original's
  /// cookie, which a browser may still have.
  func sign(_ sign: Route.Sign, _ call: Call) -> Reply {
    var fields = [(name: "Location", value: call.root + "/")]
    if sign == .signout { fields.append(("Set-Cookie", "testapi_id=\"\"; Max-Age=0; Path=/")) }
    return Reply(status: 302, fields: fields, content: .whole([]))
  }
}
