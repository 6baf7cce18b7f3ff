extension Schema {
  /// Jobs, tests, activities, data, statuses, components. A job's key is the number that old clients call it by, so
  /// numbers are never given again. How many jobs have a status, and how a job's tests ended, is counted as rows come
  /// and go, so that a summary never counts. Times of activities are microseconds since 1970, because clients may send
  /// any year from 1 to 9999. The rows of the original's fixture come with the tables.
  static let avocado = """
    CREATE TABLE avocado_job_statuses (
      key INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, description TEXT NOT NULL, jobs INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    INSERT INTO avocado_job_statuses (key, name, description) VALUES
      (1, 'TEST_NA', ''), (2, 'ABORT', 'Job was removed from queue before completion'), (3, 'ERROR', ''),
      (4, 'FAIL', ''), (5, 'WARN', ''), (6, 'PASS', 'Job finished running successfull'),
      (7, 'START', 'Job just started running'), (8, 'ALERT', ''), (9, 'RUNNING', 'Job is currently being executed'),
      (10, 'NOSTATUS', 'Job has no recognizable status');

    CREATE TABLE avocado_test_statuses (
      key INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, description TEXT NOT NULL
    ) STRICT;
    INSERT INTO avocado_test_statuses VALUES
      (1, 'PASS', 'Test succeeded'), (2, 'ERROR', 'Test had an error'), (3, 'FAIL', 'Test failed'),
      (4, 'TEST_NA', 'Test was skipped'), (5, 'WARN', 'Test generated warnings');

    CREATE TABLE avocado_jobs (
      key INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, description TEXT, time INTEGER NOT NULL,
      elapsed_time REAL NOT NULL, status INTEGER NOT NULL REFERENCES avocado_job_statuses (key),
      passed INTEGER NOT NULL DEFAULT 0, failed INTEGER NOT NULL DEFAULT 0, other INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE INDEX avocado_jobs_prefix ON avocado_jobs (id COLLATE NOCASE);
    CREATE INDEX avocado_jobs_time ON avocado_jobs (time);
    CREATE INDEX avocado_jobs_status ON avocado_jobs (status);
    CREATE INDEX avocado_jobs_elapsed ON avocado_jobs (elapsed_time);
    CREATE INDEX avocado_jobs_description ON avocado_jobs (description);
    CREATE TRIGGER avocado_job_added AFTER INSERT ON avocado_jobs BEGIN
      UPDATE avocado_job_statuses SET jobs = jobs + 1 WHERE key = NEW.status;
    END;
    CREATE TRIGGER avocado_job_removed AFTER DELETE ON avocado_jobs BEGIN
      UPDATE avocado_job_statuses SET jobs = jobs - 1 WHERE key = OLD.status;
    END;
    CREATE TRIGGER avocado_job_moved AFTER UPDATE OF status ON avocado_jobs BEGIN
      UPDATE avocado_job_statuses SET jobs = jobs - 1 WHERE key = OLD.status;
      UPDATE avocado_job_statuses SET jobs = jobs + 1 WHERE key = NEW.status;
    END;

    CREATE TABLE avocado_tests (
      key INTEGER PRIMARY KEY AUTOINCREMENT, job INTEGER NOT NULL REFERENCES avocado_jobs (key) ON DELETE CASCADE,
      tag TEXT NOT NULL, status INTEGER REFERENCES avocado_test_statuses (key), UNIQUE (job, tag)
    ) STRICT;
    CREATE INDEX avocado_tests_job ON avocado_tests (job);
    CREATE INDEX avocado_tests_status ON avocado_tests (job, status);
    CREATE TRIGGER avocado_test_added AFTER INSERT ON avocado_tests BEGIN
      UPDATE avocado_jobs SET passed = passed + (NEW.status IS 1), failed = failed + (NEW.status IS 2 OR NEW.status IS 3),
        other = other + (NEW.status IS NULL OR NEW.status > 3) WHERE key = NEW.job;
    END;
    CREATE TRIGGER avocado_test_removed AFTER DELETE ON avocado_tests BEGIN
      UPDATE avocado_jobs SET passed = passed - (OLD.status IS 1), failed = failed - (OLD.status IS 2 OR OLD.status IS 3),
        other = other - (OLD.status IS NULL OR OLD.status > 3) WHERE key = OLD.job;
    END;
    CREATE TRIGGER avocado_test_moved AFTER UPDATE OF job, status ON avocado_tests BEGIN
      UPDATE avocado_jobs SET passed = passed - (OLD.status IS 1), failed = failed - (OLD.status IS 2 OR OLD.status IS 3),
        other = other - (OLD.status IS NULL OR OLD.status > 3) WHERE key = OLD.job;
      UPDATE avocado_jobs SET passed = passed + (NEW.status IS 1), failed = failed + (NEW.status IS 2 OR NEW.status IS 3),
        other = other + (NEW.status IS NULL OR NEW.status > 3) WHERE key = NEW.job;
    END;

    CREATE TABLE avocado_job_activities (
      key INTEGER PRIMARY KEY AUTOINCREMENT, job INTEGER NOT NULL REFERENCES avocado_jobs (key) ON DELETE CASCADE,
      activity TEXT NOT NULL, time INTEGER NOT NULL, UNIQUE (job, activity, time)
    ) STRICT;
    CREATE INDEX avocado_job_activities_job ON avocado_job_activities (job);

    CREATE TABLE avocado_test_activities (
      key INTEGER PRIMARY KEY AUTOINCREMENT, test INTEGER NOT NULL REFERENCES avocado_tests (key) ON DELETE CASCADE,
      activity TEXT NOT NULL, time INTEGER NOT NULL, status INTEGER REFERENCES avocado_test_statuses (key),
      UNIQUE (test, activity, time, status)
    ) STRICT;
    CREATE INDEX avocado_test_activities_test ON avocado_test_activities (test);

    CREATE TABLE avocado_test_data (
      key INTEGER PRIMARY KEY AUTOINCREMENT, test INTEGER NOT NULL REFERENCES avocado_tests (key) ON DELETE CASCADE,
      category TEXT NOT NULL, name TEXT NOT NULL, value BLOB, UNIQUE (test, category, name)
    ) STRICT;
    CREATE INDEX avocado_test_data_test ON avocado_test_data (test);

    CREATE TABLE avocado_requests (
      name TEXT PRIMARY KEY, digest TEXT NOT NULL, status INTEGER NOT NULL, answer BLOB NOT NULL,
      job INTEGER NOT NULL REFERENCES avocado_jobs (key) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX avocado_requests_job ON avocado_requests (job);

    CREATE TABLE avocado_kinds (key INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE) STRICT;
    INSERT INTO avocado_kinds VALUES (1, 'unknown');
    CREATE TABLE avocado_arches (key INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE) STRICT;
    INSERT INTO avocado_arches VALUES (1, 'unknown');
    CREATE TABLE avocado_components (
      key INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, version TEXT NOT NULL, release TEXT NOT NULL,
      checksum TEXT NOT NULL, kind INTEGER NOT NULL REFERENCES avocado_kinds (key),
      arch INTEGER NOT NULL REFERENCES avocado_arches (key), UNIQUE (kind, name, version, release, checksum, arch)
    ) STRICT;
    CREATE INDEX avocado_components_arch ON avocado_components (arch);
    CREATE TABLE avocado_distros (
      key INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, version TEXT NOT NULL, release TEXT NOT NULL,
      arch TEXT NOT NULL, UNIQUE (name, version, release, arch)
    ) STRICT;
    INSERT INTO avocado_distros VALUES (1, 'unknown', '0', '0', 'unknown');
    CREATE TABLE avocado_environments (
      key INTEGER PRIMARY KEY AUTOINCREMENT, distro INTEGER NOT NULL REFERENCES avocado_distros (key)
    ) STRICT;
    CREATE INDEX avocado_environments_distro ON avocado_environments (distro);
    """
}
