import GRDB
import Model

/// What goes wrong with a database, in the one error shape.
enum StoreFault {
  static func opening(_ path: String, _ error: any Error) -> Fault {
    if let error = error as? DatabaseError, error.resultCode == .SQLITE_NOTADB || error.resultCode == .SQLITE_CORRUPT {
      return Fault(.damaged, "\(path) is no store: \(text(error))", hint: "name another file with --store")
    }
    return closed(path, text(error))
  }

  /// Of a file that cannot be opened, for a reason that the system gives.
  static func closed(_ path: String, _ reason: String) -> Fault {
    Fault(.system, "cannot open the store \(path): \(reason)", hint: "does its folder exist, and may you write in it?")
  }

  /// Of a file that is not there.
  static func missing(_ path: String) -> Fault {
    Fault(.notFound, "there is no store at \(path)", hint: "name one with --store FILE")
  }

  /// Of a file that is only looked at.
  static func reading(_ path: String, _ error: any Error) -> Fault {
    if let error = error as? DatabaseError, error.resultCode == .SQLITE_NOTADB || error.resultCode == .SQLITE_CORRUPT {
      return Fault(.damaged, "\(path) is damaged, or no store: \(text(error))")
    }
    return using(error)
  }

  static func using(_ error: any Error) -> Fault {
    if let fault = error as? Fault { return fault }
    if let error = error as? DatabaseError, error.resultCode == .SQLITE_BUSY {
      return Fault(.busy, "the store is busy: another process has been writing for more than 10 s", hint: "try again")
    }
    if let error = error as? DatabaseError, error.resultCode == .SQLITE_FULL {
      return Fault(.system, "the store's disk is full", hint: "nothing unsaved was confirmed; make room and send again")
    }
    return Fault(.system, "the store failed: \(text(error))")
  }

  private static func text(_ error: any Error) -> String {
    guard let error = error as? DatabaseError else { return "\(error)" }
    return error.message ?? "\(error.resultCode)"
  }
}
