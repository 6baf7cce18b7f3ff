import GRDB

/// A table whose rows are filtered, counted and scanned.
struct ScanTable: Sendable {
  /// The table.
  let table: Table
  /// Where the details of its rows lie, under the same key.
  let details: String
  /// The columns that a filter may name.
  let columns: Set<ResultFilter.Column>
  /// The columns that have an index, the one that is expected to leave the fewest rows first. SQLite keeps no statistics
  /// here and would take any of them.
  let ranked: [ResultFilter.Column]

  /// Results of cases.
  static let results = ScanTable(
    table: .results, details: "details",
    columns: [
      .id, .pod, .project, .testCase, .installer, .version, .scenario, .criteria, .buildTag, .startDate, .stopDate,
      .trustIndicator,
    ], ranked: [.id, .buildTag, .trustIndicator, .testCase, .pod, .project])

  /// Results of deployments.
  static let deployResults = ScanTable(
    table: .deployresults, details: "deploydetails",
    columns: [
      .id, .pod, .installer, .version, .scenario, .criteria, .jobName, .buildID, .upstreamJobName, .upstreamBuildID,
      .startDate, .stopDate,
    ], ranked: [.id, .buildID, .scenario, .pod])

  /// Scenarios, which are only ever listed whole.
  static let scenarios = ScanTable(table: .scenarios, details: "", columns: [], ranked: [])
}

/// Where a scan reads, and how.
struct ScanSource<Record: Sendable>: Sendable {
  /// What is filtered.
  let table: ScanTable
  /// What is selected from where, the key first.
  let columns: String
  /// Reads a row of these columns.
  let read: @Sendable (Row) -> Record
  /// About how many bytes a record takes.
  let size: @Sendable (Record) -> Int
}
