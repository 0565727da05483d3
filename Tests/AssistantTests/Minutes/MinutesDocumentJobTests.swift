import Feishu
import JobQueue
import JobQueueTesting
import LanguageModel
import Logging
import MeetingMinutes
import NIOConcurrencyHelpers
import Redis
import TestSupport
import Testing

@testable import Assistant

@Suite("The document of minutes", .timeLimit(.minutes(2)))
struct MinutesDocumentJobTests {
    /// So much that the transcript takes two calls.
    private static let transcript = (1...1_200).map { "\($0 % 2 == 0 ? "Ann" : "Bob"): words \($0)" }
        .joined(separator: "\n")

    private static var minutes: Minutes {
        var minutes = Minutes(source: .model("m"), language: .english)
        minutes.decisions = [.init(text: "Cedar it is", utterances: [3, 1_200])]
        return minutes
    }

    private static let lacking = FeishuError(
        kind: .permission,
        code: 99_991_672,
        message: "no permission",
        missingScopes: ["docx:document"]
    )

    private static func request(_ participants: [String] = ["ou_2"], isGroup: Bool = true) -> MinutesRequest {
        MinutesRequest(
            appID: "cli_1",
            target: ReplyTarget(appID: "cli_1", messageID: "om_1", chatID: "oc_1"),
            chatID: "oc_1",
            isGroup: isGroup,
            senderID: "ou_1",
            participants: participants
        )
    }

    private struct Run {
        let page: MinutesPage?
        let attempts: [TestedAttempt]
        let said: [FakeChat.Said]
        /// What was logged above `info`.
        let log: String
    }

    /// Runs the job, and the one that shows the minutes after it, on minutes that are there.
    private static func run(
        _ documents: FakeDocuments,
        on redis: RedisClient,
        _ request: MinutesRequest = request(),
        makesDocuments: Bool = true,
        transcript: String = transcript,
        claimedBy other: String? = nil,
        named name: String = "t1"
    ) async throws -> Run {
        let chat = FakeChat()
        let parts = AssistantParts.fake(
            model: OfflineModel(),
            chat: chat,
            redis: redis,
            workplace: FakeMinutesWorkplace(documents: documents),
            makesMinutesDocuments: makesDocuments
        )
        let id = MinutesID(appID: "cli_1", task: name)
        try await parts.minutes.begin(request, transcript: transcript, of: id)
        try await parts.minutes.keep(minutes, of: id)
        if let other { _ = try await parts.minutes.claim("document_task", by: other, of: id) }
        let log = NIOLockedValueBox("")
        let logger = Logger(label: "test") { _ in TextLog(text: log) }
        let queue = TestQueue(jobs: .assistant(parts), logger: logger)
        let canvas = try MinutesDocumentJob.canvas(.init(minutes: id)).then(
            MinutesPublishJob.canvas(.init(minutes: id))
        )
        try await queue.producer.call(canvas)
        let attempts = try await queue.runToEnd()
        return Run(
            page: try await parts.minutes.document(of: id),
            attempts: attempts.filter { $0.taskName == MinutesDocumentJob.name },
            said: chat.said,
            log: log.withLockedValue { $0 }
        )
    }

    private static func withRedis(_ body: (RedisClient) async throws -> Void) async throws {
        try await RedisServer.with { server in
            let redis = try RedisClient(configuration: RedisConfiguration(url: server.url), logger: .silent)
            defer { redis.close() }
            try await body(redis)
        }
    }

    @Test("has the minutes above, each line with links to the blocks of what it rests on, and all that was said below")
    func content() async throws {
        try await Self.withRedis { redis in
            let documents = FakeDocuments()
            let run = try await Self.run(documents, on: redis)
            let page = try #require(run.page)
            let document = try #require(documents.all.first)
            #expect(documents.calls == ["create", "insert", "insert", "convert", "insert", "share"])
            let below = try #require(document.words.firstIndex(of: "Transcript"))
            #expect(
                document.words.suffix(1_200)
                    == (1...1_200).map { number in
                        "#\(number) \(number % 2 == 0 ? "Ann" : "Bob") words \(number)"
                    }
            )
            let above = document.words.prefix(below)
            #expect(above.contains("## Decisions"))
            let line = try #require(above.first { $0.contains("Cedar it is") })
            for number in [3, 1_200] {
                let address = try #require(page.url(of: number))
                #expect(line.contains("[#\(number)](\(address))"))
                let block = document.blocks.first { address.hasSuffix("#\($0.id)") }
                #expect(block?.words.hasPrefix("#\(number) ") == true)
            }
            #expect(page.blocks.count == 1_200)
            #expect(document.members == [.chat("oc_1"), .person("ou_1"), .person("ou_2")])
        }
    }

    @Test("is one, with each part once, whichever call an attempt dies before or behind", arguments: [true, false])
    func faults(before: Bool) async throws {
        try await Self.withRedis { redis in
            let undisturbed = FakeDocuments()
            _ = try await Self.run(undisturbed, on: redis, named: "undisturbed")
            let expected = try #require(undisturbed.all.first)
            for call in undisturbed.calls.indices {
                // What was never done needs no key to be done once; what was done and not heard of does.
                let documents = FakeDocuments(fault: before ? .before(call) : .behind(call), forgetsKeys: before)
                let run = try await Self.run(documents, on: redis, named: "\(before)\(call)")
                #expect(run.attempts.count == 2)
                let written = documents.all.filter { !$0.blocks.isEmpty }
                #expect(written.map(\.words.count) == [expected.words.count], "\(call)")
                #expect(written.map(\.members) == [expected.members], "\(call)")
                // Only a document whose making nobody heard of is left behind, empty and shared with nobody.
                #expect(documents.all.count == (!before && call == 0 ? 2 : 1))
                #expect(documents.calls.filter { $0 == "insert" }.count <= 4)
                #expect(run.page?.blocks.count == 1_200)
            }
        }
    }

    @Test("is missing where the app lacks a permission, which the log names, and the minutes come all the same")
    func permission() async throws {
        try await Self.withRedis { redis in
            for call in ["create", "insert", "convert", "share"] {
                let documents = FakeDocuments(refusals: [call: Self.lacking])
                let run = try await Self.run(documents, on: redis, named: call)
                #expect(run.page == nil && run.attempts.count == 1)
                #expect(run.log.contains("docx:document"))
                #expect(run.said.first?.words.contains("Cedar it is") == true)
            }
        }
    }

    @Test("is missing where Feishu is down on every try, and the minutes come all the same")
    func outage() async throws {
        try await Self.withRedis { redis in
            let down = FeishuError(kind: .busy, code: 1_771_001, message: "", status: 500)
            let run = try await Self.run(FakeDocuments(refusals: ["insert": down]), on: redis)
            #expect(run.page == nil && run.attempts.count == 5)
            #expect(run.said.first?.words.contains("Cedar it is") == true)
        }
    }

    @Test("holds six hours of talk")
    func sixHours() async throws {
        try await Self.withRedis { redis in
            let words = String(repeating: "then we look at it again, ", count: 4)
            let transcript = (1...12_000).map { "\($0 % 2 == 0 ? "Ann" : "Bob"): \($0) \(words)" }.joined(
                separator: "\n"
            )
            let documents = FakeDocuments()
            let run = try await Self.run(documents, on: redis, transcript: transcript)
            #expect(run.page?.blocks.count == 12_000)
            #expect(documents.calls.count { $0 == "insert" } == 14)
            #expect(documents.all.first?.words.last?.hasPrefix("#12000 Ann 12000 then") == true)
        }
    }

    @Test("is not begun where it is not wanted, nor by a second task, nor again")
    func none() async throws {
        try await Self.withRedis { redis in
            let documents = FakeDocuments()
            #expect(try await Self.run(documents, on: redis, makesDocuments: false, named: "off").page == nil)
            let second = try await Self.run(documents, on: redis, claimedBy: "another task", named: "second")
            #expect(second.page == nil && second.said.count == 1)
            #expect(documents.calls.isEmpty)
            let made = try await Self.run(documents, on: redis, named: "again")
            let calls = documents.calls
            #expect(try await Self.run(documents, on: redis, named: "again").page == made.page)
            #expect(!calls.isEmpty && documents.calls == calls)
        }
    }

    @Test("is for those who can be let in; where that is nobody there is none to show")
    func readers() async throws {
        try await Self.withRedis { redis in
            let people = (2...14).map { "ou_\($0)" }
            let some = FakeDocuments(strangers: [.chat("oc_1"), .person("ou_9")])
            let run = try await Self.run(some, on: redis, Self.request(people), named: "some")
            #expect(some.all.first?.members.count == 13 && run.page != nil)
            #expect(run.log.contains("not shared with all") && !run.log.contains("ou_9"))
            let all = FakeDocuments(strangers: [.chat("oc_1"), .person("ou_1"), .person("ou_2")])
            #expect(try await Self.run(all, on: redis, named: "none").page == nil)
        }
    }

    @Test("is for the group, who asked and who took part, each once; a direct chat is its person's")
    func readersOfRequest() {
        let group = Self.request(["ou_2", "ou_1", "ou_2"])
        #expect(group.readers == [.chat("oc_1"), .person("ou_1"), .person("ou_2")])
        #expect(Self.request([], isGroup: false).readers == [.person("ou_1")])
        #expect(Self.request((0..<5_000).map { "ou_\($0)" }).readers.count <= 301)
    }
}

/// Keeps what is logged above `info`, with its metadata.
private struct TextLog: LogHandler {
    let text: NIOLockedValueBox<String>
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .notice

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        text.withLockedValue { $0 += "\(event.message) \(event.metadata ?? [:])\n" }
    }
}
