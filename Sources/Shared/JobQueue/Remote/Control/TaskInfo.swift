import JSON

/// What remote control tells of one task (celery.worker.request, `Request.info`).
///
/// Arguments stand in it as values where the message holds them in readable form and they are not long; else as the
/// text that its producer wrote for showing. What is encrypted is not decrypted for it.
enum TaskInfo {
    /// Most tasks of one reply.
    static let maximumTasks = 1_000
    /// The longest arguments that are shown as values, in bytes of JSON.
    private static let maximumBytes = 16 << 10

    /// A task that a worker has; nil for one that cannot be read. `isSafe`: arguments are shown as texts only.
    static func of(_ task: HeldTask, on node: NodeName, process: Int32, isSafe: Bool) -> JSONValue? {
        of(
            task.delivery.raw,
            in: task.delivery.queue,
            on: node,
            begun: task.begun,
            process: task.isActive ? process : nil,
            wasHeldBefore: task.delivery.crashes > 0,
            isSafe: isSafe
        )
    }

    /// The same for a message that no worker has; nil for one that cannot be read.
    static func of(
        _ raw: [UInt8],
        in queue: QueueName,
        on node: NodeName,
        begun: Double? = nil,
        process: Int32? = nil,
        wasHeldBefore: Bool = false,
        isSafe: Bool = false
    ) -> JSONValue? {
        guard let message = try? TaskMessage(decoding: raw) else { return nil }
        let shown = ShownArguments(of: message)
        var arguments = JSONValue.string(shown.arguments)
        var keywordArguments = JSONValue.string(shown.keywordArguments)
        if !isSafe, message.arguments.count + message.keywordArguments.count <= maximumBytes {
            let values = message.readableArguments
            if let list = values.arguments { arguments = .array(list) }
            if let object = values.keywordArguments { keywordArguments = .object(object) }
        }
        let properties = (try? CeleryJSON.parse(raw))?["properties"]
        let delivery = properties?["delivery_info"]
        return [
            "id": .string(message.id.rawValue),
            "name": .string(shown.name ?? message.name.rawValue),
            "args": arguments,
            "kwargs": keywordArguments,
            "type": .string(message.name.rawValue),
            "hostname": .string(node.rawValue),
            "time_start": begun.map { .double($0) } ?? .null,
            // Ours are acknowledged after they ran.
            "acknowledged": false,
            "delivery_info": [
                "exchange": .string(delivery?["exchange"]?.string ?? ""),
                "routing_key": .string(delivery?["routing_key"]?.string ?? queue.rawValue),
                "priority": .integer(properties?["priority"]?.integer ?? 0),
                "redelivered": .bool(wasHeldBefore || delivery?["redelivered"]?.bool == true),
            ],
            "worker_pid": process.map { .integer(Int64($0)) } ?? .null,
        ]
    }
}
