import Glibc
import Model

/// The few operations of a file system that a journal stands on. The real one is ``SystemDisk``; another may lose,
/// refuse and tear as disks do, without one.
///
/// Not Sendable by itself: a disk belongs to the thread of its journal.
public protocol Disk {
  /// Makes a folder and its parents; one that is there already is fine.
  func makeFolder(_ path: String) throws(DiskError)
  /// Makes the names in a folder durable.
  func syncFolder(_ path: String) throws(DiskError)
  /// Opens a file. The number names it in the other calls, until it is closed.
  func open(_ path: String, for purpose: DiskPurpose) throws(DiskError) -> Int32
  /// Gives a file up. What was written to it stays, durable or not.
  func close(_ file: Int32)
  /// The file's length in bytes.
  func size(of file: Int32) throws(DiskError) -> Int64
  /// Up to `count` bytes from `offset` on; fewer only at the end of the file, none behind it.
  func read(_ file: Int32, at offset: Int64, count: Int) throws(DiskError) -> [UInt8]
  /// Writes all bytes at their place, and makes the file longer where that is needed. When it throws, any of them may
  /// have been written.
  func write(_ bytes: ArraySlice<UInt8>, to file: Int32, at offset: Int64) throws(DiskError)
  /// Makes the file as long as that.
  func truncate(_ file: Int32, to size: Int64) throws(DiskError)
  /// Makes a file's content and length durable, and the name of a new file with them. When it throws, what was written
  /// since the last sync may be lost although a later sync succeeds.
  func sync(_ file: Int32) throws(DiskError)
  /// Makes everything durable that was written to the file system on which this file lies; throws as ``sync(_:)``.
  func syncAll(around file: Int32) throws(DiskError)
}

/// What a file is opened for.
public enum DiskPurpose: Sendable {
  /// Reading; it must be there.
  case reading
  /// Writing; it must not be there.
  case creating
  /// Writing; it must be there.
  case changing
  /// Writing, whether it is there or not. A link is not followed.
  case writing
}

/// Why an operation of a ``Disk`` failed.
public struct DiskError: Error, Hashable, Sendable {
  /// The system call, as `open`.
  public var call: String
  /// The error number, as `ENOSPC`.
  public var number: Int32

  /// Makes an error.
  public init(_ call: String, _ number: Int32) {
    self.call = call
    self.number = number
  }

  /// The error of a failed system call, from `errno`.
  static func last(_ call: String) -> DiskError { DiskError(call, errno) }

  /// The same for people: with what it happened to.
  func fault(_ path: String) -> Fault {
    Fault(.system, "\(call) \(path): \(String(cString: strerror(number)))")
  }

  /// Does `body`; says of its error to what it happened.
  static func on<Value>(_ path: String, _ body: () throws(DiskError) -> Value) throws(Fault) -> Value {
    do {
      return try body()
    } catch {
      throw error.fault(path)
    }
  }
}
