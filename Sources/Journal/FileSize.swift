extension JournalWriter {
  /// How many bytes a file of the run's folder has; 0 if it is not there.
  public func size(of path: String) -> Int64 {
    guard let file = try? disk.open(folder.path + "/" + path, for: .reading) else { return 0 }
    defer { disk.close(file) }
    return (try? disk.size(of: file)) ?? 0
  }
}
