import Feishu
import FeishuSandbox
import JSON
import TestSupport
import Testing

@Suite("Meetings and minutes", .timeLimit(.minutes(1)))
struct MeetingTests {
    private static let said = """
        韩梅梅: 大家好，今天过一下上线计划。
        Li Lei: The release moves to Friday.
        韩梅梅: 好的。
        """

    @Test("a meeting ends, its recording and minutes become ready one after the other, and are read by the product")
    func course() async throws {
        let time = TestTime()
        try await RunningSandbox.with(time: time.cloudTime) { sandbox in
            let client = sandbox.feishu()
            let meeting = try await sandbox.control.endMeeting(
                transcript: Self.said,
                options: ["recording_after_seconds": 60, "minutes_after_seconds": 120, "keywords": ["上线"]]
            )
            func obstacle(_ body: () async throws -> Void) async -> MinutesObstacle? {
                do {
                    try await body()
                    return nil
                } catch { return (error as? FeishuError)?.minutesObstacle }
            }
            #expect(await obstacle { _ = try await client.recording(ofMeeting: meeting.meetingID) } == .notReady)
            time.advance(.seconds(61))
            let recording = try await client.recording(ofMeeting: meeting.meetingID)
            #expect(recording.minuteToken == meeting.minuteToken)
            #expect(MinutesLink(url: recording.url)?.token == meeting.minuteToken)
            #expect(recording.url == meeting.url)
            #expect(await obstacle { _ = try await client.transcript(ofMinute: meeting.minuteToken) } == .notReady)
            time.advance(.seconds(120))
            let minute = try await client.minute(meeting.minuteToken)
            #expect(minute.title == "产品周会" && minute.url == meeting.url)
            #expect(minute.ownerID == meeting.participants["韩梅梅"])

            let info = try await client.meeting(meeting.meetingID)
            #expect(Set(info.participants.map(\.id)) == Set(meeting.participants.values))
            #expect(info.participants.filter(\.isHost).map(\.id) == [meeting.participants["韩梅梅"]])
            #expect(info.isOver && info.topic == "产品周会")
            time.advance(.seconds(91 * 86_400))
            #expect(await obstacle { _ = try await client.meeting(meeting.meetingID) } == .unknown)
        }
    }

    @Test("a transcript is exported in both layouts, with and without speakers and times")
    func layouts() async throws {
        let time = TestTime()
        try await RunningSandbox.with(time: time.cloudTime) { sandbox in
            let client = sandbox.feishu()
            let said = "韩梅梅 00:00:04\n大家好。\n\nLi Lei 01:00:11\nHello.\nAnd again.\n"
            let meeting = try await sandbox.control.endMeeting(
                transcript: said,
                options: ["duration_seconds": 3_700, "keywords": ["上线", "风险"]]
            )
            let token = meeting.minuteToken
            let text = try await client.transcript(ofMinute: token).text
            #expect(
                text == """
                    产品周会
                    2026年11月23日 09:58｜时长 61分钟
                    关键词：上线、风险

                    韩梅梅 00:00:04
                    大家好。

                    Li Lei 01:00:11
                    Hello.
                    And again.

                    """
            )
            let bare = try await client.transcript(ofMinute: token, withSpeakers: false, withTimes: false).text
            #expect(!bare.contains("韩梅梅") && !bare.contains("00:00:04") && bare.contains("大家好。"))
            let named = try await client.transcript(ofMinute: token, withTimes: false).text
            #expect(named.contains("\n韩梅梅\n大家好。") && !named.contains("00:00:04"))
            let subtitles = try await client.transcript(ofMinute: token, as: .srt).text
            #expect(
                subtitles.hasPrefix(
                    "1\n00:00:04,000 --> 00:00:05,000\n韩梅梅: 大家好。\n\n2\n01:00:11,000 --> 01:00:14,"
                )
            )
            let artifacts = try await client.artifacts(ofMinute: token)
            #expect(artifacts.summary == "产品周会" && artifacts.todos.isEmpty)
        }
    }

    @Test("what a bot may not read, what is gone and what never was is refused as the real cloud does")
    func refusals() async throws {
        try await RunningSandbox.with(SandboxConfiguration(verifiesEventURL: false, rates: .none)) { sandbox in
            let client = sandbox.feishu()
            func obstacle(_ token: String) async -> MinutesObstacle? {
                do {
                    _ = try await client.transcript(ofMinute: token)
                    return nil
                } catch { return error.minutesObstacle }
            }
            let meeting = try await sandbox.control.endMeeting(
                transcript: Self.said,
                permission: false,
                hold: "minutes"
            )
            let token = meeting.minuteToken
            #expect(await obstacle(token) == .notShared)
            try await sandbox.control.changeMeeting(meeting.meetingID, ["permission": true])
            #expect(await obstacle(token) == .notReady)
            try await sandbox.control.changeMeeting(token, ["minutes_ready": true])
            #expect(await obstacle(token) == nil)
            try await sandbox.control.changeMeeting(token, ["deleted": true, "visible": false])
            #expect(await obstacle(token) == .deleted)
            #expect(await obstacle("obcn00000000000000000000") == .unknown)
            let hidden = await #expect(throws: FeishuError.self) { try await client.meeting(meeting.meetingID) }
            #expect(hidden?.minutesObstacle == .notShared)

            let silent = try await sandbox.control.endMeeting(transcript: Self.said, options: ["transcribed": false])
            #expect(try await client.transcript(ofMinute: silent.minuteToken).isEmpty)
            let lost = try await sandbox.control.endMeeting(transcript: Self.said, options: ["recorded": false])
            let error = await #expect(throws: FeishuError.self) {
                try await client.recording(ofMeeting: lost.meetingID)
            }
            #expect(error?.minutesObstacle == .notRecorded)

            try await sandbox.control.changeScopes(withdraw: ["minutes:minutes.transcript:export"])
            #expect(await obstacle(silent.minuteToken) == .notGranted(["minutes:minutes.transcript:export"]))
            try await sandbox.control.inject(["kind": "code", "code": 2_091_006, "count": 1, "path": "/minutes/"])
            let broken = await #expect(throws: FeishuError.self) { try await client.minute(silent.minuteToken) }
            #expect(broken?.kind == .busy)
            for bad: JSONObject in [["hold": "all"], ["duration_seconds": -1], ["minutes_after_seconds": "x"]] {
                await #expect(throws: SandboxControl.Failure.self) {
                    try await sandbox.control.endMeeting(transcript: "", options: bad)
                }
            }
        }
    }

    @Test("apps are told of the end at once, of the recording and the minutes at their time")
    func events() async throws {
        try await ScriptedHTTPServer.with(handler: { _, exchange in try await exchange.respond("{}") }) { gateway in
            let configuration = SandboxConfiguration(
                eventURL: gateway.url + "/api/feishu/events",
                verifiesEventURL: false
            )
            try await RunningSandbox.with(configuration) { sandbox in
                let meeting = try await sandbox.control.endMeeting(
                    transcript: Self.said,
                    hold: "minutes",
                    options: ["reserved": true, "subscribers": ["Li Lei"]]
                )
                #expect(meeting.eventIDs.count == 4)
                try await eventually("four events") { gateway.tally.requests.count == 4 }
                let later = try await sandbox.control.changeMeeting(meeting.meetingID, ["minutes_ready": true])
                #expect(later.eventIDs.count == 1)
                try await eventually("five events") { gateway.tally.requests.count == 5 }
                var events: [String: FeishuEvent] = [:]
                for request in gateway.tally.requests {
                    let json = try DeliveryTests.opened(request)
                    events[json["header"]?["event_type"]?.string ?? ""] = FeishuEvent(envelope: json)
                }
                for type in ["all_meeting_ended_v1", "meeting_ended_v1", "participant_meeting_ended_v1"] {
                    guard case .meetingEnded(let ended) = events["vc.meeting.\(type)"] else {
                        Issue.record("no \(type)")
                        continue
                    }
                    #expect(ended.meeting.id == meeting.meetingID)
                    #expect(ended.meeting.host?.openID == meeting.participants["韩梅梅"])
                    #expect(ended.subscribers.isEmpty == (ended.scope != .subscribed))
                }
                guard case .minutesReady(let recording) = events["vc.meeting.recording_ready_v1"],
                    case .minutesReady(let minutes) = events["minutes.minute.generated_v1"]
                else {
                    Issue.record("no minutes")
                    return
                }
                #expect(recording.minuteToken == meeting.minuteToken && recording.meetingID == meeting.meetingID)
                #expect(minutes.minuteToken == meeting.minuteToken && minutes.meetingID == meeting.meetingID)
                #expect(minutes.subscribers.map(\.openID) == [meeting.participants["Li Lei"]])
            }
        }
    }

    @Test("of meetings that nobody reserved or subscribed to only the end is told, and only to whom it may be")
    func quiet() async throws {
        try await RunningSandbox.with { sandbox in
            let told = try await sandbox.control.endMeeting(transcript: Self.said)
            #expect(told.eventIDs.count == 1)
            let stats = try await sandbox.control.stats()
            #expect(stats["events"]?["vc.meeting.all_meeting_ended_v1"] == 1)
            try await sandbox.control.changeScopes(withdraw: ["vc:meeting.all_meeting:readonly"])
            #expect(try await sandbox.control.endMeeting(transcript: Self.said).eventIDs.isEmpty)
        }
    }

    @Test("who took part may read the minutes, which an app that may read them and may know it is told")
    func readers() async throws {
        try await RunningSandbox.with { sandbox in
            let client = sandbox.feishu()
            let meeting = try await sandbox.control.endMeeting(transcript: Self.said)
            let people = try await client.collaborators(of: meeting.minuteToken, as: .minutes)
            #expect(Set(people) == Set(meeting.participants.values.map(DocumentMember.person)))
            try await sandbox.control.changeMeeting(meeting.meetingID, ["permission": false])
            let hidden = await #expect(throws: FeishuError.self) {
                try await client.collaborators(of: meeting.minuteToken, as: .minutes)
            }
            #expect(hidden?.code == 1_063_002)
            try await sandbox.control.changeScopes(withdraw: ["docs:permission.member:retrieve"])
            let lacking = await #expect(throws: FeishuError.self) {
                try await client.collaborators(of: meeting.minuteToken, as: .minutes)
            }
            #expect(lacking?.missingScopes.contains("docs:permission.member:retrieve") == true)
        }
    }

    @Test("more than five exports a second are too many")
    func limit() async throws {
        let time = TestTime()
        try await RunningSandbox.with(time: time.cloudTime) { sandbox in
            let meeting = try await sandbox.control.endMeeting(transcript: Self.said)
            let token = try await sandbox.token()
            let path = "/open-apis/minutes/v1/minutes/\(meeting.minuteToken)/transcript?need_speaker=true"
            for _ in 0..<5 { #expect(try await sandbox.call("GET", path, token: token).status == 200) }
            #expect(try await sandbox.call("GET", path, token: token).code == 99_991_400)
            time.advance(.seconds(1))
            let answer = try await sandbox.call("GET", path, token: token)
            #expect(answer.header("content-type") == "application/octet-stream")
        }
    }

    @Test("minutes are a page with an anchor for each turn, and nothing that was said becomes markup")
    func page() async throws {
        try await RunningSandbox.with { sandbox in
            let meeting = try await sandbox.control.endMeeting(
                "<b>x</b>",
                transcript: "Eve 00:01:05\n<script>alert(1)</script>\n"
            )
            let answer = try await sandbox.call("GET", "/minutes/\(meeting.minuteToken)")
            let html = String(decoding: answer.body, as: UTF8.self)
            #expect(answer.status == 200 && html.contains("id=\"t65\""))
            #expect(!html.contains("<script") && !html.contains("<b>") && html.contains("&lt;script&gt;"))
            #expect(answer.header("content-security-policy")?.contains("default-src 'none'") == true)
            #expect(try await sandbox.call("GET", "/minutes/none").status == 404)
        }
    }
}
