import JSON

/// A meeting, as events tell of it.
package struct Meeting: Sendable, Equatable {
    /// How it came about (`meeting_source`).
    package enum Source: Int64, Sendable {
        case calendar = 1
        case instant = 2
        case interview = 3
        /// Reserved by an app.
        case openPlatform = 4
        case other = 100
    }

    /// 19 decimal digits.
    package let id: String
    package let topic: String?
    /// The nine digits that people join by.
    package let number: String?
    /// Milliseconds since 1970.
    package let startedAt: Int64?
    /// Milliseconds since 1970.
    package let endedAt: Int64?
    package let host: UserIdentity?
    package let owner: UserIdentity?
    package let calendarEventID: String?
    package let source: Source?

    init?(_ json: JSONValue?) {
        guard let json, let id = json["id"]?.digits else { return nil }
        self.id = id
        topic = json["topic"]?.nonEmpty
        number = json["meeting_no"]?.digits
        startedAt = json["start_time"]?.digits.flatMap(EventTime.milliseconds)
        endedAt = json["end_time"]?.digits.flatMap(EventTime.milliseconds)
        host = json["host_user"]?["id"].map { UserIdentity($0) }
        owner = json["owner"]?["id"].map { UserIdentity($0) }
        calendarEventID = json["calendar_event_id"]?.nonEmpty
        source = json["meeting_source"]?.lenientInteger.flatMap(Source.init)
    }
}

/// A meeting is over. The same end may be told by several events of different ids: a meeting ends once by its id.
package struct MeetingEnded: Sendable, Equatable {
    /// Of which meetings the event tells.
    package enum Scope: Sendable, Equatable {
        /// Those that the app itself reserved (`vc.meeting.meeting_ended_v1`).
        case reserved
        /// All of the company (`vc.meeting.all_meeting_ended_v1`).
        case company
        /// Those of users who subscribed (`vc.meeting.participant_meeting_ended_v1`).
        case subscribed

        init(_ type: String) {
            self =
                switch type {
                case "vc.meeting.all_meeting_ended_v1": .company
                case "vc.meeting.participant_meeting_ended_v1": .subscribed
                default: .reserved
                }
        }
    }

    package let meeting: Meeting
    package let scope: Scope
    /// Who ended it.
    package let operatorID: UserIdentity
    /// The users whose subscription this came by; empty for the events of an app or a company.
    package let subscribers: [UserIdentity]

    init?(_ envelope: EventEnvelope) {
        guard let meeting = Meeting(envelope.event["meeting"]) else { return nil }
        self.meeting = meeting
        scope = Scope(envelope.type)
        operatorID = UserIdentity(envelope.event["operator"]?["id"])
        subscribers = (envelope.event["subscriber_ids"]?.array ?? []).map { UserIdentity($0) }
    }
}

/// Feishu's own minutes of a meeting are there, or about to be. The same minutes may be told by both events.
package struct MinutesReady: Sendable, Equatable {
    /// Which of Feishu's steps is done.
    package enum Step: Sendable, Equatable {
        /// The recording is there (`vc.meeting.recording_ready_v1`), its transcript perhaps not yet.
        case recorded
        /// The minutes are there (`minutes.minute.generated_v1`).
        case generated
    }

    /// What the API calls them by: 24 characters.
    package let minuteToken: String
    package let step: Step
    /// The meeting that they are of, where Feishu says.
    package let meeting: Meeting?
    /// The id of that meeting, where Feishu says no more of it.
    package let meetingID: String?
    /// Where people see them; only of a recording.
    package let url: String?
    /// Of the recording, in milliseconds.
    package let duration: Int64?
    package let subscribers: [UserIdentity]

    init?(_ envelope: EventEnvelope) {
        let event = envelope.event
        url = event["url"]?.nonEmpty
        let named = event["minute_token"]?.nonEmpty.flatMap { MinutesLink.isToken($0) ? $0 : nil }
        guard let token = named ?? url.flatMap(Self.token) else { return nil }
        minuteToken = token
        step = envelope.type == "minutes.minute.generated_v1" ? .generated : .recorded
        meeting = Meeting(event["meeting"])
        let source = event["minute_source"]
        let sourceID = source?["source_type"]?.nonEmpty == "meeting" ? source?["source_entity_id"]?.digits : nil
        meetingID = meeting?.id ?? sourceID
        duration = event["duration"]?.lenientInteger
        subscribers = (event["subscriber_ids"]?.array ?? []).map { UserIdentity($0) }
    }

    /// The token in the address of a recording, whose last segment it is; nil for another address.
    static func token(ofURL url: String) -> String? {
        let segments = url.prefix { $0 != "?" && $0 != "#" }.split(separator: "/")
        return segments.last.map(String.init).flatMap { MinutesLink.isToken($0) ? $0 : nil }
    }
}
