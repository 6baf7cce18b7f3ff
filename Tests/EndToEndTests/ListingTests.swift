import Foundation
import Testing

/// What is listed before anything runs.
extension OnOneSite {
  @Suite struct Listings {
    private static let catalog = """
      sortie: 1
      tiers:
        - name: smoke
          description: Is anything alive?
          ci_loop: daily
          testcases:
            - {case_name: first, blocking: true, run: {name: exec, args: {argv: [/bin/true]}}}
            - {case_name: second, project_name: own, criteria: 90, run: {name: bashfeature, args: {cmd: exit 0}}}
            - case_name: only_fuel
              dependencies: [{INSTALLER_TYPE: fuel}]
              run: {name: exec, args: {argv: [/bin/true]}}
        - name: features
          ci_loop: weekly
          testcases:
            - {case_name: third, domain: python, run: {name: exec, args: {argv: [/bin/true]}}}
            - {case_name: fourth, run: {name: exec, args: {argv: [/bin/true]}}}
            - {case_name: fifth, run: {name: exec, args: {argv: [/bin/true]}}}
            - {case_name: sixth, run: {name: exec, args: {argv: [/bin/true]}}}

      """

    /// Runs `sortie` on the catalog, and reads what it lists.
    private func listed(_ arguments: String...) async throws -> [String: Any] {
      let ended = try await sortie(arguments + ["-o", "json"])
      #expect(ended.status == 0, "\(ended)")
      return try #require(try JSONSerialization.jsonObject(with: Data(ended.out.utf8)) as? [String: Any])
    }

    private func sortie(_ arguments: [String]) async throws -> Ended {
      let site = try SharedSite.current
      let catalog = try site.write("listed.yaml", Self.catalog)
      let lab = ["plan", "run"].contains(arguments[0]) ? ["--lab", site.lab, "--state", site.folder + "/unused"] : []
      return try await site.sortie(arguments + ["--catalog", catalog] + lab)
    }

    private func selected(_ arguments: [String]) async throws -> [String] {
      let ended = try await sortie(["plan", "-o", "json"] + arguments)
      let plan = try JSONSerialization.jsonObject(with: Data(ended.out.utf8)) as? [String: Any]
      let cases = try #require(plan?["cases"] as? [[String: Any]], "\(ended)")
      return cases.filter { $0["selected"] as? Bool == true }.compactMap { $0["case"] as? String }
    }

    @Test func planSaysWhatRunsAndWhyNotTheRest() async throws {
      let cases = try #require(try await listed("plan", "smoke,third")["cases"] as? [[String: Any]])
      #expect(cases.compactMap { $0["case"] as? String }.count == 7, "what was not asked for is listed, too")
      for one in cases {
        let keys = Set(one.keys)
        #expect(keys.isSuperset(of: ["tier", "domain", "project", "case", "selected"]), "\(one)")
        #expect((one["selected"] as? Bool == true) != (one["reason"] is String), "\(one)")
      }
      let third = try #require(cases.first { $0["case"] as? String == "third" })
      #expect(third["domain"] as? String == "python" && third["selected"] as? Bool == true)
      let fuel = try #require(cases.first { $0["case"] as? String == "only_fuel" })
      #expect((fuel["reason"] as? String)?.contains("INSTALLER_TYPE") == true)
    }

    @Test(arguments: [
      ("all", ["first", "second", "third", "fourth", "fifth", "sixth"]),
      ("f*", ["first", "third", "fourth", "fifth", "sixth"]),
      ("first,fifth", ["first", "fifth"]), ("smoke", ["first", "second"]),
    ])
    func namesAndGlobsSelect(_ names: String, _ expected: [String]) async throws {
      #expect(try await selected([names]) == expected)
      #expect(try await selected(["-t", names]) == expected)
      #expect(try await selected([names, "--exclude", "fi*"]) == expected.filter { !$0.hasPrefix("fi") })
    }

    @Test func loopsInstallersAndScenariosSelect() async throws {
      #expect(try await selected(["--loop", "daily"]) == ["first", "second"])
      #expect(try await selected(["--loop", "weekly"]) == ["third", "fourth", "fifth", "sixth"])
      #expect(try await selected(["smoke", "--installer", "fuel"]) == ["first", "second", "only_fuel"])
    }

    @Test(arguments: 1...5) func slicesArePartitions(_ count: Int) async throws {
      let all = try await selected([])
      var shares: [String] = []
      for index in 1...count { shares += try await selected(["--slice", "\(index)/\(count)"]) }
      #expect(shares.sorted() == all.sorted())
    }

    @Test func dryRunRunsNothing() async throws {
      let dry = try await sortie(["run", "--dry-run", "smoke"])
      let plan = try await sortie(["plan", "smoke"])
      #expect(dry.status == 0 && dry.out == plan.out, "\(dry)")
      #expect(dry.out.contains("only_fuel"))
      #expect(try !FileManager.default.fileExists(atPath: SharedSite.current.folder + "/unused/runs"))
    }

    @Test func tiersAndCasesAreListedAndShown() async throws {
      let tiers = try #require(try await listed("tier", "list")["tiers"] as? [[String: Any]])
      #expect(tiers.compactMap { $0["tier"] as? String } == ["smoke", "features"])
      #expect(tiers.first?["cases"] as? [String] == ["first", "second", "only_fuel"])
      #expect(try await listed("tier", "show", "smoke")["name"] as? String == "smoke")
      let cases = try #require(try await listed("case", "list")["cases"] as? [[String: Any]])
      #expect(cases.count == 7)
      #expect(try await listed("case", "show", "second")["project"] as? String == "own")
      let shown = try await sortie(["testcase", "show", "second"])
      #expect(shown.status == 0 && shown.out.contains("90") && shown.out.contains("listed.yaml:8"), "\(shown)")
      for arguments in [["tier"], ["case"], ["tier", "show", "smoke"]] {
        let table = try await sortie(arguments)
        #expect(table.status == 0 && table.out.contains("smoke"), "\(table)")
      }
    }

    @Test func checkFindsEverythingFine() async throws {
      let site = try SharedSite.current
      let sut = try site.write("pod.yaml", "name: pod\nenv: {A: b}\n")
      let catalog = try site.write("listed.yaml", Self.catalog)
      let ended = try await site.sortie("check", catalog, sut, site.lab)
      #expect(ended.status == 0 && ended.out.lines.count == 3 && ended.err.isEmpty, "\(ended)")
    }

    @Test func theShippedCatalogIsFine() async throws {
      let site = try SharedSite.current
      let tiers = Binaries.checkout + "/tiers"
      let checked = try await site.sortie("check", tiers)
      #expect(checked.status == 0 && checked.err.isEmpty, "\(checked)")
      let ended = try await site.sortie("plan", "--catalog", tiers, "--lab", site.lab, "-o", "json")
      let plan = try JSONSerialization.jsonObject(with: Data(ended.out.utf8)) as? [String: Any]
      let cases = try #require(plan?["cases"] as? [[String: Any]], "\(ended)")
      #expect(cases.count { $0["tier"] as? String == "components" } >= 40)
      #expect(cases.count { $0["case"] as? String == "node_ready" } == 3)
    }
  }
}
