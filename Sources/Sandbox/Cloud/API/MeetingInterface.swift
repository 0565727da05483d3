import Hummingbird
import JSON

/// Routes about meetings and their minutes (interface specification, sections 5.8 and 5.9).
struct MeetingInterface {
    private static let minutesPerSecond = 5

    let cloud: FeishuCloud

    func addRoutes(to router: Router<SandboxContext>, _ door: InterfaceDoor) {
        let minute = "/open-apis/minutes/v1/minutes/:minute"
        let rate = Self.minutesPerSecond
        door.add(to: router, .get, minute, .app(Scopes.minutes), perSecond: rate) { call in
            .data(try self.cloud.minute(call.parameter("minute"), idType: try call.idType("user_id_type")))
        }
        door.add(to: router, .get, "\(minute)/transcript", .app(Scopes.transcripts), perSecond: rate) { call in
            .resource(
                try self.cloud.transcript(
                    ofMinute: call.parameter("minute"),
                    format: call.query("file_format") ?? "txt",
                    showsSpeakers: call.query("need_speaker") == "true",
                    showsTimes: call.query("need_timestamp") == "true"
                )
            )
        }
        door.add(to: router, .get, "\(minute)/artifacts", .app(Scopes.artifacts), perSecond: rate) { call in
            .data(try self.cloud.artifacts(ofMinute: call.parameter("minute")))
        }
        let meeting = "/open-apis/vc/v1/meetings/:meeting"
        door.add(to: router, .get, meeting, .app(Scopes.meetings)) { call in
            .data(
                try self.cloud.meeting(
                    call.parameter("meeting"),
                    withParticipants: call.query("with_participants") == "true",
                    idType: try call.idType("user_id_type")
                )
            )
        }
        door.add(to: router, .get, "\(meeting)/recording", .app(Scopes.recordings)) { call in
            .data(try self.cloud.recording(ofMeeting: call.parameter("meeting")))
        }
    }
}
