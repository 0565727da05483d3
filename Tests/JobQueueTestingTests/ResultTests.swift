import JobQueue
import JobQueueTesting
import Testing

extension TestQueueTests {
    @Test("a handle gives the state and the value of a task that was run, in memory as in Redis")
    func handles() async throws {
        let queue = queue { arguments, context in
            try await context.setState(.progress, ["at": 1])
            #expect(try await context.results.handle(of: context.taskID, as: String.self).state().status == .progress)
            guard arguments.value != "bad" else { throw TaskFailure(type: "Bad", message: "no") }
            return arguments.value + "!"
        }
        let receipt = try await queue.producer.enqueue(Work.self, .init(value: "a"))
        let handle = queue.producer.handle(of: receipt, as: Work.self)
        #expect(try await handle.state().status == .pending)
        async let early = handle.value(timeout: .seconds(30))
        try await queue.runAll()
        let first = try await early
        #expect(first == "a!")
        #expect(try await handle.value(timeout: .zero) == "a!")
        #expect(try queue.result(of: handle.id) == "a!")
        let bad = try await enqueue("bad", queue)
        try await queue.runToEnd(.returned)
        let error = await #expect(throws: TaskFailedError.self) {
            try await queue.results.handle(of: bad, as: String.self).value(timeout: .zero)
        }
        #expect(error?.failure == TaskFailure(type: "Bad", message: "no"))
        try await handle.forget()
        #expect(try await handle.state().status == .pending)
    }

    @Test("a cancelled task is revoked whether its result is stored or not")
    func revokedResult() async throws {
        let queue = queue { arguments, _ in arguments.value }
        let id = try await enqueue("a", queue)
        try await queue.producer.cancel(id, in: "work")
        try await queue.runAll()
        #expect(queue.state(of: id) == .revoked)
        let error = await #expect(throws: TaskRevokedError.self) {
            try await queue.results.handle(of: id, as: String.self).value(timeout: .zero)
        }
        #expect(error?.reason == "revoked")
    }
}

extension TestQueueTests {
    @Test("a group of handles counts, waits for and saves its members, in memory as in Redis")
    func groups() async throws {
        let queue = queue { arguments, _ in
            guard arguments.value != "bad" else { throw TaskFailure(type: "Bad", message: "no") }
            return arguments.value + "!"
        }
        let receipts = try await queue.producer.enqueue(Work.self, batch: ["a", "b", "bad"].map { .init(value: $0) })
        let group = queue.results.group("all", of: receipts.map(\.taskID), as: String.self)
        #expect(try await group.counts().waiting == 3)
        try await group.save()
        _ = try #require(try await queue.runNext())
        #expect(try await group.counts().succeeded == 1)
        try await queue.runToEnd(.returned)
        let saved = try #require(try await queue.results.savedGroup("all", as: String.self))
        let outcomes = try await saved.outcomes(timeout: .zero)
        #expect(outcomes.map { try? $0.get() } == ["a!", "b!", nil])
        await #expect(throws: TaskFailedError.self) { try await group.values(timeout: .zero) }
        try await group.forget()
        #expect(try await queue.results.savedGroup("all", as: String.self) == nil)
    }
}
