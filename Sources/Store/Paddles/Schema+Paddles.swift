extension Schema {
  /// Runs, jobs and the nodes that jobs run on.
  ///
  /// A run's row holds how many of its jobs have which status, and its first job's values, so that showing it reads no
  /// job. Keys increase with time, so that the order of keys is the order of `posted`. A job's large JSON lies apart:
  /// a change of status then rewrites a short row. Columns of type ANY hold a ``StoredValue``.
  static let paddles =
    paddlesNodes + """
      CREATE TABLE paddles_runs (
        key INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, status TEXT NOT NULL, user TEXT NOT NULL,
        scheduled INTEGER NOT NULL, suite TEXT NOT NULL, branch TEXT NOT NULL, machine_type TEXT NOT NULL,
        posted INTEGER NOT NULL, started INTEGER, updated INTEGER,
        queued INTEGER NOT NULL, passed INTEGER NOT NULL, running INTEGER NOT NULL, waiting INTEGER NOT NULL,
        failed INTEGER NOT NULL, dead INTEGER NOT NULL, unknown INTEGER NOT NULL,
        first_job TEXT, sha1 ANY, flavor ANY, priority INTEGER,
        request_key TEXT
      ) STRICT;
      CREATE INDEX paddles_runs_scheduled ON paddles_runs (scheduled);
      CREATE INDEX paddles_runs_status ON paddles_runs (status, scheduled);
      CREATE INDEX paddles_runs_user ON paddles_runs (user, scheduled);
      CREATE INDEX paddles_runs_suite ON paddles_runs (suite, scheduled);
      CREATE INDEX paddles_runs_branch ON paddles_runs (branch, scheduled);
      CREATE INDEX paddles_runs_machine_type ON paddles_runs (machine_type, scheduled);
      CREATE INDEX paddles_runs_queued ON paddles_runs (scheduled) WHERE queued > 0;
      CREATE UNIQUE INDEX paddles_runs_request ON paddles_runs (request_key) WHERE request_key IS NOT NULL;

      CREATE TABLE paddles_jobs (
        key INTEGER PRIMARY KEY, run_key INTEGER NOT NULL REFERENCES paddles_runs (key) ON DELETE CASCADE,
        job_id TEXT NOT NULL, status TEXT NOT NULL, priority INTEGER,
        posted INTEGER NOT NULL, started INTEGER, updated INTEGER NOT NULL,
        archive_path ANY, description ANY, duration ANY, email ANY, failure_reason ANY, flavor ANY, last_in_suite ANY,
        machine_type ANY, name ANY, nuke_on_error ANY, os_type ANY, os_version ANY, owner ANY, pid ANY,
        sentry_event ANY, success ANY, branch ANY, seed ANY, sha1 ANY, subset ANY, suite ANY, suite_branch ANY,
        suite_path ANY, suite_relpath ANY, suite_repo ANY, suite_sha1 ANY, timestamp ANY, teuthology_branch ANY,
        verbose ANY, pcp_grafana_url ANY, user ANY, queue ANY, package_source ANY,
        request_key TEXT,
        UNIQUE (run_key, job_id)
      ) STRICT;
      CREATE INDEX paddles_jobs_run ON paddles_jobs (run_key);
      CREATE INDEX paddles_jobs_status ON paddles_jobs (status);
      CREATE INDEX paddles_jobs_posted ON paddles_jobs (posted);
      CREATE INDEX paddles_jobs_sha1 ON paddles_jobs (sha1, run_key);
      CREATE INDEX paddles_jobs_flavor ON paddles_jobs (flavor, run_key);
      CREATE INDEX paddles_jobs_branch ON paddles_jobs (branch);
      CREATE INDEX paddles_jobs_user ON paddles_jobs (user);
      CREATE INDEX paddles_jobs_queue ON paddles_jobs (queue, priority) WHERE status = 'queued';
      CREATE UNIQUE INDEX paddles_jobs_request ON paddles_jobs (request_key) WHERE request_key IS NOT NULL;

      CREATE TABLE paddles_configs (
        job_key INTEGER PRIMARY KEY REFERENCES paddles_jobs (key) ON DELETE CASCADE,
        kernel ANY, overrides ANY, roles ANY, targets ANY, tasks ANY
      ) STRICT;

      CREATE TABLE paddles_targets (
        node_key INTEGER NOT NULL REFERENCES paddles_nodes ON DELETE CASCADE,
        job_key INTEGER NOT NULL REFERENCES paddles_jobs (key) ON DELETE CASCADE,
        PRIMARY KEY (node_key, job_key)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX paddles_targets_job ON paddles_targets (job_key);
      """
}
