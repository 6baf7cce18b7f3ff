extension Paddles {
  /// A request that is answered with an error: `{"message": …}`, or a page for paths that name nothing.
  public struct Refusal: Error, Hashable, Sendable {
    /// The status code: 400, 403, 404 or 503; others come from in front of the dialect.
    public var status: Int
    /// The message; nil: a page, as for every URL that the original does not route.
    public var message: String?

    /// Makes a refusal with a message.
    public init(_ status: Int, _ message: String) {
      self.status = status
      self.message = message
    }

    private init(page status: Int) {
      self.status = status
      message = nil
    }

    /// A path that names nothing: a page.
    public static let noSuchPage = Self(page: 404)

    /// What the request says makes no sense.
    public static func invalid(_ message: String) -> Self { Self(400, message) }
    /// It may not be done as things are.
    public static func forbidden(_ message: String) -> Self { Self(403, message) }
    /// What is to be changed is not there.
    public static func notFound(_ message: String) -> Self { Self(404, message) }
    /// It cannot be done now.
    public static func unavailable(_ message: String) -> Self { Self(503, message) }

    /// The body of the answer: JSON, or HTML if there is no message.
    public var body: [UInt8] {
      guard let message else { return Array(Self.page.utf8) }
      var writer = JSONWriter()
      writer.append(json: "{")
      writer.append(key: "message", first: true)
      writer.append(string: message)
      writer.append(json: "}")
      return writer.bytes
    }

    private static let page = """
      <html>
       <head>
        <title>404 Not Found</title>
       </head>
       <body>
        <h1>404 Not Found</h1>
        The resource could not be found.<br /><br />
       </body>
      </html>
      """
  }
}

extension Paddles.Refusal {
  /// A body that is no JSON, or not what the call takes.
  public static let badBody = invalid("could not decode JSON body")
  /// A field that the objects of a list do not have.
  public static let badField = invalid("an invalid field was specified")
  /// A date of another form.
  public static let badDate = invalid("date format must match %Y-%m-%d")

  /// A key that must be there.
  public static func missing(_ key: String) -> Self { invalid("could not find required key: '\(key)'") }
}
