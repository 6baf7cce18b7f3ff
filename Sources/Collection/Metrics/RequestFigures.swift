import Store
import Synchronization

/// Counts requests: by who answered, verb and status class, and how long they took.
final class RequestFigures: Sendable {
  /// Who answers: the dialects by name, and the server itself.
  static let speakers = DialectName.allCases.map(\.rawValue) + ["server"]
  /// The verbs by name; all others are one.
  static let verbs = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "other"]
  /// The classes of status codes.
  static let classes = ["2xx", "3xx", "4xx", "5xx"]

  /// The figures of one speaker. Each has a lock of its own.
  private final class Cell: Sendable {
    struct Figures {
      var counts = Array(repeating: 0, count: verbs.count * classes.count)
      var seconds = Histogram.seconds
    }
    let figures = Mutex(Figures())
  }

  private let cells = speakers.map { _ in Cell() }

  /// Counts a request that was answered.
  /// - Parameters:
  ///   - speaker: whose dialect it was; nil: the server itself answered.
  ///   - verb: the verb, any text.
  ///   - status: the status code.
  ///   - seconds: from its head to the end of the answer.
  func count(_ speaker: DialectName?, _ verb: String, _ status: Int, seconds: Double) {
    let verb = Self.verbs.firstIndex(of: verb) ?? Self.verbs.count - 1
    let place = verb * Self.classes.count + min(max(status / 100 - 2, 0), Self.classes.count - 1)
    cells[Self.index(speaker)].figures.withLock { figures in
      figures.counts[place] += 1
      figures.seconds.add(seconds)
    }
  }

  private static func index(_ speaker: DialectName?) -> Int {
    switch speaker {
    case .testapi: 0
    case .paddles: 1
    case .avocado: 2
    case nil: 3
    }
  }

  /// The figures as families. What never happened is left out.
  var families: [MetricFamily] {
    var requests = MetricFamily("sortie_http_requests_total", .counter, "Requests that were answered.")
    var seconds = MetricFamily(
      "sortie_http_request_seconds", .histogram, "Time from the head of a request to the end of its answer.")
    for (speaker, cell) in zip(Self.speakers, cells) {
      let figures = cell.figures.withLock { $0 }
      for (place, count) in figures.counts.enumerated() where count > 0 {
        let (verb, status) = place.quotientAndRemainder(dividingBy: Self.classes.count)
        requests.add(
          Double(count), [("dialect", speaker), ("verb", Self.verbs[verb]), ("class", Self.classes[status])])
      }
      if figures.counts.contains(where: { $0 > 0 }) { seconds.add(figures.seconds, [("dialect", speaker)]) }
    }
    return [requests, seconds]
  }
}
