import Feishu
import JSON
import NIOConcurrencyHelpers
import TestSupport
import Testing

@Suite("The API client and its governor")
struct GovernedClientTests {
    @Test("each call is asked for by its API, what it concerns and how much it matters")
    func asks() async throws {
        try await APIServer.with { server, endpoint in
            let governor = ScriptedGovernor()
            let client = FeishuClient.scripted(endpoint, governor: governor)
            server.lineUp(.message, .message, .message, .success(), .success(), .success())
            _ = try await client.send(.text("x"), to: .chat("oc_1"), uuid: nil)
            _ = try await client.send(.text("x"), to: .openID("ou_1"), uuid: nil)
            _ = try await client.reply(.text("x"), to: "om_1", chatID: "oc_1", uuid: nil)
            try await client.streamContent(cardID: "7", elementID: "e", text: "x", sequence: 1)
            try await client.streamContent(cardID: "7", elementID: "e", text: "x", sequence: 2, urgency: .required)
            try await client.patchCardMessage("om_1", json: [:])
            let content = "PUT cardkit/v1/cards/:id/elements/:id/content"
            #expect(
                governor.asked == [
                    GovernedCall(api: "POST im/v1/messages", subjects: [.chat("oc_1")]),
                    GovernedCall(api: "POST im/v1/messages", subjects: [.user("ou_1")]),
                    GovernedCall(api: "POST im/v1/messages/:id/reply", subjects: [.chat("oc_1")]),
                    GovernedCall(api: content, subjects: [.card("7")], urgency: .sheddable),
                    GovernedCall(api: content, subjects: [.card("7")]),
                    GovernedCall(api: "PATCH im/v1/messages/:id", subjects: [.message("om_1")]),
                ]
            )
        }
    }

    @Test("a call waits for its turn, and is not made where that comes too late")
    func waits() async throws {
        try await APIServer.with { server, endpoint in
            let waits = NIOLockedValueBox<[Duration]>([])
            let governor = ScriptedGovernor([
                .granted(wait: .seconds(2)), .refused(retryAfter: .seconds(9)), .monthEnded,
            ])
            let client = FeishuClient.scripted(endpoint, waits: waits, governor: governor)
            server.lineUp(.message)
            _ = try await client.send(.text("x"), to: .chat("oc_1"), uuid: nil)
            #expect(waits.withLockedValue { $0 } == [.seconds(2)])

            let late = await #expect(throws: FeishuError.self) {
                try await client.streamContent(
                    cardID: "7",
                    elementID: "e",
                    text: "x",
                    sequence: 1,
                    patience: .seconds(5)
                )
            }
            #expect(late?.kind == .rateLimited)
            #expect(late?.retryAfter == .seconds(9))
            let ended = await #expect(throws: FeishuError.self) { try await client.botInfo() }
            #expect(ended?.reason == .monthlyQuota)
            #expect(ended?.isRetryable == false)
            #expect(governor.patience == [.seconds(3), .seconds(5), .seconds(3)])
            #expect(server.calls.count == 1)
        }
    }

    @Test(
        "a turn that was missed is not taken late: the call asks for another, so often at most",
        arguments: [(lags: [0], turns: 1), ([0.09], 1), ([0.3, 0.3, 0], 3), ([1, 1, 1, 1, 1], 4)]
    )
    func missedTurns(lags: [Double], turns: Int) async throws {
        try await APIServer.with { server, endpoint in
            let places = (0..<6).map { CallPlace(slot: $0, isShared: true) }
            let governor = ScriptedGovernor(places.map { .granted(wait: .milliseconds(500), place: $0) })
            let time = NIOLockedValueBox((now: ContinuousClock.now, lags: lags))
            let client = FeishuClient.scripted(
                endpoint,
                governor: governor,
                onWait: { time.withLockedValue { $0.now += .milliseconds(500) + .seconds($0.lags.removeFirst()) } },
                now: { time.withLockedValue { $0.now } }
            )
            server.lineUp(.success())
            try await client.streamContent(cardID: "7", elementID: "e", text: "x", sequence: 1, patience: .seconds(60))
            #expect(governor.asked.count == turns)
            // A turn that was missed is given back as another is asked for.
            #expect(governor.givenBack == [nil] + places.prefix(turns - 1).map { $0 as CallPlace? })
            #expect(server.calls.count == 1)
            let spent = lags.prefix(turns - 1).reduce(Duration.zero) { $0 + .milliseconds(500) + .seconds($1) }
            #expect(governor.patience.last == .seconds(60) - spent)
        }
    }

    @Test("a call that Feishu takes ends what was thought of the month's quota")
    func success() async throws {
        for hasEnded in [false, true] {
            try await APIServer.with { server, endpoint in
                let governor = ScriptedGovernor(
                    usage: MonthlyUsage(calls: 0, quota: nil, hasEnded: hasEnded)
                )
                server.lineUp(.message, .failure(230_001))
                let client = FeishuClient.scripted(endpoint, governor: governor)
                _ = try await client.send(.text("x"), to: .chat("oc_1"), uuid: nil)
                await #expect(throws: FeishuError.self) {
                    try await client.send(.text("x"), to: .chat("oc_1"), uuid: nil)
                }
                #expect(governor.successes == (hasEnded ? 1 : 0))
            }
        }
    }

    @Test("a rate limit is told to the governor, and a sheddable call is then not repeated")
    func notes() async throws {
        try await APIServer.with { server, endpoint in
            let governor = ScriptedGovernor()
            let client = FeishuClient.scripted(endpoint, governor: governor)
            server.lineUp(.failure(230_020), .message)
            _ = try await client.send(.text("x"), to: .chat("oc_1"), uuid: nil)
            #expect(governor.noted.map(\.code) == [230_020])
            #expect(governor.asked.count == 2)
            #expect(try #require(governor.patience.last) < .seconds(2))
            server.lineUp(.failure(230_020), .failure(99_991_403))
            await #expect(throws: FeishuError.self) {
                try await client.streamContent(cardID: "7", elementID: "e", text: "x", sequence: 1)
            }
            await #expect(throws: FeishuError.self) { try await client.botInfo() }
            #expect(governor.noted.map(\.code) == [230_020, 230_020, 99_991_403])
        }
    }
}
