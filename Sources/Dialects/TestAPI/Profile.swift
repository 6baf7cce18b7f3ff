extension TestAPI {
  /// The answer to `GET /profile` where nobody signs in, as the original gives it with authentication off.
  public static let profile = Array(
    (#"{"fullname": "anonymous lf", "user": "anonymous", "groups": ["opnfv-testapi-users"], "#
      + #""email": "anonymous@linuxfoundation.com"}"#).utf8)
}
