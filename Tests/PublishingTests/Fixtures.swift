import Dialects
import FoundationEssentials
import Glibc
import Model
import Publishing
import Synchronization
import Testing

/// A folder of a test's own, removed at its end.
func withTemporaryFolder(_ body: (String) async throws -> Void) async throws {
  // In memory where there is such a place: every entry is synced several times, and a busy disk makes that slow.
  let place = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
  var template = Array("\(place)/sortie-publishing-XXXXXX".utf8CString)
  let path = try #require(mkdtemp(&template).map { String(cString: $0) })
  defer { removeTree(path) }
  try await body(path)
}

func removeTree(_ path: String) { try? FileManager.default.removeItem(atPath: path) }

func read(_ path: String) throws -> String {
  let file = try #require(fopen(path, "r"), "\(path)")
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 65536)
  while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
  return String(decoding: bytes, as: UTF8.self)
}

func write(_ text: String, to path: String) throws {
  let file = try #require(fopen(path, "w"), "\(path)")
  defer { fclose(file) }
  let bytes = Array(text.utf8)
  #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
}

func names(in path: String) throws -> [String] {
  let folder = try #require(opendir(path))
  defer { closedir(folder) }
  var names: [String] = []
  while let entry = readdir(folder) {
    names.append(withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
  }
  return names.filter { !$0.hasPrefix(".") }.sorted()
}

/// What Python prints for a script of ours and a file of input.
func python(_ script: String, input: String, in folder: String) throws -> String {
  try write(script, to: folder + "/script.py")
  try write(input, to: folder + "/input")
  let pipe = try #require(popen("/usr/bin/python3 \(folder)/script.py \(folder)/input > \(folder)/output", "r"))
  #expect(pclose(pipe) == 0)
  return try read(folder + "/output")
}

/// Time that passes only where somebody waits for it.
final class VirtualTime: Sendable {
  private let seconds = Mutex(1000.0)
  private let waits = Mutex<[Double]>([])
  /// Called before each wait ends.
  private let onWait: @Sendable () -> Void

  init(onWait: @escaping @Sendable () -> Void = {}) { self.onWait = onWait }

  var now: Double { seconds.withLock { $0 } }
  var waited: [Double] { waits.withLock { $0 } }
  var surroundings: Surroundings {
    Surroundings(
      now: { self.now }, wallClock: { Surroundings.real.wallClock() },
      sleep: { until in
        self.waits.withLock { $0.append(until - self.now) }
        self.seconds.withLock { $0 = max($0, until) }
        self.onWait()
      }, random: { 0.5 })
  }
}

let run = RunID(rawValue: "20261121-003634-kqzf")
func attempt(_ number: Int) -> AttemptID { AttemptID(run: run, case: CaseID(rawValue: "c\(number)"), ordinal: 1) }

func outcome(_ verdict: Verdict = .pass, details: JSONValue? = nil) -> Outcome {
  let begin = Timestamp(nanoseconds: 1_795_221_394_900_000_000)
  return Outcome(
    verdict: verdict, result: 100, started: begin, stopped: begin.advanced(bySeconds: 66), details: details)
}

func submission(_ number: Int, details: JSONValue? = nil) throws -> ResultSubmission {
  let context = ResultSubmission.Context(
    pod: "lf-pod1", installer: "apex", scenario: "os-nosdn-nofeature-ha", buildTag: "jenkins-apex-daily-master-190")
  return try #require(
    ResultSubmission(
      of: CaseDefinition(name: "c\(number)", tier: "smoke"), outcome: outcome(details: details),
      attempt: attempt(number), node: "n1", context: context, utcOffset: { _ in 3600 }))
}

func entry(_ number: Int, to address: ServerAddress, details: JSONValue? = nil) throws -> OutboxEntry {
  OutboxEntry(
    attempt: attempt(number), to: address, run: run, caseID: CaseID(rawValue: "c\(number)"),
    created: Timestamp(nanoseconds: 1_795_221_394_900_000_000 + 1000 * Int64(number)),
    body: try submission(number, details: details).body)
}

/// The submission of a case's result.
func result(_ number: Int) throws -> Submission {
  Submission(try submission(number), of: CaseID(rawValue: "c\(number)"), attempt: attempt(number))
}

extension Delivery {
  var attempt: AttemptID { AttemptID(rawValue: submission.rawValue) }
}

extension Publisher {
  func enqueue(_ number: Int, to address: ServerAddress) async throws {
    try await enqueue(try result(number), to: address, run: run)
  }
}
