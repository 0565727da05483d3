import JSON

/// What the API says of a meeting (`GET /vc/v1/meetings/:meeting_id`).
package struct FeishuMeetingInfo: Sendable, Equatable, Codable {
    /// Who or what took part.
    package struct Participant: Sendable, Equatable, Codable {
        /// The open id of a user; of rooms and telephones an id of another kind.
        package let id: String
        /// Whether it is a user of Feishu, and no room, telephone or app (`user_type` 1).
        package let isUser: Bool
        package let isHost: Bool
        /// Whether they are of another company.
        package let isExternal: Bool
        /// Milliseconds since 1970.
        package let joinedAt: Int64?
        /// Milliseconds since 1970.
        package let leftAt: Int64?

        package init(
            id: String,
            isUser: Bool = true,
            isHost: Bool = false,
            isExternal: Bool = false,
            joinedAt: Int64? = nil,
            leftAt: Int64? = nil
        ) {
            self.id = id
            self.isUser = isUser
            self.isHost = isHost
            self.isExternal = isExternal
            self.joinedAt = joinedAt
            self.leftAt = leftAt
        }
    }

    package let id: String
    package let topic: String?
    /// The nine digits that people join by.
    package let number: String?
    /// Milliseconds since 1970.
    package let startedAt: Int64?
    /// Milliseconds since 1970; nil while it goes on.
    package let endedAt: Int64?
    /// Open id.
    package let hostID: String?
    package let participants: [Participant]
    package let isOver: Bool

    package init(
        id: String,
        topic: String? = nil,
        number: String? = nil,
        startedAt: Int64? = nil,
        endedAt: Int64? = nil,
        hostID: String? = nil,
        participants: [Participant] = [],
        isOver: Bool = true
    ) {
        self.id = id
        self.topic = topic
        self.number = number
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.hostID = hostID
        self.participants = participants
        self.isOver = isOver
    }

    init?(_ json: JSONValue?, id: String) {
        guard let json, json.object != nil else { return nil }
        self.id = json["id"]?.digits ?? id
        topic = json["topic"]?.nonEmpty
        number = json["meeting_no"]?.digits
        startedAt = Self.milliseconds(json["start_time"])
        endedAt = Self.milliseconds(json["end_time"])
        hostID = json["host_user"]?["id"]?.nonEmpty
        participants = (json["participants"]?.array ?? []).compactMap { item in
            guard let id = item["id"]?.nonEmpty else { return nil }
            return Participant(
                id: id,
                isUser: (item["user_type"]?.lenientInteger ?? 1) == 1,
                isHost: item["is_host"]?.bool ?? false,
                isExternal: item["is_external"]?.bool ?? false,
                joinedAt: Self.milliseconds(item["first_join_time"]),
                leftAt: Self.milliseconds(item["final_leave_time"])
            )
        }
        isOver = json["status"]?.lenientInteger == 3
    }

    /// Feishu writes seconds here, and 0 for what has not happened.
    private static func milliseconds(_ json: JSONValue?) -> Int64? {
        json?.digits.flatMap(EventTime.milliseconds).flatMap { $0 > 0 ? $0 : nil }
    }
}

/// Where the recording of a meeting is (`GET /vc/v1/meetings/:meeting_id/recording`).
package struct FeishuRecording: Sendable, Equatable, Codable {
    /// The address of its minutes.
    package let url: String
    /// What the API calls the minutes by; nil for an address of another kind.
    package let minuteToken: String?
    /// Milliseconds.
    package let duration: Int64?

    package init(url: String, minuteToken: String?, duration: Int64? = nil) {
        self.url = url
        self.minuteToken = minuteToken
        self.duration = duration
    }

    init?(_ json: JSONValue?) {
        guard let url = json?["url"]?.nonEmpty else { return nil }
        self.url = url
        minuteToken = MinutesReady.token(ofURL: url)
        duration = json?["duration"]?.lenientInteger
    }
}
