import Identity
import JSON
import JobQueue
import Redis

/// Tasks that failed for good.
struct DeadLetterRoutes {
    let redis: RedisClient

    var routes: [AdminRoute] { [list, show, retry, drop] }

    private var list: AdminRoute {
        AdminRoute(
            .get,
            "/queues/{queue}/dead-letters",
            "dead_letters.list",
            .role(.viewer),
            "Shows the dead letters of a queue, the newest first."
        ) { call in
            let start = try call.offset()
            let filter = DeadLetterFilter(
                task: call.text("task").map { TaskName($0) },
                errorType: call.text("error"),
                since: try Self.since(call.text("since"), at: "?since")
            )
            let letters = try await QueueInspector(redis: redis).deadLetters(
                of: QueueName(call["queue"]),
                matching: filter,
                limit: start + call.limit + 1
            )
            let page = letters.dropFirst(start).prefix(call.limit)
            let end = start + page.count
            return .page(page.map { .object(DeadLetterView.of($0)) }, next: end < letters.count ? String(end) : nil)
        }
        .query("task", Schemas.name, "Only tasks of this name.")
        .query("error", Schemas.name, "Only errors of this type.")
        .query("since", Schemas.text(64), "Only what died at this time or later (RFC 3339).")
        .paged()
        .answering(Schemas.page(of: DeadLetterView.schema))
    }

    private var show: AdminRoute {
        AdminRoute(
            .get,
            "/queues/{queue}/dead-letters/{letter}",
            "dead_letters.show",
            .role(.viewer),
            "Tells all about one dead letter: by its position, which moves on when others die, or by its task's ID."
        ) { call in
            let queue = QueueName(call["queue"])
            let all = try call.showsContents()
            let inspector = QueueInspector(redis: redis)
            let letter: DeadLetterEntry?
            if let position = Int(call["letter"]) {
                letter = try await inspector.deadLetter(at: position, of: queue)
            } else {
                let filter = DeadLetterFilter(ids: [TaskID(call["letter"])])
                letter = try await inspector.deadLetters(of: queue, matching: filter, limit: 1).first
            }
            guard let letter else {
                throw AdminProblem(404, "not-found", "\(queue.rawValue) has no dead letter \(call["letter"])")
            }
            var reply = AdminReply(.object(DeadLetterView.of(letter, withContents: all)))
            if all { reply.isRecorded = !call.isLocal }
            return reply
        }
        .showingContents()
        .answering(DeadLetterView.schema)
    }

    private var retry: AdminRoute {
        AdminRoute(
            .post,
            "/queues/{queue}/dead-letters/retry",
            "dead_letters.retry",
            .role(.operator),
            "Puts dead tasks back into their queue, with all their attempts before them."
        ) { call in
            let moves = try await QueueControl(redis: redis).retryDeadLetters(
                of: QueueName(call["queue"]),
                matching: try Self.filter(call.body)
            )
            var reply = AdminReply([
                "retried": .integer(Int64(moves.moved)), "not_a_message": .integer(Int64(moves.kept)),
            ])
            reply.after = reply.body
            return reply
        }
        .taking(Self.choice)
        .answering(Schemas.shown(["retried": Schemas.of("integer"), "not_a_message": Schemas.of("integer")]))
    }

    private var drop: AdminRoute {
        AdminRoute(
            .post,
            "/queues/{queue}/dead-letters/drop",
            "dead_letters.drop",
            .role(.operator),
            "Removes dead letters for good."
        ) { call in
            let moves = try await QueueControl(redis: redis).dropDeadLetters(
                of: QueueName(call["queue"]),
                matching: try Self.filter(call.body)
            )
            var reply = AdminReply(["dropped": .integer(Int64(moves.moved))])
            reply.after = reply.body
            return reply
        }
        .needing(.purge)
        .taking(Self.choice)
        .answering(Schemas.shown(["dropped": Schemas.of("integer")]))
    }

    // MARK: What is meant

    private static let choice = Schemas.object([
        "ids": .object(Schemas.list(of: Schemas.name, atMost: 1_000)), "task": .object(Schemas.name),
        "error": .object(Schemas.name), "since": .object(Schemas.text(64)),
        "all": ["type": "boolean", "const": true, "description": "All that are there."],
    ])

    private static func filter(_ body: JSONObject) throws(AdminProblem) -> DeadLetterFilter {
        let ids = (body["ids"]?.array ?? []).compactMap(\.string)
        let filter = DeadLetterFilter(
            ids: ids.isEmpty ? nil : Set(ids.map { TaskID($0) }),
            task: body["task"]?.string.map { TaskName($0) },
            errorType: body["error"]?.string,
            since: try since(body["since"]?.string, at: "/since")
        )
        let isChosen = filter.ids != nil || filter.task != nil || filter.errorType != nil || filter.since != nil
        guard isChosen != (body["all"] != nil) else {
            throw AdminProblem.invalid([.init("", "expected ids, task, error or since, or all: true and none of them")])
        }
        return filter
    }

    private static func since(_ text: String?, at pointer: String) throws(AdminProblem) -> WireTime? {
        guard let text else { return nil }
        guard let time = WireTime(text) else {
            throw AdminProblem.invalid([.init(pointer, "expected a time such as 2026-11-27T08:00:00Z")])
        }
        return time
    }
}
