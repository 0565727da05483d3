package import JSON

/// Why something in a message is no signature.
package struct UnreadableSignature: Error, Equatable, CustomStringConvertible {
    package let detail: String
    package var description: String { detail }
}

extension Signature {
    /// How deep signatures may lie in each other.
    static let maximumDepth = 64

    /// Reads what Celery's `Signature` is as JSON. Members that may be missing have their defaults, as in Python.
    package init(json: JSONValue, depth: Int = 0) throws(UnreadableSignature) {
        guard depth < Self.maximumDepth else { throw UnreadableSignature(detail: "signatures nested too deep") }
        guard let object = json.object, let task = object.given("task")?.string else {
            throw UnreadableSignature(detail: "a signature names no task")
        }
        self.init(
            .task(TaskName(task)),
            arguments: object.given("args")?.array ?? [],
            keywordArguments: object.given("kwargs")?.object ?? JSONObject(),
            options: object.given("options")?.object ?? JSONObject(),
            isImmutable: object.given("immutable")?.bool ?? false
        )
        switch object.given("subtask_type")?.string {
        case "chain":
            form = .chain(try Self.list(keywordArguments.given("tasks"), depth))
            keywordArguments = JSONObject()
        case "group":
            form = .group(try Self.list(keywordArguments.given("tasks"), depth))
            keywordArguments = JSONObject()
        case "chord":
            guard let body = keywordArguments.given("body") else {
                throw UnreadableSignature(detail: "a chord has no body")
            }
            var header = keywordArguments.given("header")
            if header?["subtask_type"]?.string == "group" {
                // Its id is the group's.
                if let id = header?["options"]?["task_id"]?.string { taskID = id }
                header = header?["kwargs"]?["tasks"]
            } else if header?.object != nil {
                header = header.map { .array([$0]) }
            }
            form = .chord(
                header: try Self.list(header, depth),
                body: try Signature(json: body, depth: depth + 1)
            )
            keywordArguments = keywordArguments.given("kwargs")?.object ?? JSONObject()
        case "chunks":
            form = .group(try Self.chunks(keywordArguments))
            keywordArguments = JSONObject()
        case let kind:
            form = .task(TaskName(task), kind: kind)
        }
    }

    private static func list(_ json: JSONValue?, _ depth: Int) throws(UnreadableSignature) -> [Signature] {
        guard let values = json?.array else { throw UnreadableSignature(detail: "a signature has no list of tasks") }
        return try list(values, depth: depth + 1)
    }

    /// Reads several.
    static func list(_ values: [JSONValue], depth: Int = 0) throws(UnreadableSignature) -> [Signature] {
        var signatures: [Signature] = []
        signatures.reserveCapacity(values.count)
        for value in values { signatures.append(try Signature(json: value, depth: depth)) }
        return signatures
    }

    /// A group of tasks that each do a part of the list (celery.canvas, `chunks.group`).
    private static func chunks(_ arguments: JSONObject) throws(UnreadableSignature) -> [Signature] {
        guard let task = arguments.given("task"), let items = arguments.given("it")?.array,
            let size = arguments.given("n")?.integer, size > 0
        else { throw UnreadableSignature(detail: "chunks without task, items or size") }
        return stride(from: 0, to: items.count, by: Int(size)).map { start in
            let part = items[start..<min(items.count, start + Int(size))]
            return .starmap(task: task, over: Array(part))
        }
    }

    /// One task that calls another once per list of arguments.
    static func starmap(task: JSONValue, over items: [JSONValue]) -> Signature {
        Signature(
            .task("celery.starmap", kind: "xstarmap"),
            keywordArguments: ["task": task, "it": .array(items)],
            isImmutable: true
        )
    }

    /// All six members, which Celery needs.
    package var json: JSONValue {
        let (task, kind): (String, String?)
        var named = keywordArguments
        switch form {
        case .task(let name, let special): (task, kind) = (name.rawValue, special)
        case .chain(let members):
            (task, kind) = ("celery.chain", "chain")
            named["tasks"] = .array(members.map(\.json))
        case .group(let members):
            (task, kind) = ("celery.group", "group")
            named["tasks"] = .array(members.map(\.json))
        case .chord(let header, let body):
            (task, kind) = ("celery.chord", "chord")
            var group = Signature(.group(header))
            group.taskID = taskID
            named = ["kwargs": .object(keywordArguments), "header": group.json, "body": body.json]
        }
        return .object([
            "task": .string(task), "args": .array(arguments), "kwargs": .object(named), "options": .object(options),
            "subtask_type": kind.map { .string($0) } ?? .null, "immutable": .bool(isImmutable),
        ])
    }
}
