import Glibc

/// A private mount namespace for a node, in which some folders are empty.
enum Isolation {
  /// Whether this user may make one.
  static func isPossible(log: String) -> Bool {
    guard geteuid() == 0 else { return false }
    return (try? Spawn.run(["unshare", "--mount", "true"], log: log)) == 0
  }

  /// `command`, run where the folders `hiding` are empty and cannot be written. The paths are arguments, not text.
  static func command(_ command: [String], hiding: [String]) -> [String] {
    let script = """
      count=$1; shift
      while [ "$count" -gt 0 ]; do
        mount -t tmpfs -o ro,mode=0555,size=4k sortie-hidden "$1" || exit 1
        shift; count=$((count - 1))
      done
      exec "$@"
      """
    return ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sortie-hide", String(hiding.count)]
      + hiding + command
  }
}
