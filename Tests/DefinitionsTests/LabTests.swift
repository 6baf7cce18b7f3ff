import Model
import TestSupport
import Testing

@testable import Definitions

/// A key whose bytes say ssh-ed25519.
let pinnedKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPjmvjNQZpVBv9tOHLD3hSn5ESc4iiZTVNs4tYnHHQyM"

/// Reads a lab from a text.
func lab(_ text: String) throws(Diagnostics) -> Lab {
  try LabReader.read(SourceText(file: "lab.yaml", text: text), folder: "/lab", home: "/home/me").lab
}

@Suite struct LabReaderTests {
  @Test func aNodeHasEverythingThatIsWritten() throws {
    let read = try lab(
      """
      sortie: 1
      nodes:
        - name: n1
          address: user@host:2222
          host_key: \(pinnedKey) somebody@somewhere
          identity: keys/id
          ssh_config: ~/.ssh/config
          labels: {arch: x86_64, fast: , cores: 8}
          slots: 2
          directory: /var/tmp/sortie
          python: /opt/venv/bin/python
          drained: true
        - {name: here, address: local}
      """)
    var expected = Node(
      name: "n1", address: .ssh(host: "host", port: 2222, user: "user"), hostKey: pinnedKey, identity: "/lab/keys/id",
      sshConfig: "/home/me/.ssh/config", labels: ["arch": "x86_64", "fast": "", "cores": "8"], slots: 2,
      directory: "/var/tmp/sortie", python: "/opt/venv/bin/python", isDrained: true)
    expected.location = SourceLocation(file: "lab.yaml", line: 3, column: 5)
    #expect(read.nodes.first == expected)
    #expect(read.nodes.last?.address == .local)
  }

  @Test(arguments: [
    ("local", Node.Address.local), ("h", .ssh(host: "h", port: nil, user: nil)),
    ("u@h", .ssh(host: "h", port: nil, user: "u")),
    ("u@[::1]:22", .ssh(host: "::1", port: 22, user: "u")),
    ("[fe80::1%eth0]", .ssh(host: "fe80::1%eth0", port: nil, user: nil)),
    ("127.0.0.1:1", .ssh(host: "127.0.0.1", port: 1, user: nil)),
  ])
  func addresses(text: String, address: Node.Address) throws {
    #expect(try Node.Address(text) == address)
    #expect(address.text == text)
  }

  @Test(arguments: [
    "", "u@", "@h", "h:", "h:0", "h:65536", "h:x", "h:+1", "::1", "[::1", "[::1]x", "ssh://h", "-oProxyCommand=x",
    "-l@h", "h h",
    "u;x@h", "[]", "h:١",
  ])
  func wrongAddresses(text: String) {
    #expect(throws: Fault.self) { try Node.Address(text) }
  }

  @Test(arguments: [
    ("{name: a, address: 'h:x', host_key: KEY}", "port"), ("{name: a, address: h}", "host_key"),
    ("{name: a}", "no `address`"),
    ("{address: local}", "no `name`"), ("{name: a@b, address: local}", "`@`"),
    ("{name: \(String(repeating: "x", count: 33)), address: local}", "32 bytes"),
    ("{name: a, address: h, host_key: ssh-ed25519}", "base64"),
    ("{name: a, address: h, host_key: ssh-foo AAAA}", "ssh-foo"),
    ("{name: a, address: h, host_key: ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIPjm}", "bytes do not"),
    ("{name: a, address: local, slots: 0}", "1 to 1024"), ("{name: a, address: local, drained: 1}", "true or false"),
    ("{name: a, address: local, labels: [x]}", "labels"), ("{name: a, address: local, labels: {'a b': c}}", "label"),
    ("{name: a, address: local, directory: x}", "absolute"), ("{name: a, address: local, identity: ''}", "path"),
    ("x", "mapping"),
  ])
  func faults(entry: String, words: String) {
    let text = "sortie: 1\nnodes:\n  - \(entry.replacing("KEY", with: "'\(pinnedKey)'"))\n"
    let thrown = #expect(throws: Diagnostics.self) { try lab(text) }
    #expect(thrown?.errors.count == 1)
    #expect(thrown?.errors.first?.message.contains(words) == true, "\(thrown?.errors ?? [])")
    #expect(thrown?.errors.first?.location?.line == 3)
  }

  @Test func repeatedNamesAndOtherVersionsAreFaults() {
    let thrown = #expect(throws: Diagnostics.self) {
      try lab("sortie: 2\nnodes:\n  - {name: a, address: local}\n  - {name: a, address: local}\n")
    }
    #expect(thrown?.errors.map(\.location?.line) == [1, 4])
  }

  @Test func noNodesAreALab() throws {
    #expect(try lab("sortie: 1\n").nodes.isEmpty)
    #expect(try lab("sortie: 1\nnodes:\n").nodes.isEmpty)
    #expect(try lab("sortie: 1\nnodes: []\n").nodes.isEmpty)
  }

  @Test func aMissingKeyIsAHintToAddTheNode() {
    let thrown = #expect(throws: Diagnostics.self) { try lab("nodes: [{name: a, address: 'u@h:22'}]") }
    #expect(thrown?.errors.first?.hint?.contains("sortie node add u@h:22") == true)
    #expect(thrown?.warnings.first?.hint?.contains("sortie: 1") == true)
  }
}

@Suite struct LabEditorTests {
  private let text = """
    # Our lab
    sortie: 1

    nodes:   # in the cellar
      # rack 1
      - name: n1     # the old one
        address: local
        labels: {arch: x86_64}   # note
        drained: true  # broken fan

      # rack 2
      -
        name: n2
        address: local
        # the end of n2

      - address: local
        name: n3

    # the end

    """

  private let added = Node(
    name: "n4", address: .ssh(host: "::1", port: 22, user: "me"), hostKey: pinnedKey, identity: "keys/it's mine",
    labels: ["on": "yes", "n": "1", "e": ""], slots: 3, directory: "/a: b", python: "/x # y", isDrained: true)

  @Test func addingKeepsEveryLine() throws {
    let edited = try LabEditor.add(added, to: text, file: "f")
    let entry = try LabEntry.lines(of: added, indent: 2).map { $0 + "\n" }.joined()
    #expect(edited == text.replacing("    name: n3\n", with: "    name: n3\n" + entry))
    #expect(entry.contains("    identity: 'keys/it''s mine'\n"))
    #expect(entry.contains("    labels: {e: '', n: '1', 'on': 'yes'}\n"))
  }

  @Test func removingTakesOnlyTheEntry() throws {
    let edited = try LabEditor.remove("n2", from: text, file: "f")
    #expect(edited == text.replacing("  -\n    name: n2\n    address: local\n", with: ""))
    let rest = try LabEditor.remove("n3", from: LabEditor.remove("n1", from: edited, file: "f"), file: "f")
    #expect(try lab(rest).nodes.isEmpty)
    #expect(rest.contains("# rack 1") && rest.contains("# the end\n"))
    #expect(try lab(LabEditor.add(added, to: rest, file: "f")).nodes.map(\.name) == ["n4"])
  }

  @Test func drainingChangesOneWord() throws {
    #expect(
      try LabEditor.setDrained("n1", false, in: text, file: "f")
        == text.replacing("drained: true  # broken fan", with: "drained: false  # broken fan"))
    #expect(
      try LabEditor.setDrained("n2", true, in: text, file: "f")
        == text.replacing("name: n2\n    address: local\n", with: "name: n2\n    address: local\n    drained: true\n"))
    #expect(try LabEditor.setDrained("n3", false, in: text, file: "f") == text)
  }

  @Test(arguments: [
    nil, "", "# only a comment\n", "sortie: 1\n", "sortie: 1\nnodes:\n", "sortie: 1\nnodes: []  # none\n",
    "sortie: 1\nnodes: []",
    "sortie: 1\nnodes:\n- name: a\n  address: local", "nodes:\n  - name: a\n    address: local\nsortie: 1\n",
    "sortie: 1\r\nnodes:\r\n  - name: a\r\n    address: local\r\n", "nodes:\n    # none yet\nsortie: 1 # x\n",
  ])
  func aNodeCanBeAddedToAnyForm(text: String?) throws {
    let before = try text.map { $0.contains("nodes") ? try lab($0).nodes.count : 0 } ?? 0
    let edited = try LabEditor.add(added, to: text, file: "f")
    #expect(try lab(edited).nodes.count == before + 1)
    for line in (text ?? "").split(whereSeparator: \.isNewline) where line.contains("#") {
      #expect(edited.contains(line.split(separator: "#").last ?? "?"))
    }
    if text?.contains("\r\n") == true { #expect(!edited.replacing("\r\n", with: "").contains("\n")) }
    #expect(try LabEditor.remove("n4", from: edited, file: "f").contains("n4") == false)
    #expect(try lab(LabEditor.setDrained("n4", false, in: edited, file: "f")).nodes.last?.isDrained == false)
  }

  @Test(arguments: [
    "sortie: 1\nnodes: [{name: n1, address: local}]\n", "{sortie: 1, nodes: []}\n",
    "nodes: &n\n  - {name: n1, address: local}\n",
  ])
  func flowStyleIsNotEdited(text: String) {
    let fault = #expect(throws: Fault.self) { try LabEditor.add(added, to: text, file: "f") }
    #expect(fault?.hint?.contains("by hand") == true || fault?.hint?.contains("block style") == true)
  }

  @Test func whatCannotBeDoneIsSaid() {
    func code(_ body: () throws -> String) -> Fault.Code? {
      (#expect(throws: Fault.self) { try body() })?.code
    }
    #expect(code { try LabEditor.remove("n9", from: text, file: "f") } == .notFound)
    #expect(code { try LabEditor.add(Node(name: "n1", address: .local), to: text, file: "f") } == .usage)
    #expect(code { try LabEditor.add(Node(name: "a b", address: .local), to: text, file: "f") } == .usage)
    #expect(code { try LabEditor.add(Node(name: "x", address: .local, python: "a\nb"), to: text, file: "f") } == .usage)
    #expect(code { try LabEditor.add(added, to: "nodes: {", file: "f") } == .definition)
    #expect(
      code { try LabEditor.setDrained("n1", true, in: "nodes:\n  - {name: n1, address: local}\n", file: "f") } != nil)
  }

  @Test func anyTextIsWrittenSoThatItReadsTheSame() throws {
    var random = Seeded(3)
    let alphabet = Array("ab1-:#'\"{}[],&*!|>%@`~=. \\éyn0xo?/+_")
    for _ in 0..<2000 {
      let text = String(
        (0..<Int.random(in: 0...6, using: &random)).compactMap { _ in alphabet.randomElement(using: &random) })
      let written = "k: {v: \(try LabEntry.scalar(text))}\n"
      let root = YAMLDocument.read(SourceText(file: "f", text: written), Findings())
      #expect(root?["k"]?["v"]?.scalar?.value == .text(text), "\(written)")
    }
  }
}

@Suite struct SUTReaderTests {
  private func sut(_ text: String, _ environment: [String: String] = [:]) throws(Diagnostics) -> SUT {
    try SUTReader.read(SourceText(file: "sut.yaml", text: text), environment: environment).sut
  }

  @Test func everythingIsRead() throws {
    let read = try sut(
      """
      name: pod1
      installer: apex
      scenario: os-nosdn-nofeature-ha
      version: 2023.10
      env: {OS_AUTH_URL: 'http://x', DEBUG: yes, COUNT: 3, PASSWORD: secret}
      secrets: [PASSWORD, TOKEN]
      """, ["TOKEN": "t", "OTHER": "o"])
    #expect(
      read
        == SUT(
          name: "pod1", installer: "apex", scenario: "os-nosdn-nofeature-ha", version: "2023.10",
          environment: ["OS_AUTH_URL": "http://x", "DEBUG": "True", "COUNT": "3", "PASSWORD": "secret", "TOKEN": "t"],
          secrets: ["PASSWORD", "TOKEN"]))
    #expect(read.secretValues == ["secret", "t"])
  }

  @Test(arguments: [
    ("secrets: [A]", "neither"), ("env: {A: }", "no value"), ("env: [a]", "names to values"), ("name: a/b", "bytes"),
    ("installer: [x]", "text"), ("- x", "mapping"), ("sortie: 3", "must be 1"),
    ("env: {A: {b: c}}", "text or a number"),
  ])
  func faults(text: String, words: String) {
    let thrown = #expect(throws: Diagnostics.self) { try sut(text) }
    #expect(thrown?.errors.count == 1)
    #expect(thrown?.errors.first?.message.contains(words) == true, "\(thrown?.errors ?? [])")
  }

  @Test func unknownKeysAreWarnings() throws {
    let found = try SUTReader.read(SourceText(file: "s", text: "instaler: apex"), environment: [:]).diagnostics
    #expect(found.warnings.first?.hint == "did you mean \"installer\"?")
  }

  @Test func anyFileIsCheckedAsWhatItIs() throws {
    try withFolder { folder in
      try write("nodes: [{name: a, address: h}]\n", to: folder + "/lab.yaml")
      try write("name: x\nsecrets: [NO]\n", to: folder + "/sut.yaml")
      try write("tiers: [{name: t}]\n", to: folder + "/tiers.yaml")
      func message(_ name: String) -> String? {
        DefinitionCheck.check(path: folder + "/" + name, environment: [:]).errors.first?.message
      }
      #expect(message("lab.yaml")?.contains("host_key") == true)
      #expect(message("sut.yaml")?.contains("secret") == true)
      #expect(message("tiers.yaml")?.contains("testcases") == true)
      #expect(message("none.yaml")?.contains("no file") == true)
    }
  }
}
