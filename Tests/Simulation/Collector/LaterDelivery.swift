import Journal
import Model

/// A process that delivers what a run that has ended left in the outbox, and writes it into the run's journal.
final class LaterDelivery {
  private var publisher: SimulatedPublisher?

  init(
    _ folder: RunFolder, _ disk: ProcessDisk, _ owner: Owner, in world: World, after events: [Event],
    then done: @escaping () -> Void
  ) {
    world.note { "what is left in the outbox is delivered" }
    let record = { (activity: Activity, then: @escaping () -> Void) in
      LaterDelivery.record(activity, folder, disk, owner, in: world, then: then)
    }
    let publisher = SimulatedPublisher(
      folder.run, disk, owner, in: world, record: record,
      changed: { [unowned self] in
        guard owner.isAlive, self.publisher?.isDone == true else { return }
        if self.publisher?.isDrained == true { return done() }
        self.publisher?.tryAgain()
      })
    self.publisher = publisher
    publisher.goOn(after: events)
    publisher.start()
    publisher.finish()
  }

  private static func record(
    _ activity: Activity, _ folder: RunFolder, _ disk: ProcessDisk, _ owner: Owner, in world: World,
    then: @escaping () -> Void
  ) {
    do throws(Fault) {
      let journal = try JournalWriter(resuming: folder, disk: disk, isLocked: false)
      _ = try journal.append(activity, at: world.wall.now)
      try journal.commit()
      then()
    } catch {
      guard owner.isAlive else { return }
      world.agenda.after(5, owner) { record(activity, folder, disk, owner, in: world, then: then) }
    }
  }
}
