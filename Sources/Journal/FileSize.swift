import Glibc
import Model

extension JournalWriter {
  /// How many bytes a file of the run's folder has; 0 if it is not there. Throws `.system`.
  public func size(of path: String) throws(Fault) -> Int64 {
    do {
      let file = try disk.open(folder.path + "/" + path, for: .reading)
      defer { disk.close(file) }
      return try disk.size(of: file)
    } catch {
      guard error.number == ENOENT else { throw error.fault(path) }
      return 0
    }
  }
}
