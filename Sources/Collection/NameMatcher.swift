import Model

/// Makes a test of names from the pattern of a `name=` parameter; throws if it is no pattern. The test must end within
/// bounded time for any pattern. Which engine reads patterns is decided where the program is put together.
public typealias NameMatcher = @Sendable (_ pattern: String) throws(Fault) -> @Sendable (_ name: String) -> Bool

/// The matcher that knows no patterns: a name matches if it holds the text, whatever the case of its letters.
@Sendable public func literalNameMatcher(_ pattern: String) throws(Fault) -> @Sendable (String) -> Bool {
  let wanted = pattern.lowercased()
  return { name in wanted.isEmpty || name.lowercased().contains(wanted) }
}
