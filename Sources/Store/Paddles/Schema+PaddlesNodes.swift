extension Schema {
  /// Nodes and queues; executed before the tables of runs and jobs, which name nodes.
  static let paddlesNodes = """
    CREATE TABLE paddles_nodes (key INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, machine_type TEXT) STRICT;
    """
}
