import Feishu
import JSON
import TestSupport
import Testing

@Suite("Minutes and meetings through the API")
struct MinutesClientTests {
    private static let token = "obcn9rvqs208mtkb3zu0h4z3"
    private static let meeting = "7981926078513498829"

    @Test("what is known of minutes, as recorded")
    func minute() async throws {
        try await APIServer.with { server, endpoint in
            let recorded = try RecordedCall("api_minutes_vc", "minute")
            server.lineUp(recorded.answer)
            let minute = try await FeishuClient.scripted(endpoint).minute(Self.token)
            try recorded.expectLast(of: server)
            #expect(minute.title == "产品周会")
            #expect(minute.ownerID == "ou_0476f516d54f6e3fc882bebd21dcceda")
            #expect(minute.createdAt == 1_795_399_200_477)
            #expect(minute.duration == 1_834_000)
            #expect(minute.url == "https://acme.feishu.cn/minutes/\(Self.token)")
        }
    }

    @Test("a transcript in both forms is the file as it came", arguments: TranscriptFormat.allCases)
    func transcript(format: TranscriptFormat) async throws {
        try await APIServer.with { server, endpoint in
            let recorded = try RecordedCall("api_minutes_vc", "transcript \(format.rawValue) (layout unverified)")
            server.lineUp(recorded.answer)
            let transcript = try await FeishuClient.scripted(endpoint).transcript(ofMinute: Self.token, as: format)
            try recorded.expectLast(of: server)
            #expect(transcript.text == recorded.answer.body)
            #expect(transcript.format == format)
            #expect(!transcript.isEmpty)
        }
    }

    @Test("a transcript without a body is empty, a mark of its encoding none of it, and a larger one is refused")
    func transcriptBounds() async throws {
        try await APIServer.with { server, endpoint in
            let client = FeishuClient.scripted(endpoint)
            server.lineUp(
                .init(body: ""),
                .init(headers: [("Content-Type", "application/json")], body: ""),
                .init(body: "\u{FEFF}会议\n"),
                .init(body: String(repeating: "x", count: 2_000))
            )
            #expect(try await client.transcript(ofMinute: Self.token).isEmpty)
            #expect(try await client.transcript(ofMinute: Self.token).isEmpty)
            let options = try await client.transcript(ofMinute: Self.token, withSpeakers: false, withTimes: false)
            #expect(options.text.unicodeScalars.first == "会")
            #expect(server.calls.last?.target.contains("need_speaker=false&need_timestamp=false") == true)
            let error = await #expect(throws: FeishuError.self) {
                try await client.transcript(ofMinute: Self.token, maximumBytes: 1_000)
            }
            #expect(error?.reason == .tooLarge)
            #expect(error?.minutesObstacle == .tooLarge)
        }
    }

    @Test("what Feishu itself made of a recording")
    func artifacts() async throws {
        try await APIServer.with { server, endpoint in
            let recorded = try RecordedCall("api_minutes_vc", "artifacts")
            server.lineUp(recorded.answer, .success())
            let artifacts = try await FeishuClient.scripted(endpoint).artifacts(ofMinute: Self.token)
            try recorded.expectLast(of: server)
            #expect(artifacts.summary == "上线计划改到周五。")
            #expect(artifacts.chapters.map(\.start) == [4_000])
            #expect(artifacts.chapters.first?.summary == "上线改到周五。")
            #expect(artifacts.todos == [.init(content: "更新检查清单", assignees: ["Li Lei"])])
            let nothing = try await FeishuClient.scripted(endpoint).artifacts(ofMinute: Self.token)
            #expect(nothing.summary == nil && nothing.chapters.isEmpty && nothing.todos.isEmpty)
        }
    }

    @Test("a meeting with its people, and where its recording is")
    func meetings() async throws {
        try await APIServer.with { server, endpoint in
            let client = FeishuClient.scripted(endpoint)
            let recorded = try RecordedCall("api_minutes_vc", "meeting")
            server.lineUp(recorded.answer)
            let meeting = try await client.meeting(Self.meeting)
            try recorded.expectLast(of: server)
            #expect(meeting.topic == "产品周会")
            #expect(meeting.isOver)
            #expect(meeting.startedAt == 1_795_399_200_000 && meeting.endedAt == 1_795_401_034_000)
            #expect(meeting.participants.map(\.id) == ["ou_0476f516d54f6e3fc882bebd21dcceda"])
            #expect(meeting.participants.allSatisfy { $0.isUser && $0.isHost && !$0.isExternal })

            let recording = try RecordedCall("api_minutes_vc", "recording")
            server.lineUp(recording.answer, .success(#"{"recording":{"url":"https://x.example/v/1","duration":7}}"#))
            let found = try await client.recording(ofMeeting: Self.meeting)
            try recording.expectLast(of: server)
            #expect(found.minuteToken == Self.token)
            #expect(found.duration == 1_834_000)
            #expect(try await client.recording(ofMeeting: Self.meeting).minuteToken == nil)
        }
    }

    @Test(
        "what keeps minutes from being read is told apart",
        arguments: [
            (2_091_003, 400, .notReady, .notReady), (124_002, 400, .notReady, .notReady),
            (2_091_005, 403, .permission, .notShared), (121_005, 403, .permission, .notShared),
            (2_091_004, 400, .gone, .deleted), (2_091_002, 404, .identifier, .unknown),
            (121_004, 404, .identifier, .unknown), (122_001, 400, .identifier, .notRecorded),
            (122_002, 404, .identifier, .notRecorded), (99_991_672, 400, .permission, .notGranted([])),
            (2_091_006, 500, .busy, nil), (2_091_001, 400, .content, nil), (121_001, 500, .busy, nil),
        ] as [(Int, Int, FeishuError.Kind, MinutesObstacle?)]
    )
    func obstacles(code: Int, status: Int, kind: FeishuError.Kind, obstacle: MinutesObstacle?) async throws {
        try await APIServer.with { server, endpoint in
            server.lineUp(.failure(code, status: status))
            let error = await #expect(throws: FeishuError.self) {
                try await FeishuClient.scripted(endpoint).transcript(ofMinute: Self.token)
            }
            #expect(error?.kind == kind)
            #expect(error?.minutesObstacle == obstacle)
            #expect(error?.isRetryable == (obstacle?.passes ?? (kind == .busy)))
        }
    }

    @Test("each obstacle is said in both languages, missing permissions by name")
    func words() {
        let obstacles: [MinutesObstacle] = [
            .notReady, .notShared, .notGranted(["minutes:minutes.transcript:export"]), .deleted, .unknown, .notRecorded,
            .withoutTranscript, .tooLarge,
        ]
        #expect(Set(obstacles.map(\.chinese)).count == obstacles.count)
        #expect(Set(obstacles.map(\.english)).count == obstacles.count)
        #expect(obstacles[2].chinese.contains("minutes:minutes.transcript:export"))
        #expect(obstacles[2].english.contains("minutes:minutes.transcript:export"))
        #expect(MinutesObstacle.notShared.chinese.contains("分享"))
    }

    @Test("what cannot be a token is asked nobody")
    func hostileTokens() async throws {
        try await APIServer.with { server, endpoint in
            let client = FeishuClient.scripted(endpoint)
            for token in ["", "..", "../../../im/v1/messages", "obcn9rvqs208mtkb3zu0h4z3?x"] {
                let error = await #expect(throws: FeishuError.self) { try await client.minute(token) }
                #expect(error?.minutesObstacle == .unknown)
            }
            #expect(server.calls.isEmpty)
        }
    }
}
