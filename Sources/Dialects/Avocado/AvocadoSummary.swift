extension Avocado {
  /// How many passed, failed, and neither.
  public struct Summary: Record, Hashable {
    /// PASS.
    public var passed: Int
    /// FAIL or ERROR.
    public var failed: Int
    /// Anything else, no status at all among it.
    public var other: Int

    /// Makes a summary.
    public init(passed: Int, failed: Int, other: Int) {
      self.passed = passed
      self.failed = failed
      self.other = other
    }

    /// `{"passed":1,"failed":0,"other":0}`.
    public func write(to writer: inout JSONWriter) {
      writer.append(json: "{")
      writer.append(key: "passed", first: true)
      writer.append(json: "\(passed)")
      writer.append(key: "failed")
      writer.append(json: "\(failed)")
      writer.append(key: "other")
      writer.append(json: "\(other)")
      writer.append(json: "}")
    }

    /// `{"testcount":3}`, as 0.2.0 answers.
    public var testCount: [UInt8] { Array(#"{"testcount":\#(total)}"#.utf8) }

    /// `{"passrate":66.67}`, as 0.2.0 answers: percent with two decimals; without tests the whole number 0.
    public var passRate: [UInt8] {
      let rate = total == 0 ? "0" : "\((10_000 * Double(passed) / Double(total)).rounded() / 100)"
      return Array(#"{"passrate":\#(rate)}"#.utf8)
    }

    private var total: Int { passed + failed + other }
  }
}
