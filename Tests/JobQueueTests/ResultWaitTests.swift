import JSON
import NIOConcurrencyHelpers
import Redis
import Testing

@testable import JobQueue

/// Results whose every move a test makes.
final class ScriptedResults: ResultSource {
    let names = BrokerNames.plain

    private struct State {
        var texts: [String: [UInt8]] = [:]
        var listeners: [String: @Sendable (ChannelNews) -> Void] = [:]
        var reads = 0
        var failure: RedisError?
        var whileReading: @Sendable () -> Void = {}
    }

    private let state = NIOLockedValueBox(State())
    let looksAgainAfter: Duration?

    init(looksAgainAfter: Duration? = nil) { self.looksAgainAfter = looksAgainAfter }

    var reads: Int { state.withLockedValue { $0.reads } }
    var listened: Int { state.withLockedValue { $0.listeners.count } }
    func put(_ text: String?, of id: TaskID = "t") {
        state.withLockedValue { $0.texts[names.result(of: id)] = text.map { Array($0.utf8) } }
    }
    func fail(_ error: RedisError?) { state.withLockedValue { $0.failure = error } }
    /// Runs between the moment a read is made and its reply.
    func whileReading(_ body: @escaping @Sendable () -> Void) { state.withLockedValue { $0.whileReading = body } }
    func tell(_ news: ChannelNews, of id: TaskID = "t") {
        state.withLockedValue { $0.listeners[names.result(of: id)] }?(news)
    }
    func publish(_ text: String, of id: TaskID = "t") { tell(.message(Array(text.utf8)), of: id) }

    func texts(of keys: [String], timeout: Duration) async throws(RedisError) -> [[UInt8]?] {
        let (texts, failure, body) = state.withLockedValue { state in
            state.reads += 1
            return (keys.map { state.texts[$0] }, state.failure, state.whileReading)
        }
        body()
        if let failure { throw failure }
        return texts
    }

    func listen(to key: String, _ listener: @escaping @Sendable (ChannelNews) -> Void) -> ChannelListening {
        state.withLockedValue { $0.listeners[key] = listener }
        return ChannelListening { [self] in state.withLockedValue { $0.listeners[key] = nil } }
    }

    func remove(_ keys: [String]) async throws(RedisError) {}
    func store(_ text: [UInt8], under key: String, life: Duration) async throws(RedisError) {}
}

@Suite("Waiting for a result", .timeLimit(.minutes(1)))
struct ResultWaitTests {
    static func success(_ value: Int) -> String { #"{"status": "SUCCESS", "result": \#(value), "date_done": null}"# }
    static let started = #"{"status": "STARTED", "result": null}"#

    private let source = ScriptedResults()
    private var handle: TaskHandle<Int> { ResultStore(source: source, payload: nil).handle(of: "t") }

    /// Waits until somebody listens, then does it.
    private func whenListened(_ body: @escaping @Sendable (ScriptedResults) -> Void) -> Task<Void, Never> {
        let source = self.source
        return Task {
            while source.listened == 0 { await Task.yield() }
            body(source)
        }
    }

    @Test("one that is there costs a read, and nobody listens")
    func there() async throws {
        source.put(Self.success(3))
        source.whileReading { [source] in #expect(source.listened == 0) }
        #expect(try await handle.value(timeout: .zero) == 3)
        #expect(source.reads == 1)
        #expect(source.listened == 0)
    }

    @Test("one that comes after the first read and before the subscription stands is found")
    func before() async throws {
        let teller = whenListened { source in
            source.put(Self.success(4))
            source.tell(.listening)
        }
        #expect(try await handle.value(timeout: .seconds(20)) == 4)
        await teller.value
        #expect(source.reads == 2)
    }

    @Test("one that is published while the read is under way is found")
    func between() async throws {
        let teller = whenListened { source in
            source.whileReading { source.publish(Self.success(5)) }
            source.tell(.listening)
        }
        #expect(try await handle.value(timeout: .seconds(20)) == 5)
        await teller.value
        #expect(source.listened == 0)
    }

    @Test("states that are no end are passed by, and the last that was told is read")
    func others() async throws {
        let teller = whenListened { source in
            source.publish(Self.started)
            source.publish(#"{"status": "PROGRESS", "result": {"at": 1}}"#)
            source.publish(Self.success(6))
        }
        #expect(try await handle.value(timeout: .seconds(20)) == 6)
        await teller.value
    }

    @Test("after a lost connection it is read again")
    func reconnected() async throws {
        let teller = whenListened { source in
            source.tell(.listening)
            source.tell(.lost(RedisError(.connectionLost, command: "SUBSCRIBE")))
            source.put(Self.success(7))
            source.tell(.listening)
        }
        #expect(try await handle.value(timeout: .seconds(20)) == 7)
        await teller.value
    }

    @Test("nothing in time: the error says whether Redis could be asked")
    func timeouts() async throws {
        let late = await #expect(throws: JobQueueError.self) { try await handle.value(timeout: .milliseconds(20)) }
        #expect(late?.code == .resultTimeout)
        #expect(source.listened == 0)
        let teller = whenListened { $0.tell(.lost(RedisError(.connectFailed, command: "SUBSCRIBE"))) }
        let away = await #expect(throws: JobQueueError.self) { try await handle.value(timeout: .milliseconds(200)) }
        await teller.value
        #expect(away?.code == .unavailable)
        source.fail(RedisError(.timedOut, command: "GET"))
        let silent = await #expect(throws: JobQueueError.self) { try await handle.value(timeout: .milliseconds(50)) }
        #expect(silent?.code == .unavailable)
    }

    @Test("a read that fails is tried again, and what was published meanwhile counts")
    func failingReads() async throws {
        source.fail(RedisError(.timedOut, command: "GET"))
        let teller = whenListened { $0.publish(Self.success(8)) }
        #expect(try await handle.value(timeout: .seconds(20)) == 8)
        await teller.value
    }

    @Test("one that was there and is gone is forgotten")
    func forgotten() async throws {
        source.put(Self.started)
        let teller = whenListened { source in
            source.put(nil)
            source.tell(.listening)
        }
        let error = await #expect(throws: JobQueueError.self) { try await handle.value(timeout: .seconds(20)) }
        await teller.value
        #expect(error?.code == .resultForgotten)
    }

    @Test("where a channel is refused the wait ends")
    func refused() async throws {
        let teller = whenListened { $0.tell(.ended(RedisError(server: "NOPERM", command: "SUBSCRIBE"))) }
        let error = await #expect(throws: JobQueueError.self) { try await handle.value(timeout: .seconds(20)) }
        await teller.value
        #expect(error?.code == .unavailable)
    }

    @Test("a cancelled wait ends at once, and nobody listens any more")
    func cancelled() async throws {
        let handle = self.handle
        let waiting = Task { try await handle.value(timeout: .seconds(50)) }
        await whenListened { _ in waiting.cancel() }.value
        await #expect(throws: CancellationError.self) { try await waiting.value }
        #expect(source.listened == 0)
    }

    @Test("where news can get lost without a sign, it is looked at again after a while")
    func again() async throws {
        let source = ScriptedResults(looksAgainAfter: .milliseconds(20))
        source.whileReading { [source] in if source.reads == 3 { source.put(Self.success(9)) } }
        let handle = ResultStore(source: source, payload: nil).handle(of: "t", as: Int.self)
        #expect(try await handle.value(timeout: .seconds(20)) == 9)
    }

    @Test("a group's values keep its order, whatever comes first; the first failure ends the wait")
    func group() async throws {
        let store = ResultStore(source: source, payload: nil)
        let group = store.group(of: ["a", "b", "c"], as: Int.self)
        source.put(Self.success(1), of: "b")
        let teller = Task { [source] in
            while source.listened < 2 { await Task.yield() }
            source.publish(Self.success(2), of: "c")
            source.publish(Self.success(0), of: "a")
        }
        #expect(try await group.values(timeout: .seconds(20)) == [0, 1, 2])
        await teller.value
        #expect(source.listened == 0)
        source.put(#"{"status": "FAILURE", "result": {"exc_type": "E", "exc_message": ["no"]}}"#, of: "c")
        let failed = await #expect(throws: TaskFailedError.self) { try await group.values(timeout: .seconds(20)) }
        #expect(failed?.taskID == "c")
        source.put(Self.success(0), of: "a")
        let outcomes = try await group.outcomes(timeout: .seconds(20))
        #expect(outcomes.map { try? $0.get() } == [0, 1, nil])
        let counts = try await group.counts()
        #expect((counts.total, counts.succeeded, counts.failed, counts.ended) == (3, 2, 1, 3))
        #expect(counts.isReady)
    }

    @Test("updates are told as they change, up to the end")
    func updates() async throws {
        source.put(Self.started)
        let source = self.source
        var seen: [String] = []
        for try await state in handle.updates(timeout: .seconds(20)) {
            seen.append(state.status.rawValue)
            if seen.count == 1 { _ = whenListened { $0.publish(#"{"status": "PROGRESS", "result": 1}"#) } }
            if seen.count == 2 { source.publish(Self.success(1)) }
        }
        #expect(seen == ["STARTED", "PROGRESS", "SUCCESS"])
    }

    @Test("what follows from a task is found level by level, rings too")
    func descendants() async throws {
        func put(_ id: TaskID, _ children: String) {
            source.put(#"{"status": "SUCCESS", "result": 1, "parent_id": "p", "children": \#(children)}"#, of: id)
        }
        put("t", #"[[["a",null],null],[["g",null],[[["b",null],null],[["c",null],null]]]]"#)
        put("a", #"[[["d",null],null],[["t",null],null]]"#)
        put("c", #"[[["e",null],null]]"#)
        let found = try await handle.descendants()
        #expect(found.map(\.id) == ["a", "g", "d", "e"])
        #expect(try await handle.descendants(limit: 3).count == 3)
        #expect(try await handle.children().map(\.id) == ["a", "g"])
        #expect(try await handle.parent()?.id == "p")
    }
}
