import JSON

/// What Feishu knows of one recording with minutes (`GET /minutes/v1/minutes/:minute_token`).
package struct FeishuMinute: Sendable, Equatable, Codable {
    package let token: String
    package let title: String?
    /// Open id of whom they belong to, and who can share them.
    package let ownerID: String?
    /// When the recording began, in milliseconds since 1970.
    package let createdAt: Int64?
    /// Of the recording, in milliseconds.
    package let duration: Int64?
    /// Where people see them.
    package let url: String?

    package init(
        token: String,
        title: String? = nil,
        ownerID: String? = nil,
        createdAt: Int64? = nil,
        duration: Int64? = nil,
        url: String? = nil
    ) {
        self.token = token
        self.title = title
        self.ownerID = ownerID
        self.createdAt = createdAt
        self.duration = duration
        self.url = url
    }

    init?(_ json: JSONValue?, token: String) {
        guard let json, json.object != nil else { return nil }
        self.token = json["token"]?.nonEmpty ?? token
        title = json["title"]?.nonEmpty
        ownerID = json["owner_id"]?.nonEmpty
        createdAt = json["create_time"]?.lenientInteger
        duration = json["duration"]?.lenientInteger
        url = json["url"]?.nonEmpty
    }
}

/// The form of an exported transcript (`file_format`).
package enum TranscriptFormat: String, Sendable, CaseIterable {
    case txt
    /// Subtitles: each utterance with its beginning and end.
    case srt
}

/// A transcript as Feishu exports it. What it looks like is documented nowhere: read it with care.
package struct FeishuTranscript: Sendable, Equatable {
    package let text: String
    package let format: TranscriptFormat

    package init(text: String, format: TranscriptFormat) {
        self.text = text
        self.format = format
    }

    /// Whether the recording has no transcript: final, where Feishu says so again after a while.
    package var isEmpty: Bool { text.allSatisfy(\.isWhitespace) }
}

/// What Feishu itself made of a recording (`GET /minutes/v1/minutes/:minute_token/artifacts`).
package struct FeishuMinuteArtifacts: Sendable, Equatable {
    /// A part of the recording about one thing.
    package struct Chapter: Sendable, Equatable {
        package let title: String
        /// Milliseconds from the beginning.
        package let start: Int64?
        /// Milliseconds from the beginning.
        package let stop: Int64?
        package let summary: String?
    }

    /// Something that somebody is to do.
    package struct Todo: Sendable, Equatable {
        package let content: String
        /// Names, as Feishu writes them.
        package let assignees: [String]

        package init(content: String, assignees: [String]) {
            self.content = content
            self.assignees = assignees
        }
    }

    package let summary: String?
    package let chapters: [Chapter]
    package let todos: [Todo]

    init(_ json: JSONValue?) {
        summary = json?["summary"]?.nonEmpty
        chapters = (json?["minute_chapters"]?.array ?? []).compactMap { chapter in
            guard let title = chapter["title"]?.nonEmpty else { return nil }
            return Chapter(
                title: title,
                start: chapter["start_ms"]?.lenientInteger,
                stop: chapter["stop_ms"]?.lenientInteger,
                summary: chapter["summary_content"]?.nonEmpty
            )
        }
        todos = (json?["minute_todos"]?.array ?? []).compactMap { todo in
            guard let content = todo["content"]?.nonEmpty else { return nil }
            return Todo(content: content, assignees: (todo["assignees"]?.array ?? []).compactMap(\.nonEmpty))
        }
    }
}
