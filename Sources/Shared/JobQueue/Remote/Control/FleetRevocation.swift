import JSON
import Redis

/// Makes a revocation effective for the whole fleet: for tasks that wait anywhere, on workers that did not hear of it.
///
/// Every worker gets each request, so every step here changes nothing the second time.
struct FleetRevocation: Sendable {
    /// How long marks are kept for tasks that do not turn up: as those of `JobProducer.cancel`, longer than tasks are
    /// scheduled ahead. Celery forgets a revocation after three hours, and then runs the task.
    static let memory = QueueControl.cancellationMemory
    /// Most marks of one queue.
    static let maximumMarks = RevokedTasks.maximumCount
    /// Of how many tasks of one request it is stored at once that they are revoked; of the others when a worker meets
    /// them.
    static let maximumStored = 1_000
    /// How many ids one step takes.
    private static let stepSize = 500
    private static let patience: Duration = .seconds(5)

    let redis: RedisClient
    let queues: [QueueKeys]
    let resultExpires: Duration

    /// Marks tasks in every queue.
    ///
    /// - Parameters:
    ///   - ids: The tasks.
    ///   - endsRunning: Whether those that run are ended, too.
    /// - Returns: Those that nobody had marked before.
    /// - Throws: `RedisError`; what was marked before stays.
    func mark(_ ids: [String], endsRunning: Bool) async throws(RedisError) -> [String] {
        var new: Set<String> = []
        for queue in queues {
            for start in stride(from: 0, to: ids.count, by: Self.stepSize) {
                var arguments: RedisArguments = [
                    Self.memory.milliseconds, endsRunning ? queue.cancellations : "", Self.maximumMarks,
                    endsRunning ? "" : RevocationMark.prefix,
                ]
                for id in ids[start..<min(start + Self.stepSize, ids.count)] { arguments.append(id) }
                let reply = try await redis.evaluate(
                    QueueScripts.revoke,
                    keys: [queue.cancelled],
                    arguments: arguments,
                    timeout: Self.patience
                )
                new.formUnion((reply.array ?? []).compactMap(\.string))
            }
        }
        return ids.filter { new.contains($0) }
    }

    /// Stores that tasks are revoked that no worker of these queues runs, where nothing else is known of them.
    func store(_ ids: [String], at time: WireTime) async throws(RedisError) {
        guard !ids.isEmpty else { return }
        let ids = ids.prefix(Self.maximumStored)
        var running: Set<String> = []
        for queue in queues {
            var arguments: RedisArguments = [queue.prefix]
            for id in ids { arguments.append(id) }
            let reply = try await redis.evaluate(
                QueueScripts.runningAmong,
                keys: [queue.workers],
                arguments: arguments,
                timeout: Self.patience
            )
            running.formUnion((reply.array ?? []).compactMap(\.string))
        }
        for id in ids where !running.contains(id) {
            _ = try await redis.evaluate(
                QueueScripts.storeRevoked,
                keys: [redis.names.result(of: TaskID(id))],
                arguments: [resultExpires.milliseconds, Self.result(id, at: time)],
                timeout: Self.patience
            )
        }
    }

    /// The text of the state (celery.backends.base, `mark_as_revoked`).
    private static func result(_ id: String, at time: WireTime) -> [UInt8] {
        let failure = TaskFailure(type: "TaskRevokedError", message: "revoked", module: "celery.exceptions")
        var text: [UInt8] = []
        // The status first and with a blank, as everything that stores a result writes it.
        JSONText.append(#"{"status": "REVOKED", "result": "#, to: &text)
        text += TaskResult.exception(failure)
        JSONText.append(#", "traceback": null, "children": [], "date_done": "#, to: &text)
        JSONText.appendQuoted(time.text, to: &text)
        JSONText.append(#", "task_id": "#, to: &text)
        JSONText.appendQuoted(id, to: &text)
        JSONText.append("}", to: &text)
        return text
    }
}
