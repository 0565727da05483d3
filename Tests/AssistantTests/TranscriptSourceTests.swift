import Feishu
import Foundation
import HTTPClient
import JSON
import JobQueue
import LanguageModel
import Redis
import TestSupport
import Testing

@testable import Assistant

@Suite("Where transcripts come from", .timeLimit(.minutes(1)))
struct TranscriptSourceTests {
    private static let talk = """
        Maya: The courier was late again this morning.
        Tom: I will call the depot by Thursday.
        Maya: We decided to move the pickup to seven.
        Tom: Who tells the warehouse?
        Maya: I do not know yet.
        """

    private func send(_ text: String, as name: String, _ id: String, to fixture: AnswerFixture) async throws {
        fixture.chat.upload(Array(text.utf8), as: "file_\(id)")
        try await fixture.send("file", ["file_key": .string("file_\(id)"), "file_name": .string(name)], id: id)
    }

    @Test("a file of any form that is a conversation becomes minutes by itself, under its name; another is answered")
    func conversation() async throws {
        let model = ScriptedModel { request in
            .success(request.messages.contains { $0.content.contains("apples") } ? "It is about apples." : "{}")
        }
        try await AnswerFixture.with(model: model) { fixture in
            try await send(Self.talk, as: "Pickup round.txt", "om_1", to: fixture)
            try await eventually("the minutes") {
                fixture.said(to: "om_1")?.title?.contains("Pickup round") == true
            }
            try await send("We sell apples and pears.\nApples are red.", as: "fruit.txt", "om_2", to: fixture)
            try await eventually("an answer") { fixture.said(to: "om_2")?.answer == "It is about apples." }
        }
    }

    @Test("after a file, and quoting one, the command makes minutes of it whatever it is")
    func command() async throws {
        try await AnswerFixture.with(model: OfflineModel()) { fixture in
            try await send("We decided to plant apples.\nPears come next year.", as: "fruit.md", "om_1", to: fixture)
            try await eventually("the answer") { fixture.said(to: "om_1") != nil }
            try await fixture.write("/minutes", id: "om_2")
            try await eventually("minutes") { fixture.said(to: "om_2")?.words.contains("plant apples") == true }
            let file = MessageAttachment(kind: .file, key: "file_om_1", name: "fruit.md")
            fixture.chat.attach([file], to: "om_9")
            try await fixture.write("纪要", id: "om_3", in: "oc_2", quoting: "om_9")
            try await eventually("minutes") { fixture.said(to: "om_3")?.words.contains("plant apples") == true }
        }
    }

    @Test("quoting a conversation, or messages that were forwarded, makes minutes of them; nothing at all is told")
    func quotes() async throws {
        try await AnswerFixture.with(model: OfflineModel()) { fixture in
            fixture.chat.edit("om_8", to: Self.talk)
            try await fixture.write("/minutes", id: "om_1", quoting: "om_8")
            try await eventually("minutes") { fixture.said(to: "om_1")?.words.contains("call the depot") == true }
            fixture.chat.attach([MessageAttachment(kind: .forward, key: "om_9")], to: "om_9")
            try await fixture.write("/minutes", id: "om_2", quoting: "om_9")
            try await eventually("minutes") { fixture.said(to: "om_2")?.card != nil }
            let id = MinutesID(appID: "cli_1", task: MinutesJob.taskID(for: "om_2", inApp: "cli_1").rawValue)
            #expect(try await fixture.parts.minutes.transcript(of: id) == "Han: one\n某人: two")
            // A message of a few words, as the first one of a thread is, is no transcript.
            fixture.chat.edit("om_7", to: "Good morning, everybody")
            let usage = Reply.markdown(AssistantTexts(.chinese).minutesUsage)
            try await fixture.write("/minutes", id: "om_3", quoting: "om_7")
            try await eventually("it is told") { fixture.said(to: "om_3")?.reply == usage }
            try await fixture.write("/minutes", id: "om_4")
            try await eventually("it is told") { fixture.said(to: "om_4")?.reply == usage }
        }
    }

    @Test("a transcript beyond the bound, one without words and none at all are different things")
    func bounds() throws {
        let request = MinutesRequest(appID: "cli_1")
        let line = "A: b\n"
        let long = String(repeating: line, count: FeishuClient.maximumTranscriptBytes / line.utf8.count + 1)
        #expect(throws: TranscriptAbsence.tooLong) { try FoundTranscript(long, for: request) }
        #expect(throws: TranscriptAbsence.silent) { try FoundTranscript("WEBVTT\n\n", for: request) }
        #expect(throws: TranscriptAbsence.nothing) { try FoundTranscript("", for: request, orElse: .nothing) }
    }

    // MARK: Speech

    private func withListener(
        hearing words: @escaping @Sendable () -> String,
        _ body: (AnswerFixture, FakeModelServer) async throws -> Void
    ) async throws {
        let server = try await FakeModelServer.start(transcribing: { _ in words() }) { _ in .text("") }
        let http = HTTPClient()
        let transcription = TranscriptionModel(
            configuration: .init(baseURL: server.url, apiKey: nil, model: "listener"),
            http: http
        )
        try await AnswerFixture.with(model: OfflineModel(), transcription: transcription) { fixture in
            try await body(fixture, server)
        }
        await http.shutdown()
        try await server.stop()
    }

    @Test("a recording is heard and becomes minutes; a voice message is a question unless it is quoted by the command")
    func speech() async throws {
        let heard = "We decided to paint the shed. I will buy the paint by Friday. Who owns a brush?"
        try await withListener(hearing: { heard }) { fixture, server in
            try await send("sound", as: "Shed.M4A", "om_1", to: fixture)
            try await eventually("minutes") { fixture.said(to: "om_1")?.words.contains("paint the shed") == true }
            #expect(fixture.said(to: "om_1")?.title?.contains("Shed") == true)
            #expect(server.tally.uploads.map(\.fileName) == ["Shed.M4A"])
            fixture.chat.upload([1, 2], as: "voice_1")
            try await fixture.send("audio", ["file_key": "voice_1", "duration": 2_000], id: "om_2")
            try await eventually("an answer") { fixture.said(to: "om_2")?.answer != nil }
            fixture.chat.attach([MessageAttachment(kind: .audio, key: "voice_1")], to: "om_2")
            try await fixture.write("/minutes", id: "om_3", quoting: "om_2")
            try await eventually("minutes") { fixture.said(to: "om_3")?.words.contains("buy the paint") == true }
        }
    }

    @Test("speech is paid for once, however often the task runs")
    func paidOnce() async throws {
        try await withListener(hearing: { "" }) { fixture, server in
            fixture.chat.fail(with: FeishuError(kind: .busy, message: ""))
            try await send("sound", as: "silence.mp3", "om_1", to: fixture)
            let silent = Reply.markdown(AssistantTexts(.chinese).told(of: .silent))
            try await eventually("it is told") { fixture.said(to: "om_1")?.reply == silent }
            #expect(fixture.chat.replies == 2)
            #expect(server.tally.uploads.count == 1)
        }
    }

    @Test("where nothing understands speech, and of a file that cannot be read, that is told, and is the end")
    func unheard() async throws {
        try await AnswerFixture.with(model: OfflineModel()) { fixture in
            try await send("sound", as: "a.mp3", "om_1", to: fixture)
            let unheard = Reply.markdown(AssistantTexts(.chinese).told(of: .unheard))
            try await eventually("it is told") { fixture.said(to: "om_1")?.reply == unheard }
            fixture.chat.attach([MessageAttachment(kind: .file, key: "zip", name: "a.zip")], to: "om_9")
            fixture.chat.upload([0x50, 0x4B, 3, 4, 9], as: "zip")
            try await fixture.write("/minutes", id: "om_2", quoting: "om_9")
            try await eventually("it is told") {
                guard case .text(let words) = fixture.said(to: "om_2")?.reply else { return false }
                return words.contains("txt、md、csv")
            }
            try await eventually("no emoji is left") { fixture.chat.reactions.isEmpty }
            #expect(try await fixture.redis.send(RedisCommand("LLEN", "{minutes}:dead")).integer == 0)
        }
    }

    @Test("tasks of an earlier version, with the transcript in them, are read; new ones are read as they were written")
    func wire() throws {
        let old: JSONValue = [
            "target": ["app_id": "cli_1", "message_id": "om_1"], "transcript": "A: b", "sender_id": "ou_1",
        ]
        let read = try JSONDecoder().decode(MinutesJob.Arguments.self, from: Data(old.bytes))
        #expect(read.transcript == "A: b" && read.source == nil && read.isGroup == nil)
        let link = try #require(MinutesLink(url: "https://acme.feishu.cn/minutes/obcnq3b9jl72l83w4f149w9c"))
        let sources: [MinutesSource] = [
            .recording(link: link), .message(id: "om_2"),
            .file(sent: SentFile(messageID: "om_3", attachment: MessageAttachment(kind: .video, key: "k"))),
        ]
        for source in sources {
            let new = MinutesJob.Arguments(
                target: read.target,
                transcript: "",
                senderID: "ou_1",
                isGroup: true,
                source: source
            )
            let text = try JSONEncoder().encode(new)
            #expect(try JSONDecoder().decode(MinutesJob.Arguments.self, from: text).source == source)
        }
    }
}
