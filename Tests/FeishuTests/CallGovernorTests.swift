import Feishu
import TestSupport
import Testing

@Suite("Calls within Feishu's limits")
struct CallGovernorTests {
    static let content = "PUT cardkit/v1/cards/:id/elements/:id/content"

    /// Callers that each have one call outstanding, for a while, by a clock that jumps to whoever is next.
    ///
    /// What a call needs to Feishu differs by up to `jitter`.
    static func play(
        _ governor: any CallGovernor,
        _ clock: VirtualClock,
        callers: Int,
        milliseconds: Int64,
        jitter: Int64 = 0,
        generator: inout SeededGenerator,
        call: (Int, inout SeededGenerator) -> GovernedCall
    ) async throws -> (log: CallLog, turns: [[Int64]]) {
        var log = CallLog()
        var turns = Array(repeating: [Int64](), count: callers)
        let start = clock.now
        var queue = (0..<callers).map { (time: start + Int64($0 % 7), caller: $0) }
        while let next = queue.min(by: { ($0.time, $0.caller) < ($1.time, $1.caller) }),
            next.time < start + milliseconds
        {
            queue.removeAll { $0.caller == next.caller }
            clock.move(to: next.time)
            let call = call(next.caller, &generator)
            let wait = try #require(await governor.reserve(call, within: .seconds(60)).wait)
            let slot = clock.now + wait
            turns[next.caller].append(slot)
            log.add(call, at: slot + Int64.random(in: 0...jitter, using: &generator))
            queue.append((slot + Int64.random(in: 20...150, using: &generator), next.caller))
        }
        return (log, turns)
    }

    @Test(
        "two hundred callers exceed no limit in any second or minute, nor do the ways of their calls differ too much",
        arguments: [(GovernorKind.redis, 1), (.redis, 2), (.local, 3)] as [(GovernorKind, UInt64)]
    )
    func neverExceeded(kind: GovernorKind, seed: UInt64) async throws {
        try await kind.with { governor, clock in
            var generator = SeededGenerator(seed: seed)
            let (log, _) = try await Self.play(
                governor,
                clock,
                callers: 200,
                milliseconds: 70_000,
                jitter: 100,
                generator: &generator
            ) { caller, generator in
                switch (caller % 2, Int.random(in: 0..<20, using: &generator)) {
                case (0, 0): GovernedCall(api: "POST docx/v1/documents")
                case (0, _): .message(chat: caller % 40)
                case (_, 0): .stream(caller / 4, urgency: .required)
                default: .stream(caller / 4)
                }
            }
            #expect(log.most(of: "P", inMilliseconds: 1_000) <= 50)
            #expect(log.most(of: "P", inMilliseconds: 60_000) <= 1_000)
            #expect(log.most(of: "card", inMilliseconds: 1_000) <= 8)
            #expect(log.most(of: "chat", inMilliseconds: 1_000) <= 4)
            #expect(log.most(of: "POST docx", inMilliseconds: 1_000) <= 3)
            // And they are used: a governor that lets nobody pass keeps every limit.
            #expect(log.most(of: "POST im", inMilliseconds: 60_000) > 850)
            #expect(log.most(of: "POST im", inMilliseconds: 1_000) > 30)
        }
    }

    @Test("two hundred cards take turns, and none waits longer than its turn takes", arguments: GovernorKind.allCases)
    func fair(kind: GovernorKind) async throws {
        try await kind.with { governor, clock in
            var generator = SeededGenerator(seed: 4)
            let (log, turns) = try await Self.play(
                governor,
                clock,
                callers: 200,
                milliseconds: 120_000,
                generator: &generator
            ) { caller, _ in .stream(caller) }
            let counts = turns.map(\.count)
            #expect(try #require(counts.max()) - (try #require(counts.min())) <= 1)
            let gaps = turns.flatMap { zip($0, $0.dropFirst()).map { $1 - $0 } }
            #expect(try #require(gaps.max()) < 20_000)
            #expect(log.most(of: Self.content, inMilliseconds: 60_000) <= 800)
            #expect(log.most(of: Self.content, inMilliseconds: 60_000) > 700)
        }
    }

    @Test("what must be sent finds room however much text streams", arguments: GovernorKind.allCases)
    func finalsPass(kind: GovernorKind) async throws {
        try await kind.with { governor, clock in
            for second in 0..<30 {
                for card in 0..<60 { _ = await governor.reserve(.stream(1_000 * second + card), within: .seconds(60)) }
                let final = await governor.reserve(.stream(1_000_000 + second, urgency: .required), within: .zero)
                #expect(final.wait == 0)
                clock.advance(by: 1_000)
            }
        }
    }

    @Test("a slot that would come too late is not taken", arguments: GovernorKind.allCases)
    func patience(kind: GovernorKind) async throws {
        try await kind.with { governor, clock in
            for _ in 0..<4 { #expect(await governor.reserve(.message(chat: 1), within: .zero).wait == 0) }
            for _ in 0..<3 {
                let late = await governor.reserve(.message(chat: 1), within: .milliseconds(500))
                guard case .refused(let retryAfter) = late else {
                    Issue.record("a fifth message in one second was let pass")
                    return
                }
                #expect((Duration.seconds(1) ... .milliseconds(1_300)).contains(retryAfter))
            }
            // Another chat does not wait behind it, and the one does not wait longer for having been refused.
            #expect(await governor.reserve(.message(chat: 2), within: .zero).wait == 0)
            let wait = try #require(await governor.reserve(.message(chat: 1), within: .seconds(5)).wait)
            #expect((1_000...1_300).contains(wait))
            clock.advance(by: 1_300)
            #expect(await governor.reserve(.message(chat: 1), within: .zero).wait == 0)
        }
    }

    @Test("a slot that is given back takes no room in windows nor paces", arguments: GovernorKind.allCases)
    func givenBack(kind: GovernorKind) async throws {
        try await kind.with { governor, clock in
            // Far more turns than a minute has for streaming, each of them missed by a card of its own.
            for card in 0..<200 {
                let missed = await governor.reserve(.stream(card), within: .zero)
                clock.advance(by: 10)
                let again = await governor.reserve(.stream(card), within: .zero, insteadOf: missed.place)
                #expect(missed.wait == 0 && again.wait == 0, "card \(card)")
                _ = await governor.reserve(.stream(card), within: .zero, insteadOf: again.place)
                clock.advance(by: 90)
            }
        }
    }

    @Test("one document is changed three times a second, by whichever calls", arguments: GovernorKind.allCases)
    func documents(kind: GovernorKind) async throws {
        try await kind.with { governor, clock in
            func change(_ document: String, _ number: Int) async -> CallSlot {
                let call = GovernedCall(api: "PATCH docx/v1/x\(number)", subjects: [.document(document)])
                return await governor.reserve(call, within: .zero)
            }
            for number in 0..<3 { #expect(await change("d", number).wait == 0) }
            #expect(await change("d", 3).wait == nil)
            #expect(await change("e", 4).wait == 0)
            clock.advance(by: 1_300)
            #expect(await change("d", 5).wait == 0)
        }
    }

    @Test("a call that waits for its chat holds up no call to another", arguments: GovernorKind.allCases)
    func noQueueBehindChats(kind: GovernorKind) async throws {
        try await kind.with { governor, _ in
            for _ in 0..<40 { _ = await governor.reserve(.message(chat: 1), within: .seconds(60)) }
            #expect(await governor.reserve(.message(chat: 2), within: .zero).wait == 0)
        }
    }

    @Test("what Feishu says about an API holds back that API, about a chat that chat", arguments: GovernorKind.allCases)
    func resets(kind: GovernorKind) async throws {
        try await kind.with { governor, clock in
            let limited = FeishuError(
                kind: .rateLimited,
                code: 99_991_400,
                message: "m",
                retryAfter: .seconds(20)
            )
            await governor.note(limited, of: .message(chat: 1))
            #expect(
                await governor.reserve(.message(chat: 2), within: .seconds(5)) == .refused(retryAfter: .seconds(20))
            )
            #expect(await governor.reserve(.stream(1), within: .zero).wait == 0)
            clock.advance(by: 12_000)
            #expect(await governor.reserve(.message(chat: 2), within: .seconds(9)).wait == 8_000)

            clock.advance(by: 20_000)
            let crowded = FeishuError(kind: .rateLimited, code: 230_020, message: "m", retryAfter: .seconds(1))
            await governor.note(crowded, of: .message(chat: 1))
            #expect(await governor.reserve(.message(chat: 1), within: .seconds(5)).wait == 1_000)
            #expect(await governor.reserve(.message(chat: 2), within: .seconds(5)).wait == 0)
            // A shorter time does not end a longer one.
            await governor.note(limited, of: .message(chat: 1))
            let short = FeishuError(kind: .rateLimited, code: 99_991_400, message: "m", retryAfter: .seconds(2))
            await governor.note(short, of: .message(chat: 1))
            #expect(await governor.reserve(.message(chat: 3), within: .seconds(60)).wait == 20_000)
        }
    }

    @Test("where Feishu does not limit streaming, only each card is", arguments: GovernorKind.allCases)
    func unlimitedStreaming(kind: GovernorKind) async throws {
        try await kind.with(limits: CallLimits(streamingCallsPerMinute: nil)) { governor, _ in
            for card in 0..<300 { #expect(await governor.reserve(.stream(card), within: .zero).wait == 0) }
            for _ in 0..<7 { #expect(await governor.reserve(.stream(1), within: .zero).wait == 0) }
            #expect(await governor.reserve(.stream(1), within: .seconds(5)).wait ?? 0 >= 1_000)
        }
    }

    @Test("the script in Redis and the value in a process give the same slots", arguments: [5, 6] as [UInt64])
    func sameRules(seed: UInt64) async throws {
        try await GovernorKind.redis.with { redis, clock in
            var generator = SeededGenerator(seed: seed)
            let local = LocalCallGovernor(share: 1) { clock.now }
            var missed: (call: GovernedCall, places: (redis: CallPlace?, local: CallPlace?))?
            for _ in 0..<1_500 {
                let next: GovernedCall =
                    switch Int.random(in: 0..<6, using: &generator) {
                    case 0..<3: .stream(Int.random(in: 0..<20, using: &generator))
                    case 3: .stream(Int.random(in: 0..<20, using: &generator), urgency: .required)
                    case 4: .message(chat: Int.random(in: 0..<5, using: &generator))
                    default: GovernedCall(api: "GET minutes/v1/minutes/:id")
                    }
                let patience = Duration.milliseconds(Int.random(in: 0...30_000, using: &generator))
                let call = missed?.call ?? next
                let shared = await redis.reserve(call, within: patience, insteadOf: missed?.places.redis)
                let alone = await local.reserve(call, within: patience, insteadOf: missed?.places.local)
                #expect(shared.wait == alone.wait)
                #expect(shared.place?.slot == alone.place?.slot)
                if shared.wait != alone.wait { return }
                if case .refused(let redis) = shared, case .refused(let local) = alone { #expect(redis == local) }
                missed = nil
                if shared.wait != nil, Int.random(in: 0..<4, using: &generator) == 0 {
                    missed = (call, (shared.place, alone.place))
                }
                clock.advance(by: Int64.random(in: 0...90, using: &generator))
            }
        }
    }
}
