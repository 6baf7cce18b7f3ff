import Glibc

/// The user that runs this, as the user database knows them: OpenSSH does not look at HOME and USER either.
enum Account {
  /// The home folder; `/` for a user that the database does not know.
  static var home: String { entry { $0.pw_dir } ?? "/" }

  /// The login name.
  static var name: String? { entry { $0.pw_name } }

  private static func entry(_ field: (passwd) -> UnsafeMutablePointer<CChar>?) -> String? {
    var entry = passwd()
    var result: UnsafeMutablePointer<passwd>?
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16 * 1024) { buffer in
      guard let base = buffer.baseAddress, getpwuid_r(getuid(), &entry, base, buffer.count, &result) == 0,
        result != nil
      else { return nil }
      return field(entry).map { String(cString: $0) }
    }
  }
}
