import JSON

/// The texts of a task's state that Celery's clients read (celery.backends.base, `_get_result_meta`).
///
/// `status` stands first and the separators carry a blank, as Python writes them: the script that stores a result
/// knows a finished one by its first bytes.
enum TaskResult {
    /// `children` is what the task called.
    static func success(
        _ message: TaskMessage,
        result: [UInt8],
        children: [ResultReference] = [],
        at time: WireTime
    ) -> [UInt8] {
        text(message, status: "SUCCESS", result: result, children: children, done: time)
    }

    /// The state of a task that is never called, as one before it failed.
    static func failure(
        of id: TaskID,
        group: String?,
        parent: TaskID?,
        exception: [UInt8],
        traceback: String?,
        at time: WireTime
    ) -> [UInt8] {
        text(
            id: id,
            group: group,
            parent: parent,
            status: "FAILURE",
            result: exception,
            done: time,
            traceback: traceback
        )
    }

    /// What stands behind the result of a task that has no traceback.
    static let noTraceback = Array(", \"traceback\": null".utf8)

    static func failure(_ message: TaskMessage, _ failure: TaskFailure, at time: WireTime) -> [UInt8] {
        text(
            message,
            status: "FAILURE",
            result: exception(failure),
            done: time,
            traceback: failure.traceback(of: message)
        )
    }

    static func retry(_ message: TaskMessage, _ failure: TaskFailure) -> [UInt8] {
        text(message, status: "RETRY", result: exception(failure), done: nil, traceback: failure.traceback(of: message))
    }

    /// `reason` in Celery's words: `expired`, `revoked` before it ran, `terminated` while it ran.
    static func revoked(_ message: TaskMessage, _ reason: String, at time: WireTime) -> [UInt8] {
        text(message, status: "REVOKED", result: exception(.revoked(reason)), done: time)
    }

    /// The state of a message that could not be read beyond its id.
    static func unreadable(_ id: TaskID, _ failure: TaskFailure, at time: WireTime) -> [UInt8] {
        text(id: id, group: nil, parent: nil, status: "FAILURE", result: exception(failure), done: time)
    }

    /// An exception object: class name, constructor arguments, module.
    static func exception(_ failure: TaskFailure) -> [UInt8] {
        JSONValue.object([
            "exc_type": .string(failure.type),
            "exc_message": .array(failure.arguments ?? [.string(failure.message)]),
            "exc_module": .string(failure.module),
        ]).bytes
    }

    private static func text(
        _ message: TaskMessage,
        status: String,
        result: [UInt8],
        children: [ResultReference] = [],
        done: WireTime?,
        traceback: String? = nil
    ) -> [UInt8] {
        text(
            id: message.id,
            group: message.groupID,
            parent: message.parentID,
            status: status,
            result: result,
            children: children,
            done: done,
            traceback: traceback
        )
    }

    /// `status` holds nothing that JSON would escape.
    static func text(
        id: TaskID,
        group: String?,
        parent: TaskID?,
        status: String,
        result: [UInt8],
        children: [ResultReference] = [],
        done: WireTime?,
        traceback: String? = nil
    ) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(256 + result.count)
        JSONText.append("{\"status\": \"", to: &output)
        output.append(contentsOf: status.utf8)
        JSONText.append("\", \"result\": ", to: &output)
        output.append(contentsOf: result)
        JSONText.append(", \"traceback\": ", to: &output)
        if let traceback { JSONText.appendQuoted(traceback, to: &output) } else { JSONText.append("null", to: &output) }
        JSONText.append(", \"children\": ", to: &output)
        if children.isEmpty {
            JSONText.append("[]", to: &output)
        } else {
            JSONValue.array(children.map(\.json)).write(into: &output)
        }
        JSONText.append(", \"date_done\": ", to: &output)
        if let done { JSONText.appendQuoted(done.text, to: &output) } else { JSONText.append("null", to: &output) }
        if let group {
            JSONText.append(", \"group_id\": ", to: &output)
            JSONText.appendQuoted(group, to: &output)
        }
        if let parent {
            JSONText.append(", \"parent_id\": ", to: &output)
            JSONText.appendQuoted(parent.rawValue, to: &output)
        }
        JSONText.append(", \"task_id\": ", to: &output)
        JSONText.appendQuoted(id.rawValue, to: &output)
        JSONText.append("}", to: &output)
        return output
    }
}
