import JSON

/// Tells monitors that a worker is there (celery.worker.heartbeat).
struct WorkerBeacon: Sendable {
    let publisher: EventPublisher
    let view: WorkerView

    /// Publishes `worker-online` at once, then heartbeats, until cancelled.
    func run() async {
        await publisher.publish("worker-online", fields)
        while !Task.isCancelled {
            // Ends early only by cancellation, which the loop sees.
            try? await Task.sleep(for: view.configuration.remoteControl.heartbeat)
            if !Task.isCancelled { await beat() }
        }
    }

    /// Publishes one heartbeat now.
    func beat() async { await publisher.publish("worker-heartbeat", fields) }

    /// The worker has stopped.
    func farewell() async { await publisher.publish("worker-offline", fields) }

    private var fields: JSONObject {
        let remote = view.configuration.remoteControl
        let active = view.activeCount
        let processed = view.tuning.statistics.accepted.values.reduce(0, +)
        return [
            "freq": .double(Double(remote.heartbeat.milliseconds) / 1000), "active": .integer(Int64(active)),
            "processed": .integer(Int64(processed)), "loadavg": ProcessFigures.loadAverages,
            "sw_ident": "swift-jobqueue", "sw_ver": .string(remote.softwareVersion), "sw_sys": "Linux",
        ]
    }
}
