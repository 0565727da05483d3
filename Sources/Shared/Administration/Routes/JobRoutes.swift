import Identity
import JSON
import JobQueue
import Redis

/// Single tasks: where they are, why, and ending them.
struct JobRoutes {
    let redis: RedisClient
    let queues: [QueueName]

    var routes: [AdminRoute] { [show, cancel, retry] }

    /// How many messages are read in each place: a task beyond may not be found.
    private static let bound = 10_000

    private var show: AdminRoute {
        AdminRoute(.get, "/jobs/{id}", "jobs.show", .role(.viewer), "Tells where a task is, and why.") { call in
            let id = TaskID(call["id"])
            let inspector = QueueInspector(redis: redis)
            let finding = try await inspector.find(id, in: queues(call), bound: Self.bound)
            guard finding.place != nil || finding.state != nil else {
                throw AdminProblem.notFound(finding.isComplete ? "such task" : "such task within reach of the search")
            }
            let explanation = try await inspector.explain(id, finding)
            return AdminReply(.object(Self.view(id, finding, explanation)))
        }
        .query("queue", Schemas.list(of: Schemas.name, atMost: 50), "Look in these queues only.")
        .answering(Self.job)
    }

    private var cancel: AdminRoute {
        AdminRoute(
            .post,
            "/jobs/{id}/cancel",
            "jobs.cancel",
            .role(.operator),
            "Keeps a task from running, or ends the run under way."
        ) { call in
            let queue = QueueName(call.body["queue"]?.string ?? "")
            let told = try await QueueControl(redis: redis).cancel(TaskID(call["id"]), in: queue)
            return AdminReply(["workers_told": .integer(Int64(told))])
        }
        .taking(Schemas.object(["queue": .object(Schemas.name)], required: ["queue"]))
        .answering(Schemas.shown(["workers_told": Schemas.of("integer")]))
    }

    private var retry: AdminRoute {
        AdminRoute(
            .post,
            "/jobs/{id}/retry",
            "jobs.retry",
            .role(.operator),
            "Puts a dead task back into its queue, with all its attempts before it."
        ) { call in
            let filter = DeadLetterFilter(ids: [TaskID(call["id"])])
            for queue in queues(call) {
                let moves = try await QueueControl(redis: redis).retryDeadLetters(of: queue, matching: filter)
                if moves.moved > 0 { return AdminReply(["queue": .string(queue.rawValue)]) }
            }
            throw AdminProblem.notFound("dead letter of that task that can be retried")
        }
        .query("queue", Schemas.list(of: Schemas.name, atMost: 50), "Look in these queues only.")
        .answering(Schemas.shown(["queue": Schemas.of("string")]))
    }

    private func queues(_ call: AdminCall) -> [QueueName] {
        let names = call.texts("queue")
        return names.isEmpty ? queues : names.map { QueueName($0) }
    }

    // MARK: Views

    private static let job = Schemas.shown([
        "id": Schemas.of("string"), "place": Schemas.orNull("string"), "queue": Schemas.orNull("string"),
        "position": Schemas.orNull("integer"), "worker": Schemas.orNull("string"), "due": Schemas.orNull("string"),
        "state": Schemas.orNull("string"), "done": Schemas.orNull("string"),
        "reasons": .object(Schemas.list(of: ["type": "string"])), "running_since": Schemas.orNull("string"),
        "message": .object(["anyOf": [.object(QueueRoutes.message), ["type": "null"]]]),
        "searched_all": Schemas.of("boolean"),
    ])

    private static func view(_ id: TaskID, _ finding: TaskFinding, _ explanation: TaskExplanation) -> JSONObject {
        var place: String?
        var queue: QueueName?
        var position: Int?
        var worker: String?
        var due: String?
        switch finding.place {
        case .ready(let name, let number, _): (place, queue, position) = ("ready", name, number)
        case .parked(let name, _, let number, _): (place, queue, position) = ("parked", name, number)
        case .limited(let name, _, let number, _): (place, queue, position) = ("limited", name, number)
        case .inFlight(let name, let holder, _): (place, queue, worker) = ("in_flight", name, holder)
        case .scheduled(let name, let task): (place, queue, due) = ("scheduled", name, task.due.text)
        case .dead(let name, let letter): (place, queue, position) = ("dead", name, letter.position)
        case nil: break
        }
        return [
            "id": .string(id.rawValue), "place": place.json, "queue": (queue?.rawValue).json,
            "position": position.map { .integer(Int64($0)) } ?? .null, "worker": worker.json, "due": due.json,
            "state": (finding.state?.status).json, "done": (finding.state?.done).json,
            "reasons": .array(explanation.reasons.map { .string($0) }),
            "running_since": (explanation.runningSince?.text).json,
            "message": finding.place.map { .object(QueueRoutes.view($0.message)) } ?? .null,
            "searched_all": .bool(finding.isComplete),
        ]
    }
}
