import Model

/// Prometheus' text format 0.0.4, read strictly: every sample belongs to the family above it, none comes twice, and
/// histograms add up.
struct Exposition {
  private struct Sample: Hashable {
    var name: String
    var labels: [String: String]
  }

  private var samples: [Sample: Double] = [:]

  subscript(name: String, labels: [String: String]) -> Double? { samples[Sample(name: name, labels: labels)] }

  init(_ text: String) throws(Fault) {
    guard text.isEmpty || text.hasSuffix("\n") else { throw Fault(.wire, "the last line has no end") }
    var (family, kind, families) = ("", "", Set<String>())
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      let words = line.split(separator: " ", maxSplits: 3).map(String.init)
      if line.hasPrefix("# HELP ") { continue }
      if line.hasPrefix("# TYPE ") {
        guard words.count == 4, ["counter", "gauge", "histogram"].contains(words[3]), families.insert(words[2]).inserted
        else { throw Fault(.wire, "a family that is none: \(line)") }
        (family, kind) = (words[2], words[3])
        continue
      }
      let (sample, value) = try Self.sample(line)
      let suffixes = kind == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
      guard !family.isEmpty, suffixes.contains(where: { sample.name == family + $0 }) else {
        throw Fault(.wire, "a sample without its family: \(line)")
      }
      guard samples.updateValue(value, forKey: sample) == nil else { throw Fault(.wire, "twice: \(line)") }
      if kind != "gauge", value < 0 { throw Fault(.wire, "less than nothing: \(line)") }
    }
    try checkHistograms()
  }

  private static func sample(_ line: Substring) throws(Fault) -> (Sample, Double) {
    guard let match = line.wholeMatch(of: /([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(.*)\})? (\S+)/),
      let value = match.4 == "+Inf" ? .infinity : Double(match.4)
    else { throw Fault(.wire, "no sample: \(line)") }
    var labels: [String: String] = [:]
    var rest = match.3 ?? ""
    while !rest.isEmpty {
      guard let label = rest.prefixMatch(of: /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\["\\n])*)"(,|$)/) else {
        throw Fault(.wire, "no label: \(rest)")
      }
      let text = label.2.replacing(/\\(.)/) { $0.1 == "n" ? "\n" : String($0.1) }
      guard labels.updateValue(String(text), forKey: String(label.1)) == nil else {
        throw Fault(.wire, "a label twice: \(line)")
      }
      rest = rest[label.range.upperBound...]
    }
    return (Sample(name: String(match.1), labels: labels), value)
  }

  private func checkHistograms() throws(Fault) {
    for (count, total) in samples where count.name.hasSuffix("_count") {
      let name = count.name.dropLast(6) + "_bucket"
      let buckets = samples.filter { sample in
        sample.key.name == name && sample.key.labels.filter { $0.key != "le" } == count.labels
      }
      let ordered = buckets.sorted { bound($0.key) < bound($1.key) }.map(\.value)
      guard ordered == ordered.sorted(), ordered.last == total,
        buckets.contains(where: { $0.key.labels["le"] == "+Inf" })
      else { throw Fault(.wire, "the buckets of \(name) do not add up") }
    }
  }

  private func bound(_ sample: Sample) -> Double {
    sample.labels["le"] == "+Inf" ? .infinity : Double(sample.labels["le"] ?? "") ?? .nan
  }
}
