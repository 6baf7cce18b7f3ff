extension Schema {
  /// Who may write. Only hashes of tokens are kept: a token is 32 random bytes, so nobody finds it by trying, and one
  /// round of SHA-256 protects it as well as a slow hash protects a password that a person chose. Scopes that are not
  /// named are not limited.
  static let tokens = """
    CREATE TABLE tokens (
      key INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
      created INTEGER NOT NULL, expires INTEGER
    ) STRICT;

    CREATE TABLE token_scopes (
      token INTEGER NOT NULL REFERENCES tokens (key) ON DELETE CASCADE,
      kind TEXT NOT NULL CHECK (kind IN ('dialect', 'project')), value TEXT NOT NULL,
      PRIMARY KEY (token, kind, value)
    ) STRICT, WITHOUT ROWID;
    """
}
