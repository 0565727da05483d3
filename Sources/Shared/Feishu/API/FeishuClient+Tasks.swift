import JSON

/// A task to be made in Feishu.
package struct NewFeishuTask: Sendable, Equatable {
    /// Up to 3,000 characters.
    package var summary: String
    /// Up to 3,000 characters.
    package var description: String?
    /// Milliseconds since 1970; of a day, of its beginning in UTC.
    package var due: Int64?
    /// Whether it is due on a day, and at no time of it.
    package var isDueAllDay: Bool
    /// Open ids of those who are to do it: with the followers up to 50 people.
    package var assignees: [String]
    /// Open ids of those who are told how it goes.
    package var followers: [String]
    /// Where it comes from.
    package var origin: FeishuTaskOrigin?

    package init(
        summary: String,
        description: String? = nil,
        due: Int64? = nil,
        isDueAllDay: Bool = false,
        assignees: [String] = [],
        followers: [String] = [],
        origin: FeishuTaskOrigin? = nil
    ) {
        self.summary = summary
        self.description = description
        self.due = due
        self.isDueAllDay = isDueAllDay
        self.assignees = assignees
        self.followers = followers
        self.origin = origin
    }
}

/// Where a task comes from, as its page shows it: a name, and a link to what it is about.
package struct FeishuTaskOrigin: Sendable, Equatable {
    /// What people know the bot by.
    package var chineseName: String
    package var englishName: String
    /// The words of the link.
    package var title: String
    /// An `https` or `http` address; Feishu shows no other.
    package var url: String

    package init(chineseName: String, englishName: String, title: String, url: String) {
        self.chineseName = chineseName
        self.englishName = englishName
        self.title = title
        self.url = url
    }

    fileprivate var json: JSONValue {
        [
            "platform_i18n_name": ["zh_cn": .string(chineseName), "en_us": .string(englishName)],
            "href": ["url": .string(url), "title": .string(title)],
        ]
    }
}

/// A task that was made.
package struct FeishuTask: Sendable, Equatable {
    package let guid: String
    /// Where people see it.
    package let url: String?
}

extension FeishuClient {
    /// Makes a task (`POST /task/v2/tasks`). What is longer than Feishu takes is cut. Needs the permission
    /// `task:task:write` or `task:task:writeonly`.
    ///
    /// - Parameters:
    ///   - task: the task.
    ///   - clientToken: names it among all: a repetition within five minutes makes no second one. While the first is still
    ///     under way a repetition is refused (1470422), and worth another try.
    /// - Returns: the task.
    /// - Throws: `FeishuError`.
    package func createTask(_ task: NewFeishuTask, clientToken: String) async throws(FeishuError) -> FeishuTask {
        var body: JSONObject = [
            "summary": .string(Self.cut(task.summary)), "client_token": .string(clientToken),
        ]
        if let description = task.description { body["description"] = .string(Self.cut(description)) }
        if let due = task.due { body["due"] = ["timestamp": .string("\(due)"), "is_all_day": .bool(task.isDueAllDay)] }
        let roles = task.assignees.map { ($0, "assignee") } + task.followers.map { ($0, "follower") }
        let members = roles.prefix(50).map { id, role -> JSONValue in
            ["id": .string(id), "type": "user", "role": .string(role)]
        }
        body["origin"] = task.origin?.json
        if !members.isEmpty { body["members"] = .array(members) }
        let request = FeishuRequest(
            "POST",
            "task",
            "v2",
            "tasks",
            query: [("user_id_type", "open_id")],
            body: .object(body)
        )
        let made = try await call(request)["data"]?["task"]
        guard let guid = made?["guid"]?.nonEmpty else {
            throw FeishuError(kind: .badResponse, message: "a task without an id", mayHaveHappened: true)
        }
        return FeishuTask(guid: guid, url: made?["url"]?.nonEmpty)
    }

    /// What Feishu counts are code points, not what people see as characters.
    private static func cut(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.prefix(3_000)))
    }
}
