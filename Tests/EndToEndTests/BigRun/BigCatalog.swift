import Foundation

/// The catalog of the big run and the files beside it.
enum BigCatalog {
  static let secret = "Tr0ub4dor&3-xyzzy"
  /// What `chatter` prints, as a command that anybody can run.
  static let chatter = "seq 10000000 21111111 | head -c 100000000"

  /// Writes everything; returns the catalog's path.
  static func write(to site: Site) throws -> String {
    let values = ["site": site.folder, "checkout": Binaries.checkout, "chatter": chatter]
    for name in ["by_setsid", "by_env", "by_double"] {
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o755], ofItemAtPath: try site.write("leavers/\(name)", leaver))
    }
    try site.write("tiers/payload/hello.txt", "hello\n")
    let script = try site.write("tiers/payload/deep/run", "#!/bin/sh\ncat payload/hello.txt\n")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script)
    try site.write("sut.yaml", sut)
    var text = head + sharing
    if Binaries.python != nil {
      try site.write("tiers/suites/counted.py", unit)
      try site.write("tiers/suites/test_half.py", pytest)
      try site.write("tiers/suites/words.robot", robot)
      text += frameworks
    }
    return try site.write("tiers/big.yaml", (text + gates).filling(values))
  }

  /// Says that it runs, and stays until it is killed.
  private static let leaver = """
    #!/bin/sh
    trap "" TERM HUP
    echo up > "$1"
    read _ < "$1.never"

    """

  private static let sut = """
    name: e2e-pod
    installer: apex
    scenario: os-nosdn-nofeature-ha
    env: {OS_PASSWORD: '\(secret)', COLOUR: blue}
    secrets: [OS_PASSWORD]

    """

  private static let head = #"""
    sortie: 1
    domains:
      fussy:
        setup: {run: {name: exec, args: {argv: [/bin/true]}}}
        teardown: {run: {name: exec, args: {argv: [/bin/true]}}}
    tiers:
      - name: ready
        testcases:
          - {case_name: alive, on: each-node, blocking: true, run: {name: exec, args: {argv: [/bin/true]}}}
      - name: basics
        setup: {run: {name: exec, args: {argv: [/bin/true]}}}
        teardown: {run: {name: exec, args: {argv: [/bin/true]}}}
        testcases:
          - {case_name: pass, run: {name: exec, args: {argv: [/bin/true]}}}
          - case_name: fail
            run: {name: bashfeature, args: {cmd: 'echo before; echo "the disk has gone" > "$SORTIE_REASON"; exit 3'}}
          - {case_name: skip, run: {name: bashfeature, args: {cmd: exit 77, skip_exit: 77}}}
          - {case_name: elsewhere, dependencies: [{INSTALLER_TYPE: fuel}], run: {name: exec, args: {argv: [/bin/true]}}}
          - {case_name: nothing}
          - case_name: hang
            timeout: 1
            run: {name: bashfeature, args: {cmd: 'trap "" TERM; while :; do sleep 1000; done'}}
          - {case_name: crash, run: {name: bashfeature, args: {cmd: kill -SEGV $$}}}
          - {case_name: chatter, run: {name: bashfeature, args: {cmd: '<chatter>'}}}
          - {case_name: missing, run: {name: exec, args: {argv: [no-such-tool]}}}
          - {case_name: nowhere, requires: {rack: '9'}, run: {name: exec, args: {argv: [/bin/true]}}}
          - case_name: leave_setsid
            run:
              name: bashfeature
              args: {cmd: 'mkfifo up up.never; setsid <site>/leavers/by_setsid "$PWD/up" & read _ < up'}
          - case_name: leave_env
            run:
              name: bashfeature
              args: {cmd: 'mkfifo up up.never; env -i setsid <site>/leavers/by_env "$PWD/up" & read _ < up'}
          - case_name: leave_double
            run:
              name: bashfeature
              args: {cmd: 'mkfifo up up.never; ( ( <site>/leavers/by_double "$PWD/up" & ) & ); read _ < up'}
          - {case_name: unended, run: {name: exec, args: {argv: [printf, "one\ntwo"]}}}
          - {case_name: environment, run: {name: exec, args: {argv: [env]}, env: {COLOUR: red, SHAPE: round}}}
          - {case_name: files, files: [payload], run: {name: exec, args: {argv: [payload/deep/run]}}}
          - case_name: artifacts
            artifacts: ['out/**']
            run:
              name: bashfeature
              args:
                cmd: |
                  mkdir -p out/deep; echo 1 > out/a; echo 2 > out/deep/b; echo 3 > c
                  ln -s /etc/passwd out/l; mkfifo out/p
          - case_name: secret
            artifacts: [kept.txt]
            run:
              name: bashfeature
              args:
                cmd: |
                  tail=${OS_PASSWORD#?????}
                  printf %s "${OS_PASSWORD%"$tail"}"; sleep 0.1; echo "$tail and again $OS_PASSWORD"
                  echo "kept $OS_PASSWORD" > kept.txt
                  echo "it is $OS_PASSWORD" > "$SORTIE_REASON"
                  exit 4
          - case_name: blind
            run: {name: bashfeature, args: {cmd: 'test $(id -u) != 0 || ! test -e <checkout>/Package.swift'}}

    """#

  private static let sharing: String =
    "  - name: sharing\n    testcases:\n"
    + (1...3).flatMap { [("alone_\($0)", "disk"), ("shared_\($0)", "disk:shared")] }.map { name, lock in
      """
            - case_name: \(name)
              locks: ['\(lock)']
              run:
                name: bashfeature
                args:
                  cmd: |
                    echo "+$SORTIE_CASE" >> <site>/locks
                    sleep 0.1
                    echo "-$SORTIE_CASE" >> <site>/locks

      """
    }.joined()
    + (1...3).map { "      - {case_name: fussy_\($0), domain: fussy, run: {name: exec, args: {argv: [/bin/true]}}}\n" }
    .joined()

  private static let frameworks = """
      - name: frameworks
        testcases:
          - {case_name: unit, files: [suites], run: {name: unit, args: {name: suites/counted.py}}}
          - {case_name: pytest, files: [suites], run: {name: pytest, args: {dir: suites/test_half.py}}}
          - {case_name: robot, files: [suites], run: {name: robotframework, args: {suites: [suites/words.robot]}}}

    """

  private static let gates = """
      - name: held
        testcases:
          - {case_name: before, run: {name: exec, args: {argv: [/bin/true]}}}
          - {case_name: gate, blocking: true, run: {name: exec, args: {argv: [/bin/false]}}}
          - {case_name: behind, run: {name: exec, args: {argv: [/bin/true]}}}
      - name: after
        testcases:
          - {case_name: last, run: {name: exec, args: {argv: [/bin/true]}}}

    """

  private static let unit = """
    import unittest

    class Counted(unittest.TestCase):
        def test_one(self):
            self.assertEqual(1 + 1, 2)

        def test_two(self):
            self.assertTrue(True)

    """

  private static let pytest = """
    def test_that_passes():
        assert True

    def test_that_fails():
        assert 1 == 2

    """

  private static let robot = """
    *** Test Cases ***
    Words Are Equal
        Should Be Equal    one    one

    """
}
