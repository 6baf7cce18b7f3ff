import Model
import Store
import Synchronization

/// What the server knows about itself, all listeners together.
final class ServerFigures: Sendable {
  let requests = RequestFigures()
  private let open = Atomic(0)

  /// A connection was accepted.
  func opened() { open.add(1, ordering: .relaxed) }

  /// A connection has ended.
  func closed() { open.subtract(1, ordering: .relaxed) }

  /// Everything, in Prometheus' text format.
  func text(of store: ResultStore) async -> String {
    var build = MetricFamily("sortie_build_info", .gauge, "The release that runs.")
    build.add(1, [("version", sortieVersion)])
    var rows = MetricFamily("sortie_store_rows", .gauge, "Rows of a table; some seconds old.")
    for (table, count) in await store.rowCounts() { rows.add(Double(count), [("table", table)]) }
    let writer = store.figures
    var groups = MetricFamily("sortie_store_group_size", .histogram, "Writes that shared a transaction.")
    groups.add(writer.groups)
    var commits = MetricFamily(
      "sortie_store_commit_seconds", .histogram, "Time of a transaction, from its first write to the end of its sync.")
    commits.add(writer.commits)
    return MetricFamily.text(
      [
        build,
        MetricFamily(
          "sortie_http_connections_open", .gauge, "Connections that are open.", Double(open.load(ordering: .relaxed))),
      ] + requests.families + [
        rows,
        MetricFamily(
          "sortie_store_writes_waiting", .gauge, "Writes that wait for a transaction.", Double(writer.waiting)),
        groups, commits,
        MetricFamily(
          "sortie_store_commit_failures_total", .counter, "Transactions that failed as a whole.",
          Double(writer.failures)),
      ])
  }
}
