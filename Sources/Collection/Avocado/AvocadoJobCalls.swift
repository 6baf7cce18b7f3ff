import Dialects
import Store

extension AvocadoDialect {
  func addJob(_ call: AvocadoCall) async throws -> AvocadoReply {
    let draft = try Avocado.JobDraft(call.body)
    let row = AvocadoJob.Draft(
      id: draft.id ?? Self.randomID(), description: draft.description, elapsed: draft.elapsed,
      status: draft.status.rawValue)
    do {
      let answer = try await store.addAvocadoJob(row, request: call.request) { job in
        var (writer, jobs) = (JSONWriter(compact: true), Avocado.JobWriter())
        jobs.begin(Avocado.Job(job), &writer)
        jobs.end(&writer)
        return AvocadoAnswer(status: 201, body: writer.bytes)
      }
      return AvocadoReply(answer)
    } catch AvocadoProblem.exists {
      throw Self.idTaken
    }
  }

  func listJobs(_ call: AvocadoCall) async throws -> AvocadoReply {
    let order = Avocado.Ordering<Avocado.JobField>.read(call.sent.parameter("ordering")).compactMap { term in
      AvocadoJobOrder.Column(rawValue: term.field.rawValue).map {
        AvocadoJobOrder($0, isDescending: term.isDescending)
      }
    }
    let (total, chunk) = try await store.avocadoJobs(order: order, window: call.window)
    return stream(chunk, page: try call.page(of: total))
  }

  func changeJob(_ name: AvocadoJobName, _ call: AvocadoCall) async throws -> AvocadoReply {
    let change = try Avocado.JobChange(call.body, partial: call.verb == "PATCH")
    let row = AvocadoJob.Change(
      id: change.id, description: change.description, elapsed: change.elapsed, status: change.status?.rawValue)
    do { return stream(try await store.changeAvocadoJob(name, row)) } catch AvocadoProblem.exists { throw Self.idTaken }
  }

  /// How the tests of a job ended, for the figures of 0.2.0, to which a job that is not there is one without tests.
  func figures(_ name: String) async throws -> Avocado.Summary {
    do {
      return Avocado.Summary(try await store.avocadoTestSummary(of: AvocadoJobName(name, forWriting: false)))
    } catch AvocadoProblem.absent {
      return Avocado.Summary(passed: 0, failed: 0, other: 0)
    }
  }

  private static let idTaken = Avocado.Refusal(Avocado.FieldFaults("id", "This field must be unique."))

  /// 40 hexadecimal digits.
  private static func randomID() -> String {
    (0..<40).map { _ in String(Int.random(in: 0..<16), radix: 16) }.joined()
  }
}
