import Model

/// Evaluates dependencies of cases on the environment. Each pattern is compiled once.
struct Conditions {
  /// What Xtesting takes for a variable that is not set. Other variables count as empty.
  static let defaults = [
    "CI_LOOP": "daily", "DEBUG": "false", "DEPLOY_SCENARIO": "os-nosdn-nofeature-noha", "INSTALLER_TYPE": "unknown",
  ]

  let variables: [String: String]
  private var compiled: [String: Pattern] = [:]
  private var answers: [Question: Bool] = [:]

  private struct Question: Hashable {
    var pattern: String
    var value: String
  }

  init(variables: [String: String]) { self.variables = variables }

  /// Why a dependency is not met; nil if it is.
  mutating func objection(to dependency: Dependency) throws(Fault) -> String? {
    let variable = dependency.variable
    let set = variables[variable]
    if dependency.isMetWhenUnset, set == nil || set?.isEmpty == true { return nil }
    let value = set ?? Self.defaults[variable] ?? ""
    guard let pattern = dependency.pattern else { return "\(variable): a null pattern never matches" }
    guard try !matches(pattern, value, dependency) else { return nil }
    let shown = "'\(Self.clipped(pattern))'"
    if set == nil, Self.defaults[variable] == nil { return "\(variable) is not set and must match \(shown)" }
    let origin = set == nil ? " (its default)" : ""
    return "\(variable) \"\(Self.clipped(value))\"\(origin) does not match \(shown)"
  }

  private mutating func matches(_ text: String, _ value: String, _ dependency: Dependency) throws(Fault) -> Bool {
    let question = Question(pattern: text, value: value)
    if let known = answers[question] { return known }
    let pattern: Pattern
    if let known = compiled[text] {
      pattern = known
    } else {
      do throws(Fault) {
        pattern = try Pattern(text)
      } catch {
        throw Fault(error.code, error.message, at: dependency.location, hint: error.hint)
      }
      compiled[text] = pattern
    }
    switch pattern.search(value) {
    case .matched: answers[question] = true
    case .unmatched: answers[question] = false
    case .tooExpensive:
      throw Fault(
        .definition, "searching this regular expression in \(dependency.variable) takes too long",
        at: dependency.location, hint: "avoid repetitions inside of repetitions, like (a+)+")
    }
    return answers[question] == true
  }

  private static func clipped(_ text: String) -> String { text.count > 80 ? text.prefix(80) + "…" : text }
}
