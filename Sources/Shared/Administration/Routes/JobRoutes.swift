import Identity
import JSON
import JobQueue
import Redis

/// Single tasks: where they are, why, and ending them.
struct JobRoutes {
    let redis: RedisClient
    let queues: [QueueName]

    var routes: [AdminRoute] { [show, cancel, retry] }

    /// How many messages are read in each place where nothing else is said: a task beyond may not be found.
    private static let scan = 10_000

    private var show: AdminRoute {
        AdminRoute(
            .get,
            "/jobs/{id}",
            "jobs.show",
            .role(.viewer),
            "Tells where a task is, why, what became of it and what it belongs to."
        ) { call in
            let all = try call.showsContents()
            let scan = call.number("scan") ?? Self.scan
            if scan > Self.scan { try call.require(.operator, for: "a scan of more than \(Self.scan)") }
            let id = TaskID(call["id"])
            let queues = queues(call)
            let inspector = QueueInspector(redis: redis)
            let finding = try await inspector.find(id, in: queues, bound: scan)
            guard finding.place != nil || finding.state != nil else {
                throw AdminProblem(
                    404,
                    "not-found",
                    finding.isComplete
                        ? "the task is nowhere in \(Self.names(queues)), and no result is kept"
                        : "gave up after \(scan) messages in a place of \(Self.names(queues)); scan looks at more"
                )
            }
            let view = JobView(
                id: id,
                finding: finding,
                explanation: try await inspector.explain(id, finding),
                family: try await inspector.family(of: id, finding)
            )
            var reply = AdminReply(.object(view.object(withContents: all)))
            if all { reply.isRecorded = !call.isLocal }
            return reply
        }
        .query("queue", Schemas.list(of: Schemas.name, atMost: 50), "Look in these queues only.")
        .query(
            "scan",
            Schemas.integer(1...10_000_000, default: Self.scan),
            "How many messages to read in each place; more than \(Self.scan) takes the role operator."
        )
        .showingContents()
        .answering(JobView.schema)
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
            let queues = queues(call)
            for queue in queues {
                let moves = try await QueueControl(redis: redis).retryDeadLetters(of: queue, matching: filter)
                guard moves.moved > 0 else { continue }
                return AdminReply(["queue": .string(queue.rawValue), "retried": .integer(Int64(moves.moved))])
            }
            throw AdminProblem(
                404,
                "not-found",
                "the task has no dead letter that can be retried in \(Self.names(queues))"
            )
        }
        .query("queue", Schemas.list(of: Schemas.name, atMost: 50), "Look in these queues only.")
        .answering(Schemas.shown(["queue": Schemas.of("string"), "retried": Schemas.of("integer")]))
    }

    private func queues(_ call: AdminCall) -> [QueueName] {
        let names = call.texts("queue")
        return names.isEmpty ? queues : names.map { QueueName($0) }
    }

    private static func names(_ queues: [QueueName]) -> String { queues.map(\.rawValue).joined(separator: ", ") }
}
