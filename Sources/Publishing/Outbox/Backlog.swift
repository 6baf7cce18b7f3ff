import Dialects
import Model

/// What a process that goes on with a run has to put into the outbox again.
public enum Backlog {
  /// Those of a run's submissions to a server (all of them, in order) of which the run's journal does not say that they
  /// have ended. `published`: the cases that it calls published there, or refused.
  ///
  /// What goes in steps comes to its end in order, so everything up to the last one that the journal knows of has.
  public static func open(_ submissions: [Submission], published: Set<CaseID>) -> [Submission] {
    let isKnown = { (one: Submission) in !one.cases.isEmpty && published.isSuperset(of: one.cases) }
    let last = submissions.lastIndex { $0.isStepwise && isKnown($0) } ?? -1
    return submissions.enumerated().filter { $1.isStepwise ? $0 > last : !isKnown($1) }.map(\.element)
  }

  /// Those of the open ones that are to be put in, and whether each may have been sent. `waiting` and `refused` lie in
  /// the outbox already.
  ///
  /// Results hang on no other: each that is not there may have been sent, and is put in again. What goes in steps was put
  /// in, sent and taken out in order. So what stands before one that waits has come to its end, or was dropped as
  /// needless; what stands behind the last one that waits was never put in; and if none waits, each may have been sent.
  static func missing(of open: [Submission], waiting: Set<SubmissionID>, refused: Set<SubmissionID>)
    -> [(submission: Submission, mayBeSent: Bool)]
  {
    var output: [(Submission, Bool)] = []
    let last = open.lastIndex { $0.isStepwise && waiting.contains($0.id) }
    for (index, submission) in open.enumerated()
    where !waiting.contains(submission.id) && !refused.contains(submission.id) {
      if submission.isStepwise, let last {
        if index > last { output.append((submission, false)) }
      } else {
        output.append((submission, true))
      }
    }
    return output
  }
}

extension Submission {
  /// Whether it waits for those before it.
  fileprivate var isStepwise: Bool { if case .steps = content { true } else { false } }
}
