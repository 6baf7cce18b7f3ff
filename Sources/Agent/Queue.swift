/// First in, first out, at a constant cost an element.
struct Queue<Element> {
  private var storage: [Element] = []
  private var start = 0

  /// What is in it, first to last.
  var elements: ArraySlice<Element> { storage[start...] }

  /// The next one to leave.
  var first: Element? { elements.first }

  /// Puts one at the end.
  mutating func append(_ element: Element) { storage.append(element) }

  /// Takes the first one out; an empty queue stays as it is.
  mutating func dropFirst() {
    guard start < storage.count else { return }
    start += 1
    if start == storage.count || start > 256 && start > storage.count / 2 {
      storage.removeFirst(start)
      start = 0
    }
  }

  /// Takes the first one out.
  mutating func popFirst() -> Element? {
    let element = first
    dropFirst()
    return element
  }
}
