/// A shell glob over names: `*`, `?`, `[a-z]`, `[!a]`. Matching takes at most the product of the two lengths.
struct NameGlob {
  private enum Element {
    case any
    case one
    case set([ClosedRange<Unicode.Scalar>], isNegated: Bool)
    case literal(Unicode.Scalar)
  }

  private let elements: [Element]

  /// Whether a text has any of `*?[`, and so is more than a name.
  static func isGlob(_ text: String) -> Bool { text.contains { "*?[".contains($0) } }

  init(_ text: String) {
    let scalars = Array(text.unicodeScalars)
    var elements: [Element] = []
    var at = 0
    while at < scalars.count {
      switch scalars[at] {
      case "*": elements.append(.any)
      case "?": elements.append(.one)
      case "[":
        if let (element, end) = Self.set(scalars, at) {
          elements.append(element)
          at = end
        } else {
          elements.append(.literal("["))
        }
      default: elements.append(.literal(scalars[at]))
      }
      at += 1
    }
    self.elements = elements
  }

  func matches(_ name: String) -> Bool {
    let scalars = Array(name.unicodeScalars)
    var (element, scalar) = (0, 0)
    var retry: (element: Int, scalar: Int)?
    while scalar < scalars.count {
      if element < elements.count, case .any = elements[element] {
        retry = (element + 1, scalar)
        element += 1
      } else if element < elements.count, accepts(elements[element], scalars[scalar]) {
        element += 1
        scalar += 1
      } else if let (after, from) = retry {
        // The last star takes one more.
        retry = (after, from + 1)
        (element, scalar) = (after, from + 1)
      } else {
        return false
      }
    }
    return elements[element...].allSatisfy { if case .any = $0 { true } else { false } }
  }

  private func accepts(_ element: Element, _ scalar: Unicode.Scalar) -> Bool {
    switch element {
    case .any, .one: true
    case .literal(let literal): literal == scalar
    case .set(let ranges, let isNegated): ranges.contains { $0.contains(scalar) } != isNegated
    }
  }

  /// The set that begins at `[`, and where its `]` stands; nil without a `]`.
  private static func set(_ scalars: [Unicode.Scalar], _ start: Int) -> (Element, Int)? {
    var at = start + 1
    let isNegated = at < scalars.count && (scalars[at] == "!" || scalars[at] == "^")
    if isNegated { at += 1 }
    var ranges: [ClosedRange<Unicode.Scalar>] = []
    let first = at
    while at < scalars.count, scalars[at] != "]" || at == first {
      let low = scalars[at]
      if at + 2 < scalars.count, scalars[at + 1] == "-", scalars[at + 2] != "]" {
        if low <= scalars[at + 2] { ranges.append(low...scalars[at + 2]) }
        at += 3
      } else {
        ranges.append(low...low)
        at += 1
      }
    }
    return at < scalars.count ? (.set(ranges, isNegated: isNegated), at) : nil
  }
}
