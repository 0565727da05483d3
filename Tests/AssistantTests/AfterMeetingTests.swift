import Feishu
import JSON
import JobQueue
import LanguageModel
import NIOConcurrencyHelpers
import Redis
import TestSupport
import Testing

@testable import Assistant

@Suite("Minutes after meetings", .timeLimit(.minutes(1)))
struct AfterMeetingTests {
    private static let meetingID = "6911188411934433028"

    private static func recording(host: String = "ou_1", owner: String = "ou_owner") -> FakeRecordings.Recording {
        var recording = RecordingLinkTests.recording(owner: owner)
        let people = [
            FeishuMeetingInfo.Participant(id: host, isHost: true), .init(id: "ou_2"),
            .init(id: "room_1", isUser: false),
        ]
        recording.meeting = FeishuMeetingInfo(id: meetingID, topic: "Ferry trip", hostID: host, participants: people)
        return recording
    }

    private func with(
        _ recording: FakeRecordings.Recording = recording(),
        _ body: (AnswerFixture, FakeRecordings) async throws -> Void
    ) async throws {
        let impatient = MinutesPatience(first: .milliseconds(15), slowest: .milliseconds(15))
        try await AnswerFixture.with(model: OfflineModel(), patience: impatient) { fixture in
            fixture.workplace.recordings.add(recording)
            try await body(fixture, fixture.workplace.recordings)
        }
    }

    private func turn(_ state: String, _ id: String, in chat: String, inGroup: Bool = false, _ fixture: AnswerFixture)
        async throws
    {
        try await fixture.write("/minutes auto \(state)", id: id, in: chat, inGroup: inGroup)
        try await eventually("it is confirmed") { fixture.said(to: id) != nil }
    }

    private func end(host: String? = "ou_1", _ fixture: AnswerFixture) async throws {
        var meeting: JSONObject = ["id": .string(Self.meetingID), "topic": "Ferry trip"]
        if let host { meeting["host_user"] = ["id": ["open_id": .string(host)]] }
        try await fixture.raise("vc.meeting.all_meeting_ended_v1", ["meeting": .object(meeting), "operator": [:]])
    }

    /// What came to a chat without being an answer.
    private func said(in chat: String, _ fixture: AnswerFixture) -> [FakeChat.Said] {
        fixture.chat.said.filter { $0.target.chatID == chat && $0.target.messageID.isEmpty }
    }

    /// All that meetings have led to is over. Looks at each place before those that tasks go to from there.
    private func isQuiet(_ fixture: AnswerFixture) async throws -> Bool {
        let places = [
            "interactive", "{interactive}:inflight:*", "minutes", "{minutes}:inflight:*", "{minutes}:scheduled",
            "minutes",
            "{minutes}:inflight:*",
        ]
        for place in places {
            let keys = try await fixture.redis.send(RedisCommand("KEYS", place)).array ?? []
            guard keys.isEmpty else { return false }
        }
        return true
    }

    @Test("one meeting makes one set of minutes for each chat that wants them, however many events tell of it")
    func once() async throws {
        try await with { fixture, recordings in
            let processing = FeishuError(kind: .notReady, code: 124_002, message: "")
            recordings.refuse("recording", of: RecordingLinkTests.token, with: processing)
            try await turn("on", "om_1", in: "oc_1", fixture)
            try await turn("on", "om_2", in: "oc_team", inGroup: true, fixture)
            for _ in 1...3 { try await end(fixture) }
            try await eventually("several looks") { recordings.calls.count { $0 == "recording" } > 3 }
            #expect(said(in: "oc_1", fixture).isEmpty)
            recordings.refuse("recording", of: RecordingLinkTests.token, with: nil)
            try await eventually("minutes") {
                ["oc_1", "oc_team"].allSatisfy { chat in said(in: chat, fixture).contains { $0.card != nil } }
            }
            try await end(fixture)
            let source: JSONValue = ["source_type": "meeting", "source_entity_id": .string(Self.meetingID)]
            try await fixture.raise(
                "minutes.minute.generated_v1",
                ["minute_token": .string(RecordingLinkTests.token), "minute_source": source]
            )
            try await eventually("all is done") { try await isQuiet(fixture) }
            #expect(said(in: "oc_1", fixture).count == 1 && said(in: "oc_team", fixture).count == 1)
            let key = MeetingMinutesJob.Arguments(appID: "cli_1", meetingID: Self.meetingID)
                .wanted(by: AutoMinutesSubscription(personID: "ou_1", chatID: "oc_1")).key
            let id = MinutesID(appID: "cli_1", task: TaskID.derived(from: key).rawValue)
            let request = try #require(try await fixture.parts.minutes.request(of: id))
            #expect(request.participants == ["ou_1", "ou_2"] && request.senderID == "ou_1" && request.isGroup == false)
            #expect(request.recording == RecordingLinkTests.url && request.target == nil)
        }
    }

    @Test("where an event does not say whose meeting it was, that is found out: of the host, and of the owner")
    func unnamed() async throws {
        for (host, owner) in [("ou_1", "ou_owner"), ("ou_host", "ou_1")] {
            try await with(Self.recording(host: host, owner: owner)) { fixture, _ in
                try await turn("on", "om_1", in: "oc_1", fixture)
                let meeting: JSONValue = ["id": .string(Self.meetingID), "topic": "Ferry trip"]
                try await fixture.raise(
                    "vc.meeting.recording_ready_v1",
                    ["meeting": meeting, "url": .string(RecordingLinkTests.url)]
                )
                try await eventually("minutes") { said(in: "oc_1", fixture).first?.card != nil }
            }
        }
    }

    @Test("nobody hears of meetings of others, after it was turned off, or in a chat that the bot has left")
    func unwanted() async throws {
        try await with { fixture, recordings in
            try await turn("on", "om_1", in: "oc_1", fixture)
            try await turn("on", "om_2", in: "oc_team", inGroup: true, fixture)
            try await end(host: "ou_9", fixture)
            try await fixture.raise("im.chat.member.bot.deleted_v1", ["chat_id": "oc_team"])
            try await eventually("it is forgotten") {
                try await fixture.parts.autoMinutes.subscriptions(of: ["ou_1"], inApp: "cli_1").map(\.chatID) == [
                    "oc_1"
                ]
            }
            try await turn("off", "om_3", in: "oc_1", fixture)
            #expect(try await !fixture.parts.autoMinutes.isUsed(inApp: "cli_1"))
            try await end(fixture)
            try await eventually("all is done") { try await isQuiet(fixture) }
            #expect(said(in: "oc_1", fixture).isEmpty && said(in: "oc_team", fixture).isEmpty)
            #expect(recordings.calls.isEmpty)
        }
    }

    @Test("who may not use the assistant any more gets no minutes, though they turned them on before")
    func expelled() async throws {
        try await with { fixture, recordings in
            try await turn("on", "om_1", in: "oc_1", fixture)
            var settings = AssistantSettings()
            settings.allowed.users = ["ou_2"]
            fixture.parts.profiles.replace(with: AssistantProfiles(base: settings))
            try await end(fixture)
            try await eventually("all is done") { try await isQuiet(fixture) }
            #expect(said(in: "oc_1", fixture).isEmpty && recordings.calls.isEmpty)
        }
    }

    @Test(
        "a meeting that was not recorded ends without a word; what somebody can act on is told, with the meeting's name"
    )
    func absences() async throws {
        let unrecorded = FeishuError(kind: .identifier, code: 122_002, message: "")
        try await with { fixture, recordings in
            recordings.refuse("recording", of: RecordingLinkTests.token, with: unrecorded)
            try await turn("on", "om_1", in: "oc_1", fixture)
            try await end(fixture)
            try await eventually("a second look") { recordings.calls.count > 1 }
            fixture.time.withLockedValue { $0 += 21 * 60_000 }
            try await eventually("all is done") { try await isQuiet(fixture) }
            #expect(said(in: "oc_1", fixture).isEmpty)
        }
        try await with { fixture, recordings in
            let unshared = FeishuError(kind: .permission, code: 2_091_005, message: "")
            recordings.refuse("transcript", of: RecordingLinkTests.token, with: unshared)
            try await turn("on", "om_1", in: "oc_1", fixture)
            try await end(fixture)
            try await eventually("it is told") {
                said(in: "oc_1", fixture).first?.reply
                    == .markdown("会议“Ferry trip”：" + MinutesObstacle.notShared.chinese)
            }
        }
    }

    @Test("a person's meetings come to so many chats at most; each is counted once")
    func bound() async throws {
        try await with { fixture, _ in
            let store = fixture.parts.autoMinutes
            func turnOn(_ number: Int) async throws -> Bool {
                try await store.turnOn(.init(personID: "ou_1", chatID: "oc_\(number)"), inApp: "cli_1")
            }
            for number in 1...RedisAutoMinutes.most {
                #expect(try await turnOn(number))
                #expect(try await turnOn(number))
            }
            #expect(try await !turnOn(0))
            try await store.turnOff(.init(personID: "ou_1", chatID: "oc_7"), inApp: "cli_1")
            #expect(try await turnOn(0))
            // Two people for one chat are one set of minutes.
            _ = try await store.turnOn(.init(personID: "ou_2", chatID: "oc_1"), inApp: "cli_1")
            let chats = try await store.subscriptions(of: ["ou_2", "ou_1", "ou_3"], inApp: "cli_1")
            #expect(chats.count == RedisAutoMinutes.most)
            #expect(chats.first == AutoMinutesSubscription(personID: "ou_2", chatID: "oc_1"))
            #expect(try await store.subscriptions(of: ["ou_1"], inApp: "cli_2").isEmpty)
        }
    }

    @Test(
        "the command has words in both languages, and a question about it is none",
        arguments: [
            ("/minutes auto on", true as Bool??), ("/Minutes  Auto  OFF", false), ("/minutes auto", .some(nil)),
            ("纪要 自动 开", true), ("纪要自动关", false), ("/会议纪要 自动 打开", true), ("自动纪要", .some(nil)), ("自动纪要 关闭", false),
            ("minutes auto on", .none), ("/minutes automatic", .none), ("自动纪要怎么用？", .none), ("纪要", .none),
            ("/minutesauto", .none),
        ]
    )
    func words(text: String, expected: Bool??) {
        #expect(AutoMinutesCommand(text).map(\.isOn) == expected)
        let isCommand = if case .autoMinutes = Command(text) { true } else { false }
        #expect(isCommand == (expected != nil))
    }

    @Test("the longer something was waited for, the more seldom it is looked for, within bounds")
    func patience() {
        let patience = MinutesPatience()
        let waits = [0, 10, 30, 100, 3_600].map { patience.delay(afterWaiting: .seconds($0)) }
        #expect(waits == [.seconds(10), .seconds(10), .seconds(15), .seconds(50), .seconds(300)])
        #expect(patience.bound(for: .notReady) == .seconds(14_400) && patience.bound(for: .notShared) == nil)
    }
}
