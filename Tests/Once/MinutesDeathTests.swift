import FakeMinutesModel
import JSON
import NIOConcurrencyHelpers
import Redis
import TestSupport
import Testing

@testable import JobQueue

/// Minutes are made in steps, on any worker. Whichever request to Redis a worker dies at, and whether that was done or not:
/// the person gets one answer and one document, and no question to the model is asked again whose answer was kept.
@Suite("Minutes, whatever dies", .timeLimit(.minutes(5)))
struct MinutesDeathTests {
    /// Systems at once: they mostly wait for leases to end.
    fileprivate static let lanes = 3
    /// Deaths in each.
    fileprivate static let deaths = 12

    @Test("a worker killed at any step of minutes: one answer, nothing paid for twice, nothing left over")
    func deaths() async throws {
        let seed = OnceSettings.seed
        var random = SeededGenerator(seed: seed)
        let offset = Int.random(in: 0..<3, using: &random)
        let results = try await withThrowingTaskGroup(of: [String].self) { group in
            for lane in 0..<Self.lanes {
                group.addTask { try await Lane.run(lane, offset: offset) }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        print("once: \(results.count) workers died over minutes, at \(Set(results).sorted()) (ONCE_SEED=\(seed))")
        #expect(results.count >= Self.lanes * Self.deaths * 3 / 4)
    }

    private static let recordStep = "recordstep"

    /// One system, one message after the other, one death each.
    private struct Lane {
        let system: AssistantSystem
        let model: FakeModelServer
        let proxy: FaultProxy

        static func run(_ lane: Int, offset: Int) async throws -> [String] {
            let minutes = FakeMinutesModel(.valid)
            return try await FakeModelServer.with(answering: { minutes.answer(to: $0) }) { model in
                let settings = [
                    "LLM_PROVIDER": "openai", "LLM_BASE_URL": model.url, "LLM_MODEL": "fake-model",
                    "WORKER_LEASE": "2",
                ]
                return try await AssistantSystem.with(.init(workers: 0, settings: settings)) { system in
                    let proxy = try await FaultProxy.start(
                        to: system.redis.port,
                        scripts: [QueueScripts.recordStep.sha1: recordStep]
                    )
                    let bed = Lane(system: system, model: model, proxy: proxy)
                    let result = try await bed.run(at: Moment.all(of: lane, offset: offset))
                    await proxy.stop()
                    return result
                }
            }
        }

        /// Returns at what workers died.
        private func run(at moments: [Moment]) async throws -> [String] {
            var victim = try await worker()
            var died: [String] = []
            for (number, moment) in moments.enumerated() {
                let asked = model.tally.requestCount
                let watch = NIOLockedValueBox(Watch())
                proxy.follow { [victim] now in
                    if watch.withLockedValue({ $0.sees(now, moment) }) { victim.kill() }
                    return nil
                }
                let message = try await system.sandbox.say("/minutes\n" + Self.transcript(number))
                try await eventually("a death or minutes", within: .seconds(20)) {
                    if watch.withLockedValue({ $0.death != nil }) { return true }
                    return try await isDone(message.messageID)
                }
                var lost = 0
                if let death = watch.withLockedValue({ $0.end() }) {
                    died.append(death.place)
                    // A question may have been on its way as its worker died.
                    try await model.abandoned()
                    lost = max(0, model.tally.requestCount - asked - death.recorded)
                    victim = try await worker()
                }
                try await check(message.messageID, number, asked: asked, moment, lost: lost)
            }
            return died
        }

        private func isDone(_ messageID: String) async throws -> Bool {
            try await system.sandbox.replies(to: messageID).first?.text.contains("fake-model") == true
        }

        private func check(
            _ messageID: String,
            _ number: Int,
            asked: Int,
            _ moment: Moment,
            lost: Int
        ) async throws {
            try await eventually("the minutes after \(moment)", within: .seconds(30)) { try await isDone(messageID) }
            #expect(try await system.settled(within: .seconds(30)).dead == 0, "\(moment)")
            #expect(try await system.sandbox.replies(to: messageID).count == 1, "\(moment)")
            let questions = model.tally.requests[asked...].map(\.text)
            // Two chunks and the summary. Only what was not in the journal yet is asked again.
            #expect(Set(questions).count == 3, "\(moment)")
            #expect(questions.count <= 3 + lost, "\(moment)")
            try await checkDocument(of: number, moment)
        }

        /// One document holds everything once, and its person may read it. Another one may have been made by a worker that
        /// died before it could tell: that is empty, and nobody's.
        private func checkDocument(of number: Int, _ moment: Moment) async throws {
            let all = try await system.sandbox.documents()
            #expect(all.filter { $0.text.isEmpty }.allSatisfy { $0.members.isEmpty }, "\(moment)")
            let documents = all.filter { $0.text.contains("of plan \(number) the team") }
            #expect(documents.count == 1, "\(moment)")
            let said = documents.first?.text.split(separator: "\n").filter { $0.hasPrefix("#") } ?? []
            #expect(said.count == 420 && Set(said).count == 420, "\(moment)")
            #expect(documents.first?.members.count == 1, "\(moment)")
        }

        private func worker() async throws -> ProgramProcess {
            let worker = try system.startWorker(["REDIS_URL": proxy.url])
            try await worker.says(#""message":"worker registered""#)
            return worker
        }

        /// Long enough for two chunks.
        private static func transcript(_ number: Int) -> String {
            let lines = (1...420).map { line in
                line % 60 == 0
                    ? "Bob: I will send report \(number * 1_000 + line) to Carol by Friday."
                    : "\(line % 2 == 0 ? "Ann" : "Bob"): In week \(line) of plan \(number) the team counted the boxes again."
            }
            return lines.joined(separator: "\n")
        }
    }

    private struct Death {
        /// The request, or the reply.
        let place: String
        /// Steps whose results were kept. Until a document is made all of them are answers of the model.
        let recorded: Int
    }

    /// Counts what passes until a worker is to die, or until nobody looks any more.
    private struct Watch {
        /// What workers say whatever they do.
        private static let background: Set = ["PING", "INFO", "CLIENT SETNAME", "CONFIG GET", "SUBSCRIBE", "PUBLISH"]

        private(set) var death: Death?
        private var isOver = false
        private var passed = 0
        private var recorded = 0

        /// Whether the worker is to die now.
        mutating func sees(_ now: FaultProxy.Moment, _ moment: Moment) -> Bool {
            guard !isOver else { return false }
            if now.name == recordStep, now.side == .reply { recorded += 1 }
            guard now.side == moment.side, !Self.background.contains(now.name) else { return false }
            passed += 1
            guard passed == moment.request else { return false }
            death = Death(place: "\(now.name) \(now.side)", recorded: recorded)
            isOver = true
            return true
        }

        /// Nobody dies from now on.
        mutating func end() -> Death? {
            isOver = true
            return death
        }
    }

    /// When a worker dies: at which request of its own, counted from the message on, and on which way.
    private struct Moment: CustomStringConvertible {
        let request: Int
        let side: FaultProxy.Side

        /// Those of one lane; all lanes together have every third.
        static func all(of lane: Int, offset: Int) -> [Moment] {
            (0..<MinutesDeathTests.deaths).map { number in
                let place = number * MinutesDeathTests.lanes + lane
                return Moment(request: 1 + offset + place * 3, side: place % 2 == 0 ? .request : .reply)
            }
        }

        var description: String { "a death at \(side) \(request)" }
    }
}
