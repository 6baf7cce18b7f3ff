import Journal
import Model

extension JournalCheck {
  /// Holds the raw logs and artifacts of a run's folder against the journal. `size` gives the bytes of a file, by its
  /// path relative to the folder; nil: it is not there. Until the run has ended, logs may be ahead of the journal.
  public func files(size: (String) -> Int64?) -> Findings {
    var findings = Findings()
    for (id, attempt) in attempts.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      guard let ordinal = id.ordinal else { continue }
      let path = RunFolder.log(of: attempt.id, ordinal: ordinal)
      let (found, counted) = (size(path), attempt.outputEnd)
      if counted == 0, found == nil { continue }
      let holds = hasEnded ? found == counted : (found ?? -1) >= counted
      findings.check(
        holds,
        Finding(
          path,
          found.map { "holds \($0) bytes; the journal counts \(counted)" }
            ?? "is gone; the journal counts \(counted) bytes",
          advice: "the journal is right about how much was printed; what is gone cannot be made again"))
    }
    for artifact in artifacts {
      guard let attempt = attempts[artifact.attempt], let ordinal = artifact.attempt.ordinal else {
        findings.check(
          false, Finding(artifact.attempt.rawValue, "left \(artifact.path), and is an attempt that nobody began"))
        continue
      }
      let path = RunFolder.artifacts(of: attempt.id, ordinal: ordinal) + "/" + artifact.path
      let found = size(path)
      findings.check(
        found == artifact.size,
        Finding(
          path, found.map { "holds \($0) bytes; \(artifact.size) came" } ?? "is gone; it had \(artifact.size) bytes"))
    }
    return findings
  }
}
