import Model

/// The part of the verdict table that all drivers share: every ending but an exit status.
extension Judgement {
  /// What an ending says by itself; nil where the exit status has to be looked at. Contract: docs/drivers.md.
  static func ofEnding(_ ending: Ending) -> Judgement? {
    switch ending {
    case .exited: nil
    case .signalled(let number): Judgement(.fail, result: 0, reason: killed(by: number))
    case .timedOut(let seconds): Judgement(.fail, result: 0, reason: "timed out after \(decimal(seconds)) s")
    case .notSpawned(let number, let program): .error("cannot start \(program): \(spawnProblem(number))")
    case .cancelled: .error("cancelled")
    }
  }

  /// What an exit status says where the test is a plain command; `own` is the reason that the command gave itself.
  static func ofCommand(_ status: Int32, skipStatus: Int32?, criteria: Criteria, own: String?) -> Judgement {
    let because = own.map { ": \($0)" } ?? ""
    return switch status {
    case skipStatus: Judgement(.skip, reason: own ?? "skipped by itself (exit status \(status))")
    case 0: .measured(100, by: criteria)
    case 126: .error("missing tool: command found but not executable (exit status 126)\(because)")
    case 127: .error("missing tool: command not found (exit status 127)\(because)")
    default: .measured(0, by: criteria, shortfall: exitPhrase(status) + because)
    }
  }
}

/// `exit status 137 (128 + SIGKILL)`: shells report the signal that ended their child this way.
func exitPhrase(_ status: Int32) -> String {
  guard status > 128, let name = signalNames[status - 128] else { return "exit status \(status)" }
  return "exit status \(status) (128 + \(name))"
}

private func killed(by number: Int32) -> String {
  let name = signalNames[number] ?? "signal \(number)"
  // The kernel does not say who sent it; memory is the usual suspect.
  return name == "SIGKILL" ? "killed by SIGKILL (from outside, or out of memory)" : "killed by \(name)"
}

private func spawnProblem(_ number: Int32) -> String {
  switch number {
  case 2: "missing tool: no such program"
  case 13: "missing tool: not executable"
  case 8: "missing tool: not a program this machine can run"
  case 20: "missing tool: a part of its path is no folder"
  case 7: "its arguments and environment are too long"
  case 11: "no more processes are allowed here"
  case 12: "out of memory"
  case 24, 23: "too many open files"
  default: "error number \(number)"
  }
}

/// Linux, x86-64.
private let signalNames: [Int32: String] = [
  1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 5: "SIGTRAP", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE",
  9: "SIGKILL", 10: "SIGUSR1", 11: "SIGSEGV", 12: "SIGUSR2", 13: "SIGPIPE", 14: "SIGALRM", 15: "SIGTERM",
  16: "SIGSTKFLT", 17: "SIGCHLD", 18: "SIGCONT", 19: "SIGSTOP", 20: "SIGTSTP", 21: "SIGTTIN", 22: "SIGTTOU",
  23: "SIGURG", 24: "SIGXCPU", 25: "SIGXFSZ", 26: "SIGVTALRM", 27: "SIGPROF", 28: "SIGWINCH", 29: "SIGIO",
  30: "SIGPWR", 31: "SIGSYS",
]
