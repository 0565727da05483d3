import JSON

/// What the message of a task says of it beside its arguments, by Celery's names (celery.app.task, `Context`).
public struct TaskDetails: Sendable {
    private let envelope: JSONValue

    init(reading raw: [UInt8]) { envelope = (try? CeleryJSON.parse(raw)) ?? .null }

    /// The name to show instead of the task's own.
    public var shadow: String? { text("shadow") }
    /// The task that published this one.
    public var parentID: TaskID? { text("parent_id").map { TaskID($0) } }
    /// The group, or the header of the chord, that it belongs to.
    public var groupID: String? { text("group") }
    /// Its place there, from 0.
    public var groupIndex: Int? { envelope["headers"]?["group_index"]?.integer.map { Int($0) } }
    /// Who published it: `gen<pid>@<host>`.
    public var origin: String? { text("origin") }
    /// Where its caller waits for answers; unused with results in Redis.
    public var replyTo: String? { envelope["properties"]?["reply_to"]?.string.flatMap { $0.isEmpty ? nil : $0 } }
    /// Its caller's name for the exchange of words; Celery's is the task's id.
    public var correlationID: String? { envelope["properties"]?["correlation_id"]?.string }
    /// As it was given, 0 the most urgent. Beyond 9 it counts as 9.
    public var priority: Int { Int(clamping: envelope["properties"]?["priority"]?.integer ?? 0) }
    /// How deep it is nested in tasks that replaced themselves by others.
    public var replacedTaskNesting: Int { Int(clamping: envelope["headers"]?["replaced_task_nesting"]?.integer ?? 0) }
    /// Whether it was handed out before, to a worker that did not acknowledge it. Of the deaths of our own workers
    /// `JobContext.crashes` knows the number.
    public var isRedelivered: Bool {
        envelope["headers"]?["redelivered"]?.bool == true
            || envelope["properties"]?["delivery_info"]?["redelivered"]?.bool == true
    }

    /// The stamps by name, each with its values; a value that is no text as its JSON text.
    public var stamps: [String: [String]] {
        guard let stamps = envelope["headers"]?["stamps"]?.object else { return [:] }
        let values = stamps.members.map { member in
            (member.key, (member.value.array ?? [member.value]).map { $0.string ?? $0.text })
        }
        return Dictionary(values, uniquingKeysWith: { _, last in last })
    }

    /// The names of those stamps that their tasks hand on (`stamped_headers`).
    public var stampedHeaders: [String] {
        (envelope["headers"]?["stamped_headers"]?.array ?? []).compactMap(\.string)
    }

    private func text(_ header: String) -> String? { envelope["headers"]?[header]?.string }
}

extension JobContext {
    /// What the message says of the task beside its arguments. Reads the message anew at each call: keep it.
    public var details: TaskDetails { TaskDetails(reading: raw) }

    /// What the worker is called that runs this attempt: in results, events and remote control. Celery's
    /// `request.hostname`.
    public var nodeName: NodeName { scope.configuration.nodeName }
}
