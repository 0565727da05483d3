import Feishu
import JSON
import JobQueue
import LanguageModel
import NIOConcurrencyHelpers
import Redis
import TestSupport
import Testing
import TimeZones

@testable import Assistant

@Suite("Minutes of a link to a recording", .timeLimit(.minutes(1)))
struct RecordingLinkTests {
    static let token = "obcnq3b9jl72l83w4f149w9c"
    static let url = "https://acme.feishu.cn/minutes/\(token)"
    static let said = """
        Maya 00:00:04
        The ferry leaves at nine.

        Tom 00:01:10
        I will buy the tickets by Friday.
        """
    private static let texts = AssistantTexts(.chinese)

    static func recording(
        owner: String = "ou_1",
        readers: [DocumentMember] = [],
        transcript: String = said
    ) -> FakeRecordings.Recording {
        let minute = FeishuMinute(
            token: token,
            title: "Ferry trip",
            ownerID: owner,
            // 2026-11-22 17:30 in UTC, and the next day in Shanghai.
            createdAt: 1_795_368_600_000,
            url: url + "?from=x"
        )
        return FakeRecordings.Recording(minute: minute, transcript: transcript, readers: readers)
    }

    private static let impatient = MinutesPatience(first: .milliseconds(15), slowest: .milliseconds(15))

    private func with(
        _ recording: FakeRecordings.Recording = recording(),
        _ body: (AnswerFixture, FakeRecordings) async throws -> Void
    ) async throws {
        try await AnswerFixture.with(model: OfflineModel(), patience: Self.impatient) { fixture in
            fixture.workplace.recordings.add(recording)
            try await body(fixture, fixture.workplace.recordings)
        }
    }

    @Test(
        "a message that is only the link, or the command with it, makes minutes of the recording",
        arguments: [url, "[Ferry trip](\(url)?t=4)", "/minutes \(url)", "纪要：\(url)"]
    )
    func link(text: String) async throws {
        try await with { fixture, _ in
            try await fixture.write(text, id: "om_1")
            try await eventually("minutes") { fixture.said(to: "om_1")?.words.contains("buy the tickets") == true }
            let id = MinutesID(appID: "cli_1", task: MinutesJob.taskID(for: "om_1", inApp: "cli_1").rawValue)
            let request = try #require(try await fixture.parts.minutes.request(of: id))
            #expect(request.title == "Ferry trip" && request.recording == Self.url)
            #expect(request.day == CivilTime(year: 2026, month: 11, day: 23))
            #expect(fixture.said(to: "om_1")?.title?.contains("Ferry trip") == true)
        }
    }

    @Test("a question that mentions a link is a question, and a transcript that does is a transcript")
    func otherTexts() throws {
        let question = "What do you think of \(Self.url) ?"
        let talk = "Maya: hello\nTom: see \(Self.url)\nMaya: thanks\nTom: bye"
        func route(_ text: String) -> MessageRoute? {
            MessageReceived(envelope: .message(text: text)).map { MessageRoute($0, botID: nil) }
        }
        #expect(route(question) == .answer(question))
        #expect(route(talk) == .minutes(talk) && route("/minutes\n" + talk) == .minutes(talk))
        #expect(
            route("https://example.com/minutes/\(Self.token)") == .answer("https://example.com/minutes/\(Self.token)")
        )
    }

    @Test("one that is not ready is told once and waited for; no other minutes wait behind it")
    func notReady() async throws {
        try await with { fixture, recordings in
            let notReady = FeishuError(kind: .notReady, code: 2_091_003, message: "")
            recordings.refuse("transcript", of: Self.token, with: notReady)
            try await fixture.write(Self.url, id: "om_1")
            try await eventually("several looks") { recordings.calls.count { $0 == "transcript" } > 3 }
            #expect(fixture.said(to: "om_1")?.reply == .text(MinutesObstacle.notReady.chinese))
            try await fixture.write("/minutes\nMaya: We decided to go.\nTom: Yes.", id: "om_2")
            try await eventually("others") { fixture.said(to: "om_2")?.card != nil }
            recordings.refuse("transcript", of: Self.token, with: nil)
            try await eventually("minutes") { fixture.said(to: "om_1")?.words.contains("buy the tickets") == true }
            #expect(fixture.chat.said.count { $0.target.messageID == "om_1" } == 2)
        }
    }

    @Test("one that never comes is told in the end, and that is all")
    func overdue() async throws {
        try await with { fixture, recordings in
            let notReady = FeishuError(kind: .notReady, code: 2_091_003, message: "")
            recordings.refuse("minute", of: Self.token, with: notReady)
            try await fixture.write(Self.url, id: "om_1")
            try await eventually("a second look") { recordings.calls.count { $0 == "minute" } > 1 }
            fixture.time.withLockedValue { $0 += 5 * 3_600_000 }
            let overdue = Reply.markdown(Self.texts.told(of: .overdue))
            try await eventually("it is told") {
                fixture.chat.said.contains { $0.target.messageID == "om_1" && $0.reply == overdue }
            }
            #expect(try await fixture.redis.send(RedisCommand("LLEN", "{minutes}:dead")).integer == 0)
        }
    }

    @Test("without a transcript nobody waits for hours: it is told after some minutes")
    func untranscribed() async throws {
        try await with(Self.recording(transcript: " \n")) { fixture, recordings in
            try await fixture.write(Self.url, id: "om_1")
            try await eventually("a second look") { recordings.calls.count { $0 == "transcript" } > 1 }
            #expect(fixture.said(to: "om_1") == nil)
            fixture.time.withLockedValue { $0 += 21 * 60_000 }
            let told = Reply.markdown(MinutesObstacle.withoutTranscript.chinese)
            try await eventually("it is told") { fixture.said(to: "om_1")?.reply == told }
        }
    }

    @Test(
        "what keeps it from being read is told, with what to do about it",
        arguments: [
            (FeishuError(kind: .permission, code: 2_091_005, message: ""), MinutesObstacle.notShared),
            (
                FeishuError(kind: .permission, code: 99_991_672, message: "", missingScopes: ["a:b"]),
                .notGranted(["a:b"])
            ),
            (FeishuError(kind: .gone, code: 2_091_004, message: ""), .deleted),
            (FeishuError(kind: .identifier, code: 2_091_002, message: ""), .unknown),
            (FeishuError(kind: .content, message: "", reason: .tooLarge), .tooLarge),
        ]
    )
    func obstacles(error: FeishuError, obstacle: MinutesObstacle) async throws {
        try await with { fixture, recordings in
            recordings.refuse("transcript", of: Self.token, with: error)
            try await fixture.write(Self.url, id: "om_1")
            try await eventually("it is told") {
                fixture.said(to: "om_1")?.reply == .markdown(obstacle.chinese)
            }
            #expect(fixture.chat.said.count == 1)
            try await eventually("no emoji is left") { fixture.chat.reactions.isEmpty }
        }
    }

    @Test("a lost connection is tried again, and nobody hears of it")
    func passing() async throws {
        try await with { fixture, recordings in
            let lost = FeishuError(kind: .rateLimited, message: "", retryAfter: .milliseconds(10))
            recordings.refuse("minute", of: Self.token, with: lost)
            try await fixture.write(Self.url, id: "om_1")
            try await eventually("a second look") { recordings.calls.count { $0 == "minute" } > 1 }
            recordings.refuse("minute", of: Self.token, with: nil)
            try await eventually("minutes") { fixture.said(to: "om_1")?.card != nil }
            #expect(fixture.chat.said.count == 1)
        }
    }

    // MARK: Who may

    @Test("who may read it is decided by whose it is and whom it is shared with; a group reads along")
    func access() {
        let access = RecordingAccess(ownerID: "ou_owner", readers: [.person("ou_reader"), .chat("oc_team")])
        func refusal(_ asker: String?, _ chat: String, isGroup: Bool) -> TranscriptAbsence? {
            access.refusal(of: asker, in: chat, isGroup: isGroup)
        }
        #expect(refusal("ou_owner", "oc_1", isGroup: false) == nil)
        #expect(refusal("ou_owner", "oc_1", isGroup: true) == nil)
        #expect(refusal("ou_reader", "oc_1", isGroup: false) == nil)
        #expect(refusal("ou_reader", "oc_1", isGroup: true) == .notHere)
        #expect(refusal("ou_stranger", "oc_1", isGroup: false) == .notAdmitted)
        #expect(refusal("ou_stranger", "oc_1", isGroup: true) == .notAdmitted)
        #expect(refusal("ou_stranger", "oc_team", isGroup: true) == nil)
        // A direct chat that has a group's id is none.
        #expect(refusal("ou_stranger", "oc_team", isGroup: false) == .notAdmitted)
        #expect(refusal(nil, "oc_1", isGroup: false) == .notAdmitted)
        #expect(RecordingAccess(ownerID: nil, readers: []).refusal(of: nil, in: nil, isGroup: false) == .notAdmitted)
    }

    @Test(
        "a stranger learns nothing of it, also where it cannot be known who may read; a reader does, but not in a group"
    )
    func admission() async throws {
        try await with(Self.recording(owner: "ou_owner")) { fixture, recordings in
            let refused = Reply.markdown(Self.texts.told(of: .notAdmitted))
            try await fixture.write(Self.url, id: "om_1")
            try await eventually("a refusal") { fixture.said(to: "om_1")?.reply == refused }
            recordings.refuse(
                "readers",
                of: Self.token,
                with: FeishuError(kind: .permission, code: 99_991_672, message: "")
            )
            try await fixture.write(Self.url, id: "om_2")
            try await eventually("a refusal") { fixture.said(to: "om_2")?.reply == refused }
            #expect(!recordings.calls.contains("transcript"))
            recordings.add(Self.recording(owner: "ou_owner", readers: [.person("ou_1")]))
            try await fixture.write(Self.url, id: "om_3", in: "oc_group", inGroup: true)
            try await eventually("a refusal") {
                fixture.said(to: "om_3")?.reply == .markdown(Self.texts.told(of: .notHere))
            }
            #expect(!recordings.calls.contains("transcript"))
            try await fixture.write(Self.url, id: "om_4")
            try await eventually("minutes") { fixture.said(to: "om_4")?.card != nil }
        }
    }
}
