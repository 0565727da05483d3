import JSON

/// A task to be made in Feishu.
package struct NewFeishuTask: Sendable, Equatable {
    /// Up to 3,000 characters.
    package var summary: String
    /// Up to 3,000 characters.
    package var description: String?
    /// Milliseconds since 1970.
    package var due: Int64?
    /// Open ids of up to 50 people.
    package var assignees: [String]

    package init(summary: String, description: String? = nil, due: Int64? = nil, assignees: [String] = []) {
        self.summary = summary
        self.description = description
        self.due = due
        self.assignees = assignees
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
        if let due = task.due { body["due"] = ["timestamp": .string("\(due)"), "is_all_day": false] }
        let members = task.assignees.prefix(50).map { id -> JSONValue in
            ["id": .string(id), "type": "user", "role": "assignee"]
        }
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
