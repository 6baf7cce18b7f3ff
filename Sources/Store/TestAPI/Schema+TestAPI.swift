extension Schema {
  /// Deploy results, scenarios, trust indicators. A build number is the whole number behind a build id, which clients
  /// send as a number or as text. A scenario's installers are one JSON text, changed as a whole. `tallies` counts rows as
  /// they come and go, so that the first page of everything counts nothing.
  static let testAPI = """
    ALTER TABLE results ADD COLUMN trust_indicator ANY;
    ALTER TABLE results ADD COLUMN trust_level REAL;
    CREATE INDEX results_trust ON results (trust_level) WHERE trust_level IS NOT NULL;

    CREATE TABLE deployresults (
      key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
      pod_name TEXT NOT NULL REFERENCES pods (name), installer ANY, version ANY, scenario ANY, criteria ANY,
      job_name ANY, build_id ANY, build_number INTEGER, upstream_job_name ANY, upstream_build_id ANY,
      upstream_build_number INTEGER, start_date ANY, stop_date ANY, request_key TEXT
    ) STRICT;
    CREATE INDEX deployresults_pod ON deployresults (pod_name);
    CREATE INDEX deployresults_build ON deployresults (build_number);
    CREATE INDEX deployresults_scenario ON deployresults (scenario);
    CREATE INDEX deployresults_start ON deployresults (start_date);
    CREATE UNIQUE INDEX deployresults_request ON deployresults (request_key) WHERE request_key IS NOT NULL;
    CREATE TABLE deploydetails (
      key INTEGER PRIMARY KEY REFERENCES deployresults (key) ON DELETE CASCADE, json TEXT NOT NULL
    ) STRICT;

    CREATE TABLE scenarios (
      key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, created INTEGER NOT NULL, name TEXT NOT NULL UNIQUE,
      installers TEXT NOT NULL
    ) STRICT;

    CREATE TABLE tallies (name TEXT NOT NULL PRIMARY KEY, number INTEGER NOT NULL) STRICT;
    INSERT INTO tallies SELECT 'results', count(*) FROM results;
    INSERT INTO tallies VALUES ('deployresults', 0);
    CREATE TRIGGER results_come AFTER INSERT ON results
      BEGIN UPDATE tallies SET number = number + 1 WHERE name = 'results'; END;
    CREATE TRIGGER results_go AFTER DELETE ON results
      BEGIN UPDATE tallies SET number = number - 1 WHERE name = 'results'; END;
    CREATE TRIGGER deployresults_come AFTER INSERT ON deployresults
      BEGIN UPDATE tallies SET number = number + 1 WHERE name = 'deployresults'; END;
    CREATE TRIGGER deployresults_go AFTER DELETE ON deployresults
      BEGIN UPDATE tallies SET number = number - 1 WHERE name = 'deployresults'; END;
    """
}
