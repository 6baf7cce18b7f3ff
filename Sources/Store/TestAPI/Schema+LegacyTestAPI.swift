extension Schema {
  /// What clients of 2015 saw and sent beyond today's results: when a result arrived, what it says about itself in
  /// words, and a small number for each pod. A number is never given twice, and a pod that is declared again has its old
  /// one, because the numbers stand in the clients' configurations.
  static let legacyTestAPI = """
    ALTER TABLE results ADD COLUMN created INTEGER;
    ALTER TABLE results ADD COLUMN description ANY;

    CREATE TABLE pod_numbers (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
    INSERT INTO pod_numbers (name) SELECT name FROM pods ORDER BY key;
    CREATE TRIGGER pods_numbered AFTER INSERT ON pods BEGIN
      INSERT INTO pod_numbers (name) VALUES (new.name) ON CONFLICT (name) DO NOTHING;
    END;
    """
}
