import JSON

/// What apps are told of meetings.
///
/// Source: interface specification, section 3.5: of a tenant's meetings all end, of those that apps made the recording is
/// told, and of both what users subscribed to.
extension FeishuCloud {
    func tellOfEnd(of meeting: CloudMeeting) throws(ControlError) -> [String] {
        var types = ["vc.meeting.all_meeting_ended_v1"]
        if meeting.isReserved { types.append("vc.meeting.meeting_ended_v1") }
        if !meeting.subscribers.isEmpty { types.append("vc.meeting.participant_meeting_ended_v1") }
        var ids: [String] = []
        for type in types {
            ids += try tell(type, at: meeting.ended) { showsUserID in
                var event: JSONObject = [
                    "meeting": Self.event(meeting, showsUserID, isOver: true),
                    "operator": Self.user(meeting.host, role: 2, showsUserID),
                ]
                if type.hasSuffix("participant_meeting_ended_v1") {
                    event["subscriber_ids"] = Self.subscribers(of: meeting, showsUserID)
                }
                return .object(event)
            }
        }
        return ids
    }

    func tellOfRecording(of meeting: CloudMeeting, at time: Int64) throws(ControlError) -> [String] {
        guard meeting.isReserved else { return [] }
        return try tell("vc.meeting.recording_ready_v1", at: time) { showsUserID in
            [
                "meeting": Self.event(meeting, showsUserID, isOver: false), "url": .string(meeting.url),
                "duration": .string("\(meeting.duration)"),
            ]
        }
    }

    func tellOfMinutes(of meeting: CloudMeeting, at time: Int64) throws(ControlError) -> [String] {
        guard !meeting.subscribers.isEmpty else { return [] }
        return try tell("minutes.minute.generated_v1", at: time) { showsUserID in
            [
                "minute_token": .string(meeting.minuteToken),
                "minute_source": ["source_type": "meeting", "source_entity_id": .string(meeting.id)],
                "subscriber_ids": Self.subscribers(of: meeting, showsUserID),
            ]
        }
    }

    /// Delivers an event to each app that subscribed to it and may hear of it, at a time.
    private func tell(
        _ type: String,
        at moment: Int64,
        _ event: (_ showsUserID: Bool) -> JSONValue
    ) throws(ControlError) -> [String] {
        let delay = Duration.milliseconds(max(0, moment - time.now()))
        let listeners = withState { state in
            state.apps.values.filter { app in
                app.events.contains(type) && app.scopes.grants(Scopes.needed(forEvent: type))
            }.map { ($0.id, $0.scopes.contains(Scopes.userID)) }.sorted { $0.0 < $1.0 }
        }
        var ids: [String] = []
        for (app, showsUserID) in listeners {
            ids.append(try deliver(event(showsUserID), ofType: type, to: app, after: delay))
        }
        return ids
    }

    private static func subscribers(of meeting: CloudMeeting, _ showsUserID: Bool) -> JSONValue {
        .array(meeting.subscribers.map { $0.identifiers(showingUserID: showsUserID) })
    }

    private static func user(_ person: Person, role: Int64, _ showsUserID: Bool) -> JSONValue {
        ["id": person.identifiers(showingUserID: showsUserID), "user_role": .integer(role), "user_type": 1]
    }

    /// The meeting as events carry it; that of a recording has neither times nor a host.
    private static func event(_ meeting: CloudMeeting, _ showsUserID: Bool, isOver: Bool) -> JSONValue {
        var event: JSONObject = [
            "id": .string(meeting.id), "topic": .string(meeting.topic), "meeting_no": .string(meeting.number),
            "meeting_source": meeting.isReserved ? 4 : 1,
        ]
        if isOver {
            event["start_time"] = .string("\(meeting.began / 1_000)")
            event["end_time"] = .string("\(meeting.ended / 1_000)")
            event["host_user"] = user(meeting.host, role: 2, showsUserID)
        }
        event["owner"] = user(meeting.host, role: 1, showsUserID)
        event["meeting_sub_type"] = 0
        event["security_setting"] = [
            "security_level": 1, "group_ids": [], "user_ids": [], "room_ids": [],
            "has_set_security_contacts_and_group": false,
        ]
        event["webinar_setting"] = ["webinar_type": 0]
        return .object(event)
    }
}
