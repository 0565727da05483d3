import LanguageModel
import NIOConcurrencyHelpers
import TestSupport
import Testing

/// Limits that decide as the test says and remember what was told.
final class ScriptedQuota: ModelQuota {
    struct Broken: Error {}
    struct Record: Equatable, Sendable {
        var reserved: [String] = []
        var tokens: [Int] = []
        var renewed = 0
        var settled: [Int?] = []
    }

    private let decide: @Sendable (String, Int) throws -> QuotaDecision?
    private let box = NIOLockedValueBox(Record())

    var record: Record { box.withLockedValue { $0 } }

    /// `decide` is told the model and how often limits were asked before; nil grants.
    init(_ decide: @escaping @Sendable (String, Int) throws -> QuotaDecision? = { _, _ in nil }) {
        self.decide = decide
    }

    func reserve(tokens: Int, of model: String) async throws -> QuotaDecision {
        let count = box.withLockedValue { record in
            defer {
                record.reserved.append(model)
                record.tokens.append(tokens)
            }
            return record.reserved.count
        }
        let lease = QuotaLease(id: "\(count)", model: model, tokens: tokens, lifetime: .seconds(90))
        return try decide(model, count) ?? .granted(lease)
    }

    func renew(_ lease: QuotaLease) async throws { box.withLockedValue { $0.renewed += 1 } }

    func settle(_ lease: QuotaLease, tokens: Int?) async throws { box.withLockedValue { $0.settled.append(tokens) } }
}

@Suite("Limits of a pool")
struct ModelPoolQuotaTests {
    private let request = ChatRequest(messages: [.user("hi")], maximumTokens: 100)

    private func pool(
        _ models: ScriptedModel...,
        quota: any ModelQuota,
        clock: any Clock<Duration> = ManualClock()
    ) -> ModelPool {
        ModelPool(models, quota: quota, logger: silent, clock: clock)
    }

    @Test("reserves an estimate first, and tells the real cost after")
    func settles() async throws {
        let quota = ScriptedQuota()
        _ = try await pool(.init("a", .says("hi")), quota: quota).complete(request)
        #expect(quota.record.reserved == ["a"])
        #expect(quota.record.tokens == [TokenEstimate.tokens(in: request) + 100])
        #expect(quota.record.settled == [12])
    }

    @Test("gives the share back when a model fails, breaks off, or is not read to its end")
    func givesBack() async throws {
        let quota = ScriptedQuota()
        let models = pool(
            .init("a", .fails(.serverFailed), .says("half", thenFails: .truncated), .says("all")),
            .init("b", .says("from b")),
            quota: quota
        )
        _ = try await models.complete(request)
        #expect(quota.record.settled == [nil, 12])
        _ = await failure { _ = try await models.complete(request) }
        #expect(quota.record.settled == [nil, 12, nil])
        do {
            var events = try await models.stream(request).makeAsyncIterator()
            #expect(try await events.next() == .text("all"))
        }
        try await eventually("the share is given back") { quota.record.settled.count == 4 }
    }

    @Test("a model whose limit is reached is passed over")
    func passedOver() async throws {
        let quota = ScriptedQuota { model, _ in model == "a" ? .wait(.seconds(30)) : nil }
        let first = ScriptedModel("a", .says("from a"))
        let models = pool(first, .init("b", .says("from b")), quota: quota)
        #expect(try await models.complete(request).text == "from b")
        #expect(first.asked == 0)
    }

    @Test("waits for the first limit that ends soon, and tells of one that does not")
    func waits() async throws {
        let clock = ManualClock()
        let quota = ScriptedQuota { _, count in count == 0 ? .wait(.seconds(3)) : nil }
        let models = pool(.init("a", .says("from a")), quota: quota, clock: clock)
        async let completion = models.complete(request)
        await clock.finishSleep(of: .seconds(3))
        #expect(try await completion.text == "from a")
        let full = pool(.init("a", .says("from a")), quota: ScriptedQuota { _, _ in .wait(.seconds(40)) })
        let error = await failure { _ = try await full.complete(request) }
        #expect(error?.code == .rateLimited && error?.reason == "own_limit")
        #expect(error?.retryAfter == .seconds(40))
    }

    @Test("limits that cannot be read stop nobody")
    func broken() async throws {
        let quota = ScriptedQuota { _, _ in throw ScriptedQuota.Broken() }
        #expect(try await pool(.init("a", .says("from a")), quota: quota).complete(request).text == "from a")
    }

    @Test("a long answer keeps its share while words come")
    func renews() async throws {
        let clock = ManualClock()
        let quota = ScriptedQuota()
        let models = pool(.init("a", .says("from a")), quota: quota, clock: clock)
        var events = try await models.stream(request).makeAsyncIterator()
        clock.advance(by: .seconds(31))
        _ = try await events.next()
        #expect(quota.record.renewed == 1)
        _ = try await events.next()
        #expect(quota.record == .init(reserved: ["a"], tokens: quota.record.tokens, renewed: 1, settled: [12]))
    }
}
