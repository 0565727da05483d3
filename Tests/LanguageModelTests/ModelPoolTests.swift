import LanguageModel
import Resilience
import TestSupport
import Testing

@Suite("Pool of models")
struct ModelPoolTests {
    private let request = ChatRequest(messages: [.user("hi")])

    private func pool(
        _ models: ScriptedModel...,
        quota: (any ModelQuota)? = nil,
        breaker: CircuitBreaker.Policy = .init(consecutiveFailures: 2),
        clock: any Clock<Duration> = ManualClock()
    ) -> ModelPool {
        ModelPool(models, configuration: .init(breaker: breaker), quota: quota, logger: silent, clock: clock)
    }

    @Test("the first that begins to answer is the one that answers")
    func order() async throws {
        #expect(
            try await pool(.init("a", .says("from a")), .init("b", .says("from b"))).complete(request).text == "from a"
        )
        let third = pool(
            .init("a", .fails(.serverFailed)),
            .init("b", .fails(.unauthorised)),
            .init("c", .says("from c"))
        )
        let completion = try await third.complete(request)
        #expect(completion.text == "from c")
        #expect(completion.finish.configuredModel == "c")
    }

    @Test("when all fail, an error that can be retried is preferred")
    func allFail() async {
        let models = pool(.init("a", .fails(.rateLimited, retryAfter: .seconds(7))), .init("b", .fails(.unauthorised)))
        let error = await failure { _ = try await models.complete(request) }
        #expect(error?.code == .rateLimited)
        #expect(error?.retryAfter == .seconds(7))
    }

    @Test("cancellation asks nobody else")
    func cancelled() async {
        let second = ScriptedModel("b", .says("b"))
        let error = await failure { _ = try await pool(.init("a", .fails(.cancelled)), second).complete(request) }
        #expect(error?.code == .cancelled)
        #expect(second.asked == 0)
    }

    @Test("nobody continues another's sentence")
    func brokenOff() async {
        let second = ScriptedModel("b", .says("b"))
        let models = pool(.init("a", .says("half a", thenFails: .truncated)), second)
        let error = await failure { _ = try await models.complete(request) }
        #expect(error?.code == .truncated)
        #expect(second.asked == 0)
    }

    @Test("a person's choice is asked first, and the others stand by")
    func choice() async throws {
        let models = pool(.init("a", .says("from a")), .init("Big", .says("from b"), .fails(.timedOut)))
        #expect(models.names == ["a", "Big"])
        let chosen = try #require(models.model(named: "big"))
        #expect(chosen.name == "Big")
        #expect(chosen.names == ["Big", "a"])
        #expect(try await chosen.complete(request).text == "from b")
        #expect(try await chosen.complete(request).text == "from a")
        #expect(models.model(named: "c") == nil)
    }

    @Test("a picture goes to a model that sees, where there is one")
    func images() async throws {
        let seeing = ChatRequest(messages: [.user("?", images: [try ChatImage([0xFF, 0xD8, 0xFF])])])
        let models = pool(.init("a", .says("from a")), .init("b", readsImages: true, .says("from b")))
        #expect(models.readsImages)
        #expect(try await models.complete(seeing).text == "from b")
        #expect(try await models.complete(request).text == "from a")
        #expect(try await pool(.init("a", .says("from a"))).complete(seeing).text == "from a")
    }

    @Test("a model that keeps failing is passed over until a probe finds it well")
    func circuit() async throws {
        let clock = ManualClock()
        let first = ScriptedModel("a", .fails(.serverFailed), .says("half", thenFails: .truncated), .says("from a"))
        let models = pool(first, .init("b", .says("from b")), clock: clock)
        _ = try await models.complete(request)
        // It counts that an answer breaks off, too, though its first word came.
        _ = await failure { _ = try await models.complete(request) }
        #expect(models.health.map(\.circuit) == [.closed, .closed])
        let sick = ScriptedModel("a", .fails(.serverFailed), .fails(.timedOut), .says("from a"))
        let others = pool(sick, .init("b", .says("from b")), clock: clock)
        for _ in 0..<5 { #expect(try await others.complete(request).text == "from b") }
        #expect(sick.asked == 2)
        #expect(others.health.map(\.circuit) == [.open, .closed])
        clock.advance(by: .seconds(10))
        #expect(others.health.first?.circuit == .halfOpen)
        #expect(try await others.complete(request).text == "from a")
        #expect(others.health.first?.circuit == .closed)
    }

    @Test("where every circuit is open, the request is told when to come again")
    func allOpen() async {
        let only = ScriptedModel("a", .fails(.serverFailed))
        let models = pool(only)
        for _ in 0..<2 { _ = await failure { _ = try await models.complete(request) } }
        let error = await failure { _ = try await models.complete(request) }
        #expect(error?.code == .unavailable && error?.isRetryable == true)
        #expect(error?.retryAfter == .seconds(10))
        #expect(only.asked == 2)
    }

    @Test("what lies with the request opens no circuit, and a probe that says nothing lets the next one try")
    func neutral() async throws {
        let clock = ManualClock()
        let only = ScriptedModel(
            "a",
            .fails(.refused),
            .fails(.contextTooLong),
            .fails(.invalidRequest),
            .fails(.serverFailed),
            .fails(.serverFailed),
            .fails(.refused),
            .says("from a")
        )
        let models = pool(only, clock: clock)
        for _ in 0..<5 { _ = await failure { _ = try await models.complete(request) } }
        #expect(only.asked == 5)
        clock.advance(by: .seconds(10))
        let refused = await failure { _ = try await models.complete(request) }
        #expect(refused?.code == .refused)
        #expect(try await models.complete(request).text == "from a")
    }
}
