import Glibc
import Model

@testable import Definitions

/// Small catalogs of every generation.
enum Fixtures {
  static let colorado = """
    tiers:
        -
            name: health
            order: 0
            ci_loop: '(daily)|(weekly)'
            description : >-
                The first tier.
            testcases:
                -
                    name: health
                    criteria: 'status == "PASS"'
                    blocking: true
                    description: >-
                        Asks for the
                        services.

                    dependencies:
                        installer: ''
                        scenario: '^((?!lxd).)*$'
                -
                    name: sanity
                    criteria: 'success_rate >= 90%'
                    blocking: false
                    description: ''
                    dependencies:
                        installer: '(fuel)|(joid)'
                        scenario: ''
    """

  static let danube = """
    tiers:
        - name: smoke
          order: 1
          ci_loop: 'weekly'
          description: ''
          testcases:
              - name: ping
                criteria: 'status == "PASS"'
                blocking: true
                clean_flag: true
                description: ''
                dependencies: {installer: '', scenario: ''}
                run:
                    module: 'vping.ssh'
                    class: 'VPingSSH'
                    args: {count: 3}
    """

  static let euphrates = """
    tiers:
        - name: features
          order: 2
          ci_loop: '(daily)|(weekly)'
          description: ''
          testcases:
              - case_name: doctor
                project_name: doctor
                enabled: false
                criteria: 80
                blocking: false
                description: ''
                dependencies:
                    installer: 'apex'
                    scenario: '^((?!fdio).)*$'
                run: {module: 'feature', class: 'Doctor'}
    """

  static let xtesting = """
    ---
    tiers:
      - name: samples
        testcases:
          - case_name: first
            project_name: xtesting
            dependencies:
              - POD_ARCH: '^(?!aarch64$)'
              - DASHBOARD_URL: '^(?!\\s*$).+'
            run:
              name: first
              args: {a: [1, 2.5, yes, null, text]}
              env: {FLAG: true, COUNT: 3, RATIO: 1.50, NAME: x, NONE: null}
          - case_name: shell
            project_name: xtesting
            blocking: false
            clean_flag: false
            criteria: 90.5
            run: {name: bashfeature, args: {cmd: echo hello}}
          - case_name: bare
            project_name: xtesting
    """

  static let own = """
    sortie: 1
    domains:
      python:
        setup: {run: {name: exec, args: {argv: [/bin/true]}}, timeout: 10s}
        teardown: {run: {name: bashfeature, args: {cmd: rm -rf x}}}
    tiers:
      - name: quick
        setup:
          run: {name: exec, args: {argv: [/bin/sh, -c, 'true']}}
        testcases:
          - case_name: one
            domain: python
            timeout: 15m
            retries: 2
            weight: 2.5
            locks: [sut, 'net:shared', {name: disk, mode: exclusive}]
            requires: {arch: x86_64, fast: }
            artifacts: ['*.xml', out/**]
            on: each-node
            output_limit: 64 KiB
            run: {name: exec, args: {argv: [/bin/echo, hello]}}
          - case_name: two
            requires: [ssd, arch=arm64]
            blocking: true
            criteria: 100
            dependencies: [{DEPLOY_SCENARIO: odl}]
            run: {name: xtesting, args: {entry: vping, more: 1}}
    """
}

/// Reads a catalog from a text.
func catalog(_ text: String, folder: String = "/nowhere") throws(Diagnostics) -> Catalog {
  try CatalogReader.read(SourceText(file: "c.yaml", text: text), folder: folder).catalog
}

/// Everything that is wrong with a catalog text.
func findings(_ text: String, folder: String = "/nowhere") -> Diagnostics {
  do throws(Diagnostics) {
    return try CatalogReader.read(SourceText(file: "c.yaml", text: text), folder: folder).diagnostics
  } catch {
    return error
  }
}

/// A catalog of our own around the members of one case, which begin on line 5, in column 9.
func ownCase(_ members: String) -> String {
  let lines = members.split(separator: "\n", omittingEmptySubsequences: false).map { "        " + $0 }
  return "sortie: 1\ntiers:\n  - name: t\n    testcases:\n      - " + lines.joined(separator: "\n").dropFirst(8) + "\n"
}

/// A new folder that is gone after the test.
func withFolder<Value>(_ body: (String) throws -> Value) throws -> Value {
  var template = Array("/tmp/sortie-definitions-XXXXXX".utf8CString)
  guard mkdtemp(&template) != nil else { throw Fault(.system, "mkdtemp failed") }
  let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  defer { remove(folder) }
  return try body(folder)
}

private func remove(_ folder: String) {
  if let listing = opendir(folder) {
    while let entry = readdir(listing) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { unlink(folder + "/" + name) }
    }
    closedir(listing)
  }
  rmdir(folder)
}

/// Writes a file.
func write(_ text: String, to path: String) throws {
  guard let file = fopen(path, "w") else { throw Fault(.system, "fopen failed") }
  defer { fclose(file) }
  guard fputs(text, file) >= 0 else { throw Fault(.system, "fputs failed") }
}
