import ArgumentParser
import Model
import Reporting
import Scheduling

struct PlanVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Show what a run would do, and why it leaves things out.",
    discussion: """
      Examples:
        sortie plan                                     everything in tiers/
        sortie plan smoke --scenario os-nosdn-ha        what a scenario leaves out
        sortie plan -o json | jq '.cases[] | select(.selected | not)'

      Takes what `sortie run` takes. The exit status is 4 when nothing would run.
      """)

  @OptionGroup var selection: SelectionOptions
  @OptionGroup var lab: LabOptions
  @OptionGroup var state: StateOptions
  @OptionGroup var format: FormatOptions

  func run() async throws { try PlanVerb.show(try Preparation(selection, lab: lab, state: state), as: format.format) }

  private struct Row: Encodable {
    var tier, domain, project, `case`: String
    var node: String?
    var selected: Bool
    var reason: String?
    var expected: Double?
  }

  private struct Document: Encodable {
    var cases: [Row]
    var prediction: Prediction
  }

  /// Shows a plan; throws the exit status 4 when nothing would run.
  static func show(_ preparation: Preparation, as format: ListFormat) throws {
    let plan = preparation.plan
    let nodes = preparation.lab.nodes.filter { !$0.isDrained }.map {
      PredictedNode(name: $0.name, labels: $0.labels, slots: $0.slots ?? 2)
    }
    let prediction = plan.predicted(on: nodes)
    let rows = rows(of: plan)
    switch format {
    case .json: try JSONOutput.write(Document(cases: rows, prediction: prediction))
    case .table:
      Terminal.write(
        Columns.text(
          ["TIER", "DOMAIN", "CASE", "RUNS", "WHY NOT"],
          rows.map { row in
            let name = row.case + (row.node.map { "@" + $0 } ?? "")
            return [row.tier, row.domain, name, row.reason == nil ? "yes" : "no", row.reason ?? ""]
          }))
      Terminal.write("\n" + units(prediction))
      let count = plan.cases.count { $0.disposition == .run }
      Terminal.say(
        "\(count) of \(rows.count) cases run on \(nodes.count) nodes; expected: \(Int(prediction.duration.rounded(.up))) s"
      )
    }
    if !preparation.hasWork { throw plan.slice == nil || preparation.isEmptySelection ? ExitStatus.nothing : .passed }
  }

  /// The work units, and when they are expected to run.
  private static func units(_ prediction: Prediction) -> String {
    func seconds(_ value: Double?) -> String { value.map { "\(Int($0.rounded(.up))) s" } ?? "-" }
    return Columns.text(
      ["TIER", "DOMAIN", "CASES", "WORK", "FROM", "TO"],
      prediction.units.map { unit in
        let guess = unit.unknown > 0 ? " (\(unit.unknown) guessed)" : ""
        return [
          unit.tier, unit.domain, "\(unit.cases.count)", seconds(unit.work) + guess, seconds(unit.start),
          seconds(unit.end),
        ]
      })
  }

  private static func rows(of plan: Plan) -> [Row] {
    let planned = plan.cases.map { one in
      Row(
        tier: one.definition.tier, domain: one.definition.domain, project: one.definition.project,
        case: one.definition.name, node: one.node,
        selected: one.disposition == .run || one.disposition == .nothingToRun,
        reason: one.disposition.reason, expected: one.expected)
    }
    let leftOut = plan.leftOut.map { one in
      Row(
        tier: one.definition.tier, domain: one.definition.domain, project: one.definition.project,
        case: one.definition.name, selected: false, reason: one.disposition.reason)
    }
    return planned + leftOut
  }
}
