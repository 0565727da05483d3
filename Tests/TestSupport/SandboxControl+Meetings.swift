package import JSON

/// Meetings that end, and the documents and tasks that the bot makes of them.
extension SandboxControl {
    /// A meeting that ended.
    package struct Meeting: Sendable {
        package let meetingID: String
        package let minuteToken: String
        /// The address of its minutes, as a person would paste it.
        package let url: String
        /// Who took part: open ids by name.
        package let participants: [String: String]
        /// The events that the bot was told by, so far or at their time.
        package let eventIDs: [String]
    }

    /// A document that the bot made.
    package struct Document: Sendable {
        package let documentID: String
        package let title: String
        /// What it shows, read back from its blocks.
        package let markdown: String
        /// Its words alone.
        package let text: String
        /// Whom it is shared with: `view` or `edit` by open id or chat id.
        package let members: [String: String]
        /// How often it was changed.
        package let revision: Int
    }

    /// A meeting ends, with what was said in it: lines such as `Maya: hello`, or under headings such as `Maya 00:01:02`.
    ///
    /// `hold` (`recording` or `minutes`) keeps these from being ready until ``changeMeeting(_:_:)`` says so. `options` go
    /// along: `recording_after_seconds`, `minutes_after_seconds`, `duration_seconds`, `recorded`, `transcribed`,
    /// `reserved`, `subscribers`, `visible`, `keywords`, `artifacts`.
    package func endMeeting(
        _ topic: String = "产品周会",
        transcript: String,
        participants: [String]? = nil,
        host: String? = nil,
        permission: Bool = true,
        hold: String? = nil,
        options: JSONObject = [:]
    ) async throws -> Meeting {
        var body = options
        body["topic"] = .string(topic)
        body["transcript"] = .string(transcript)
        body["permission"] = .bool(permission)
        if let participants { body["participants"] = .array(participants.map(JSONValue.string)) }
        if let host { body["user"] = .string(host) }
        if let hold { body["hold"] = .string(hold) }
        return Self.meeting(try await call("POST", "meetings", .object(body)))
    }

    /// Changes what becomes of a meeting, by its id or the token of its minutes: `recording_ready`, `minutes_ready`,
    /// `permission`, `visible`, `deleted`.
    @discardableResult
    package func changeMeeting(_ id: String, _ change: JSONObject) async throws -> Meeting {
        Self.meeting(try await call("PATCH", "meetings/\(id)", .object(change)))
    }

    /// The documents that the bot made, oldest first.
    package func documents() async throws -> [Document] {
        var documents: [Document] = []
        for item in try await call("GET", "documents")["documents"]?.array ?? [] {
            documents.append(try await document(item["document_id"]?.string ?? ""))
        }
        return documents
    }

    /// A document as it is now.
    package func document(_ id: String) async throws -> Document {
        let json = try await call("GET", "documents/\(id)")
        var members: [String: String] = [:]
        for member in json["members"]?.array ?? [] {
            members[member["member_id"]?.string ?? ""] = member["perm"]?.string
        }
        return Document(
            documentID: id,
            title: json["title"]?.string ?? "",
            markdown: json["markdown"]?.string ?? "",
            text: json["text"]?.string ?? "",
            members: members,
            revision: Int(json["revision"]?.integer ?? 0)
        )
    }

    /// The tasks that the bot made, oldest first, as the interface shows them.
    package func tasks() async throws -> [JSONValue] { try await call("GET", "tasks")["tasks"]?.array ?? [] }

    private static func meeting(_ json: JSONValue) -> Meeting {
        var participants: [String: String] = [:]
        for person in json["participants"]?.array ?? [] {
            participants[person["name"]?.string ?? ""] = person["open_id"]?.string
        }
        return Meeting(
            meetingID: json["meeting_id"]?.string ?? "",
            minuteToken: json["minute_token"]?.string ?? "",
            url: json["url"]?.string ?? "",
            participants: participants,
            eventIDs: (json["event_ids"]?.array ?? []).compactMap(\.string)
        )
    }
}
