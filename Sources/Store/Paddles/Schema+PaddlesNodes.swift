extension Schema {
  /// Nodes and queues; executed before the tables of runs and jobs, which name nodes by `key`. `paddles_nodes_free`
  /// is what a request for several nodes reads. The jobs of a queue name it; a queue's row says whether it stands.
  static let paddlesNodes = """
    CREATE TABLE paddles_nodes (
      key INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, description TEXT, up INTEGER, machine_type TEXT,
      is_vm INTEGER NOT NULL DEFAULT 0, vm_host INTEGER REFERENCES paddles_nodes (key) ON DELETE SET NULL,
      os_type TEXT, os_version TEXT, arch TEXT, locked_by TEXT, locked_since INTEGER, mac_address TEXT,
      ssh_pub_key TEXT, CHECK ((locked_by IS NULL) = (locked_since IS NULL))
    ) STRICT;
    CREATE INDEX paddles_nodes_type ON paddles_nodes (machine_type);
    CREATE INDEX paddles_nodes_free ON paddles_nodes (machine_type) WHERE up = 1 AND locked_by IS NULL;
    CREATE INDEX paddles_nodes_owner ON paddles_nodes (locked_by) WHERE locked_by IS NOT NULL;
    CREATE INDEX paddles_nodes_host ON paddles_nodes (vm_host) WHERE vm_host IS NOT NULL;

    CREATE TABLE paddles_queues (
      key INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, paused_by TEXT, paused_since INTEGER, paused_until INTEGER
    ) STRICT;

    """
}
