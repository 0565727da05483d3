package import JSON

/// Tasks that apps make for people.
///
/// Source: Feishu, "Task v2: create a task" and "Task overview" (members, times, errors, idempotent calls).
extension FeishuCloud {
    private static let characterLimit = 3_000
    private static let memberLimit = 50
    private static let extraLimit = 65_536

    /// Makes a task. The same `client_token` of the same app within five minutes gives the first one's task; while that is
    /// still being made it is refused.
    ///
    /// - Parameters:
    ///   - body: of the call.
    ///   - idType: of the identifiers of people in it, and in the answer.
    ///   - app: who calls.
    ///   - pause: how long a fault wants it to take.
    /// - Returns: the answer's `data`.
    /// - Throws: `APIError`; `CancellationError` while it takes its time.
    func createTask(
        _ body: JSONValue,
        idType: String,
        by app: String,
        pause: Duration?
    ) async throws -> JSONValue {
        let key = body["client_token"]?.string.flatMap { $0.isEmpty ? nil : "\(app) \($0)" }
        if let key {
            let now = time.now()
            switch withState({ $0.taskTokens.begin(key, now: now) }) {
            case .proceed: break
            case .inFlight: throw APIError.taskTokenInUse
            case .repeated(let guid):
                guard let task = withState({ $0.tasks[guid] }) else { throw APIError.taskFailed }
                return ["task": view(of: task, idType: idType)]
            }
        }
        do {
            if let pause { try await time.sleep(pause) }
            let (task, revision) = try locked { (state) throws(APIError) -> (CloudTask, Int64) in
                let task = try Self.task(body, idType: idType, by: app, now: time.now(), in: &state)
                state.tasks.append(task)
                if let key { state.taskTokens.finish(key, messageID: task.guid) }
                return (task, state.nextRevision())
            }
            publish("task", revision: revision) { view(of: task, idType: "open_id") }
            return ["task": view(of: task, idType: idType)]
        } catch {
            // What failed leaves its token free.
            if let key { withState { $0.taskTokens.abandon(key) } }
            throw error
        }
    }

    private static func task(
        _ body: JSONValue,
        idType: String,
        by app: String,
        now: Int64,
        in state: inout State
    ) throws(APIError) -> CloudTask {
        guard let summary = body["summary"]?.string, !summary.isEmpty else {
            throw .taskParameter("summary", "must not be empty.")
        }
        let description = body["description"]?.string ?? ""
        for (name, text) in [("summary", summary), ("description", description)]
        where text.unicodeScalars.count > characterLimit {
            throw .taskParameter(name, "exceeds the limit of \(characterLimit) characters.")
        }
        let extra = body["extra"]?.string ?? ""
        guard extra.count <= extraLimit else { throw .taskParameter("extra", "exceeds the limit.") }
        // There are no lists of tasks here that it could be put into.
        guard body["tasklists"]?.array?.isEmpty ?? true else { throw .taskListMissing }
        let due = try due(body["due"])
        if due == nil, body["reminders"]?.array?.isEmpty == false {
            throw .taskParameter("reminders", "cannot set reminders without setting due.")
        }
        return CloudTask(
            guid: Identifier.task(),
            number: state.tasks.nextNumber(),
            appID: app,
            summary: summary,
            description: description,
            due: due,
            members: try members(body["members"], idType: idType, in: state),
            extra: extra,
            origin: try origin(body["origin"]),
            created: now
        )
    }

    /// Where the task comes from: names of the platform, and a link of the web.
    private static func origin(_ json: JSONValue?) throws(APIError) -> JSONValue? {
        guard let json, !json.isNull else { return nil }
        guard json["platform_i18n_name"]?.object?.isEmpty == false else {
            throw .taskParameter("origin.platform_i18n_name", "param is required.")
        }
        if let url = json["href"]?["url"]?.string {
            guard url.hasPrefix("https://") || url.hasPrefix("http://") else {
                throw .taskParameter("origin.href.url", "is invalid.")
            }
        }
        return json
    }

    private static func due(_ json: JSONValue?) throws(APIError) -> CloudTask.Due? {
        guard let json, !json.isNull else { return nil }
        guard let text = json["timestamp"]?.string else { throw .taskParameter("due.timestamp", "param is required.") }
        guard let time = Int64(text), time >= 0 else { throw .taskParameter("due.timestamp", "is invalid.") }
        let isAllDay = json["is_all_day"]?.bool ?? false
        return CloudTask.Due(time: isAllDay ? time / 86_400_000 * 86_400_000 : time / 1_000 * 1_000, isAllDay: isAllDay)
    }

    /// Those named, each once; people by their open ids.
    private static func members(
        _ json: JSONValue?,
        idType: String,
        in state: State
    ) throws(APIError) -> [CloudTask.Member] {
        var members: [CloudTask.Member] = []
        for item in json?.array ?? [] {
            guard let id = item["id"]?.string, !id.isEmpty else { throw .taskParameter("members", "id is required.") }
            guard let role = item["role"]?.string, ["assignee", "follower"].contains(role) else {
                throw .taskParameter("members", "role is invalid. Only 'assignee', 'follower' are supported.")
            }
            let type = item["type"]?.string ?? "user"
            var known = id
            switch type {
            case "user":
                // A member that is none is no fault of the request to the real one, but one of the server.
                guard let person = state.directory.person(id, type: idType) else { throw .taskFailed }
                known = person.openID
            case "app":
                guard state.apps[id] != nil else { throw .taskFailed }
            default: throw .taskParameter("members", "type is invalid. Only 'user', 'app' are supported.")
            }
            let member = CloudTask.Member(id: known, type: type, role: role)
            if !members.contains(member) { members.append(member) }
        }
        guard members.count <= memberLimit else {
            throw .taskParameter("members", "exceeds the limit of \(memberLimit).")
        }
        return members
    }

    /// The tasks made so far, oldest first, as the interface shows them.
    package func tasks() -> JSONValue {
        ["tasks": .array(withState { $0.tasks.all }.map { view(of: $0, idType: "open_id") })]
    }

    func view(of task: CloudTask, idType: String) -> JSONValue {
        let people = withState { $0.directory.people }
        let members = task.members.map { member -> JSONValue in
            let person = people[member.id]
            return [
                "id": .string(person?.identifier(ofType: idType) ?? member.id), "type": .string(member.type),
                "role": .string(member.role), "name": .string(person?.name ?? member.id),
            ]
        }
        var view: JSONObject = [
            "guid": .string(task.guid), "summary": .string(task.summary),
            "creator": ["id": .string(task.appID), "type": "app", "role": "creator"], "members": .array(members),
            "completed_at": "0", "status": "todo", "source": 6, "mode": 2, "subtask_count": 0,
            "task_id": .string(task.number), "created_at": .string("\(task.created)"),
            "updated_at": .string("\(task.created)"), "url": .string(task.url), "is_milestone": false,
        ]
        if !task.description.isEmpty { view["description"] = .string(task.description) }
        view["origin"] = task.origin
        if !task.extra.isEmpty { view["extra"] = .string(task.extra) }
        if let due = task.due {
            view["due"] = ["timestamp": .string("\(due.time)"), "is_all_day": .bool(due.isAllDay)]
        }
        return .object(view)
    }
}
