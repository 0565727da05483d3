import Feishu
import JSON
import Testing

@Suite("Events of meetings and minutes")
struct MeetingEventTests {
    /// An event as Feishu delivers it.
    private static func event(_ type: String, _ event: JSONValue) -> FeishuEvent? {
        FeishuEvent(
            envelope: [
                "schema": "2.0",
                "header": ["event_id": "e", "event_type": .string(type), "create_time": "1795402800000"],
                "event": event,
            ]
        )
    }

    private static func ended(_ type: String, _ json: JSONValue) throws -> MeetingEnded {
        guard case .meetingEnded(let ended) = event(type, json) else {
            throw CancellationError()
        }
        return ended
    }

    private static func ready(_ type: String, _ json: JSONValue) -> MinutesReady? {
        guard case .minutesReady(let ready) = event(type, json) else { return nil }
        return ready
    }

    private static let meeting: JSONValue = [
        "id": "6911188411934433028", "topic": "产品周会", "meeting_no": "235812466", "meeting_source": 1,
        "start_time": "1795399200", "end_time": "1795402795",
        "host_user": ["id": ["open_id": "ou_host"], "user_role": 2, "user_type": 1],
        "owner": ["id": ["open_id": "ou_owner"], "user_role": 1, "user_type": 1],
    ]

    @Test("an end says of which meetings it tells, and the same meeting is the same by its id")
    func scopes() throws {
        let json: JSONValue = [
            "meeting": Self.meeting, "operator": ["id": ["open_id": "ou_host"]],
            "subscriber_ids": [["open_id": "ou_1"]],
        ]
        let company = try Self.ended("vc.meeting.all_meeting_ended_v1", json)
        let reserved = try Self.ended("vc.meeting.meeting_ended_v1", json)
        let subscribed = try Self.ended("vc.meeting.participant_meeting_ended_v1", json)
        #expect([company, reserved, subscribed].map(\.scope) == [.company, .reserved, .subscribed])
        #expect(Set([company, reserved, subscribed].map(\.meeting.id)) == ["6911188411934433028"])
        #expect(company.meeting.source == .calendar)
        #expect(company.meeting.host?.openID == "ou_host" && company.meeting.owner?.openID == "ou_owner")
        #expect(company.meeting.startedAt == 1_795_399_200_000 && company.operatorID.openID == "ou_host")
        #expect(subscribed.subscribers.map(\.openID) == ["ou_1"])
    }

    @Test("a recording has an address and a length, generated minutes the meeting they are of")
    func steps() throws {
        let url = "https://acme.feishu.cn/minutes/obcn2qy6v7tpmlauf7m2xuss"
        let recording = try #require(
            Self.ready(
                "vc.meeting.recording_ready_v1",
                ["meeting": ["id": 6_911_188_411_934_433_028], "url": .string(url + "?x=1"), "duration": "1834000"]
            )
        )
        #expect(recording.step == .recorded)
        #expect(recording.minuteToken == "obcn2qy6v7tpmlauf7m2xuss")
        #expect(recording.duration == 1_834_000)
        #expect(recording.meetingID == "6911188411934433028")
        let source: JSONValue = ["source_type": "meeting", "source_entity_id": "7322083142868304214"]
        let generated = try #require(
            Self.ready(
                "minutes.minute.generated_v1",
                ["minute_token": "obcn0ka6jcpmbosgs2yscsqh", "minute_source": source]
            )
        )
        #expect(generated.step == .generated)
        #expect(generated.meetingID == "7322083142868304214")
        #expect(generated.meeting == nil && generated.url == nil && generated.subscribers.isEmpty)
        let upload: JSONValue = ["source_type": "upload", "source_entity_id": "1"]
        let other = Self.ready(
            "minutes.minute.generated_v1",
            ["minute_token": "obcn0ka6jcpmbosgs2yscsqh", "minute_source": upload]
        )
        #expect(other?.meetingID == nil && other != nil)
    }

    @Test("minutes without a sound token are none")
    func tokens() {
        for url in ["", "https://acme.feishu.cn/minutes/", "https://acme.feishu.cn/minutes/../../../../../../abcd/x"] {
            #expect(Self.ready("vc.meeting.recording_ready_v1", ["url": .string(url)]) == nil)
        }
        for token in ["", "short", "obcn0ka6jcpmbosgs2ys/../", "妙记妙记妙记妙记"] {
            #expect(Self.ready("minutes.minute.generated_v1", ["minute_token": .string(token)]) == nil)
        }
    }
}
