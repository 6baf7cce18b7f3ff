/// What is to be started for one attempt. No part of it passes through a shell.
public struct Command: Hashable, Sendable {
  /// The program and its arguments. A program without a slash is looked up in PATH. Never empty.
  public var argv: [String]
  /// What is added to the environment of the case.
  public var environment: [String: String]
  /// The absolute path that it starts in.
  public var directory: String
  /// What has to be written to the results folder before it starts.
  public var files: [GeneratedFile]

  /// Makes a command.
  public init(
    argv: [String], environment: [String: String] = [:], directory: String, files: [GeneratedFile] = []
  ) {
    self.argv = argv
    self.environment = environment
    self.directory = directory
    self.files = files
  }
}

/// A file that a driver wants to find in the results folder.
public struct GeneratedFile: Hashable, Sendable {
  /// The path relative to the results folder; confined to it.
  public var path: String
  /// The contents.
  public var bytes: [UInt8]
  /// The permissions, as for `chmod`.
  public var mode: UInt32

  /// Makes a file.
  public init(path: String, bytes: [UInt8], mode: UInt32 = 0o600) {
    self.path = path
    self.bytes = bytes
    self.mode = mode
  }
}
