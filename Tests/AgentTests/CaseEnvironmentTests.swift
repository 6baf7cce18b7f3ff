import Model
import Testing
import Wire

@testable import Agent

@Suite struct CaseEnvironmentTests {
  private let context = SlotContext(
    run: RunID(rawValue: "r1"), environment: ["OS_USER": "admin", "BOTH": "run", "PATH": "/run/bin"], secrets: [])
  private var order: AttemptOrder {
    AttemptOrder(
      attempt: AttemptID(rawValue: "r1.ping.1"), id: CaseID(rawValue: "ping"), name: "ping", project: "p", tier: "t",
      unit: UnitID(rawValue: "u7"), fence: 1, run: RunSpec(driver: "exec"),
      environment: ["BOTH": "order", "SORTIE_CASE": "forged", "TMPDIR": "/tmp", "SORTIE_CLOCK_OFFSET_MS": "12"])
  }

  @Test func laterSourcesWin() {
    let base = ["HOME": "/root", "TZ": "UTC", "SSH_CONNECTION": "x", "LD_PRELOAD": "evil.so", "PATH": "/login/bin"]
    let made = CaseEnvironment.make(order: order, context: context, work: "/w", temporary: "/t", base: base)
    #expect(made["HOME"] == "/root" && made["TZ"] == "UTC" && made["LANG"] == "C.UTF-8")
    #expect(made["SSH_CONNECTION"] == nil && made["LD_PRELOAD"] == nil, "the login's environment stays outside")
    #expect(made["OS_USER"] == "admin" && made["BOTH"] == "order" && made["PATH"] == "/run/bin")
    #expect(made["TMPDIR"] == "/t" && made["SORTIE_WORK"] == "/w" && made["SORTIE_CLOCK_OFFSET_MS"] == "12")
    #expect(made["SORTIE_RUN"] == "r1" && made["SORTIE_UNIT"] == "u7" && made["SORTIE_CASE"] == "ping")
    #expect(made["SORTIE_ATTEMPT"] == "r1.ping.1")
    #expect(made["SORTIE_PREFIX"] == CaseEnvironment.prefix(order.attempt))
  }

  @Test func anEmptyBaseStillHasAPath() {
    let bare = SlotContext(run: RunID(rawValue: "r"), environment: [:], secrets: [])
    let made = CaseEnvironment.make(order: order, context: bare, work: "/w", temporary: "/t", base: [:])
    #expect(made["PATH"]?.contains("/usr/bin") == true && made["HOME"] == nil)
  }

  @Test func prefixesAreShortNamesOfTheirOwn() {
    let prefixes = (0..<2000).map { CaseEnvironment.prefix(AttemptID(rawValue: "r.c.\($0)")) }
    #expect(Set(prefixes).count == 2000)
    #expect(prefixes.allSatisfy { $0.wholeMatch(of: /s[0-9a-z]{7}/) != nil })
    #expect(CaseEnvironment.prefix(AttemptID(rawValue: "r.c.1")) == prefixes[1])
  }

  @Test func theProcessHasOne() { #expect(CaseEnvironment.ofProcess()["PATH"] != nil) }
}
