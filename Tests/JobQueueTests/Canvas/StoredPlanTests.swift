import JSON
import Redis
import TestSupport
import Testing

@testable import JobQueue

@Suite("What follows from tasks, put aside")
struct StoredPlanTests {
    private static func template(_ text: String, _ gap: CanvasPlan.Template.Gap? = nil) -> CanvasPlan.Template {
        CanvasPlan.Template(before: Array(text.utf8), gap: gap, after: gap == nil ? [] : Array(text.utf8))
    }

    private static func message(_ queue: QueueName, _ text: String = #"{"a": "\" \\ 中文 🙂"}"#) -> CanvasPlan.Message {
        CanvasPlan.Message(queue: queue, step: 0, due: nil, text: template(text))
    }

    /// Chords in chords, with everything that a plan can hold.
    private static func plan(depth: Int) -> CanvasPlan {
        var plan = CanvasPlan()
        plan.setups = [CanvasPlan.Setup(groupID: "g\(depth)", size: 3, structure: Array(#"{"result": []}"#.utf8))]
        plan.results = [
            CanvasPlan.Result(id: "r", text: template("error", .error), life: .seconds(depth)),
            CanvasPlan.Result(id: "s", text: template("error", .tracedError)),
        ]
        plan.messages = [
            message("q"),
            CanvasPlan.Message(
                queue: "other",
                step: 0,
                due: WireTime(milliseconds: 1_795_402_800_000),
                text: template("results", .results),
                body: .init(reference: "body-\(depth)", bytes: [0, 255, 1, 13, 10]),
                event: .init(channel: "/0.celeryev/task.sent", envelope: Array(#"{"body": "{\"a\": 1}"}"#.utf8))
            ),
        ]
        guard depth > 0 else { return plan }
        plan.parts = [CanvasPlan.Part.State.success, .failure, .revoked].map { state in
            CanvasPlan.Part(
                groupID: "around",
                id: "part",
                index: state == .revoked ? nil : Int64(depth),
                state: state,
                value: state == .failure ? nil : Array("[1, \"\u{1}\"]".utf8),
                success: state == .success ? self.plan(depth: depth - 1) : CanvasPlan(),
                failure: self.plan(depth: depth - 1)
            )
        }
        return plan
    }

    @Test("a plan is read as it was written, however deep", arguments: [0, 1, 4])
    func roundTrip(depth: Int) throws {
        let plan = Self.plan(depth: depth)
        let values = StoredPlan(plan, life: .seconds(60)).values
        let read = try #require(StoredPlan(values))
        #expect(read.plan == plan)
        #expect(read.life == .seconds(60))
    }

    @Test("what is cut short or from elsewhere is not read")
    func unreadable() {
        let values = StoredPlan(Self.plan(depth: 1), life: .seconds(60)).values
        #expect(StoredPlan([Array(values[0].dropLast())] + values.dropFirst()) == nil)
        #expect(StoredPlan([values[0]]) == nil, "bodies are missing")
        #expect(StoredPlan([]) == nil)
        #expect(StoredPlan([Array(#"{"life": 1, "messages": [{"queue": "q"}]}"#.utf8)]) == nil)
    }

    @Test("a queue's own messages are near, and nothing is before a chord is set up")
    func division() {
        var plan = CanvasPlan()
        plan.messages = [Self.message("q", "1"), Self.message("other", "2"), Self.message("q", "3")]
        var (near, far) = plan.divided(for: "q")
        #expect(near.messages == [Self.message("q", "1"), Self.message("q", "3")])
        #expect(far.messages == [Self.message("other", "2")])
        #expect(plan.reachesBeyond("q"))
        #expect(!near.reachesBeyond("q"))
        plan.setups = [CanvasPlan.Setup(groupID: "g", size: 3, structure: nil)]
        (near, far) = plan.divided(for: "q")
        #expect(near.isEmpty)
        #expect(far == plan)
    }

    @Test("messages go in batches of one queue each, in their order")
    func batches() {
        var plan = CanvasPlan()
        plan.messages = (0..<200).map { Self.message($0 % 3 == 0 ? "a" : "b", "\($0)") }
        let batches = plan.batches
        #expect(batches.map(\.count).sorted() == [3, 5, 64, 64, 64])
        for queue in ["a", "b"] as [QueueName] {
            let all = batches.filter { $0[0].queue == queue }.flatMap { $0 }
            #expect(all == plan.messages.filter { $0.queue == queue })
        }
    }

    @Test("the gaps of a plan are filled, and not those of what may follow from its chords")
    func gaps() {
        let plan = Self.plan(depth: 1)
        let filled = plan.filled(with: [.error: Array("E".utf8), .results: Array("R".utf8)])
        #expect(filled.results[0].text == Self.template("errorEerror"))
        #expect(filled.messages[1].text == Self.template("resultsRresults"))
        #expect(filled.parts[1].value == Array("E".utf8))
        #expect(filled.parts[0] == plan.parts[0])
        #expect(filled.parts[1].failure == plan.parts[1].failure)
    }

    @Test("on a Cluster a result goes with what follows from its task")
    func result() async throws {
        let redis = try RedisClient(
            configuration: RedisConfiguration(url: "redis+cluster://127.0.0.1:1"),
            logger: .silent
        )
        defer { redis.close() }
        var settlement = Settlement(tag: 1)
        settlement.result = Settlement.StoredResult(id: "task", text: Array("{}".utf8), life: .seconds(7))
        settlement.plan = CanvasPlan(messages: [Self.message("other")])
        let results = DistantResults(redis: redis, queue: redis.keys(of: "q"), life: .seconds(60))
        // Nothing is sent: nobody is there.
        let told = try #require(try await results.store([settlement]).first)
        #expect(told.result == nil)
        #expect(told.plan?.results == [.init(id: "task", text: .init(before: Array("{}".utf8)), life: .seconds(7))])
        #expect(told.plan?.messages.count == 1)
    }
}
