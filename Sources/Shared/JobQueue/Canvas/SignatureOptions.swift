import JSON

/// The options of a signature that say how its task is sent (celery.app.base, `send_task`).
struct SignatureOptions {
    /// The option for what a task was replaced by.
    static let replacedTaskNesting = "replaced_task_nesting"

    private let options: JSONObject
    private let now: WireTime

    init(_ options: JSONObject, at now: WireTime) {
        self.options = options
        self.now = now
    }

    /// Where it goes; nil where it does not say. A queue by its name, or the nameless exchange with a routing key.
    var queue: QueueName? {
        if let name = options.given("queue")?.string ?? options.given("queue")?["name"]?.string, !name.isEmpty {
            return QueueName(name)
        }
        guard let key = options.given("routing_key")?.string, !key.isEmpty else { return nil }
        let exchange = options.given("exchange")
        return exchange == nil || exchange?.string?.isEmpty == true || exchange?.string == key ? QueueName(key) : nil
    }

    /// Says the rest to the task.
    ///
    /// - Throws: `UnreadableSignature` for a date or number that is none.
    func apply(to task: inout NewTask) throws(UnreadableSignature) {
        if let countdown = try seconds("countdown") {
            task.eta = now.advanced(by: countdown)
        } else {
            task.eta = try date("eta")
        }
        task.expires =
            try options.given("expires")?.string == nil
            ? seconds("expires").map { now.advanced(by: $0) } : date("expires")
        task.timeLimit = TaskTimeLimit(hard: try seconds("time_limit"), soft: try seconds("soft_time_limit"))
        task.retries = Int(clamping: max(0, options.given("retries")?.integer ?? 0))
        task.replacedTaskNesting = Int(clamping: max(0, options.given(Self.replacedTaskNesting)?.integer ?? 0))
        task.priority = Int(clamping: options.given("priority")?.integer ?? 0)
        task.ignoresResult = options.given("ignore_result")?.bool
        task.shadow = options.given("shadow")?.string
        task.replyTo = options.given("reply_to")?.string
        if let names = options.given("stamped_headers")?.array, !names.isEmpty {
            task.stampedHeaders = .array(names)
            var stamps = JSONObject()
            for name in names.compactMap(\.string) {
                if let value = options[name] { stamps[name] = value }
            }
            task.stamps = stamps
        }
        for header in options.given("headers")?.object?.members ?? [] { add(header.key, header.value, to: &task) }
    }

    /// Ours that Python's clients may set, and the caller's own.
    private func add(_ header: String, _ value: JSONValue, to task: inout NewTask) {
        switch header {
        case "ordering_key": task.orderingKey = value.string.flatMap { OrderingKey(wire: $0) }
        case "while_busy": task.whileBusy = value.string.flatMap { LanePolicy(rawValue: $0) } ?? .queue
        case "fairness_key": task.fairnessKey = value.string.flatMap { FairnessKey(wire: $0) }
        case "limits":
            for limit in value.object?.members ?? [] {
                guard let name = LimitName(wire: limit.key), let units = limit.value.integer else { continue }
                task.limits[name] = Int(clamping: max(0, units))
            }
        default: task.add(header: header, value)
        }
    }

    private func seconds(_ name: String) throws(UnreadableSignature) -> Duration? {
        guard let value = options.given(name) else { return nil }
        guard let seconds = value.double, abs(seconds) < 1e9 else {
            throw UnreadableSignature(detail: "option \(name) is no number of seconds")
        }
        return .milliseconds(Int64(seconds * 1000))
    }

    private func date(_ name: String) throws(UnreadableSignature) -> WireTime? {
        guard let value = options.given(name) else { return nil }
        guard let time = value.string.flatMap({ WireTime($0) }) else {
            throw UnreadableSignature(detail: "option \(name) is no ISO 8601 date")
        }
        return time
    }
}
