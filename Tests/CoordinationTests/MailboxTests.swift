import Testing

@testable import Coordination

@Suite struct MailboxTests {
  @Test func nothingIsLostAndEachPostersOrderIsKept() async {
    let box = Mailbox<(poster: Int, item: Int)>(limit: 50)
    let (posters, items) = (8, 2_000)
    await withTaskGroup(of: Void.self) { group in
      for poster in 0..<posters {
        group.addTask {
          for item in 0..<items {
            // Some wait for room, some do not.
            if poster % 2 == 0 {
              await box.postWhenRoom((poster, item), cost: 1)
            } else {
              box.post((poster, item), cost: 1)
            }
          }
        }
      }
      var next = [Int](repeating: 0, count: posters)
      while next.reduce(0, +) < posters * items {
        for (poster, item) in await box.take() {
          #expect(item == next[poster])
          next[poster] = item + 1
        }
      }
    }
    #expect(box.takeNow().isEmpty)
  }

  @Test func aPatientPosterGoesOnWhenThereIsRoom() async {
    let box = Mailbox<Int>(limit: 10)
    await box.postWhenRoom(1, cost: 10)
    await box.postWhenRoom(2, cost: 1)
    let entered = Mailbox<Bool>()
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        await box.postWhenRoom(3, cost: 1)
        entered.post(true)
      }
      // Eleven are in where ten may be: the third waits, however long nobody takes.
      for _ in 0..<100 { await Task.yield() }
      #expect(entered.takeNow().isEmpty)
      #expect(box.takeNow() == [1, 2])
      #expect(await box.take() == [3])
    }
  }

  @Test func closingLetsEverybodyGoOn() async {
    let box = Mailbox<Int>(limit: 0)
    await box.postWhenRoom(1, cost: 5)
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await box.postWhenRoom(2, cost: 5) }
      box.close()
      await group.waitForAll()
    }
    #expect(box.takeNow() == [1, 2])
    #expect(await box.take().isEmpty)
    box.post(3)
    #expect(await box.take() == [3])
  }

  @Test func aCancelledTakeTakesNothing() async {
    for round in 0..<300 {
      let box = Mailbox<Int>()
      let taken = await withTaskGroup(of: [Int].self) { group in
        group.addTask { await box.take() }
        group.addTask {
          box.post(round)
          return []
        }
        group.cancelAll()
        return await group.reduce(into: []) { $0 += $1 }
      }
      // Either the take came first and has it, or it stayed; never both, never neither.
      #expect(taken + box.takeNow() == [round])
    }
    let box = Mailbox<Int>()
    box.post(7)
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return await box.take()
    }
    #expect(await task.value.isEmpty)
    #expect(await box.take() == [7])
  }
}
