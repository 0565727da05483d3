import JSON
import Logging
import NIOConcurrencyHelpers
import Redis

/// Revoking tasks.
extension ControlMethods {
    /// The ids that are revoked, the oldest first.
    var revokedIDs: [String] {
        revoked.withLockedValue { revoked in
            revoked.purge(at: .now)
            return revoked.ids
        }
    }

    /// Revokes tasks by id (celery.worker.control, `_revoke`).
    ///
    /// One that waits, on whatever list, ends as revoked when a worker meets it, and its caller is told at once. One
    /// that runs goes on, or where `terminates` is ended, whatever the signal is called.
    func revoke(_ arguments: ControlArguments, terminates: Bool) async throws -> Answer {
        let ids = try arguments.texts("task_id")
        revoked.withLockedValue { _ = $0.insert(ids, at: .now) }
        var here = Set(view.held(among: Set(ids)).keys)
        if terminates {
            view.terminate(here)
            // Another worker's mark may have come before the command.
            here.formUnion(view.takeCancelled(among: Set(ids)))
        } else {
            view.noteRevoked(here)
        }
        let fleet = FleetRevocation(redis, view)
        let new = try await fleet.mark(terminates ? ids.filter { !here.contains($0) } : ids, endsRunning: terminates)
        try await fleet.store(new.filter { !here.contains($0) }, at: .now)
        logger.info("tasks revoked by remote control", metadata: ["count": "\(ids.count)", "new": "\(new.count)"])
        guard terminates else { return ok("tasks \(PythonRepr.ofSet(ids)) flagged as revoked") }
        let terminated = ids.filter(here.contains)
        return ok("terminate: " + (terminated.isEmpty ? "tasks unknown" : terminated.joined(separator: ", ")))
    }

    /// Takes over what another worker knows to be revoked. Nothing that runs is ended, and no result is stored.
    func takeOver(_ ids: [String]) async throws {
        let new = revoked.withLockedValue { $0.insert(ids.prefix(RevokedTasks.maximumCount), at: .now) }
        guard !new.isEmpty else { return }
        _ = try await FleetRevocation(redis, view).mark(new, endsRunning: false)
    }

    /// Revokes tasks by their stamps, on this worker.
    ///
    /// - Returns: What Python says.
    func revokeByStamps(_ arguments: ControlArguments) throws(ControlError) -> String {
        let headers = try stampedHeaders(arguments)
        stamps.insert(headers)
        let text = PythonRepr.of(.object(headers), maximum: 4096)
        guard arguments.isTrue("terminate") else { return "headers \(text) flagged as revoked, but not terminated" }
        var found: [String: Set<JSONValue>] = [:]
        for task in view.held(active: true, atMost: .max) {
            guard let message = try? TaskMessage(decoding: task.delivery.raw) else { continue }
            let matching = RevokedStamps.matching(headers, in: message)
            if matching.isEmpty { continue }
            found.merge(matching) { $0.union($1) }
            view.terminate([message.id.rawValue])
        }
        guard !found.isEmpty else { return "headers \(text) were not terminated" }
        let shown = found.sorted { $0.key < $1.key }.map { header, stamps in
            let stamps = stamps.map { PythonRepr.of($0) }.sorted().joined(separator: ", ")
            return "\(PythonRepr.of(.string(header))): {\(stamps)}"
        }
        return "headers defaultdict(<class 'set'>, {\(shown.joined(separator: ", "))}) revoked"
    }

    /// An object, or texts such as `tenant=acme`.
    private func stampedHeaders(_ arguments: ControlArguments) throws(ControlError) -> JSONObject {
        let value = try arguments.required("headers")
        if let object = value.object { return object }
        var headers = JSONObject()
        for text in try arguments.texts("headers") {
            let parts = text.split(separator: "=", omittingEmptySubsequences: false)
            guard parts.count >= 2 else {
                throw ControlError(text: PythonRepr.ofException("IndexError", "list index out of range"))
            }
            headers[String(parts[0])] = .string(String(parts[1]))
        }
        return headers
    }
}

extension FleetRevocation {
    init(_ redis: RedisClient, _ view: WorkerView) {
        self.init(
            redis: redis,
            queues: view.queues.map { redis.keys(of: $0) },
            resultExpires: view.configuration.resultExpires
        )
    }
}
