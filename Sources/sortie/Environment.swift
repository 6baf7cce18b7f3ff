import Foundation
import Glibc
import Model

/// This process's environment, read once: tests and CI hand settings in this way.
let processEnvironment: [String: String] = ProcessInfo.processInfo.environment

/// A variable that is set and not empty.
func variable(_ name: String) -> String? { processEnvironment[name].flatMap { $0.isEmpty ? nil : $0 } }

/// The wall clock.
func wallClock() -> Timestamp {
  var time = timespec()
  clock_gettime(CLOCK_REALTIME, &time)
  return Timestamp(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
}

/// This machine's name.
func hostName() -> String {
  var name = [CChar](repeating: 0, count: 256)
  gethostname(&name, 255)
  return name.withUnsafeBytes { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
}

/// The virtual environment that `make build` leaves; nil where there is none.
func ownPython() -> String? {
  let path = absolute(".venv/bin/python")
  return access(path, X_OK) == 0 ? path : nil
}

/// A path as an absolute one, without looking at the disk.
func absolute(_ path: String) -> String {
  guard !path.hasPrefix("/") else { return path }
  return FileManager.default.currentDirectoryPath + "/" + path
}
