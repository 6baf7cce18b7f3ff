import Store

/// Figures of one kind under one name, as Prometheus knows them.
struct MetricFamily: Sendable {
  /// The kinds of figures.
  enum Kind: String, Sendable {
    /// Only ever grows.
    case counter
    /// Goes up and down.
    case gauge
    /// How often values fell below bounds.
    case histogram
  }

  /// The labels of a sample, in the order they are shown.
  typealias Labels = [(name: String, value: String)]

  /// The name, of letters, digits and `_`.
  let name: String
  let kind: Kind
  /// What it says, in a sentence.
  let help: String
  private var samples: [(suffix: String, labels: Labels, value: Double)] = []

  /// A family without samples.
  init(_ name: String, _ kind: Kind, _ help: String) {
    self.name = name
    self.kind = kind
    self.help = help
  }

  /// A counter or gauge of one sample.
  init(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
    self.init(name, kind, help)
    add(value)
  }

  /// Adds a sample of a counter or a gauge.
  mutating func add(_ value: Double, _ labels: Labels = []) { samples.append(("", labels, value)) }

  /// Adds the samples of a histogram.
  mutating func add(_ histogram: Histogram, _ labels: Labels = []) {
    var count = 0
    for (index, values) in histogram.counts.enumerated() {
      count += values
      let bound = index < histogram.bounds.count ? Self.text(histogram.bounds[index]) : "+Inf"
      samples.append(("_bucket", labels + [("le", bound)], Double(count)))
    }
    samples.append(("_sum", labels, histogram.sum))
    samples.append(("_count", labels, Double(count)))
  }

  /// The families in Prometheus' text format, version 0.0.4.
  static func text(_ families: [MetricFamily]) -> String {
    var text = ""
    for family in families where !family.samples.isEmpty {
      text += "# HELP \(family.name) \(escape(family.help, quotes: false))\n# TYPE \(family.name) \(family.kind)\n"
      for sample in family.samples {
        let labels = sample.labels.map { "\($0.name)=\"\(escape($0.value, quotes: true))\"" }
        let list = labels.isEmpty ? "" : "{\(labels.joined(separator: ","))}"
        text += "\(family.name)\(sample.suffix)\(list) \(Self.text(sample.value))\n"
      }
    }
    return text
  }

  /// A number without an exponent where it is whole, since people read these, too.
  private static func text(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
  }

  private static func escape(_ text: String, quotes: Bool) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": escaped += "\\\\"
      case "\n": escaped += "\\n"
      case "\"" where quotes: escaped += "\\\""
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
