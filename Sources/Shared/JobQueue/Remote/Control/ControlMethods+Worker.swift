import JSON
import Redis

/// What a worker is asked about itself.
extension ControlMethods {
    /// Figures (celery.worker.worker, `WorkController.stats`).
    var stats: JSONValue {
        let statistics = view.tuning.statistics
        let totals = statistics.accepted
        var total = JSONObject()
        for (name, count) in totals.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            total[name.rawValue] = .integer(Int64(count))
        }
        let concurrency = JSONValue.integer(Int64(statistics.concurrency))
        let process = JSONValue.integer(Int64(ProcessFigures.identifier))
        let count = totals.values.reduce(0, +)
        let configuration = view.configuration
        var stats: JSONObject = [
            "total": .object(total), "pid": process,
            // A text, here alone.
            "clock": .string("\(clock.value)"),
            "uptime": .integer(statistics.uptime.milliseconds / 1000),
            "pool": [
                "implementation": "jobqueue:SwiftTasks",
                "max-concurrency": concurrency, "processes": [process],
                "max-tasks-per-child": "N/A", "put-guarded-by-semaphore": false, "timeouts": [0, 0],
                "writes": [
                    "total": .integer(Int64(count)), "avg": "1.00", "all": "1.00", "raw": .string("\(count)"),
                    "strategy": "fair", "inqueues": ["total": 1, "active": .integer(Int64(view.activeCount))],
                ],
            ],
            "broker": BrokerDescription(redis, visibilityTimeout: configuration.visibilityTimeout).value,
            // Nothing is fetched without a place to run it.
            "prefetch_count": concurrency,
            "rusage": ProcessFigures.resourceUsage,
        ]
        if let autoscaler = statistics.autoscaler {
            stats["autoscaler"] = [
                "max": .integer(Int64(autoscaler.max)), "min": .integer(Int64(autoscaler.min)),
                "current": .integer(Int64(autoscaler.current)), "qty": .integer(Int64(autoscaler.quantity)),
            ]
        }
        return .object(stats)
    }

    /// Settings in Celery's names where there is one, and those that the program adds.
    func settings(withDefaults: Bool) -> JSONObject {
        let configuration = view.configuration
        let defaults = WorkerConfiguration(queues: configuration.queues)
        let concurrency = view.tuning.concurrency
        let broker = BrokerDescription(redis, visibilityTimeout: configuration.visibilityTimeout)
        func seconds(_ duration: Duration) -> JSONValue { .double(Double(duration.milliseconds) / 1000) }
        func changed<Value: Equatable>(_ path: KeyPath<WorkerConfiguration, Value>) -> Bool {
            configuration[keyPath: path] != defaults[keyPath: path]
        }
        let known: [(name: String, value: JSONValue, isDefault: Bool)] = [
            ("broker_url", .string(broker.url), false),
            ("result_backend", .string(broker.url), false),
            ("broker_transport_options", broker.transportOptions, !changed(\.visibilityTimeout)),
            ("task_queues", .array(view.queues.map { .string($0.rawValue) }), false),
            ("result_expires", seconds(configuration.resultExpires), !changed(\.resultExpires)),
            ("worker_concurrency", .integer(Int64(concurrency)), concurrency == defaults.concurrency),
            (
                "worker_send_task_events", .bool(configuration.remoteControl.sendsTaskEvents),
                !configuration.remoteControl.sendsTaskEvents
            ),
            ("worker_enable_remote_control", true, true),
            ("worker_lease", seconds(configuration.lease), !changed(\.lease)),
            ("worker_soft_shutdown_timeout", seconds(configuration.gracePeriod), !changed(\.gracePeriod)),
            ("task_acks_late", true, true), ("task_reject_on_worker_lost", true, true),
            ("task_track_started", false, true), ("task_serializer", "json", true), ("result_serializer", "json", true),
            ("accept_content", ["json"], true), ("enable_utc", true, true), ("timezone", "UTC", true),
        ]
        var shown = JSONObject()
        for setting in known where withDefaults || !setting.isDefault { shown[setting.name] = setting.value }
        for setting in configuration.remoteControl.settings where withDefaults || !setting.isDefault {
            shown[setting.name] = setting.value
        }
        return shown
    }

    /// What stands in a report of a bug (celery.app.utils, `bugreport`).
    var report: String {
        let configuration = view.configuration
        let broker = BrokerDescription(redis, visibilityTimeout: configuration.visibilityTimeout)
        var text = """

            software -> jobqueue:\(configuration.remoteControl.softwareVersion) (swift)
            platform -> system:Linux
            loader   -> swift
            settings -> transport:redis results:\(broker.url)


            """
        for member in settings(withDefaults: false).members {
            text += "\(member.key): \(PythonRepr.of(member.value))\n"
        }
        return text
    }

    /// A worker begins, and the fleet tells it what is revoked (celery.worker.consumer.mingle).
    func hello(_ arguments: ControlArguments) async throws -> JSONValue {
        let from = try arguments.text("from_node")
        guard from != node.rawValue else { return .null }
        // A list of ids, or before Celery 5.7 an object with them as keys.
        let told = arguments["revoked"]
        let ids = told?.array?.compactMap(\.string) ?? told?.object?.members.map(\.key) ?? []
        try await takeOver(ids)
        return ["revoked": .array(revokedIDs.map { .string($0) }), "clock": .integer(clock.tick())]
    }
}
