import JSON

/// A meeting, as events tell of it.
package struct Meeting: Sendable, Equatable {
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
    }
}

/// A meeting is over.
package struct MeetingEnded: Sendable, Equatable {
    package let meeting: Meeting
    /// Who ended it.
    package let operatorID: UserIdentity
    /// The users whose subscription this came by; empty for the events of an app or a company.
    package let subscribers: [UserIdentity]

    init?(_ envelope: EventEnvelope) {
        guard let meeting = Meeting(envelope.event["meeting"]) else { return nil }
        self.meeting = meeting
        operatorID = UserIdentity(envelope.event["operator"]?["id"])
        subscribers = (envelope.event["subscriber_ids"]?.array ?? []).map { UserIdentity($0) }
    }
}

/// Feishu's own minutes of a meeting are there, or about to be.
package struct MinutesReady: Sendable, Equatable {
    /// What the API calls them by: 24 characters.
    package let minuteToken: String
    /// The meeting that they are of, where Feishu says.
    package let meeting: Meeting?
    package let subscribers: [UserIdentity]

    init?(_ envelope: EventEnvelope) {
        // A recording is named by its URL, whose last segment is the token.
        let segments = envelope.event["url"]?.nonEmpty?.prefix { $0 != "?" && $0 != "#" }.split(separator: "/")
        guard let token = envelope.event["minute_token"]?.nonEmpty ?? segments?.last.map(String.init),
            token.utf8.count == 24
        else { return nil }
        minuteToken = token
        meeting = Meeting(envelope.event["meeting"])
        subscribers = (envelope.event["subscriber_ids"]?.array ?? []).map { UserIdentity($0) }
    }
}
