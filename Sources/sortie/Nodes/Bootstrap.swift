import Model
import Transport

/// How an agent gets onto a node: one command looks for it, and either becomes it or says where it belongs.
enum Bootstrap {
  /// What runs on the node, as the argument of `sh -c`. `$1` is the agent's mode, `$2` its hash, the rest are folders to
  /// try. Nothing is put together from text; everything that varies is an argument.
  static let script = """
    mode=$1 hash=$2
    shift 2
    machine=$(uname -m)
    test "$machine" = x86_64 || { echo "SORTIE-REFUSED this node is $machine; the agent is built for x86_64"; exit 1; }
    passed=
    for base in "$@"; do
      case $base in '~/'*) base=$HOME/${base#??} ;; esac
      folder=$base/sortie-$(id -u)
      { umask 077; mkdir -p "$folder/bin"; } 2>/dev/null && test -O "$folder" && test ! -L "$folder" || {
        passed="$passed; $base cannot be written"
        continue
      }
      test -x "$folder/bin/$hash" && exec "$folder/bin/$hash" "$mode" "$folder"
      probe=$folder/bin/probe.$$
      if { printf '#!/bin/sh\\n' >"$probe" && chmod 700 "$probe" && "$probe"; } 2>/dev/null; then
        rm -f "$probe"
        echo "SORTIE-ABSENT $folder/bin/$hash"
        exit 0
      fi
      rm -f "$probe"
      passed="$passed; $base may not hold programs (noexec)"
    done
    echo "SORTIE-REFUSED no folder for the agent${passed}"
    exit 1
    """

  /// The folders to try on a node. /run/user is none of them: it goes away at logout.
  static func folders(of node: Node) -> [String] {
    if let own = node.directory { return [own] }
    return ["/var/tmp", "~/.cache", "/tmp"]
  }

  /// The command that attaches to the agent (`attach`) or prints what it knows of the node (`facts`).
  static func command(_ mode: String, _ agent: AgentBinary, on node: Node) -> [String] {
    ["sh", "-c", script, "sortie-agent", mode, agent.hash] + folders(of: node)
  }

  /// What the script's output begins with.
  enum Answer: Equatable {
    /// Not to be told yet.
    case open
    /// The agent itself speaks.
    case agent
    /// The agent belongs at this path.
    case absent(String)
    /// The node cannot have an agent.
    case refused(String)
  }

  /// Reads the first bytes of an answer; noise of login shells may stand before it.
  static func read(_ bytes: [UInt8], isWhole: Bool) -> Answer {
    let text = String(decoding: bytes.prefix(64 << 10), as: UTF8.self)
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      if let range = line.firstRange(of: "SORTIE-ABSENT ") { return .absent(String(line[range.upperBound...])) }
      if let range = line.firstRange(of: "SORTIE-REFUSED ") { return .refused(String(line[range.upperBound...])) }
    }
    // The wire's magic begins with a byte that no text contains. The other modes end by themselves.
    if bytes.contains(1) || bytes.count > 64 << 10 { return .agent }
    return isWhole ? .agent : .open
  }
}
