import Model

/// How to reach a node, after the user's `ssh_config` has had its say. A value: made from what `ssh -G` prints.
struct SSHConfiguration: Hashable, Sendable {
  /// What stands between here and the node.
  enum Proxy: Hashable, Sendable {
    case none
    /// `ProxyJump`: one or more hosts, comma separated.
    case jump(String)
    /// `ProxyCommand`, with its `%` tokens.
    case command(String)
  }

  /// Where an SSH agent is to be found.
  enum Agent: Hashable, Sendable {
    /// Where `SSH_AUTH_SOCK` says.
    case environment
    /// At a path.
    case socket(String)
    /// Nowhere.
    case none
  }

  /// The host as the lab file names it.
  var alias: String
  var host: String
  var port = 22
  var user: String?
  /// Private key files in the order to try, the node's own first.
  var identities: [String] = []
  /// How many of them somebody asked for, rather than being OpenSSH's defaults.
  var explicitIdentity: String?
  var identitiesOnly = false
  var agent = Agent.environment
  var proxy = Proxy.none
  /// The `ssh_config` that was named for the node; a jump host is resolved by it, too.
  var file: String?
  /// Seconds for the connection and its handshake.
  var connectTimeout = 10
  /// Algorithm lists that differ from OpenSSH's own, by option name.
  var algorithms: [String: String] = [:]
  /// What is not honoured.
  var warnings: [String] = []

  /// What libssh would do by itself: nothing is known but the address.
  init(host: String, port: Int?, user: String?, identity: String?, file: String?) {
    alias = host
    self.host = host
    self.port = port ?? 22
    self.user = user
    self.file = file
    explicitIdentity = identity
    identities = identity.map { [$0] } ?? []
  }

  /// Takes over what OpenSSH resolved. `defaults` is what it prints for the same host without any configuration: an
  /// option that differs from it, and that is neither honoured nor of no consequence here, is warned about.
  mutating func adopt(_ output: String, defaults: String, home: String) {
    let options = SSHConfiguration.options(output)
    let standard = SSHConfiguration.options(defaults)
    func value(_ name: String) -> String? { options[name]?.first.flatMap { $0 == "none" ? nil : $0 } }

    host = value("hostname") ?? host
    port = value("port").flatMap(Int.init) ?? port
    user = value("user") ?? user
    identitiesOnly = value("identitiesonly") == "yes"
    connectTimeout = value("connecttimeout").flatMap(Int.init).map { min(max($0, 1), 3600) } ?? connectTimeout
    if let jump = value("proxyjump") {
      proxy = .jump(jump)
    } else if let command = value("proxycommand") {
      proxy = .command(command)
    }
    switch options["identityagent"]?.first {
    case nil, "SSH_AUTH_SOCK": agent = .environment
    case "none": agent = .none
    case let path?: agent = .socket(expand(path, home: home))
    }
    var files = explicitIdentity.map { [expand($0, home: home)] } ?? []
    for path in options["identityfile"] ?? [] where path != "none" {
      let path = expand(path, home: home)
      if !files.contains(path) { files.append(path) }
    }
    explicitIdentity = explicitIdentity.map { expand($0, home: home) }
    identities = files
    for name in ["ciphers", "macs", "kexalgorithms", "pubkeyacceptedalgorithms"] where options[name] != standard[name] {
      algorithms[name] = value(name)
    }
    let unhonoured = options.keys.filter { name in
      !SSHConfiguration.honoured.contains(name) && !SSHConfiguration.harmless.contains(name)
        && options[name] != standard[name]
    }
    for name in unhonoured.sorted() {
      warnings.append("\(alias): \(SSHConfiguration.spelling[name] ?? name) in ssh_config is not honoured")
    }
  }

  /// `name value` on each line; a name may come several times.
  static func options(_ output: String) -> [String: [String]] {
    var options: [String: [String]] = [:]
    for line in output.split(whereSeparator: \.isNewline) {
      guard let space = line.firstIndex(of: " ") else { continue }
      options[line[..<space].lowercased(), default: []].append(String(line[line.index(after: space)...]))
    }
    return options
  }

  /// A path with `~` and the tokens of ssh_config(5) for files replaced.
  func expand(_ path: String, home: String) -> String {
    var text = path
    if text == "~" || text.hasPrefix("~/") { text = home + text.dropFirst() }
    return expandTokens(text, ["d": home, "h": host, "n": alias, "p": String(port), "r": user ?? ""])
  }

  /// Replaces `%x`; a token that is not in `values` stays.
  func expandTokens(_ text: String, _ values: [Character: String]) -> String {
    var result = ""
    var rest = text[...]
    while let percent = rest.firstIndex(of: "%") {
      result += rest[..<percent]
      let next = rest.index(after: percent)
      guard next < rest.endIndex else { return result + "%" }
      result += rest[next] == "%" ? "%" : values[rest[next]] ?? "%\(rest[next])"
      rest = rest[rest.index(after: next)...]
    }
    return result + rest
  }

  private static let honoured: Set = [
    "host", "hostname", "port", "user", "identityfile", "identitiesonly", "identityagent", "proxyjump", "proxycommand",
    "connecttimeout", "ciphers", "macs", "kexalgorithms", "pubkeyacceptedalgorithms", "tcpkeepalive",
    "serveraliveinterval", "serveralivecountmax",
  ]

  /// What a link without a person at it has no use for, and what concerns known_hosts: the lab file's pin stands instead.
  private static let harmless: Set = [
    "addkeystoagent", "batchmode", "casignaturealgorithms", "checkhostip", "clearallforwardings", "controlmaster",
    "controlpath", "controlpersist", "enableescapecommandline", "enablesshkeysign", "escapechar", "fingerprinthash",
    "forkafterauthentication", "forwardx11", "forwardx11timeout", "forwardx11trusted", "gatewayports",
    "exitonforwardfailure", "globalknownhostsfile", "gssapiauthentication", "gssapidelegatecredentials",
    "gssapikexalgorithms", "gssapikeyexchange", "gssapirenewalforcesrekey", "gssapitrustdns", "hashknownhosts",
    "hostbasedacceptedalgorithms", "hostbasedauthentication", "hostkeyalgorithms", "hostkeyalias", "ipqos",
    "kbdinteractiveauthentication", "loglevel", "logverbose", "nohostauthenticationforlocalhost",
    "numberofpasswordprompts", "passwordauthentication", "permitlocalcommand", "permitremoteopen",
    "preferredauthentications", "requesttty", "sendenv", "sessiontype", "stdinnull", "stricthostkeychecking",
    "syslogfacility", "updatehostkeys", "userknownhostsfile", "verifyhostkeydns", "visualhostkey", "xauthlocation",
  ]

  private static let spelling = [
    "addressfamily": "AddressFamily", "bindaddress": "BindAddress", "bindinterface": "BindInterface",
    "canonicalizehostname": "CanonicalizeHostname", "certificatefile": "CertificateFile", "compression": "Compression",
    "connectionattempts": "ConnectionAttempts", "dynamicforward": "DynamicForward", "forwardagent": "ForwardAgent",
    "knownhostscommand": "KnownHostsCommand", "localcommand": "LocalCommand", "localforward": "LocalForward",
    "pkcs11provider": "PKCS11Provider", "proxyusefdpass": "ProxyUseFdpass",
    "pubkeyauthentication": "PubkeyAuthentication",
    "rekeylimit": "RekeyLimit", "remotecommand": "RemoteCommand", "remoteforward": "RemoteForward",
    "requiredrsasize": "RequiredRSASize", "revokedhostkeys": "RevokedHostKeys",
    "securitykeyprovider": "SecurityKeyProvider",
    "setenv": "SetEnv", "tunnel": "Tunnel",
  ]
}
