import NIOCore
import Testing

@testable import Redis

@Suite struct ReplyQueueTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000)

    private func command(_ id: Int, after: Int64 = 100) -> PendingCommand<Int> {
        PendingCommand(RedisCommand("ECHO", id), deadline: start + .nanoseconds(after), sink: id)
    }

    /// Who was told what, in a form that compares.
    private func summary(_ settlement: ReplyQueue<Int>.Settlement?) -> String {
        switch settlement {
        case .single(let sink, .success(let reply)): "\(sink) got \(reply.string ?? "?")"
        case .single(let sink, .failure(let error)): "\(sink) refused \(error.prefix)"
        case .pipeline(let sink, let results):
            "\(sink) got " + results.map { (try? $0.get().string) ?? "?" }.joined(separator: ",")
        case .failure(let sink, let error): "\(sink) failed \(error.code.rawValue) \(error.outcomeUnknown)"
        case nil: "nobody"
        }
    }

    @Test("a command given up on keeps its place, so that later replies stay aligned")
    func alignment() throws {
        var queue = ReplyQueue<Int>()
        queue.append(command(1, after: 10))
        queue.append(command(2))
        #expect(queue.nextDeadline == start + .nanoseconds(10))
        #expect(queue.expire(at: start + .nanoseconds(10)).map(summary) == ["1 failed timedOut true"])
        #expect(queue.isHeadOverdue(at: start + .nanoseconds(10)))
        #expect(queue.nextDeadline == start + .nanoseconds(100))
        #expect(summary(try queue.receive(.status("late")).settlement) == "nobody")
        #expect(summary(try queue.receive(.status("two")).settlement) == "2 got two")
        #expect(queue.isEmpty)
        #expect(queue.takeFinished().commands == 2)
        #expect(queue.takeFinished().commands == 0)
    }

    @Test("a pipeline is settled once, by its last reply, with errors in their places")
    func pipeline() throws {
        var queue = ReplyQueue<Int>()
        let commands = [RedisCommand("A"), RedisCommand("B")]
        queue.append(PendingCommand(pipeline: commands, deadline: start, sink: 7))
        let first = try queue.receive(.error("LOADING wait"))
        #expect(summary(first.settlement) == "nobody")
        #expect(first.error?.asksForReconnect == true)
        #expect(summary(try queue.receive(.status("b")).settlement) == "7 got ?,b")
    }

    @Test("when the connection ends, a pipeline keeps the replies that came and the rest is unknown")
    func lost() throws {
        var queue = ReplyQueue<Int>()
        queue.append(PendingCommand(pipeline: [RedisCommand("A"), RedisCommand("B")], deadline: start, sink: 1))
        queue.append(command(2))
        _ = try queue.receive(.status("a"))
        let told = queue.giveUpAll(RedisError(.connectionLost, command: "CONNECTION"))
        #expect(told.map(summary) == ["1 got a,?", "2 failed connectionLost true"])
    }

    @Test("a reply that nobody asked for is a protocol violation")
    func unasked() {
        var queue = ReplyQueue<Int>()
        #expect(throws: RedisError.self) { try queue.receive(.status("OK")) }
    }
}

@Suite struct BackoffTests {
    @Test(
        "the bound doubles up to the cap and the wait is a random part of it",
        arguments: [
            (0, 0.9, 0), (1, 0.0, 0), (1, 0.5, 50), (2, 0.5, 100), (4, 0.5, 400), (5, 0.5, 500), (5_000, 0.5, 500),
        ]
    )
    func delays(failures: Int, fraction: Double, milliseconds: Int) {
        let backoff = Backoff(base: .milliseconds(100), cap: .seconds(1))
        #expect(backoff.delay(afterFailures: failures, fraction: fraction) == .milliseconds(milliseconds))
    }

    @Test("a connection that lasted is replaced at once, one that did not counts as a failure")
    func lifetimes() {
        var history = ReconnectHistory(backoff: Backoff(base: .milliseconds(100), cap: .seconds(1)))
        #expect(history.connectionLost(after: .seconds(60), fraction: 0.5) == .zero)
        #expect(history.connectionLost(after: .milliseconds(5), fraction: 0.5) == .milliseconds(50))
        #expect(history.attemptFailed(fraction: 0.5) == .milliseconds(100))
        #expect(history.connectionLost(after: .milliseconds(5), fraction: 0.5) == .milliseconds(200))
        #expect(history.connectionLost(after: .seconds(2), fraction: 0.5) == .zero)
    }
}

@Suite struct PoolStateTests {
    @Test("connections are opened up to the bound, reused, and handed to who waits longest")
    func leasing() {
        var pool = PoolState<String>(limit: 1)
        #expect(describe(pool.lease(id: 1, isUsable: { _ in true })) == "connect")
        #expect(describe(pool.lease(id: 2, isUsable: { _ in true })) == "wait")
        #expect(describe(pool.lease(id: 3, isUsable: { _ in true })) == "wait")
        #expect(describe(pool.giveBack("a")) == "give a to 2")
        pool.abandon(3)
        #expect(describe(pool.giveBack("a")) == "nothing")
        #expect(describe(pool.lease(id: 4, isUsable: { _ in true })) == "use a")
    }

    @Test("a connection that ended makes room: for who waits, or for the next")
    func discarding() {
        var pool = PoolState<String>(limit: 1)
        _ = pool.lease(id: 1, isUsable: { _ in true })
        _ = pool.lease(id: 2, isUsable: { _ in true })
        #expect(describe(pool.discard()) == "connect for 2")
        #expect(describe(pool.discard()) == "nothing")
        #expect(pool.open == 0)
        _ = pool.lease(id: 3, isUsable: { _ in true })
        _ = pool.giveBack("dead")
        #expect(describe(pool.lease(id: 4, isUsable: { _ in false })) == "connect")
        #expect(pool.open == 1)
    }

    @Test("a closed pool refuses, and closes what comes back")
    func closing() {
        var pool = PoolState<String>(limit: 1)
        _ = pool.lease(id: 1, isUsable: { _ in true })
        _ = pool.lease(id: 2, isUsable: { _ in true })
        #expect(pool.close().waiters == [2])
        #expect(describe(pool.lease(id: 3, isUsable: { _ in true })) == "refuse")
        #expect(describe(pool.giveBack("a")) == "close a")
        #expect(pool.open == 0)
    }

    private func describe(_ lease: PoolState<String>.Lease) -> String {
        switch lease {
        case .use(let connection): "use \(connection)"
        case .connect: "connect"
        case .wait: "wait"
        case .refuse: "refuse"
        }
    }

    private func describe(_ handover: PoolState<String>.Handover) -> String {
        switch handover {
        case .nothing: "nothing"
        case .give(let connection, to: let id): "give \(connection) to \(id)"
        case .connect(for: let id): "connect for \(id)"
        case .close(let connection): "close \(connection)"
        }
    }
}
