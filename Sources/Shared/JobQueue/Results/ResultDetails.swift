import JSON

/// What a worker adds to results where it is told to (`result_extended`; celery.backends.base, `_get_result_meta`).
enum ResultDetails {
    /// Longer arguments are left out.
    static let maximumArgumentBytes = 1 << 20

    /// The fields, each behind a comma.
    ///
    /// Arguments that are encrypted in the message are left out, as what Redis may not be told there it may not be told
    /// here.
    static func text(_ message: TaskMessage, from queue: QueueName, on node: NodeName) -> [UInt8] {
        var text: [UInt8] = []
        func name(_ name: StaticString) {
            JSONText.append(", \"", to: &text)
            JSONText.append(name, to: &text)
            JSONText.append("\": ", to: &text)
        }
        func arguments(_ range: Range<Int>) {
            let isReadable = message.bodyForm == nil && message.otherForm?.form.encryption == nil
            if isReadable, !range.isEmpty, range.count <= maximumArgumentBytes {
                text.append(contentsOf: message.body[range])
            } else {
                JSONText.append("null", to: &text)
            }
        }
        name("name")
        JSONText.appendQuoted(message.name.rawValue, to: &text)
        name("args")
        arguments(message.arguments)
        name("kwargs")
        arguments(message.keywordArguments)
        name("worker")
        JSONText.appendQuoted(node.rawValue, to: &text)
        name("retries")
        text.append(contentsOf: "\(message.retries)".utf8)
        name("queue")
        JSONText.appendQuoted(queue.rawValue, to: &text)
        addStamps(of: message, to: &text)
        return text
    }

    /// The fields of a task that is never called, since one before it failed: as Celery finds them in its signature, so
    /// without a worker and a queue (celery.backends.base, `_fail_chain`).
    ///
    /// - Parameters:
    ///   - signature: What it would have been called by.
    ///   - hidesArguments: Whether arguments are encrypted in messages.
    /// - Returns: The fields, each behind a comma.
    static func text(_ signature: Signature, hidesArguments: Bool) -> [UInt8] {
        let json = signature.json
        var text: [UInt8] = []
        for name in ["name", "args", "kwargs"] {
            JSONText.append(", ", to: &text)
            JSONText.appendQuoted(name, to: &text)
            JSONText.append(": ", to: &text)
            let value = json[name == "name" ? "task" : name]?.bytes ?? []
            let isShown = name == "name" || !hidesArguments && value.count <= maximumArgumentBytes
            if isShown, !value.isEmpty { text += value } else { JSONText.append("null", to: &text) }
        }
        let retries = max(0, signature.options.given("retries")?.integer ?? 0)
        text += ", \"worker\": null, \"retries\": \(retries), \"queue\": null".utf8
        return text
    }

    /// `stamped_headers`, and each stamp under its name, unless that would hide a field of the result's.
    private static func addStamps(of message: TaskMessage, to text: inout [UInt8]) {
        guard let headers = (try? JSONValue(parsing: message.raw))?["headers"],
            let names = headers["stamped_headers"]?.array?.compactMap(\.string), !names.isEmpty
        else { return }
        JSONText.append(", \"stamped_headers\": ", to: &text)
        JSONValue.array(names.map { .string($0) }).write(into: &text)
        let taken: Set<String> = [
            "status", "result", "traceback", "children", "date_done", "group_id", "parent_id", "task_id", "name",
            "args", "kwargs", "worker", "retries", "queue", "stamped_headers",
        ]
        for name in names where !taken.contains(name) {
            guard let stamp = headers["stamps"]?[name] ?? headers[name] else { continue }
            JSONText.append(", ", to: &text)
            JSONText.appendQuoted(name, to: &text)
            JSONText.append(": ", to: &text)
            stamp.write(into: &text)
        }
    }

    /// Adds fields to the text of a result, before the task's id, where Celery has them.
    static func add(_ details: [UInt8], to text: inout [UInt8], of id: TaskID) {
        guard !details.isEmpty else { return }
        var tail: [UInt8] = []
        JSONText.append(", \"task_id\": ", to: &tail)
        JSONText.appendQuoted(id.rawValue, to: &tail)
        guard text.count > tail.count + 1 else { return }
        text.insert(contentsOf: details, at: text.count - tail.count - 1)
    }
}
